"""Everything the bank page knows, read and computed once for a selection: four questions, two months, their lights.

Peers are all commercial banks, whatever banks the reader has filtered: a bank is judged among the others. Policy banks
lend by other rules and are shown apart. The month before is the end of the calendar month before the as-of date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from components.context import Context
from components.reads import progress, remember, rules
from components.situation import calendar, month_end_before
from data_access.queries.banks import application_cohorts, approved_amounts, bank_sizes, refusals
from data_access.queries.history import durations
from metrics.banks.cohort import ShareFit, share_fit
from metrics.banks.credit import CreditFit, credit_fit, ratio_intervals, resampled_ratios, resampled_totals, share_ratio
from metrics.banks.lights import lights
from metrics.banks.ranks import rank_intervals
from metrics.banks.reasons import TOLERANCE, judged, reason_quality, too_simple
from metrics.banks.visits import VisitFit, daily_load, visit_fit

QUESTIONS = ("visits", "applications", "credit", "reasons")
STRATA = ("entity_type", "region_1", "tier")
DRAWS = 500


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


@dataclass(frozen=True)
class Month:
    """The four questions at one date (``visits_on`` for visits): fits, and ``p``, the chance of lagging that far.

    ``p`` has a row per bank and a column per question.
    """

    on: date
    visits_on: date
    progress: pd.DataFrame
    visits: VisitFit
    visits_second: VisitFit
    shares: ShareFit
    credit: CreditFit | None
    credit_second: CreditFit | None
    quality: pd.DataFrame
    p: pd.DataFrame


@dataclass(frozen=True)
class Desk:
    """The page's figures for one selection. ``peers`` and ``policy`` are bank codes in the profile's order."""

    context: Context
    sizes: Sizes
    peers: tuple[str, ...]
    policy: tuple[str, ...]
    now: Month
    before: Month
    lights: pd.DataFrame
    agreed: pd.DataFrame
    cases: pd.DataFrame
    ratio: pd.DataFrame
    ranks: pd.DataFrame
    load: "pd.Series[float]"
    times: pd.DataFrame

    def name(self, bank: str, *, short: bool = True) -> str:
        """Return a bank's name in the reader's language."""
        known = self.context.profile.bank_by_code.get(bank)
        if known is None:
            return bank
        return known.label.short(self.context.lang) if short else known.label.text(self.context.lang)

    def group(self, bank: str) -> str:
        """Return the name of a bank's peer group."""
        known = self.context.profile.bank_by_code.get(bank)
        label = self.context.profile.code_label("bank_class", known.bank_class) if known else None
        return label.text(self.context.lang) if label else ""

    def measure(self, code: str) -> str:
        """Return the name of a size measure."""
        label = self.context.profile.code_label("size_measure", code)
        return label.text(self.context.lang) if label else code

    def light(self, bank: str, question: str) -> str:
        """Return a bank's light: red, amber, green or grey."""
        return str(self.lights.loc[bank, question]) if bank in self.lights.index else "grey"


def build_desk(context: Context, visits_by: str = "", credit_by: str = "") -> Desk:
    """Return the desk of a context without a filter by bank; ``visits_by`` and ``credit_by`` choose the sizes."""
    peers = tuple(bank.code for bank in context.profile.banks if not bank.is_policy)
    policy = tuple(bank.code for bank in context.profile.banks if bank.is_policy)
    sizes = _sizes(context, visits_by, credit_by)
    cases = remember(context, "banks.cases", lambda: _cases(context))
    on = context.filters.as_of
    visits_on = context.as_of("visits") or on
    now = _month(context, sizes, peers, cases, (on, visits_on))
    before = _month(context, sizes, peers, cases, (month_end_before(on), month_end_before(visits_on)))
    agreed = _agreed(now)
    ratio, ranks = _ratios(context, sizes, peers, now)
    pushed = durations(context.store, context.scope, context.selection, "recommended_on", "decided_on", ("bank",))
    return Desk(
        context, sizes, peers, policy, now, before, lights(now.p, before.p, agreed), agreed, cases, ratio, ranks,
        _load(context, now), pushed,
    )  # fmt: skip


def desk_of(context: Context, visits_by: str = "", credit_by: str = "") -> Desk:
    """Return the desk, remembered for store version, scope and filters; the reader's filter by bank is left out."""
    everyone = replace(context, filters=replace(context.filters, banks=()))
    return remember(everyone, "banks.desk", lambda: build_desk(everyone, visits_by, credit_by), visits_by, credit_by)


def measures(context: Context, *, money: bool) -> tuple[str, ...]:
    """Return the size measures of the profile: amounts of money (for credit first), or counts (for visits first)."""
    codes = context.profile.codes.get("size_measure", ())
    return tuple(c.code for c in codes if (c.attributes.get("unit") == "yuan") == money)


def _sizes(context: Context, visits_by: str, credit_by: str) -> Sizes:
    frame = bank_sizes(context.store)
    latest = frame.drop_duplicates(["bank", "measure"], keep="last")
    values = latest.pivot_table(index="bank", columns="measure", values="value", aggfunc="last")
    amounts = [m for m in measures(context, money=True) if m in values]
    # The last count of the profile's list is the closest to capacity: account managers after outlets.
    counts = [m for m in reversed(measures(context, money=False)) if m in values]
    credit, credit_second = _chosen(credit_by, [*amounts, *counts])
    visits, visits_second = _chosen(visits_by, [*counts, *amounts])
    on = dict(zip(latest["measure"], latest["measured_on"], strict=True))
    sources = dict(zip(latest["measure"], latest["source"].fillna(""), strict=True))
    return Sizes(values, visits, visits_second, credit, credit_second, on, sources)


def _chosen(asked: str, known: Sequence[str]) -> tuple[str, str]:
    ordered = [asked, *known] if asked in known else list(known)
    distinct = [*dict.fromkeys(ordered), "", ""]
    return distinct[0], distinct[1]


def _cases(context: Context) -> pd.DataFrame:
    generic = [c.code for c in context.profile.codes.get("reject_reason", ()) if c.attributes.get("generic") == "true"]
    names = [name for bank in context.profile.banks for name in (bank.label.zh, *bank.aliases)]
    return judged(refusals(context.store, context.scope, context.selection), generic, names)


def _month(context: Context, sizes: Sizes, peers: Sequence[str], cases: pd.DataFrame, days: tuple[date, date]) -> Month:
    """Return one month; ``days`` are its date and that of its visits, which are often reported up to another day."""
    on, visits_on = days
    measured = progress(context, ("bank",), at=on).set_index("bank")
    known = measured.reindex([*peers])
    shares = remember(context, "banks.shares", lambda: _shares(context, peers, on), on)
    visited = progress(context, ("bank",), at=visits_on).set_index("bank")["visits"].reindex([*peers]).dropna()
    visits, visits_second = (visit_fit(visited, sizes.of(m)) for m in (sizes.visits, sizes.visits_second))
    approved = known["approved_amount"].dropna()
    credit, credit_second = (credit_fit(approved, sizes.of(m)) for m in (sizes.credit, sizes.credit_second))
    told = cases[pd.to_datetime(cases["decided_on"]) <= pd.Timestamp(on)]
    categories = len(context.profile.codes.get("reject_reason", ()))
    quality = (
        reason_quality(told, categories).reindex([*peers]).dropna(subset="rejections") if len(told) else _no_quality()
    )
    p = pd.DataFrame(
        {
            "visits": visits.rows["p"],
            "applications": shares.rows["p_low"],
            "credit": credit.rows["p"] if credit else pd.Series(dtype="float64"),
            "reasons": too_simple(quality, tolerance(context)) if len(quality) else pd.Series(dtype="float64"),
        },
        index=list(peers),
        dtype="float64",
    )
    return Month(on, visits_on, measured, visits, visits_second, shares, credit, credit_second, quality, p)


def _shares(context: Context, peers: Sequence[str], on: date) -> ShareFit:
    cells = application_cohorts(context.store, context.scope, context.selection.at(on), STRATA)
    return share_fit(cells[cells["bank"].isin(peers)], STRATA)


def tolerance(context: Context) -> float:
    """Return the share of empty reasons that the city tolerates."""
    return float(context.profile.settings.get("rejection_empty_share", TOLERANCE))


def _no_quality() -> pd.DataFrame:
    return pd.DataFrame(columns=["rejections", "empty", "score"], dtype="float64")


def _agreed(month: Month) -> pd.DataFrame:
    """Tell for each bank and question whether the second size measure has the same sign; the others need none."""
    found = pd.DataFrame(True, index=month.p.index, columns=list(QUESTIONS))
    low = month.visits_second.rows["ratio"] < 1.0
    found["visits"] = low.reindex(found.index, fill_value=False)
    second = month.credit_second
    low = second.rows["residual"] < 0.0 if second else pd.Series(dtype=bool)
    found["credit"] = low.reindex(found.index, fill_value=False).astype(bool)
    return found


def _ratios(context: Context, sizes: Sizes, peers: Sequence[str], month: Month) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the share ratio of credit with its bootstrap interval, and its rank with the rank's interval."""
    size = sizes.of(sizes.credit)
    size = size[size.index.isin(peers)]
    value = share_ratio(month.progress["approved_amount"].reindex([*peers]), size)
    totals = remember(context, "banks.totals", lambda: _totals(context, peers))
    columns = ["rank", "low", "high", "is_tied"]
    if totals.empty or size.empty:
        return pd.DataFrame({"ratio": value, "low": np.nan, "high": np.nan}), pd.DataFrame(columns=columns)
    ratio = ratio_intervals(totals, size).assign(ratio=value)
    return ratio, rank_intervals(resampled_ratios(totals, size), value)


def _totals(context: Context, peers: Sequence[str]) -> pd.DataFrame:
    """Return the bootstrap totals of credit: the same for every size they are compared with."""
    amounts = approved_amounts(context.store, context.scope, context.selection)
    return resampled_totals(amounts[amounts["bank"].isin(peers)], DRAWS)


def _load(context: Context, month: Month) -> "pd.Series[float]":
    as_of = context.as_of("visits")
    start = context.selection.start or context.profile.programme_start
    days = calendar(context.profile).working_days(start - timedelta(days=1), as_of) if as_of else 0
    return daily_load(month.progress["visits_on_site"], month.progress["visitors"], days)


def row_of(frame: pd.DataFrame, bank: str) -> dict[str, float]:
    """Return a bank's row of numbers by column."""
    return {str(name): frame[name].loc[bank] for name in frame.columns}


def decision_days(context: Context) -> int:
    """Return how many days a bank has to decide."""
    return rules(context).decision_days
