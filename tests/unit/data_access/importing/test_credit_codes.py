"""Both check digits, against codes whose digits are printed in the standards' public examples."""

import pyarrow as pa
import pytest

from data_access.importing.credit_codes import ALPHABET, Verdict, normalise, verdicts
from tests.unit.data_access.importing.files import credit_code

VALID = "91350100M000100Y43"


@pytest.mark.parametrize(
    "spelling",
    [VALID, VALID.lower(), "９１３５０１００Ｍ０００１００Ｙ４３", " 91350100-M000100Y-43"],
)
def test_spellings_of_one_code(spelling):
    assert normalise(pa.array([spelling])).to_pylist() == [VALID]


def test_the_letters_o_and_i_are_read_as_digits():
    assert normalise(pa.array(["9I35OIOOMOOOIOOY43"])).to_pylist() == [VALID]


def test_every_single_wrong_character_is_found():
    wrong = [
        VALID[:place] + other + VALID[place + 1 :] for place in range(18) for other in ALPHABET if other != VALID[place]
    ]
    assert (verdicts(pa.array(wrong)) == Verdict.CHECK).all()


def test_what_is_wrong_is_told_apart():
    codes = pa.array([VALID, VALID[:-1], VALID[:-1] + "S", VALID[:-1] + "4", None, "", "湛" * 6, "湛" * 18])
    assert [Verdict(v).name for v in verdicts(codes)] == [
        "VALID", "LENGTH", "CHARACTER", "CHECK", "VALID", "LENGTH", "LENGTH", "CHARACTER",
    ]  # fmt: skip


def test_codes_computed_one_by_one_from_the_standards_are_valid():
    assert credit_code("91350100M000100Y") == VALID
    many = [credit_code(f"92990000MA{n:06d}") for n in range(500)]
    assert (verdicts(pa.array(many)) == Verdict.VALID).all()
