import numpy as np
import pytest

from sample_data.names import ALPHABET, credit_codes

WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]


def check(code):
    """Return the two check characters as the standards define them, one character at a time."""
    values = [ord(c) - 55 if c.isalpha() else int(c) for c in code[8:16]]
    body = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    last = -sum(ALPHABET.index(c) * w for c, w in zip(code[:17], WEIGHTS, strict=True)) % 31
    return {10: "X", 11: "0"}.get(body, str(body)), ALPHABET[last]


def test_the_checks_are_those_of_the_standards_own_example():
    assert check("91350100M000100Y43") == ("4", "3")


def test_both_check_digits_are_right_and_the_region_is_nobodys():
    kinds = np.tile([0, 1, 2], 400)
    codes = credit_codes(["91", "92", ""], kinds, "990000").to_pylist()
    assert [code is None for code in codes] == [kind == 2 for kind in kinds]
    given = [code for code in codes if code]
    assert len(set(given)) == len(given)
    assert {code[:8] for code in given} == {"91990000", "92990000"}
    assert [code for code in given if (code[16], code[17]) != check(code)] == []
    assert {"X", "0"} <= {code[16] for code in given}


@pytest.mark.parametrize(
    ("column", "shape"),
    [
        ("主体名称", r"演示\w{4,}"),
        ("联系电话", r"100\d{8}"),
        ("联系人", r"[甲乙丙丁戊己庚辛壬癸]某某"),
        ("地址", r".*演示路\d+号"),
    ],
)
def test_nobody_real_can_be_meant(city, column, shape):
    assert city["enterprises"][column].dropna().str.fullmatch(shape).all()


def test_only_farms_have_no_credit_code(city):
    enterprises = city["enterprises"]
    without = enterprises[enterprises["统一社会信用代码"].isna()]["主体类型"].astype(str)
    assert set(without) == {"family_farm", "large_grower"}
    assert enterprises["统一社会信用代码"].dropna().is_unique
