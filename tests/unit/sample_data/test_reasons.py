import pytest

from sample_data.draws import generator
from sample_data.reasons import Clerk


@pytest.fixture
def clerk(plan):
    return Clerk(plan.reasons, generator(1, "reasons"))


def complete(reason):
    return all((reason.text, reason.standard, reason.remedy, reason.condition, reason.signed))


def test_a_thorough_bank_names_standard_fact_remedy_and_condition(clerk):
    reasons = [clerk.write("good") for _ in range(300)]
    assert sum(map(complete, reasons)) / 300 > 0.85
    assert len({reason.text for reason in reasons}) > 200
    assert not [reason for reason in reasons if "{" in (reason.text + (reason.remedy or "") + (reason.condition or ""))]


def test_a_thin_bank_has_a_handful_of_phrases(clerk):
    reasons = [clerk.write("thin") for _ in range(300)]
    assert not any(map(complete, reasons))
    assert len({reason.text for reason in reasons}) <= 5
    assert any(reason.text is None for reason in reasons)


def test_a_fair_bank_lies_between(clerk):
    reasons = [clerk.write("fair") for _ in range(300)]
    assert 0 < sum(map(complete, reasons)) / 300 < 0.3


def test_the_codes_and_standards_are_the_profiles(plan, zhanjiang):
    known = {code.code: code.attributes.get("standard") for code in zhanjiang.codes["reject_reason"]}
    assert {case["code"]: str(case["standard"]) for case in plan.reasons["cases"]}.items() <= known.items()
