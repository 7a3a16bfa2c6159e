"""The stages of the mechanism as cumulative totals of a date: bars, because they are not one cohort."""

import math
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from charts.funnel import Stage, funnel_figure
from components.numbers import count
from components.origins import WHOLE, Origin, Origins, Place, varying
from components.sheet import Column, Sheet
from components.situation import Situation
from components.smallcells import untold
from locales import N_

# The stages in order, by the measure that counts them.
STAGES = {
    "visited": N_("已走访"),
    "needing": N_("有融资需求"),
    "applied": N_("申报"),
    "recommended": N_("推荐"),
    "approved": N_("获授信"),
    "borrowers": N_("放款"),
}
METRICS = ("visited", "applied", "recommended", "approved", "borrowers")


def stage_counts(s: Situation) -> dict[str, float]:
    """Return the count of every stage; NaN where it was not reported or may not be told."""
    return {stage: float(s.told_wholes["lists"][stage]) for stage in STAGES}


def stages_figure(s: Situation) -> go.Figure:
    """Return the bars of the stages."""
    t, counts = s.context.t, stage_counts(s)
    stages, before = [], float("nan")
    for stage, value in counts.items():
        share = 100 * value / before if before > 0 else float("nan")
        text = untold(s.context, stage) if math.isnan(value) else count(value)
        if not math.isnan(share):
            said = t("为上一阶段的 {share}%").format(share=f"{share:.1f}")
            text += f"<br><i>{said}</i>"
        name = t(STAGES[stage])
        stages.append(Stage(name, value, text, f"{name} <b>{count(value)}</b>"))
        before = value
    return funnel_figure(stages)


def stages_headline(s: Situation) -> str:
    """Return what the stages come to: of a hundred visited, how many were approved, and where most drop out."""
    t, counts = s.context.t, stage_counts(s)
    visited, approved = counts["visited"], counts["approved"]
    if not visited > 0 or math.isnan(approved):
        return t("各阶段累计户数")
    return t("走访每百户，获授信约 {n} 户").format(n=f"{100 * approved / visited:.1f}")


def stages_sheet(s: Situation) -> Sheet:
    """Return the stages as a table: count, and per cent of the stage before and of the visited."""
    t, counts = s.context.t, stage_counts(s)
    values = pd.Series(counts)
    frame = pd.DataFrame(
        {
            "stage": [t(STAGES[stage]) for stage in counts],
            "n": values.to_numpy(),
            "step": (100 * values / values.shift()).to_numpy(),
            "of_visited": (100 * values / values["visited"]).to_numpy(),
        }
    )
    columns = (
        Column("stage", t("阶段")),
        Column("n", t("户数"), "enterprise"),
        Column("step", t("为上一阶段的"), "percent"),
        Column("of_visited", t("为走访户数的"), "percent"),
    )
    return Sheet("stages", frame, columns, METRICS, (t("阶段累计量，非同一批企业"),), stage_places(tuple(counts)))


def stage_origins(s: Situation) -> Origins:
    """Return what the bars lead to."""
    return {0: [Origin(stage, Place(at=s.context.filters.as_of)) for stage in STAGES]}


def stage_places(stages: Sequence[str], place: Place = WHOLE) -> tuple[Place, ...]:
    """Return where the rows of a table of stages stand: count ``n``, and its share of the stage before (``step``)."""
    shares = [""] + [f"{stage}/{before}" for before, stage in pairwise(stages)]
    return tuple(
        varying(place, {"n": stage, "step": step, "of_visited": f"{stage}/{stages[0]}"})
        for stage, step in zip(stages, shares, strict=True)
    )
