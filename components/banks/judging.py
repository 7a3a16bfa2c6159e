"""The four questions at two dates, and what becomes of them: lights, ranks, bands.

Everything of one selection that needs all banks at once. Frames by bank have their codes as plain objects: with two
dozen rows, looking codes up in pandas' strings costs more than the statistics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from components.banks.rules import fewest_peers, fewest_refusals, generic_codes, tolerance
from components.banks.sizes import Sizes
from components.context import Context
from components.filters import Filters
from components.memory import memory
from components.reads import progress_at
from components.situation import month_end_before
from components.smallcells import fewest_shown, told_parts, with_bases
from data_access.queries.banks import application_cohorts, approved_amounts
from data_access.queries.refusals import FLAGS, refusal_counts
from metrics.banks.bands import band_of_others
from metrics.banks.cohort import ShareFit, share_fit
from metrics.banks.credit import (
    RESAMPLED_BELOW,
    CreditFit,
    credit_fit,
    ratio_intervals,
    resampled_ratios,
    resampled_totals,
    share_ratio,
)
from metrics.banks.lights import Finding, lights
from metrics.banks.ranks import rank_intervals
from metrics.banks.reasons import reason_quality, reason_shares, too_simple
from metrics.banks.visits import VisitFit, visit_fit

QUESTIONS = ("visits", "applications", "credit", "reasons")
STRATA = ("entity_type", "region_1", "tier")
DRAWS = 500
PUSHES = ("pushes_matured", "pushes_on_time", "pushes_overdue")
# What the questions ask of progress: of visits, of credit now, and of credit a month ago.
_VISITS = ("visits",)
_CREDIT = ("approved_amount", *PUSHES)
_CREDIT_BEFORE = ("approved_amount", "pushes_matured", "pushes_on_time")

Records = Mapping[str, Mapping[str, Mapping[str, Any]]]


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

    @cached_property
    def figures(self) -> Mapping[str, Mapping[str, float]]:
        """By question, and for decision time, each bank's figure: a ratio for visits and credit, else a share."""
        credit = self.credit.rows if self.credit else pd.DataFrame({"credit": [], "expected": []})
        late = self.progress.reindex(columns=["pushes_on_time", "pushes_matured"])
        found = {
            "visits": self.visits.rows["ratio"], "applications": self.shares.rows["adjusted"],
            "credit": credit["credit"] / credit["expected"].where(credit["expected"] > 0),
            "reasons": self.quality["empty"],
            "on_time": late["pushes_on_time"] / late["pushes_matured"].where(late["pushes_matured"] > 0),
        }  # fmt: skip
        return {name: dict(zip(map(str, of.index), of.tolist(), strict=True)) for name, of in found.items()}


@dataclass(frozen=True)
class Judged:
    """What the questions found: today, at the end of the month before, and both together.

    By bank: ``lights``, whether the second size ``agreed``, the share ``ratio`` of credit with its interval, its
    ``ranks``, what enterprises were granted on average (``tickets``, yuan), and by question the ``bands`` of the
    other banks.
    """

    now: Month
    before: Month
    lights: pd.DataFrame
    agreed: pd.DataFrame
    ratio: pd.DataFrame
    ranks: pd.DataFrame
    tickets: "pd.Series[float]"
    bands: Mapping[str, pd.DataFrame]
    records: Records


@dataclass(frozen=True)
class _Read:
    """What was read for a month: its date and that of its visits, progress, cells of the cohorts, and refusals."""

    days: tuple[date, date]
    progress: pd.DataFrame
    cohorts: pd.DataFrame
    refusals: pd.DataFrame


def judge(context: Context, sizes: Sizes, peers: Sequence[str]) -> Judged:
    """Answer the four questions for a context without a filter by bank, whose scope is not of single banks."""
    on = context.filters.as_of
    visits_on = context.as_of("visits") or on
    days = [(on, visits_on), (month_end_before(on), month_end_before(visits_on))]
    asked = (context.scope, context.sight, context.selection.at(days[1][0]), days[1][1], sizes.visits, sizes.credit)
    ended = ("banks.ended", context.store.url, context.version, *asked)
    # All the days of a month are compared with the same month before: it is read with the first of them.
    now, *earlier = _read(context, peers, days[:1] if memory.knows(ended) else days)
    today = _month(context, sizes, peers, now)
    before: Month = memory.get(
        ended, lambda: _month(context, sizes, peers, (earlier or _read(context, peers, days)[1:])[0])
    )
    agreed = _agreed(today, before, sizes)
    amounts = _amounts(context, peers)
    ratio, ranks = _ratios(sizes, peers, today, amounts)
    bands = _bands(context, today, ratio)
    lit = lights(today.p, before.p, agreed)
    frames = {
        "visits": today.visits.rows, "applications": today.shares.rows,
        "credit": today.credit.rows if today.credit else pd.DataFrame(), "reasons": today.quality, "ratio": ratio,
        "ranks": ranks, "lights": lit, "agreed": agreed, "progress": today.progress,
        **{f"band_{question}": band for question, band in bands.items()},
    }  # fmt: skip
    records = {name: _by_bank(frame) for name, frame in frames.items()}
    return Judged(today, before, lit, agreed, ratio, ranks, _tickets(amounts), bands, records)


# ---- what is read ----------------------------------------------------------------------------------------------------


def _read(context: Context, peers: Sequence[str], months: Sequence[tuple[date, date]]) -> list[_Read]:
    """Return what the months rest on, one reading of each table for all of them."""
    store, scope, selection = context.store, context.scope, context.selection
    earlier = months[1][0] if len(months) > 1 else None
    cells = application_cohorts(store, scope, selection, STRATA, earlier)
    refused = refusal_counts(store, scope, selection, generic_codes(context), earlier or months[0][0])
    cells, refused = (frame[frame["bank"].isin(peers)] for frame in (cells, refused))
    parts = [
        (_named(cells, ("bank", *STRATA), ("n", "x"), suffix), _named(refused, ("bank", "code"), ("n", *FLAGS), suffix))
        for suffix in ("", "_before")[: len(months)]
    ]
    return [
        _Read(days, measured, *part)
        for days, measured, part in zip(months, _measured(context, peers, months), parts, strict=True)
    ]


def _named(frame: pd.DataFrame, keys: Sequence[str], names: Sequence[str], suffix: str) -> pd.DataFrame:
    """Return the columns of one month under their plain names."""
    return frame[[*keys, *(f"{name}{suffix}" for name in names)]].set_axis([*keys, *names], axis=1)


def _measured(context: Context, peers: Sequence[str], months: Sequence[tuple[date, date]]) -> list[pd.DataFrame]:
    """Return for each month the measures of credit at its first date and of visits at its second, by bank.

    In the whole city a peer of whom nothing is recorded has none: who does nothing is compared like everybody else. In
    a part of it, it may have no business there, and is left out.
    """
    expected = peers if is_whole(context) else ()
    credit = (_CREDIT, *[_CREDIT_BEFORE] * (len(months) - 1))
    asked = [
        (day, with_bases(names) if fewest_shown(context) else names)
        for asked_of, days in zip(credit, months, strict=True)
        for day, names in zip(days, (asked_of, _VISITS), strict=True)
    ]
    parts = progress_at(context, asked, ("bank",))
    return [told_parts(context, _joined(expected, *pair)) for pair in zip(parts[::2], parts[1::2], strict=True)]


def is_whole(context: Context) -> bool:
    """Whether the figures are of the whole city and all its enterprises, as the sizes of banks are."""
    filters = context.filters
    return context.scope.regions is None and filters == Filters(filters.as_of, filters.period, banks=filters.banks)


def _joined(peers: Sequence[str], *parts: pd.DataFrame) -> pd.DataFrame:
    """Return the measures by bank. A bank that a part does not know has none of it; unreported ones stay unknown."""
    banks = sorted({str(bank) for part in parts for bank in part["bank"].tolist()} | set(peers))
    place = {bank: row for row, bank in enumerate(banks)}
    columns = {}
    for part in parts:
        rows = [place[bank] for bank in part["bank"].tolist()]
        for name in part.columns[1:]:
            values = np.full(len(banks), np.nan)
            values[rows] = part[name].to_numpy(dtype=np.float64)
            known = bool(np.isfinite(values).any())
            columns[str(name)] = np.nan_to_num(values, nan=0.0) if known else values
    return pd.DataFrame(columns, index=pd.Index(banks, dtype=object, name="bank"))


def _amounts(context: Context, peers: Sequence[str]) -> pd.DataFrame:
    amounts = approved_amounts(context.store, context.scope, context.selection, RESAMPLED_BELOW)
    return amounts[amounts["bank"].isin(peers)]


# ---- what is made of it ----------------------------------------------------------------------------------------------


def _month(context: Context, sizes: Sizes, peers: Sequence[str], read: _Read) -> Month:
    known = read.progress.reindex(pd.Index(peers, dtype=object))
    fitted = share_fit(read.cohorts, STRATA)
    shares = replace(fitted, rows=told_parts(context, fitted.rows, _bases(fitted.rows, "x", but="n")))
    visits = visit_fit(known["visits"].dropna(), sizes.of(sizes.visits))
    credit = credit_fit(known["approved_amount"].dropna(), sizes.of(sizes.credit))
    is_now = read.days[0] == context.filters.as_of
    quality = _quality(context, read.refusals) if is_now else reason_shares(read.refusals)
    found = {
        "visits": visits.rows["p"],
        "applications": shares.rows["p_low"],
        "credit": credit.rows["p"] if credit else pd.Series(dtype="float64"),
        "reasons": too_simple(quality, tolerance(context), fewest_refusals(context)),
    }
    p = pd.DataFrame({question: series.reindex(known.index).to_numpy() for question, series in found.items()})
    return Month(*read.days, read.progress, visits, shares, credit, quality, p.set_index(known.index))


def _bases(rows: pd.DataFrame, basis: str, *, but: str) -> dict[str, str]:
    """Return what the columns of a fit rest on: all on one count but that of the cases."""
    return {str(name): but if name == but else basis for name in rows}


def _quality(context: Context, counts: pd.DataFrame) -> pd.DataFrame:
    if counts.empty:
        return reason_shares(counts).assign(score=np.nan)
    return reason_quality(counts, len(context.profile.codes.get("reject_reason", ())), fewest_refusals(context))


def _agreed(month: Month, before: Month, sizes: Sizes) -> pd.DataFrame:
    """Tell for each bank and question whether the second size measure has the same sign; the others need none.

    Nobody needs to know it of credit where no bank's light is in doubt.
    """
    found = {question: np.ones(len(month.p), dtype=bool) for question in QUESTIONS}
    ratio = share_ratio(month.visits.rows["observed"], sizes.of(sizes.visits_second)).reindex(month.p.index)
    found["visits"] = (ratio < 1.0).to_numpy(dtype=bool)
    if not lights(month.p, before.p)["credit"].isin([Finding.GREEN, Finding.GREY]).all():
        given = month.progress["approved_amount"].reindex(month.p.index).dropna()
        credit = credit_fit(given, sizes.of(sizes.credit_second))
        low = credit.rows["residual"] < 0.0 if credit else pd.Series(dtype=bool)
        found["credit"] = low.reindex(month.p.index, fill_value=False).to_numpy(dtype=bool)
    return pd.DataFrame(found, index=month.p.index)


def _ratios(
    sizes: Sizes, peers: Sequence[str], month: Month, amounts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the share ratio of credit with its bootstrap interval, and its rank with the rank's interval."""
    size = sizes.of(sizes.credit)
    value = share_ratio(month.progress["approved_amount"].reindex(month.p.index), size[size.index.isin(peers)])
    columns = ["rank", "low", "high", "is_tied"]
    if amounts.empty or value.isna().all():
        return pd.DataFrame({"ratio": value, "low": np.nan, "high": np.nan}), pd.DataFrame(columns=columns)
    drawn = resampled_ratios(resampled_totals(amounts, DRAWS), size)
    return ratio_intervals(drawn).assign(ratio=value), rank_intervals(drawn, value)


def _tickets(amounts: pd.DataFrame) -> "pd.Series[float]":
    sums = amounts.groupby("bank")[["amount", "n"]].sum()
    return (sums["amount"] / sums["n"]).set_axis(sums.index.astype(object))


def _bands(context: Context, now: Month, ratio: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    values = {
        "visits": now.visits.rows["ratio"], "applications": now.shares.rows["adjusted"], "credit": ratio["ratio"],
        "reasons": now.quality["score"], "on_time": pd.Series(now.figures["on_time"]).reindex(now.p.index),
    }  # fmt: skip
    return {question: band_of_others(series, fewest_peers(context)) for question, series in values.items()}


def _by_bank(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the rows by bank: looking one up in a frame costs more than writing it."""
    names, columns = list(map(str, frame.columns)), [frame[name].tolist() for name in frame.columns]
    rows = zip(*columns, strict=True)
    return {str(bank): dict(zip(names, row, strict=True)) for bank, row in zip(frame.index, rows, strict=False)}
