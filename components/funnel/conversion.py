"""How many of those at one stage reached the next: for the whole selection and for its parts, period or cohort.

The period version sets the totals of a date against each other, as bulletins do; the cohort version follows the
enterprises first visited in a month for a fixed number of days.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from components.context import Context
from components.dimensions import MONTH, Dimension
from components.origins import Place
from components.reads import remember, rules
from components.situation import LIST_TABLES
from components.smallcells import told_parts, told_whole
from data_access.queries.cohorts import USUAL_WINDOW, VISITED, WINDOWS, cohorts
from data_access.queries.history import daily
from data_access.queries.progress import progress_by
from data_access.selection import Attribution, Selection
from locales import N_
from metrics.cohorts import conversion, marked, stage_totals

PERIOD, COHORT = "period", "cohort"
# The stages in order, under the names of the period's measures; a cohort calls its first one "entered".
STAGES = ("visited", "needing", "applied", "recommended", "approved", "borrowers")
_PUSHES = ("pushes_backfilled", "pushes_decided")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the stage reached, the stage it is a share of, its name, and its metric in the period version."""

    part: str
    whole: str
    name: str
    metric: str = ""


STEPS = {
    "need": Step("needing", "visited", N_("有融资需求"), "need_rate"),
    "apply": Step("applied", "visited", N_("走访转申报"), "application_rate"),
    "recommend": Step("recommended", "applied", N_("申报转推荐"), "recommendation_rate"),
    "approve": Step("approved", "recommended", N_("推荐转授信"), "approval_rate_recommended"),
    "borrow": Step("borrowers", "approved", N_("授信转放款"), "borrowers"),
    "overall": Step("approved", "visited", N_("走访到授信"), "approved"),
}
USUAL_STEP = "apply"
BACKFILL = {"backfill": Step(*_PUSHES, N_("补录率"), "backfill_rate")}


@dataclass(frozen=True, slots=True)
class View:
    """Which version of the funnel the reader looks at, and by which rule banks count."""

    version: str
    window: int
    rule: Attribution

    @property
    def is_cohort(self) -> bool:
        """Whether it is the cohort version."""
        return self.version == COHORT

    @property
    def steps(self) -> dict[str, Step]:
        """The steps this version has: the back-fill rate counts pushes, which no cohort does."""
        return STEPS if self.is_cohort else STEPS | BACKFILL

    def metrics(self, step: str) -> tuple[str, ...]:
        """Return the metrics that define a step."""
        if self.is_cohort and step == "apply" and self.window == USUAL_WINDOW:
            return ("application_rate_cohort",)
        return (self.steps[step].metric,)


def cohort_key(measure: str) -> str:
    """Return the row set of a stage of a cohort."""
    return f"cohort.{'entered' if measure == 'visited' else measure}"


def cohort_place(frame: pd.DataFrame, view: View) -> Place | None:
    """Return where the totals of a cohort view stand; None while no month is mature."""
    grown = frame[frame["mature"]]
    if grown.empty:
        return None
    cell = (("window", str(view.window)), ("upto", f"{grown['month'].max():%Y-%m}"))
    return Place(cell, rule=view.rule)


def step_key(view: View, step: Step) -> str:
    """Return the figure of a step: a share of two measures, or of two stages of a cohort."""
    sides = (step.part, step.whole)
    return "/".join(map(cohort_key, sides) if view.is_cohort else sides)


def watched_until(context: Context) -> date:
    """Return the day up to which cohorts were watched: the last the lists are reported to."""
    return context.as_of(*LIST_TABLES) or context.filters.as_of


def read(context: Context, view: View, by: tuple[str, ...] = (), selection: Selection | None = None) -> pd.DataFrame:
    """Return the stages by ``by``: for a cohort view one row per month and entry with ``mature``, else one row each."""
    asked = replace(selection or context.selection, attribution=view.rule)
    build = (
        (lambda: _cohorts(context, asked, by, view.window)) if view.is_cohort else (lambda: _period(context, asked, by))
    )
    key: tuple[Hashable, ...] = (asked, by, view.version, view.window)
    return remember(context, "funnel.stages", build, *key)


def _period(context: Context, selection: Selection, by: tuple[str, ...]) -> pd.DataFrame:
    if by == (MONTH,):
        return _by_month(context, selection)
    return progress_by(context.store, context.scope, selection, by, (*STAGES, *_PUSHES), rules(context))


def _by_month(context: Context, selection: Selection) -> pd.DataFrame:
    """Return how many enterprises reached each stage in each month, whenever they had reached the one before."""
    columns = {}
    for stage in STAGES:
        if stage_reported(context, stage):
            found = daily(context.store, context.scope, selection, stage)
            columns[stage] = found.groupby(found["day"].dt.to_period("M"))["n"].sum()
    months = pd.DataFrame(columns).reindex(columns=list(STAGES)).sort_index()
    reported = [stage for stage in STAGES if stage in columns]
    months[reported] = months[reported].fillna(0.0)
    return months.rename_axis("period").reset_index().assign(month=lambda f: f["period"].dt.strftime("%Y-%m"))


def stage_reported(context: Context, stage: str) -> bool:
    """Return whether the table behind a stage was ever reported."""
    tables = {
        "applied": "applications",
        "recommended": "recommendations",
        "approved": "decisions",
        "borrowers": "loans",
    }
    return tables.get(stage, "visits") in context.reported


def _cohorts(context: Context, selection: Selection, by: tuple[str, ...], window: int) -> pd.DataFrame:
    columns = tuple(name for name in by if name != MONTH)
    frame = cohorts(context.store, context.scope, selection, columns, (window,)).rename(columns={"entered": "visited"})
    return marked(frame, watched_until(context))


def totals(context: Context, frame: pd.DataFrame, view: View, entry: str = VISITED) -> "pd.Series[float]":
    """Return the stages of the whole that the reader may see: of mature cohorts with that entry, or of the period."""
    found = stage_totals(frame[frame["entry"] == entry], STAGES) if view.is_cohort else frame
    return told_whole(context, found, bases=bases(found)).iloc[0]


def read_whole(context: Context, view: View, dimension: Dimension) -> pd.DataFrame:
    """Return what ``read`` returns for the whole selection, added up from its parts where they are at hand.

    An enterprise has one region, industry, type, size and tier, so that those parts add up; banks and months do not.
    """
    if dimension.column in {MONTH, "bank"}:
        return _told(context, view, read(context, view))
    return remember(context, "funnel.whole", lambda: _whole(context, view, dimension.column), view, dimension.column)


def _whole(context: Context, view: View, column: str) -> pd.DataFrame:
    parts = read(context, view, (column,))
    return _told(context, view, _added(parts, view), None if view.is_cohort else parts)


def _told(context: Context, view: View, whole: pd.DataFrame, parts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the whole without small counts; the months of cohorts are added up first (``totals``)."""
    return whole if view.is_cohort else told_whole(context, whole, parts, bases(whole))


def bases(frame: pd.DataFrame) -> dict[str, str]:
    """Return what the stages and pushes of a frame rest on: a stage on itself, pushes on the recommended."""
    return {name: "recommended" if name in _PUSHES else name for name in (*STAGES, *_PUSHES) if name in frame}


def _added(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    # A measure that was never reported is NaN throughout, and stays so.
    if not view.is_cohort:
        return frame[[*STAGES, *_PUSHES]].sum(min_count=1).to_frame().T
    keys = ["month", "entry", "window", "mature"]
    return frame.groupby(keys)[list(STAGES)].sum(min_count=1).reset_index()


def reaches_anyone(context: Context, view: View, dimension: Dimension) -> bool:
    """Return whether the selection holds anyone who reached any stage that is reported."""
    if view.is_cohort and len(read_whole(context, view, dimension)):
        return True
    frame = read_whole(context, replace(view, version=PERIOD), dimension)
    return bool((frame[list(STAGES)].sum(axis=1) > 0).any())


def breakdown(context: Context, view: View, dimension: Dimension, step: str) -> pd.DataFrame:
    """Return a step's rate for every part: columns ``code``, the stages, ``rate``, ``low``, ``high`` and ``mature``.

    Months come in their order, other parts by falling rate, the unclassified last. Parts with nobody at the step's
    start have no rate.
    """
    chosen = view.steps[step]
    parts = read_parts(context, view, dimension)
    kept = parts[parts[list({chosen.part, chosen.whole})].sum(axis=1) > 0].reset_index(drop=True)
    kept = told_parts(context, kept, bases(kept))
    rated = conversion(kept, chosen.part, chosen.whole)
    if dimension.key == MONTH:
        return rated.sort_values("code", ignore_index=True)
    order = pd.DataFrame({"last": rated["code"] == "", "rate": -rated["rate"], "code": rated["code"]})
    return rated.loc[order.sort_values(["last", "rate", "code"]).index].reset_index(drop=True)


def read_parts(context: Context, view: View, dimension: Dimension) -> pd.DataFrame:
    """Return the stages of every part under ``code``, with ``mature``: all of them, small ones too."""
    frame = read(context, view, (dimension.column,))
    if not view.is_cohort:
        return frame.rename(columns={dimension.column: "code"}).assign(mature=True)
    visited = frame[frame["entry"] == VISITED]
    if dimension.key == MONTH:
        return visited.assign(code=visited["month"].dt.strftime("%Y-%m"))
    parts = stage_totals(visited, STAGES, [dimension.column]).rename(columns={dimension.column: "code"})
    return parts.assign(mature=True)


def told_part(context: Context, view: View, dimension: Dimension, code: str) -> "pd.Series[float] | None":
    """Return the stages of one part as its breakdown tells them, small counts and what gives them away left out.

    None where the breakdown has no such part.
    """
    parts = read_parts(context, view, dimension).reset_index(drop=True)
    told = told_parts(context, parts, bases(parts))
    own = told[told["code"] == code]
    return None if own.empty else own.iloc[0]


def windows(context: Context) -> dict[str, str]:
    """Return the follow-up windows by code."""
    return {str(days): context.t("{n} 天").format(n=days) for days in WINDOWS}
