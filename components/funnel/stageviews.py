"""The stages of the selection as bars, period or cohort, with the sentence they come to."""

import math

import pandas as pd
import plotly.graph_objects as go

from charts.funnel import Stage, funnel_figure
from components.context import Context
from components.funnel.breakdown import STAGE_NAMES
from components.funnel.conversion import STAGES, View, cohort_key, cohort_place, totals
from components.funnelview import stage_places
from components.numbers import count, rate
from components.origins import Origin, Origins, Place
from components.sheet import Column, Sheet
from components.smallcells import untold
from data_access.queries.cohorts import WALKED_IN

HEIGHT = 350  # beside the breakdown


def stages_figure(context: Context, counts: "pd.Series[float]") -> go.Figure:
    """Return the bars: each stage's count, and its share of the stage before."""
    t = context.t
    stages, before = [], float("nan")
    for stage in STAGES:
        value = float(counts[stage])
        text = untold(context, stage) if value != value else count(value)  # noqa: PLR0124 - NaN
        if before > 0 and value == value:  # noqa: PLR0124 - NaN
            of_before = t("为上一阶段的 {share}%").format(share=f"{100 * value / before:.1f}")
            text += f"<br><i>{of_before}</i>"
        name = t(STAGE_NAMES[stage])
        stages.append(Stage(name, value, text, f"{name} <b>{count(value)}</b>"))
        before = value
    return funnel_figure(stages).update_layout(height=HEIGHT)


def stages_headline(context: Context, view: View, counts: "pd.Series[float]") -> str:
    """Return what becomes of a hundred visited enterprises, or why that cannot be said yet."""
    t, visited = context.t, float(counts["visited"])
    applied, approved = (
        100 * float(counts[stage]) / visited if visited > 0 else float("nan") for stage in ("applied", "approved")
    )
    if view.is_cohort and "visits" not in context.reported:
        return t("走访记录未报送，无法按批次跟踪")
    if view.is_cohort and not visited > 0:
        return t("还没有观察满 {n} 天的批次").format(n=view.window)
    if approved != approved:  # noqa: PLR0124 - NaN
        return t("各阶段累计户数")
    if view.is_cohort:
        return t("首次走访后 {n} 天内，每百户有 {applied} 户申报、{approved} 户获授信").format(
            n=view.window, applied=rate(applied, 1), approved=rate(approved, 1)
        )
    return t("走访每百户，申报约 {applied} 户、获授信约 {approved} 户").format(
        applied=rate(applied, 1), approved=rate(approved, 1)
    )


def stages_sheet(context: Context, view: View, whole: pd.DataFrame, notes: tuple[str, ...]) -> Sheet:
    """Return the stages as a table: count, and per cent of the stage before and of the visited."""
    t, counts = context.t, totals(context, whole, view)
    values = counts[list(STAGES)].astype("float64")
    frame = pd.DataFrame(
        {
            "stage": [t(STAGE_NAMES[stage]) for stage in STAGES],
            "n": values.to_numpy(),
            "step": (100 * values / values.shift()).to_numpy(),
            "of_visited": (100 * values / values["visited"]).to_numpy(),
        }
    )
    columns = (
        Column("stage", t("阶段")), Column("n", t("户数"), "enterprise"), Column("step", t("为上一阶段的"), "percent"),
        Column("of_visited", t("为走访户数的"), "percent"),
    )  # fmt: skip
    metrics = ("visited", "need_rate", "applied", "recommended", "approved", "borrowers")
    return Sheet("funnel", frame, columns, metrics, notes, _places(view, whole))


def stage_origins(view: View, frame: pd.DataFrame) -> Origins:
    """Return what the bars lead to; nothing while no cohort is mature."""
    if not view.is_cohort:
        return {0: [Origin(stage, Place(rule=view.rule)) for stage in STAGES]}
    place = cohort_place(frame, view)
    return {0: [Origin(cohort_key(stage), place) for stage in STAGES]} if place else {}


def _places(view: View, frame: pd.DataFrame) -> tuple[Place, ...]:
    if not view.is_cohort:
        return stage_places(STAGES, Place(rule=view.rule))
    place = cohort_place(frame, view)
    return stage_places(tuple(map(cohort_key, STAGES)), place) if place else ()


def walk_ins_sentence(context: Context, frame: pd.DataFrame, view: View) -> str:
    """Return how the enterprises fared that applied without a visit: a cohort of their own."""
    t, counts = context.t, totals(context, frame, view, WALKED_IN)
    applied = float(counts["applied"])
    if not applied > 0:
        return t("未经走访直接申报：无满期批次")
    shares = [100 * float(counts[stage]) / applied for stage in ("recommended", "approved", "borrowers")]
    return t("未经走访直接申报（另列）：{n} 户，其中推荐 {a}%、获授信 {b}%、放款 {c}%").format(
        n=count(applied), a=rate(shares[0], 1), b=rate(shares[1], 1), c=rate(shares[2], 1)
    )


def backfill_sentence(context: Context, counts: "pd.Series[float]") -> str:
    """Return the share of decided pushes that were entered on or after the decision (M24)."""
    t, back, decided = context.t, float(counts["pushes_backfilled"]), float(counts["pushes_decided"])
    if math.isnan(decided):
        return t("补录率未报送")
    if not decided > 0:
        return t("补录率：没有已决定的推送")
    return t("补录率 {share}%：{decided} 笔已决定的推送中，{n} 笔的推送日期不早于决定日期").format(
        share=rate(100 * back / decided), decided=count(decided), n=count(back)
    )


def young_sentence(context: Context, frame: pd.DataFrame) -> str:
    """Return how many visited enterprises belong to cohorts that are not mature and are left out."""
    from_visits = frame[frame["entry"] == "visit"]
    left_out = float(from_visits[~from_visits["mature"]]["visited"].sum())
    if not left_out:
        return ""
    return context.t("另有 {n} 户所在月份的批次观察期未满，不计入").format(n=count(left_out))
