"""The quality section of the data page: the list of checks, and one check with its course, its owners and its rows."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from charts.checks import check_figure
from charts.sparkline import sparkline
from components import url_state
from components.context import Context
from components.frame import frame_head, show_framed, show_plotly
from components.lineage import scope_words
from components.numbers import DASH, count, rate
from components.office.outcomes import OWNER_NAMES, SEVERITY_NAMES, TONES, counted, outcomes
from components.panel import mark, panel
from components.reads import remember
from components.sheet import Column, Sheet
from components.tables import note_html, row_html, table_html
from data_access.queries.quality import counts_by, failing_rows
from metrics.catalogue import metric
from metrics.quality import Outcome, State

ROWS_READ = 5000
_ROWS_SHOWN = 200


def show_checks(context: Context) -> None:
    """Draw the list of checks, or the one the address asks for."""
    if not context.has_data:
        st.html(note_html(context.t("还没有数据，没有可检查的内容。")))
        return
    found = outcomes(context)
    asked = next((o for o in found if o.check.id == url_state.get("check")), None)
    if asked:
        _one(context, asked)
    else:
        _all(context, found)


# ---- the list -------------------------------------------------------------------------------------------------------


def _all(context: Context, found: Sequence[Outcome]) -> None:
    t = context.t
    failing = sum(o.state is State.FAILING for o in found)
    head = t("数据质量：{n} 项检查，{m} 项未通过").format(n=len(found), m=failing)
    note = t("每项检查有责任方、允许的占比和涉及的指标；点一项看走势、责任单位和明细。")
    html = remember(context, "checks.html", lambda: _list_html(context, found))
    with st.container(key="zr-frame-checks"):
        st.html(frame_head(head, note))
        panel(html, key="data.checks", on_act=_open)


def _open(action: str) -> None:
    verb, _, value = action.partition(":")
    if verb == "check":
        url_state.put("check", value)


def _list_html(context: Context, found: Sequence[Outcome]) -> str:
    t = context.t
    heads = (
        ("name", t("检查")), ("text", t("结果")), ("", t("未通过")), ("", t("占比")), ("wide", t("允许")),
        ("wide text", t("走势")), ("text", t("责任方")), ("wide text", t("涉及指标")),
    )  # fmt: skip
    return table_html(heads, [_list_row(context, heads, outcome) for outcome in found], cards=True)


def _list_row(context: Context, heads: Sequence[tuple[str, str]], o: Outcome) -> str:
    t, lang, check = context.t, context.lang, o.check
    spark = sparkline([share for _, share in o.course], width=72, height=20)
    known = o.state is not State.NOT_REPORTED
    cells = (
        f'<b class="zr-link">{escape(check.name.text(lang))}</b><br><small>{escape(check.question.text(lang))}</small>',
        state_html(context, o),
        escape(counted(o.failed, check.unit, context.numbers)) if known else DASH,
        f"{rate(100 * o.share)}%" if known else DASH,
        f"{rate(100 * o.allowed)}%",
        f'<span class="zr-{TONES[check.severity] if o.state is State.FAILING else "flat"}">{spark}</span>',
        escape(t(OWNER_NAMES[check.owner])),
        escape(" ".join(metric(key).id for key in check.metrics) or DASH),
    )
    label = t("打开检查：{name}").format(name=check.name.text(lang))
    return row_html(heads, cells, f'class="zr-row" {mark("check", check.id, label=label)}', cards=True)


def state_html(context: Context, o: Outcome) -> str:
    """Return a check's verdict as shape and word; a failing one with its severity."""
    t = context.t
    absent, passed = t("未报送"), t("通过")
    if o.state is State.NOT_REPORTED:
        return f'<span class="zr-light">○ {escape(absent)}</span>'
    if o.state is State.PASSED:
        return f'<span class="zr-light good">● {escape(passed)}</span>'
    shape = {"error": "■", "warning": "▲", "notice": "⚑"}[o.check.severity]
    word = t(SEVERITY_NAMES[o.check.severity])
    return f'<span class="zr-light {TONES[o.check.severity]}">{shape} {escape(word)}</span>'


# ---- one check ------------------------------------------------------------------------------------------------------


def _one(context: Context, o: Outcome) -> None:
    t, lang, check = context.t, context.lang, o.check
    st.button(t("返回全部检查"), key="data.check.back", icon=":material/arrow_back:", type="tertiary",
              on_click=url_state.clear, args=("check",))  # fmt: skip
    touches = t("、").join(f"{metric(key).id} {context.numbers.name(metric(key))}" for key in check.metrics)
    lines = [
        f"{state_html(context, o)}　<b>{escape(check.question.text(lang))}</b>",
        escape(_finding(context, o)),
        escape(
            t("处理：{action}（{owner}）").format(action=check.action.text(lang), owner=t(OWNER_NAMES[check.owner]))
        ),
        escape(t("涉及指标：{names}").format(names=touches)) if touches else "",
    ]
    body = "".join(f"<p>{line}</p>" for line in lines if line)
    with st.container(key="zr-frame-check"):
        st.html(f"{frame_head(check.name.text(lang), _note(context, o))}<div class='zr-check'>{body}</div>")
    if not o.examined:
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        _course(context, o)
    with right:
        _owners(context, o)
    if o.failed:
        _listed(context, o)


def _note(context: Context, o: Outcome) -> str:
    unit = context.numbers.unit(o.check.unit)
    whole = context.profile.label.text(context.lang)
    scope = whole if context.scope.is_everything else scope_words(context)
    return context.t("单位：{unit}　范围：{scope}").format(unit=unit, scope=scope)


def _finding(context: Context, o: Outcome) -> str:
    t, unit = context.t, o.check.unit
    if o.state is State.NOT_REPORTED:
        return t("所需的表或列未报送，或不在数据范围内，无法检查。")
    return t("检查 {examined}，未通过 {failed}，占 {share}%，允许 {allowed}%").format(
        examined=counted(o.examined, unit, context.numbers), failed=counted(o.failed, unit, context.numbers),
        share=rate(100 * o.share), allowed=rate(100 * o.allowed),
    )  # fmt: skip


def _course(context: Context, o: Outcome) -> None:
    t = context.t
    dated = any("-" in period for period, _ in o.course)
    head = t("各月末未通过的占比") if dated else t("各批次后未通过的占比")
    course = [(period.lstrip("0") or "—", share) for period, share in o.course]
    figure = remember(
        context, "check.figure", lambda: check_figure(course, o.allowed, found=t("未通过"), may=t("允许")), o.check.id
    )

    def sheet() -> Sheet:
        rows = pd.DataFrame([(p, 100 * share) for p, share in course], columns=["period", "share"])
        columns = (Column("period", t("月份") if dated else t("批次")), Column("share", t("未通过的占比"), "percent"))
        return Sheet(f"check_{o.check.id}_course", rows, columns)

    show_framed(
        context, f"check-course-{o.check.id}", head, t("累计，单位：%"),
        lambda: show_plotly(figure, key=f"check.course.{o.check.id}", lang=context.lang, alt=head), sheet, (),
    )  # fmt: skip


def _owners(context: Context, o: Outcome) -> None:
    """Show who must act: by bank where banks answer for the rows, by county otherwise."""
    t, check = context.t, o.check
    by = "bank" if check.owner == "bank" else "region_1"
    frame = remember(
        context, "check.owners",
        lambda: counts_by(context.store, context.profile, context.scope, check.id, by), check.id, by,
    )  # fmt: skip
    names = _names(context, by)
    over = frame[frame["failed"] > o.allowed * frame["examined"]]
    head = t("{n} 家银行超过允许值") if by == "bank" else t("{n} 个地区超过允许值")
    heads = (("name", t("银行") if by == "bank" else t("地区")), ("", t("检查数")), ("", t("未通过")), ("", t("占比")))

    def draw() -> None:
        rows = [
            row_html(
                heads,
                (
                    escape(names.get(str(row.code), str(row.code) or t("未分类"))), count(float(str(row.examined))),
                    count(float(str(row.failed))), _owner_share(float(str(row.failed)), float(str(row.examined)), o),
                ),
            )
            for row in frame.itertuples(index=False)
        ]  # fmt: skip
        st.html(table_html(heads, rows))

    def sheet() -> Sheet:
        rows = frame.assign(code=[names.get(c, c or t("未分类")) for c in frame["code"]])
        rows["share"] = 100 * rows["failed"] / rows["examined"]
        columns = (Column("code", heads[0][1]), Column("examined", t("检查数"), check.unit),
                   Column("failed", t("未通过"), check.unit), Column("share", t("占比"), "percent"))  # fmt: skip
        return Sheet(f"check_{check.id}_owners", rows, columns)

    show_framed(context, f"check-owners-{check.id}", head.format(n=len(over)), _note(context, o), draw, sheet, ())


def _owner_share(failed: float, examined: float, o: Outcome) -> str:
    share = failed / examined if examined else 0.0
    shown = f"{rate(100 * share)}%"
    tone = TONES[o.check.severity]
    return f'<b class="zr-{tone}">▲ {shown}</b>' if share > o.allowed else shown


def _names(context: Context, by: str) -> dict[str, str]:
    profile, lang = context.profile, context.lang
    if by == "bank":
        return {bank.code: bank.label.text(lang) for bank in profile.banks}
    return {region.code: region.label.text(lang) for region in profile.regions if region.level == 1}


# ---- the rows -------------------------------------------------------------------------------------------------------


def _listed(context: Context, o: Outcome) -> None:
    t, check = context.t, o.check
    frame = remember(
        context, "check.rows",
        lambda: _rows(context, failing_rows(context.store, context.profile, context.scope, check.id, ROWS_READ)),
        check.id,
    )  # fmt: skip
    total = counted(o.failed, check.unit, context.numbers)
    head = t("未通过的明细：{total}").format(total=total)
    note = t("页面列最新 {n} 行，下载最多 {m} 行").format(n=min(_ROWS_SHOWN, len(frame)), m=count(ROWS_READ))
    columns = _columns(context, frame)
    show_framed(
        context, f"check-rows-{check.id}", head, note, lambda: _draw_rows(context, frame, columns),
        lambda: Sheet(f"check_{check.id}", frame, columns, notes=(check.question.text(context.lang),)), (),
    )  # fmt: skip


def _rows(context: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with names in place of codes, without columns that are empty throughout."""
    banks = _names(context, "bank")
    days = pd.to_datetime(frame["happened_on"]).dt.strftime("%Y-%m-%d")
    shown = frame.assign(happened_on=days, bank=[banks.get(code, code) for code in frame["bank"]])
    return shown.loc[:, shown.notna().any()].fillna("")


def _columns(context: Context, frame: pd.DataFrame) -> tuple[Column, ...]:
    t = context.t
    headers = {
        "enterprise_id": t("主体编号"), "bank": t("银行"), "record_id": t("记录"), "happened_on": t("日期"),
        "other": t("对照值"),
    }  # fmt: skip
    return tuple(Column(str(name), headers[str(name)]) for name in frame.columns)


def _draw_rows(context: Context, frame: pd.DataFrame, columns: Sequence[Column]) -> None:
    shown = frame.head(_ROWS_SHOWN).rename(columns={c.name: c.header for c in columns})
    config = {}
    if "enterprise_id" in frame.columns:
        header = next(c.header for c in columns if c.name == "enterprise_id")
        shown[header] = [f"ledger?enterprise={code}&lang={context.lang}" for code in shown[header]]
        config[header] = st.column_config.LinkColumn(display_text=r"enterprise=([^&]+)")
    st.dataframe(shown, hide_index=True, column_config=config, key="data.check.rows", height=360)
