"""Everything the bank page knows, read and computed once for a selection: four questions, two months, their lights.

Peers are all commercial banks, whatever banks the reader has filtered: a bank is judged among the others. Policy banks
lend by other rules and are shown apart. The month before is the end of the calendar month before the as-of date.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from components.context import Context
from components.memory import memory
from components.origins import NOWHERE, Place
from components.reads import progress_at, remember, rules
from components.situation import calendar, month_end_before
from data_access.queries.banks import application_cohorts, approved_amounts, bank_sizes
from data_access.queries.refusals import FLAGS, refusal_counts, refusal_lengths
from metrics.banks.bands import band_of_others
from metrics.banks.cohort import ShareFit, share_fit
from metrics.banks.credit import CreditFit, credit_fit, ratio_intervals, resampled_ratios, resampled_totals, share_ratio
from metrics.banks.lights import lights
from metrics.banks.ranks import rank_intervals
from metrics.banks.reasons import TOLERANCE, fewest, median_length, reason_quality, reason_shares, too_simple
from metrics.banks.visits import VisitFit, daily_load, visit_fit

QUESTIONS = ("visits", "applications", "credit", "reasons")
STRATA = ("entity_type", "region_1", "tier")
DRAWS = 500
FEWEST_PEERS = 5
# What the questions ask of progress: of visits, of credit now, and of credit a month ago.
VISITS = ("visits", "visits_on_site", "visitors")
CREDIT = ("approved", "approved_amount", "pushes_matured", "pushes_on_time", "pushes_overdue")
CREDIT_BEFORE = ("approved_amount", "pushes_matured", "pushes_on_time")


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
    shares: ShareFit
    credit: CreditFit | None
    quality: pd.DataFrame
    p: pd.DataFrame


@dataclass(frozen=True)
class Desk:
    """The page's figures for one selection. ``peers`` and ``policy`` are bank codes in the profile's order.

    ``context`` is the reader's, without a filter by bank. The figures are those of all banks whatever the reader may
    see, or there would be no peers: ``sees`` says whose he may be shown by name, and ``bands`` (by question, then
    bank) the middle half of the others, which names nobody.
    """

    context: Context
    sizes: Sizes
    peers: tuple[str, ...]
    policy: tuple[str, ...]
    now: Month
    before: Month
    lights: pd.DataFrame
    agreed: pd.DataFrame
    ratio: pd.DataFrame
    ranks: pd.DataFrame
    load: "pd.Series[float]"
    bands: Mapping[str, pd.DataFrame]

    def sees(self, bank: str) -> bool:
        """Whether the reader may see a bank's own figures."""
        return self.context.scope.banks is None or bank in self.context.scope.banks

    @property
    def own(self) -> tuple[str, ...]:
        """The banks whose own figures the reader may see."""
        return tuple(bank for bank in (*self.peers, *self.policy) if self.sees(bank))

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
        return str(self.records["lights"].get(bank, {}).get(question, "grey"))

    @cached_property
    def records(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """The figures of today by name, bank and column: looking one up in a frame costs more than writing it."""
        frames: Mapping[str, pd.DataFrame] = {
            "visits": self.now.visits.rows, "applications": self.now.shares.rows,
            "credit": self.now.credit.rows if self.now.credit else pd.DataFrame(), "reasons": self.now.quality,
            "ratio": self.ratio, "ranks": self.ranks, "lights": self.lights, "agreed": self.agreed,
            "progress": self.now.progress, **{f"band_{question}": band for question, band in self.bands.items()},
        }  # fmt: skip
        return {name: _by_bank(frame) for name, frame in frames.items()}


def build_desk(context: Context, visits_by: str = "", credit_by: str = "") -> Desk:
    """Return the desk of a context without a filter by bank; ``visits_by`` and ``credit_by`` choose the sizes."""
    peers = tuple(bank.code for bank in context.profile.banks if not bank.is_policy)
    policy = tuple(bank.code for bank in context.profile.banks if bank.is_policy)
    sizes = _sizes(context, visits_by, credit_by)
    on = context.filters.as_of
    visits_on = context.as_of("visits") or on
    days = [(on, visits_on), (month_end_before(on), month_end_before(visits_on))]
    cohorts, counts = _counted(context, peers, days[1][0])
    measured = _measured(context, days)
    now, before = (
        partial(_month, context, sizes, peers, day, table, parts)
        for day, table, parts in zip(days, measured, zip(cohorts, counts, strict=True), strict=True)
    )
    return _desk(context, sizes, (peers, policy), now(), _ended(context, sizes, days[1], before))


def _ended(context: Context, sizes: Sizes, days: tuple[date, date], build: Callable[[], Month]) -> Month:
    """Return the month that has ended, which all the days of the next one are compared with: remembered once."""
    asked = (context.scope, context.selection.at(days[0]), days[1], sizes.visits, sizes.credit)
    month: Month = memory.get(("banks.ended", context.store.url, context.version, *asked), build)
    return month


def _desk(
    context: Context, sizes: Sizes, banks: tuple[tuple[str, ...], tuple[str, ...]], now: Month, before: Month
) -> Desk:
    peers, policy = banks
    agreed = _agreed(now, sizes)
    ratio, ranks = _ratios(context, sizes, peers, now)
    return Desk(
        context, sizes, peers, policy, now, before, lights(now.p, before.p, agreed), agreed, ratio, ranks,
        _load(context, now), _bands(context, now, ratio),
    )  # fmt: skip


def desk_of(context: Context, visits_by: str = "", credit_by: str = "") -> Desk:
    """Return the desk, remembered for store version, scope and filters; the reader's filter by bank is left out.

    The figures are those of all banks in the reader's regions, also for the reader of one bank: what he may see of
    them, ``Desk.sees`` tells, and every list is read in his own scope.
    """
    reader = replace(context, filters=replace(context.filters, banks=()))
    everyone = reader.seeing(replace(context.scope, banks=None))
    desk = remember(everyone, "banks.desk", lambda: build_desk(everyone, visits_by, credit_by), visits_by, credit_by)
    return desk if context.scope.banks is None else replace(desk, context=reader)


def measures(context: Context, *, money: bool) -> tuple[str, ...]:
    """Return the size measures of the profile: amounts of money (for credit first), or counts (for visits first)."""
    codes = context.profile.codes.get("size_measure", ())
    return tuple(c.code for c in codes if (c.attributes.get("unit") == "yuan") == money)


def _sizes(context: Context, visits_by: str, credit_by: str) -> Sizes:
    latest, values = memory.get(
        ("banks.sizes", context.store.url, context.version, context.scope), lambda: _latest(context)
    )
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
    return latest, latest.pivot_table(index="bank", columns="measure", values="value", aggfunc="last")


def _chosen(asked: str, known: Sequence[str]) -> tuple[str, str]:
    ordered = [asked, *known] if asked in known else list(known)
    distinct = [*dict.fromkeys(ordered), "", ""]
    return distinct[0], distinct[1]


def generic_codes(context: Context) -> tuple[str, ...]:
    """Return the codes of reasons that fit any refusal."""
    codes = context.profile.codes.get("reject_reason", ())
    return tuple(c.code for c in codes if c.attributes.get("generic") == "true")


def _counted(
    context: Context, peers: Sequence[str], before: date
) -> tuple[tuple[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]:
    """Return the cohorts and the refusals of the peers, now and at the earlier date."""
    store, scope, selection = context.store, context.scope, context.selection
    cohorts = application_cohorts(store, scope, selection, STRATA, before)
    counts = refusal_counts(store, scope, selection, generic_codes(context), before)
    found = []
    for frame, names in ((cohorts, ("n", "x")), (counts, ("n", *FLAGS))):
        known = frame[frame["bank"].isin(peers)]
        earlier = known.drop(columns=list(names)).rename(columns={f"{name}_before": name for name in names})
        found.append((known, earlier))
    return found[0], found[1]


def _measured(context: Context, months: Sequence[tuple[date, date]]) -> list[pd.DataFrame]:
    """Return for each month the measures of credit at its first date and of visits at its second, by bank."""
    credit = (CREDIT, *[CREDIT_BEFORE] * (len(months) - 1))
    asked = [
        pair for names, days in zip(credit, months, strict=True) for pair in zip(days, (names, VISITS), strict=True)
    ]
    parts = [frame.set_index("bank") for frame in progress_at(context, asked, ("bank",))]
    return [_joined(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


def _joined(credit: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    found = credit.join(visits, how="outer")
    # A bank that one of them does not know has none of it; what nobody reported stays unknown.
    return found.fillna({name: 0.0 for name in found if found[name].notna().any()})


def _month(
    context: Context,
    sizes: Sizes,
    peers: Sequence[str],
    days: tuple[date, date],
    measured: pd.DataFrame,
    parts: tuple[pd.DataFrame, pd.DataFrame],
) -> Month:
    """Return one month; ``days`` are its date and that of its visits, which are often reported up to another day."""
    known = measured.reindex([*peers])
    shares = share_fit(parts[0][parts[0]["n"] > 0], STRATA)
    visits = visit_fit(known["visits"].dropna(), sizes.of(sizes.visits))
    credit = credit_fit(known["approved_amount"].dropna(), sizes.of(sizes.credit))
    quality = _quality(context, parts[1]) if days[0] == context.filters.as_of else reason_shares(parts[1])
    found = {
        "visits": visits.rows["p"],
        "applications": shares.rows["p_low"],
        "credit": credit.rows["p"] if credit else pd.Series(dtype="float64"),
        "reasons": too_simple(quality, tolerance(context), fewest_refusals(context)),
    }
    p = pd.DataFrame(found, index=list(peers), dtype="float64")
    return Month(*days, measured, visits, shares, credit, quality, p)


def _quality(context: Context, counts: pd.DataFrame) -> pd.DataFrame:
    if counts.empty:
        return reason_shares(counts).assign(score=np.nan)
    return reason_quality(counts, len(context.profile.codes.get("reject_reason", ())), fewest_refusals(context))


def lengths(desk: Desk) -> "pd.Series[float]":
    """Return by bank the median number of characters that say something in its reasons."""
    context = desk.context
    frame = refusal_lengths(context.store, replace(context.scope, banks=None), context.selection)
    return median_length(frame)


def tolerance(context: Context) -> float:
    """Return the share of empty reasons that the city tolerates."""
    return float(context.profile.settings.get("rejection_empty_share", TOLERANCE))


def fewest_refusals(context: Context) -> int:
    """Return below how many refusals a bank's reasons are not judged."""
    return int(context.profile.settings.get("rejection_min_n", fewest()))


def fewest_peers(context: Context) -> int:
    """Return how many other banks a band must be made of, so that nobody can be guessed from it."""
    return int(context.profile.settings.get("peer_min_banks", FEWEST_PEERS))


def _agreed(month: Month, sizes: Sizes) -> pd.DataFrame:
    """Tell for each bank and question whether the second size measure has the same sign; the others need none."""
    found = pd.DataFrame(True, index=month.p.index, columns=list(QUESTIONS))
    visits = visit_fit(month.visits.rows["observed"], sizes.of(sizes.visits_second))
    found["visits"] = (visits.rows["ratio"] < 1.0).reindex(found.index, fill_value=False)
    credit = credit_fit(month.progress["approved_amount"].reindex(found.index).dropna(), sizes.of(sizes.credit_second))
    low = credit.rows["residual"] < 0.0 if credit else pd.Series(dtype=bool)
    found["credit"] = low.reindex(found.index, fill_value=False).astype(bool)
    return found


def _bands(context: Context, now: Month, ratio: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    values = {
        "visits": now.visits.rows["ratio"], "applications": now.shares.rows["adjusted"], "credit": ratio["ratio"],
        "reasons": now.quality["score"],
    }  # fmt: skip
    return {question: band_of_others(series, fewest_peers(context)) for question, series in values.items()}


def _ratios(context: Context, sizes: Sizes, peers: Sequence[str], month: Month) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the share ratio of credit with its bootstrap interval, and its rank with the rank's interval."""
    size = sizes.of(sizes.credit)
    size = size[size.index.isin(peers)]
    value = share_ratio(month.progress["approved_amount"].reindex([*peers]), size)
    totals = _totals(context, peers)
    columns = ["rank", "low", "high", "is_tied"]
    if totals.empty or size.empty:
        return pd.DataFrame({"ratio": value, "low": np.nan, "high": np.nan}), pd.DataFrame(columns=columns)
    ratio = ratio_intervals(totals, size).assign(ratio=value)
    return ratio, rank_intervals(resampled_ratios(totals, size), value)


def _totals(context: Context, peers: Sequence[str]) -> pd.DataFrame:
    """Return the bootstrap totals of credit: the same for every size they are compared with."""

    def draw() -> pd.DataFrame:
        amounts = approved_amounts(context.store, context.scope, context.selection)
        return resampled_totals(amounts[amounts["bank"].isin(peers)], DRAWS)

    return remember(context, "banks.totals", draw)


def _load(context: Context, month: Month) -> "pd.Series[float]":
    as_of = context.as_of("visits")
    start = context.selection.start or context.profile.programme_start
    days = calendar(context.profile).working_days(start - timedelta(days=1), as_of) if as_of else 0
    return daily_load(month.progress["visits_on_site"], month.progress["visitors"], days)


def bank_places(desk: Desk, banks: Collection[object], on: date | None = None) -> tuple[Place, ...]:
    """Return where the figures of each bank stand, whichever bank the reader's own filter names.

    What is no bank's own, such as the band of the others, leads nowhere.
    """
    known = {*desk.peers, *desk.policy}
    own = (Place(at=on or desk.now.on, only=(("bank", str(bank)),)) for bank in banks)
    return tuple(place if bank in known else NOWHERE for bank, place in zip(banks, own, strict=True))


def _by_bank(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    found = frame.to_dict("index")
    return {str(bank): {str(name): value for name, value in row.items()} for bank, row in found.items()}


def row_of(frame: pd.DataFrame, bank: str) -> dict[str, float]:
    """Return a bank's row of numbers by column."""
    return dict(zip(map(str, frame.columns), frame.loc[bank].to_numpy().tolist(), strict=True))


def decision_days(context: Context) -> int:
    """Return how many days a bank has to decide."""
    return rules(context).decision_days
