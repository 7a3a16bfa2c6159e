"""How large the banks are: the latest census of every measure, and which measures the questions are asked by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from components.context import Context
from components.memory import memory
from data_access.queries.banks import bank_sizes


@dataclass(frozen=True)
class Sizes:
    """The banks' sizes: ``values`` by bank and measure (the latest census), and which measures the questions use.

    ``visits`` and ``credit`` are the measures compared with (empty: none reported), ``visits_second`` and
    ``credit_second`` those a finding must also hold by. ``on`` and ``sources`` say when and by whom they were counted.
    """

    values: pd.DataFrame
    visits: str
    visits_second: str
    credit: str
    credit_second: str
    on: Mapping[str, date]
    sources: Mapping[str, str]

    def of(self, measure: str) -> "pd.Series[float]":
        """Return one measure by bank; empty if nobody reported it."""
        return self.values[measure].dropna() if measure in self.values else pd.Series(dtype="float64")


def measures(context: Context, *, money: bool) -> tuple[str, ...]:
    """Return the size measures of the profile: amounts of money (for credit first), or counts (for visits first)."""
    codes = context.profile.codes.get("size_measure", ())
    return tuple(c.code for c in codes if (c.attributes.get("unit") == "yuan") == money)


def sizes_of(context: Context, visits_by: str, credit_by: str) -> Sizes:
    """Return the sizes, and the measures for visits and credit: those asked for if they are reported."""
    asked = ("banks.sizes", context.store.url, context.version, context.scope)
    latest, values = memory.get(asked, lambda: _latest(context))
    amounts = [m for m in measures(context, money=True) if m in values]
    # The last count of the profile's list is the closest to capacity: account managers after outlets.
    counts = [m for m in reversed(measures(context, money=False)) if m in values]
    credit, credit_second = _chosen(credit_by, [*amounts, *counts])
    visits, visits_second = _chosen(visits_by, [*counts, *amounts])
    on = dict(zip(latest["measure"], latest["measured_on"], strict=True))
    sources = dict(zip(latest["measure"], latest["source"].fillna(""), strict=True))
    return Sizes(values, visits, visits_second, credit, credit_second, on, sources)


def _latest(context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the latest census of every bank and measure, and its values by bank and measure."""
    latest = bank_sizes(context.store, context.scope).drop_duplicates(["bank", "measure"], keep="last")
    values = latest.pivot_table(index="bank", columns="measure", values="value", aggfunc="last")
    return latest, values.set_axis(values.index.astype(object))


def _chosen(asked: str, known: Sequence[str]) -> tuple[str, str]:
    ordered = [asked, *known] if asked in known else list(known)
    distinct = [*dict.fromkeys(ordered), "", ""]
    return distinct[0], distinct[1]
