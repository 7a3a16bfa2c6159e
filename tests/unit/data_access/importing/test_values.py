"""Single cells: the spellings of dates, numbers and yes or no, and what is refused."""

from datetime import date

import pytest

from data_access.importing.values import (
    Unreadable,
    as_boolean,
    as_count,
    as_date,
    as_money,
    as_number,
    as_rate,
    key,
    normal,
    tidy,
)

UNITS = {"元": 1.0, "万元": 1e4, "万": 1e4, "亿元": 1e8, "亿": 1e8}
MAY_3 = date(2025, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2025-05-03", "2025/5/3", "2025.5.3", "2025年5月3日", "2025年05月03号", "20250503", "2025-05-03 14:30:00",
        "2025-05-03T14:30:00Z", "2025/5/3 0:00", "2025年5月3日14时30分", "45780", "45780.604", "二〇二五年五月三日",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_usual_spelling(text):
    assert as_date(normal(text)) == MAY_3


def test_full_width_dates_and_chinese_numerals_are_read():
    assert as_date(normal("２０２５－０５－０３")) == MAY_3
    assert as_date("二〇二四年十二月二十一日") == date(2024, 12, 21)
    assert as_date("二零二四年十月三十日") == date(2024, 10, 30)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2025-02-30", "date_impossible"),
        ("2025-13-01", "date_impossible"),
        ("0025-05-03", "date_impossible"),
        ("2025年5月", "date_without_day"),
        ("2025.05", "date_without_day"),
        ("5月3日", "date_unreadable"),
        ("03/05/2025", "date_unreadable"),
        ("去年", "date_unreadable"),
        ("123", "date_unreadable"),
        ("99999", "date_unreadable"),
    ],
)
def test_a_date_that_is_unclear_is_refused(text, rule):
    assert as_date(text) == Unreadable(rule)


@pytest.mark.parametrize("parse", [as_date, as_number, as_rate])
@pytest.mark.parametrize("text", ["-", "—", "/", "无", "暂无", "N/A", "不详"])
def test_a_placeholder_is_an_empty_cell(parse, text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1234.5", 1234.5),
        ("1,234,567", 1_234_567),
        ("￥1,000", 1000),
        ("人民币500元", 500),
        ("50万元", 500_000),
        ("50万", 500_000),
        ("1.2亿", 120_000_000),
        ("1亿2000万元", 120_000_000),
        ("0.5 亿元", 50_000_000),
        ("(100)", -100),
        ("1，234.50元", 1234.5),
        ("1亿2,000万", 120_000_000),
        ("-3", -3),
    ],
)
def test_an_amount_is_read_with_its_unit(text, yuan):
    assert as_money(normal(text), UNITS) == pytest.approx(yuan)


def test_the_unit_of_the_cell_counts_before_that_of_the_header():
    assert as_money("50", UNITS, 1e4) == 500_000
    assert as_money("50元", UNITS, 1e4) == 50
    assert as_money("1亿", UNITS, 1e4) == 1e8


WRONG_COMMAS = ["12,5", "12,5万元", "1,2345", "1.234,50", "1 234,50", ",500", "1,23,456", "5,0000"]


@pytest.mark.parametrize("text", ["约50", "五十万", "1.2.3", "万元", "50%", "1e999", *WRONG_COMMAS])
def test_what_is_no_amount_is_refused(text):
    assert as_money(text, UNITS) == Unreadable("number_unreadable")


@pytest.mark.parametrize("text", ["3,65", "3,65%"])
def test_a_comma_is_no_decimal_point(text):
    assert as_rate(text) == Unreadable("number_unreadable")


def test_rates_counts_and_durations():
    assert as_rate("3.65%") == 3.65
    assert as_rate("3.65") == 3.65
    assert as_rate("3.65‰") == Unreadable("number_unreadable")
    assert as_count("15人") == 15
    assert as_count("3年", in_months=True) == 36
    assert as_count("36个月", in_months=True) == 36
    assert as_count("2 years", in_months=True) == 24
    assert as_count("两年", in_months=True) == Unreadable("number_unreadable")
    assert as_count("2", in_months=True, header_scale=12) == 24


@pytest.mark.parametrize("text", ["是", "√", "Y", "yes", "TRUE", "1", "有"])
def test_yes(text):
    assert as_boolean(text) is True


@pytest.mark.parametrize("text", ["否", "×", "N", "no", "FALSE", "0", "无", "没有"])
def test_no(text):
    assert as_boolean(text) is False


def test_neither_yes_nor_no():
    assert as_boolean("大概") == Unreadable("boolean_unreadable")
    assert as_boolean("-") is None


def test_normal_forms():
    assert normal("　Ａ１\u200b（甲）\n 乙 ") == "A1(甲) 乙"
    assert tidy("　Ａ１\u200b（甲）\n 乙 ") == "A1（甲） 乙"
    assert key("赤坎 区") == key("赤坎区")
