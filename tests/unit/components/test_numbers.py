"""How numbers are written: the conventions of the interface, in both languages and in another currency."""

from datetime import date

import pytest

from components.numbers import Numbers, count, rate, signed
from data_access.profile import Currency
from metrics.figures import Figure, State, figure, figure_of

YUAN = Currency(
    "CNY",
    (
        *((1e9, "", "CNY bn"), (1e8, "亿元", ""), (1e6, "", "CNY m"), (1e4, "万元", ""), (1e3, "", "CNY k")),
        (1.0, "元", "CNY"),
    ),
)
EURO = Currency("EUR", ((1e6, "百万欧元", "EUR m"), (1.0, "欧元", "EUR")))
NAN = float("nan")
ROW = {"listed": 406_447.0, "visited": 421_404.0, "approved": 30_800.0, "approved_amount": 3.5935e10}


def zh():
    return Numbers("zh", YUAN)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.0, "enterprise", "1 enterprise"), (2.0, "enterprise", "2 enterprises"), (0.0, "issue", "0 problems"),
        (1.0, "copy", "1 copy"), (1.0, "person", "1 person"), (1.0, "rank", "1"), (1.0, "percent", "1.0%"),
    ],
)  # fmt: skip
def test_one_of_a_thing_is_said_in_the_singular_in_english(value, unit, shown):
    assert Numbers("en", YUAN).value(value, unit).joined == shown
    assert zh().value(1.0, "enterprise").joined == "1 户"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (421_404.0, "enterprise", "421,404 户"),
        (103.6799, "percent", "103.7%"),
        (3.5935e10, "yuan", "359.35 亿元"),
        (62_500_000.0, "yuan", "6,250.00 万元"),
        (980.0, "yuan", "980 元"),
        (1_166_720.8, "yuan_per_enterprise", "116.67 万元/户"),
        (1.234, "times", "1.23 倍"),
        (2.0, "rank", "2 位"),
        (NAN, "percent", "—"),
    ],
)
def test_a_value_in_chinese(value, unit, shown):
    assert zh().value(value, unit).joined == shown


def test_rates_have_two_decimals_in_tables_and_one_on_cards():
    assert zh().value(103.6799, "percent", decimals=2).text == "103.68"
    assert rate(103.6799) == "103.68"


def test_english_and_another_currency():
    assert Numbers("en", YUAN).value(3.5935e10, "yuan").joined == "CNY 35.94 bn"
    assert Numbers("en", YUAN).value(12_340_000, "yuan").joined == "CNY 12.34 m"
    assert Numbers("en", YUAN).value(980_000, "yuan").joined == "CNY 980.00 k"
    assert Numbers("en", YUAN).value(1_166_720, "yuan_per_enterprise").joined == "CNY 1.17 m per enterprise"
    assert Numbers("en", YUAN).change(-3.2e6, "yuan").joined == "−CNY 3.20 m"
    assert Numbers("zh", YUAN).change(-3.2e6, "yuan").joined == "−320.00 万元"
    assert Numbers("en", EURO).value(3_250_000, "yuan").joined == "EUR 3.25 m"
    assert Numbers("en", YUAN).value(421_404, "enterprise").joined == "421,404 enterprises"


def test_amounts_that_share_a_scale_keep_their_millions():
    assert Numbers("en", YUAN).scale(3.5935e10) == (1e6, "CNY m")
    assert Numbers("zh", YUAN).scale(3.5935e10) == (1e8, "亿元")
    assert Numbers("en", Currency("CHF", ())).scale(5.0) == (1.0, "CHF")


@pytest.mark.parametrize(
    ("difference", "unit", "shown"),
    [
        (17.67, "percent", "+17.67 百分点"),
        (-0.18, "percent", "−0.18 百分点"),
        (612.0, "enterprise", "+612 户"),
        (0.001, "percent", "0.00 百分点"),
        (NAN, "percent", "—"),
    ],
)
def test_a_change_has_its_sign_and_rates_change_in_points(difference, unit, shown):
    assert zh().change(difference, unit).joined == shown


def test_missing_is_not_zero():
    assert zh().figure(figure(ROW, "visit_rate")).joined == "103.7%"
    assert zh().figure(figure({**ROW, "listed": 0.0}, "visit_rate")).joined == "—"
    assert zh().figure(figure({**ROW, "listed": NAN}, "visit_rate")).joined == "未报送"
    assert zh().figure(figure_of("provincial_rank", None)).joined == "未报送"


def test_a_suppressed_value_shows_its_limit():
    metric = figure(ROW, "visit_rate").metric
    shown = zh().figure(Figure(metric, State.SUPPRESSED, smallest=5)).joined
    assert shown == "<5"


def test_counts_and_dates():
    assert count(1234.0) == "1,234"
    assert count(NAN) == "—"
    assert zh().day(date(2025, 5, 31)) == "2025年5月31日"
    assert Numbers("en", YUAN).day(date(2025, 5, 31)) == "31 May 2025"
    assert zh().short_day(None) == "—"


def test_every_negative_has_the_same_minus_sign():
    assert [signed(2.5), signed(-2.5, 1), signed(float("nan"))] == ["+2.50", "−2.5", "—"]
    assert [count(-1234.0), rate(-0.5)] == ["−1,234", "−0.50"]


def test_a_unit_of_money_is_of_the_city_s_currency():
    assert Numbers("en", EURO).unit("yuan") == "EUR"
    assert Numbers("en", EURO).unit("yuan_per_enterprise") == "EUR per enterprise"
    assert Numbers("zh", EURO).unit("yuan_per_enterprise") == "欧元/户"
    assert (zh().unit("yuan"), zh().unit("enterprise")) == ("元", "户")
    assert Numbers("en", Currency("EUR", ((1e6, "百万欧元", "EUR m"),))).unit("yuan") == "EUR"
