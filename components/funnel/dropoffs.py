"""Why enterprises went no further: the last thing recorded at each stage, what can be mended, and by whom."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from charts.intervals import interval_bar
from components.context import Context
from components.numbers import count
from components.origins import NOWHERE, Origin, Place
from components.panel import figure_html
from components.reads import remember
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown, told_parts
from components.tables import note_html
from data_access.profile import Code
from data_access.queries.reasons import COLUMNS, drop_offs
from data_access.selection import Selection
from locales import N_

# The stages with a record of why, the code list of their status, and their title.
STAGES = {
    "visit": ("visit_result", N_("走访未成")),
    "application": ("application_status", N_("申报未通过")),
    "recommendation": ("recommendation_status", N_("推荐后退回")),
    "decision": ("decision_outcome", N_("未获授信")),
}


def reasons(context: Context, selection: Selection) -> pd.DataFrame:
    """Return the drop-offs in words: ``stage``, ``title``, ``name``, ``repairable``, ``department``, ``fix`` and ``n``.

    ``repairable`` is True or False for rejections with a known reason, None elsewhere.
    """
    return remember(context, "funnel.reasons", lambda: _reasons(context, selection), selection)


def _reasons(context: Context, selection: Selection) -> pd.DataFrame:
    frame = drop_offs(context.store, context.scope, selection)
    codes = {code.code: code for code in context.profile.codes.get("reject_reason", ())}
    found = [
        (stage, *_words(context, stage, status, reason, codes), n, status, reason)
        for stage, status, reason, n in zip(*(frame[name] for name in COLUMNS), strict=True)
    ]
    names = ["stage", "title", "name", "repairable", "department", "fix", "n", "status", "reason"]
    return _told(context, pd.DataFrame(found, columns=names).astype({"n": "float64"}))


def _told(context: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the reasons the reader may see; the hidden ones of a stage are one line, that leads nowhere."""
    hidden = told_parts(context, frame, {"n": "n"}, within="stage")["n"].isna() if len(frame) else frame["n"].isna()
    if not hidden.any():
        return frame
    few = context.t("其余原因（户数少，合并）")
    rest = frame[hidden].groupby(["stage", "title"], sort=False, as_index=False)["n"].sum()
    rest = rest[rest["n"] >= fewest_shown(context)]
    rest = rest.assign(name=few, repairable=None, department="", fix="", status="", reason="")
    shown = pd.concat([frame[~hidden], rest[list(frame.columns)]], ignore_index=True)
    places = shown["stage"].map({stage: place for place, stage in enumerate(STAGES)})
    ordered: pd.DataFrame = shown.iloc[places.to_numpy().argsort(kind="stable")].reset_index(drop=True)
    return ordered


def _words(
    context: Context, stage: str, status: str, reason: str, codes: dict[str, Code]
) -> tuple[str, str, bool | None, str, str]:
    t, lang, profile = context.t, context.lang, context.profile
    listed, title = STAGES[stage]
    label = profile.code_label(listed, status)
    name = label.text(lang) if label else status
    if status != "rejected":
        return t(title), name, None, "", ""
    code = codes.get(reason)
    if code is None:
        return t(title), reason or t("未填拒因"), None, "", ""
    extra = code.attributes
    owner = profile.code_label("department", extra.get("department", ""))
    fix = extra.get(f"fix_{lang}", extra.get("fix_zh", ""))
    return t(title), code.label.text(lang), extra.get("repairable") == "true", owner.text(lang) if owner else "", fix


def reasons_html(context: Context, frame: pd.DataFrame) -> str:
    """Return one list a stage, most first; rejections say whether they can be mended, how, and who leads."""
    if frame.empty:
        return note_html(context.t("没有记录到中途退出的经营主体"))
    parts = {str(stage): _stage(context, part) for stage, part in frame.groupby("stage", sort=False)}
    decisions = parts.pop("decision", "")
    return f'<div class="zr-reasons"><div>{"".join(parts.values())}</div><div>{decisions}</div></div>'


def _stage(context: Context, frame: pd.DataFrame) -> str:
    total, top = float(frame["n"].sum()), float(frame["n"].max())
    lines = "".join(_line(context, row, total, top) for row in frame.to_dict("records"))
    title, unit = escape(str(frame["title"].iloc[0])), escape(context.numbers.unit("enterprise"))
    everyone = Origin("stopped", Place((("stage", str(frame["stage"].iloc[0])),)))
    number = figure_html(count(total), everyone)
    return f"<section><h4>{title}<small> {number} {unit}</small></h4><ul>{lines}</ul></section>"


def _place(row: Mapping[Hashable, Any]) -> Place:
    if not row["status"]:
        return NOWHERE
    return Place(tuple((name, str(row[name])) for name in ("stage", "status", "reason")))


def _line(context: Context, row: dict[Hashable, Any], total: float, top: float) -> str:
    t, n = context.t, float(str(row["n"]))
    words = {True: t("可修复"), False: t("难修复")}
    badge = ""
    if row["repairable"] is not None and row["repairable"] == row["repairable"]:
        mended = bool(row["repairable"])
        badge = f'<span class="zr-badge {"mend" if mended else "quiet"}">{escape(words[mended])}</span>'
    who = t("{department}牵头：{fix}").format(department=row["department"], fix=row["fix"]) if row["department"] else ""
    note = f'<small class="zr-note">{escape(who)}</small>' if who else ""
    bar = interval_bar(n, float("nan"), float("nan"), top)
    origin = Origin("stopped", _place(row)) if row["status"] else None
    number = figure_html(count(n), origin, label=str(row["name"]))
    return (
        f'<li><span class="what">{escape(str(row["name"]))} {badge}{note}</span>{bar}'
        f'<span class="n">{number} <small>{100 * n / total:.1f}%</small></span></li>'
    )


def reasons_headline(context: Context, frame: pd.DataFrame) -> str:
    """Return how much of what banks turned down can be mended, and who leads most of it."""
    t = context.t
    judged = frame[frame["repairable"].notna()]
    rejected = float(judged["n"].sum())
    if not rejected:
        return t("各阶段退出原因")
    mended = judged[judged["repairable"].astype(bool)]
    share = 100 * float(mended["n"].sum()) / rejected
    if mended.empty:
        return t("不予授信的原因都难以修复")
    owners = mended.groupby("department")["n"].sum()
    return t("不予授信的 {share}% 可修复，{department}牵头的最多（{n} 户）").format(
        share=f"{share:.1f}", department=owners.idxmax(), n=count(float(owners.max()))
    )


def reasons_sheet(context: Context, frame: pd.DataFrame) -> Sheet:
    """Return the drop-offs as a table."""
    t = context.t
    words = {True: t("可修复"), False: t("难修复")}
    frame = frame.assign(
        mend=[words.get(value, "") if isinstance(value, bool) else "" for value in frame["repairable"]]
    )
    titles = {
        "title": t("阶段"),
        "name": t("原因"),
        "mend": t("能否修复"),
        "department": t("牵头部门"),
        "fix": t("标准做法"),
    }
    columns = (
        *(Column(name, title) for name, title in titles.items()),
        Column("n", t("户数"), "enterprise", "stopped"),
    )
    places = tuple(map(_place, frame.to_dict("records")))
    notes = (t("每户按该阶段最后一条记录计一次；此后已通过该阶段的不计"),)
    return Sheet("drop_offs", frame, columns, ("unreachable_rate", "rejected"), notes, places)
