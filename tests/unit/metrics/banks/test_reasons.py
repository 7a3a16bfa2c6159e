from math import comb

import numpy as np
import pandas as pd
import pytest
from rapidfuzz.distance import Indel

from metrics.banks.reasons import judged, reason_quality, score_parts, too_simple
from metrics.banks.templates import normalised, templated


def test_normalised_keeps_what_could_have_been_written_by_hand():
    assert normalised("ＡＢ银行：负债率 86% 过高，", ["AB银行"]) == "负债率过高"


def test_templated_finds_equal_and_nearly_equal_texts():
    texts = pd.Series(
        ["近两年贷款逾期次最长天"] * 4 + ["经营流水不足以覆盖本息请补充合同"] * 2
        + ["经营流水不足以覆盖本息请补充订单"] * 2
        + ["水域滩涂养殖证办理之中"] * 3 + [""] * 9
    )  # fmt: skip
    assert templated(texts).tolist() == [True] * 4 + [True] * 4 + [False] * 3 + [False] * 9


def test_templated_agrees_with_comparing_every_pair():
    rng = np.random.default_rng(5)
    words = ["征信逾期", "负债过高", "流水不足", "证照不全", "场所租约到期", "抵押物不足值", "经营时间短", "涉诉未结"]
    made = ["".join(rng.choice(words, 4)) + "".join(rng.choice(list("甲乙丙丁"), 2)) for _ in range(400)]
    texts = pd.Series(made)
    alike = [sum(Indel.normalized_similarity(a, b) >= 0.85 for b in made) - 1 >= 3 for a in made]
    assert templated(texts).tolist() == alike


CASE = {"failed_standard": 4, "remedy": "结清逾期", "condition": "半年后", "officer": "u1"}
BARE = dict.fromkeys(CASE)


def _cases(*rows):
    return pd.DataFrame([{"bank": b, "code": c, "text": t, **rest} for b, c, t, rest in rows])


def test_what_is_true_of_a_reason():
    found = judged(
        _cases(
            ("A", "credit_record", "近两年贷款逾期5次，最长60天，尚未结清", CASE),
            ("A", "score", "综合评分不足", BARE),
            ("A", None, None, BARE),
            ("A", "other", "其他", BARE),
            ("A", "collateral", "抵押物不足", BARE),
        ),
        generic_codes={"score", "other"},
    )
    assert found["complete"].tolist() == [True, False, False, False, False]
    assert found["missing"].tolist() == [False, False, True, True, False]
    assert found["vague"].tolist() == [False, True, False, False, False]
    assert found["empty"].tolist() == [False, True, True, True, False]
    assert found["length"].tolist() == [15, 0, 0, 0, 5]


def test_complete_reasons_in_like_words_are_not_empty():
    found = judged(_cases(*[("A", "credit_record", "近两年贷款逾期5次，最长60天，尚未结清", CASE)] * 5))
    assert found["templated"].all()
    assert not found["empty"].any()


def test_score_is_the_published_sum_and_needs_twenty_cases():
    good = [
        ("A", "credit_record", f"{c}近两年贷款逾期未能结清{c}", CASE)
        for c in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
    ]
    thin = [("B", "score", "综合评分不足", BARE)] * 30
    few = [("C", "score", "综合评分不足", BARE)] * 3
    rows = reason_quality(judged(_cases(*good, *thin, *few), {"score"}), categories=14)
    assert rows["rejections"].to_dict() == {"A": 20.0, "B": 30.0, "C": 3.0}
    assert np.isnan(rows.loc["C", "score"])
    assert rows.loc["B", "score"] == pytest.approx(15.0)  # only that a reason is there counts for it
    assert rows.loc["A", "score"] == pytest.approx(score_parts(rows).loc["A"].sum())
    assert rows.loc["A", "score"] > 74
    assert rows.loc["B", "first_reason"] == 1.0


def test_too_many_empty_reasons_are_more_than_a_quarter_beyond_chance():
    quality = pd.DataFrame({"rejections": [40.0, 40.0, 10.0], "empty": [0.25, 0.5, 1.0]}, index=list("ABC"))
    p = too_simple(quality)
    # By the binomial's own sum: ten or more, twenty or more of forty at a quarter.
    tail = [sum(comb(40, k) * 0.25**k * 0.75 ** (40 - k) for k in range(x, 41)) for x in (10, 20)]
    assert p[["A", "B"]].tolist() == pytest.approx(tail)
    assert np.isnan(p["C"])


def test_divergence_is_the_jensen_shannon_distance():
    cases = _cases(*[("A", "collateral", "x", BARE)] * 10, *[("B", "score", "y", BARE)] * 10)
    rows = reason_quality(judged(cases), categories=2)
    # P = (1, 0), Q = (½, ½), M = (¾, ¼): JSD = ½ log₂(4/3) + ½ (½ log₂(2/3) + ½ log₂ 2) = 0.3113, its root 0.5579.
    assert rows["divergence"].tolist() == pytest.approx([0.55792, 0.55792], abs=1e-5)
