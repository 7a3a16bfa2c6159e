"""Texts of refusals: what is pasted, and what says nothing."""

import numpy as np
import pandas as pd
from rapidfuzz.distance import Indel

from data_access.refusals import judged
from data_access.wording import normalised, templated, unnamed


def once(texts):
    return templated(pd.Series(texts), pd.Series(1, index=range(len(texts))))


def test_normalised_keeps_what_could_have_been_written_by_hand():
    assert normalised("ＡＢ：负债率 86% 过高，") == "ab负债率过高"


def test_the_name_of_a_bank_does_not_make_a_pasted_text_another():
    names = ["工商银行", "霞山支行", "南粤银行", "廉江农商行"]
    texts = [f"经{name}审查，还款来源不足" for name in names]
    assert {unnamed(normalised(text)) for text in texts} == {"审查还款来源不足"}
    assert judged(pd.DataFrame({"wording": texts, "cases": 1}))["is_templated"].all()
    assert unnamed("建设银行") == "建设银行"  # a text that is nothing else stays a text


def test_templated_finds_equal_and_nearly_equal_texts():
    texts = (
        ["近两年贷款逾期次最长天"] * 4 + ["经营流水不足以覆盖本息请补充合同"] * 2
        + ["经营流水不足以覆盖本息请补充订单"] * 2
        + ["水域滩涂养殖证办理之中"] * 3 + [""] * 9
    )  # fmt: skip
    assert once(texts).tolist() == [True] * 4 + [True] * 4 + [False] * 3 + [False] * 9


def test_templated_counts_cases_and_not_wordings():
    texts = pd.Series(["近两年贷款逾期", "水域滩涂养殖证办理之中", ""])
    assert templated(texts, pd.Series([4, 3, 50])).tolist() == [True, False, False]


def test_templated_agrees_with_comparing_every_pair():
    rng = np.random.default_rng(5)
    words = ["征信逾期", "负债过高", "流水不足", "证照不全", "场所租约到期", "抵押物不足值", "经营时间短", "涉诉未结"]
    made = ["".join(rng.choice(words, 4)) + "".join(rng.choice(list("甲乙丙丁"), 2)) for _ in range(400)]
    alike = [sum(Indel.normalized_similarity(a, b) >= 0.85 for b in made) - 1 >= 3 for a in made]
    assert once(made).tolist() == alike


def test_what_is_true_of_a_wording():
    wordings = ["近两年贷款逾期5次，最长60天，尚未结清", "综合评分不足", "其他", "抵押物不足", "我行综合评分不足"]
    found = judged(pd.DataFrame({"wording": wordings, "cases": [1, 4, 9, 1, 1]}))
    assert found["length"].tolist() == [15, 0, 0, 5, 2]
    assert found["is_blank"].tolist() == [False, False, True, False, False]
    assert found["is_templated"].tolist() == [False, True, False, False, True]
