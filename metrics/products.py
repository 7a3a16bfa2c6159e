"""Loan products: the catalogue's size and use (M70), and which of them answer an enterprise's need, with the reasons.

Matching is a comparison of what the catalogue says with what is asked; it is no forecast of a bank's decision.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from metrics.compute import ratio
from metrics.proportions import wilson

NAN = float("nan")


class Verdict(StrEnum):
    """What a criterion says about a product; what was not asked has no verdict ("")."""

    MET = "met"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the catalogue does not say, or the answer lies within a range the bank decides on


@dataclass(frozen=True, slots=True)
class Need:
    """What an enterprise needs; what it leaves open (None or empty) is not compared.

    ``amount`` in yuan, ``term_months``, ``rate_ceiling`` in per cent a year. ``guarantees`` are the kinds it could
    give, ``audiences`` all groups of the catalogue it belongs to, the one for everybody included. ``on`` is the day of
    asking: a product that had ended by then fails.
    """

    amount: float | None = None
    term_months: float | None = None
    guarantees: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    rate_ceiling: float | None = None
    on: date | None = None

    @property
    def asks(self) -> bool:
        """Whether anything but the day was told."""
        return replace(self, on=None) != Need()


CRITERIA = ("validity", "audience", "amount", "term", "guarantee", "rate")


def verdict_of(criterion: str) -> str:
    """Return the column that holds the verdict on a criterion."""
    return f"verdict_{criterion}"


def match_products(products: pd.DataFrame, need: Need) -> pd.DataFrame:
    """Return the products in the order in which they answer the need, each with the verdict on every criterion.

    ``products`` has ``product_id``, ``audience``, ``guarantee`` (codes; None or "" where not told), ``max_amount``
    (yuan), ``term_months``, ``rate_min``, ``rate_max`` (per cent; NaN where not told) and ``valid_until`` (date or
    None); further columns are kept, and the index must be unique. Added are one column for each of ``CRITERIA``,
    ``verdict_of`` it, with a ``Verdict`` ("" where nothing was asked), the counts ``met``, ``failed`` and ``unknown``,
    and ``fits`` (nothing failed). Order: products still on offer first, then fewest failed, fewest unknown, lowest
    rate (the highest one breaks ties), largest amount, id. The index is renumbered.
    """
    judged, verdicts = products.copy(), {verdict_of(name): _JUDGES[name](products, need) for name in CRITERIA}
    for name, said in verdicts.items():
        judged[name] = said
    table = np.array([said.to_numpy(dtype=object) for said in verdicts.values()])
    for verdict in Verdict:
        judged[verdict.value] = (table == verdict.value).sum(axis=0)
    judged["fits"] = judged["failed"] == 0
    keys = judged[["failed", "unknown", "rate_min", "rate_max", "product_id"]].assign(
        ended=judged[verdict_of("validity")] == Verdict.FAILED, larger=-judged["max_amount"].astype("float64")
    )
    order = ["ended", "failed", "unknown", "rate_min", "rate_max", "larger", "product_id"]
    return judged.loc[keys.sort_values(order).index].reset_index(drop=True)


_Judge = Callable[[pd.DataFrame, Need], "pd.Series[str]"]


def _judged(asked: bool, frame: pd.DataFrame, met: Any, unknown: Any) -> "pd.Series[str]":  # noqa: ANN401 - masks
    """Return verdicts: unknown where ``unknown``, else met or failed; nothing where nothing was asked."""
    if not asked:
        return pd.Series([""] * len(frame), index=frame.index, dtype="str")
    known = np.where(np.asarray(met, dtype=bool), Verdict.MET.value, Verdict.FAILED.value)
    said = np.where(np.asarray(unknown, dtype=bool), Verdict.UNKNOWN.value, known)
    return pd.Series(said, index=frame.index, dtype="str")


def _validity(frame: pd.DataFrame, need: Need) -> "pd.Series[str]":
    """A product without an end is on offer until it is taken from the catalogue."""
    until = pd.to_datetime(frame["valid_until"])
    met = until.isna() | (until >= pd.Timestamp(need.on or date.min))
    return _judged(need.on is not None, frame, met, unknown=np.zeros(len(frame), dtype=bool))


def _audience(frame: pd.DataFrame, need: Need) -> "pd.Series[str]":
    return _one_of(frame["audience"], need.audiences, frame)


def _guarantee(frame: pd.DataFrame, need: Need) -> "pd.Series[str]":
    return _one_of(frame["guarantee"], need.guarantees, frame)


def _one_of(told: "pd.Series[Any]", asked: tuple[str, ...], frame: pd.DataFrame) -> "pd.Series[str]":
    return _judged(bool(asked), frame, told.isin(asked), told.isna() | (told == ""))


def _amount(frame: pd.DataFrame, need: Need) -> "pd.Series[str]":
    return _at_least(frame["max_amount"], need.amount, frame)


def _term(frame: pd.DataFrame, need: Need) -> "pd.Series[str]":
    return _at_least(frame["term_months"], need.term_months, frame)


def _at_least(told: "pd.Series[Any]", asked: float | None, frame: pd.DataFrame) -> "pd.Series[str]":
    value = told.astype("float64")
    return _judged(asked is not None, frame, value >= (asked or 0.0), value.isna())


def _rate(frame: pd.DataFrame, need: Need) -> "pd.Series[str]":
    """Met where even the highest rate is low enough, failed where the lowest is not, and open in between."""
    low, high = (frame[name].astype("float64") for name in ("rate_min", "rate_max"))
    ceiling = need.rate_ceiling or 0.0
    met, failed = (high <= ceiling).to_numpy(), (low > ceiling).to_numpy()
    return _judged(need.rate_ceiling is not None, frame, met, ~met & ~failed)


_JUDGES: Mapping[str, _Judge] = {
    "validity": _validity,
    "audience": _audience,
    "amount": _amount,
    "term": _term,
    "guarantee": _guarantee,
    "rate": _rate,
}


@dataclass(frozen=True, slots=True)
class Use:
    """How many products are on offer, how many of them have at least one loan (NaN: not reported), and that share.

    ``share`` and its 95 % limits are in per cent, NaN without a product on offer or where loans name no product.
    """

    products: float
    used: float
    share: float
    low: float
    high: float


def on_offer(products: pd.DataFrame, on: date) -> "pd.Series[bool]":
    """Return which products are on offer on a day: those without an end, or whose last day it is or lies ahead."""
    until = pd.to_datetime(products["valid_until"])
    return until.isna() | (until >= pd.Timestamp(on))


def product_use(products: pd.DataFrame, on: date) -> Use:
    """Return the size of the catalogue and how much of it is used (M70, M70b).

    ``products`` has ``valid_until`` and ``loans`` (loans that name the product, NaN where that is not reported). Only
    products on offer on the day count, on either side: one that has ended cannot be used any more.
    """
    offered = products[on_offer(products, on)]
    number = float(len(offered))
    used = float((offered["loans"] > 0).sum()) if offered["loans"].notna().all() else NAN
    share = float(ratio(np.asarray(used), np.asarray(number), 100.0))
    low, high = wilson(used, number)
    return Use(number, used, share, float(low), float(high))
