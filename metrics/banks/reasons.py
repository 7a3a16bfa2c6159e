"""Question 4: are the reasons a bank gives for refusing good enough to act on (M36).

Counted over refusals: a reason may be missing, say nothing in particular (vague), or be pasted (templated). Complete is
one that names the rule, the fact, the remedy, when to apply again, and whom to ask. The adequacy score weighs these by
``metrics.credit.ADEQUACY_WEIGHTS``, which are published; a bank with few refusals gets none.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon

from metrics.banks.templates import normalised, templated
from metrics.catalogue import metric
from metrics.credit import ADEQUACY_WEIGHTS, normalised_entropy, rejection_adequacy

# What stands in a cell to say that nothing stands there.
PLACEHOLDERS = frozenset({"", "无", "暂无", "空", "其他", "其它", "不详", "na", "none", "null", "x"})
# Phrases that fit any refusal; a city adds its own through codes it marks as generic.
GENERIC = (
    "不符合我行准入", "不符合准入", "不符合条件", "不符合要求", "不符合我行要求",
    "不符合政策", "综合评分不足", "综合评分不够", "评分不足", "综合评审未通过",
    "综合评估不通过", "系统审批不通过", "审批未通过", "审批不通过", "暂不需要",
    "暂不符合", "未达到准入标准", "不予准入", "准入条件", "条件",
)  # fmt: skip
ELEMENTS = ("has_rule", "has_fact", "has_remedy", "has_condition", "has_person")
# A fact is more than the name of a reason: this many characters beyond the generic phrases.
FACT_LENGTH = 8
# A quarter of empty reasons passes: everybody is in a hurry sometimes.
TOLERANCE = 0.25


def judged(cases: pd.DataFrame, generic_codes: Collection[str] = (), names: Collection[str] = ()) -> pd.DataFrame:
    """Return ``cases`` with what is true of each refusal's reason added as booleans.

    ``cases`` has ``code``, ``text``, ``failed_standard``, ``remedy``, ``condition`` and ``officer`` (missing: None or
    NaN). Added: ``missing`` (no text, and no code that says more than a generic one), ``vague``, ``templated`` (nearly
    the same as three others anywhere), the five of ``ELEMENTS``, ``complete`` (all five), ``empty`` (missing or
    vague: nobody can act on it) and ``length`` (characters that say something).
    """
    text = cases["text"].fillna("").map(lambda value: normalised(value, tuple(names)))
    core = text.map(_without_generic)
    code = cases["code"].fillna("")
    empty = text.isin(PLACEHOLDERS)
    found = cases.assign(length=core.str.len().where(~empty, 0))
    found["missing"] = empty & code.isin({"", *generic_codes})
    found["vague"] = ~found["missing"] & (
        (core == "") | empty | (code.isin(generic_codes) & (found["length"] < FACT_LENGTH))
    )
    found["templated"] = templated(text.where(~empty, "")) & ~found["missing"]
    found["has_rule"] = cases["failed_standard"].notna() | ~code.isin({"", *generic_codes})
    found["has_fact"] = (found["length"] >= FACT_LENGTH) & ~found["vague"]
    for element, column in (("has_remedy", "remedy"), ("has_condition", "condition"), ("has_person", "officer")):
        found[element] = cases[column].fillna("").astype(str).str.strip() != ""
    found["complete"] = found[list(ELEMENTS)].all(axis=1)
    found["empty"] = found["missing"] | found["vague"]
    return found


def reason_quality(cases: pd.DataFrame, categories: int) -> pd.DataFrame:
    """Return the components of adequacy and the score, one row per bank, from ``judged`` cases with ``bank``.

    ``rejections`` (cases), the shares ``complete``, ``vague``, ``missing``, ``boilerplate`` (templated),
    ``empty``, ``first_reason`` (that of the commonest code), ``entropy`` (Miller–Madow, normalised by
    ``categories``), ``divergence`` (Jensen–Shannon distance to the city's mix of reasons, 0 to 1), ``length`` (median
    characters that say something) and ``score`` (0 to 100; NaN below the published minimum of cases).
    """
    flags = ["complete", "vague", "missing", "templated", "empty", *ELEMENTS]
    groups = cases.groupby("bank", sort=True)
    rows = groups[flags].mean().rename(columns={"templated": "boilerplate"})
    rows.insert(0, "rejections", groups.size().astype("float64"))
    rows["length"] = groups["length"].median().astype("float64")
    mix = cases.assign(code=cases["code"].fillna("")).pivot_table(
        index="bank", columns="code", values="length", aggfunc="size", fill_value=0
    )
    city = mix.sum()
    rows["first_reason"] = mix.max(axis=1) / mix.sum(axis=1)
    rows["entropy"] = [normalised_entropy(list(counts), categories) for counts in mix.to_numpy(dtype=np.float64)]
    rows["divergence"] = [float(jensenshannon(counts, city, base=2)) for counts in mix.to_numpy(dtype=np.float64)]
    rows["score"] = rejection_adequacy(rows)
    return rows


def too_simple(quality: pd.DataFrame, tolerance: float = TOLERANCE) -> "pd.Series[float]":
    """Return by bank the probability of so many empty reasons if no more than ``tolerance`` of its reasons were empty.

    An exact binomial test against a published standard and not against the other banks: if all gave poor reasons, all
    would be told. NaN below the metric's minimum of cases.
    """
    n, x = quality["rejections"], (quality["rejections"] * quality["empty"]).round()
    p = pd.Series(stats.binom.sf(x - 1, n, tolerance), index=quality.index, dtype="float64")
    return p.where(n >= metric("rejection_adequacy").min_n)


def score_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many points each component gives to the score of every row (columns as in the published weights)."""
    parts = {
        name: 100.0 * weight * (rows[name] if direction > 0 else 1.0 - rows[name])
        for name, (weight, direction) in ADEQUACY_WEIGHTS.items()
    }
    return pd.DataFrame(parts, index=rows.index)


def _without_generic(text: str) -> str:
    for phrase in _LONGEST_FIRST:
        text = text.replace(phrase, "")
    return text


_LONGEST_FIRST = sorted((normalised(phrase) for phrase in GENERIC), key=len, reverse=True)
