"""Personal data as it may be shown."""

from types import SimpleNamespace

import pytest

from components.masks import MASKS, TEXTS, masked, masked_address, masked_code, masked_person, masked_phone, masked_text
from data_access.importing.tables import TABLES


@pytest.fixture
def reader(zhanjiang):
    return SimpleNamespace(profile=zhanjiang, may_see_names=False, may_see_texts=False)


@pytest.mark.parametrize(
    ("mask", "text", "expected"),
    [
        (masked_phone, "13812341234", "138****1234"),
        (masked_phone, "0759-3381234", "**********34"),
        (masked_phone, "", ""),
        (masked_person, "张三丰", "张*"),
        (masked_person, "", ""),
        (masked_address, "龙头镇演示路943号", "龙头镇演示路*号"),
        (masked_code, "B05-0148", "B05-****"),
        (masked_code, "王五", "****"),
        (masked_text, "改天再来，电话13812341234", "改天再来，电话138****1234"),
        (masked_text, "证号440801199001011234", "证号********"),
        (masked_text, "找老张 138 1234 5678 或 139-8765-4321", "找老张 138****5678 或 139****4321"),
        (masked_text, "座机0759-3381234，０７５９３３８１２３４", "座机0759****1234，０７５９****１２３４"),
        (
            masked_text,
            "身份证 440801 19900101 123X；卡 6222 0812 3456 7890 123",
            "身份证 ********；卡 ********",
        ),
        (masked_text, "卡6222081234567890123", "卡********"),
        (masked_text, "贷款 500000 元，2025-05-31 到期", "贷款 500000 元，2025-05-31 到期"),
    ],
)
def test_each_kind(mask, text, expected):
    assert mask(text) == expected


def test_a_name_is_hidden_unless_it_is_a_legal_persons(reader):
    assert masked(reader, "name", "张三小吃店", "sole_trader") == "张*"
    assert masked(reader, "name", "某某有限公司", "company") == "某某有限公司"
    assert masked(reader, "name", "李四农场", "unheard_of") == "李*"
    assert masked(reader, "credit_code", "92990000M000423983W"[:18], "sole_trader") == "9299********83"
    assert masked(reader, "credit_code", "91990000M000041597", "company") == "91990000M000041597"


def test_who_may_see_names_sees_them_but_what_is_sealed(reader):
    reader.may_see_names = True
    assert masked(reader, "name", "张三小吃店", "sole_trader") == "张三小吃店"
    assert masked(reader, "contact_name", "张三") == "张三"
    assert masked(reader, "contact_phone", "13812341234") == "138****1234"
    assert masked(reader, "credit_code", "929900000M00423983", "sole_trader") == "9299********83"


@pytest.mark.parametrize("column", sorted(TEXTS))
def test_texts_go_by_the_right_to_texts(reader, column):
    reader.may_see_names = True
    assert masked(reader, column, "打13812341234") == "打138****1234"
    reader.may_see_names, reader.may_see_texts = False, True
    assert masked(reader, column, "打13812341234") == "打13812341234"


def test_every_personal_column_of_the_import_tables_has_its_mask():
    personal = {column.name for spec in TABLES.values() for column in spec.columns if column.personal}
    assert personal <= {"name", *MASKS, *TEXTS}
