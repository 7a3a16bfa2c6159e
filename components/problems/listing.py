"""The cases behind the numbers: a list by deadline, page by page, and the history of the one that is open."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from components import url_state
from components.masks import STARS, masked_name
from components.numbers import DASH, count
from components.panel import mark
from components.problems.desk import Desk
from components.reads import remember
from components.sheet import Column, Sheet
from components.tables import note_html, row_html, table_html
from components.unmask import is_revealed, offer
from data_access.queries import problems as queries
from data_access.queries.keyset import Place
from locales import N_

KIND = "problem"  # what is revealed here is a field of one
PAGE_SIZE = 12
DOWNLOADED = 5000
STATES = {
    "overdue": N_("超期未办"),
    "soon": N_("7 天内到期"),
    "in_time": N_("未到期或未定期限"),
    "open": N_("未办结"),
    "suspended": N_("暂停过"),
    "transferred": N_("转办过"),
    "reopened": N_("重开过"),
    "problems": N_("全部"),
}
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Leaf:
    """One page of the list; ``earlier`` and ``later`` say whether there are more on either side."""

    frame: pd.DataFrame
    earlier: bool
    later: bool


def leaf(desk: Desk, state: str) -> Leaf:
    """Return the page that the URL asks for ("after" or "before" a case), the first one otherwise."""
    after, before = url_state.get("after"), url_state.get("before")
    place = Place(before or after, backwards=bool(before))
    frame = _read(desk, state, place, PAGE_SIZE + 1)
    if place.row_id and frame.empty:
        place, frame = Place(), _read(desk, state, Place(), PAGE_SIZE + 1)
    more = len(frame) > PAGE_SIZE
    if place.backwards:
        return Leaf(frame.iloc[-PAGE_SIZE:].reset_index(drop=True), more, True)
    return Leaf(frame.iloc[:PAGE_SIZE], bool(place.row_id), more)


def _read(desk: Desk, state: str, place: Place, limit: int) -> pd.DataFrame:
    context = desk.context
    frame = remember(
        context, "problems.page",
        lambda: queries.problem_page(
            context.store, context.scope, desk.selection, desk.in_list, state, place, limit
        ),
        state, place, limit, desk.listed, *desk.key,
    )  # fmt: skip
    return _masked(desk, frame)


def _masked(desk: Desk, frame: pd.DataFrame) -> pd.DataFrame:
    pairs = zip(frame["name"].fillna(""), frame["entity_type"], strict=True)
    return frame.assign(name=[masked_name(desk.context, *pair) for pair in pairs])


def one(desk: Desk) -> Row | None:
    """Return the case that the URL asks for; None if it is unknown or out of the reader's scope."""
    context, asked = desk.context, url_state.get("case")
    if not asked:
        return None
    frame = remember(
        context, "problems.case",
        lambda: queries.problem_case(context.store, context.scope, desk.selection, asked), asked, desk.day,
    )  # fmt: skip
    is_open = is_revealed(context, KIND, asked, "name")
    return next(iter((frame if is_open else _masked(desk, frame)).to_dict("records")), None)


def offer_name(desk: Desk, row: Row) -> None:
    """Offer to reveal the name of a case's enterprise where it is masked."""
    masked = {"name": desk.context.t("名称")} if str(row["name"]).endswith(STARS) else {}
    offer(desk.context, KIND, str(row["problem_id"]), masked)


def standing(desk: Desk, row: Row) -> tuple[str, str]:
    """Return in a word how a case stands, and its tone."""
    t, due, ended = desk.context.t, _day(row["due_on"]), _day(row["ended_on"])
    if ended:
        late = due is not None and ended > due
        return (t("超期办结"), "warn") if late else (t("已办结"), "good")
    if due is None:
        return t("未定期限"), "flat"
    left = (due - desk.day).days
    if left < 0:
        # Reopening grants no new deadline: the days are those since the one the case was first given.
        said = t("按原期限超期 {n} 天") if row["is_reopened"] else t("超期 {n} 天")
        return said.format(n=count(-left)), "bad"
    if left == 0 and not row["is_suspended"]:
        return t("今日到期"), "warn"
    return t("剩 {n} 天").format(n=count(left)), "flat"


def _day(value: Any) -> date | None:  # noqa: ANN401 - a cell: a date, None, or NaT
    return None if value is None or pd.isna(value) else value


def _whole(value: Any) -> int:  # noqa: ANN401 - a cell: a number, None, or NaN
    return 0 if value is None or pd.isna(value) else int(value)


def list_html(desk: Desk, frame: pd.DataFrame) -> str:
    """Return one page of the list as a table; a row opens its case."""
    t = desk.context.t
    if frame.empty:
        return note_html(t("没有这样的问题"))
    heads = [("name", t("问题编号")), ("text", t("名称")), ("text wide", t("类别")), ("text wide", t("责任部门"))]
    heads += [("text wide", t("所在地")), ("text wide", t("提出")), ("text wide", t("到期")), ("text", t("状态"))]
    return table_html(heads, (row_html(heads, *_row(desk, row)) for row in frame.to_dict("records")))


def _row(desk: Desk, row: Row) -> tuple[list[str], str]:
    word, tone = standing(desk, row)
    texts = [
        str(row["problem_id"]), str(row["name"]), desk.name("category", str(row["category"])),
        desk.name("department", str(row["department"])), region(desk, row), str(row["raised_on"]),
        str(_day(row["due_on"]) or DASH),
    ]  # fmt: skip
    cells = [*map(escape, texts), f'<span class="zr-{tone}">{escape(word)}</span>{_badges(desk, row)}']
    label = desk.context.t("查看问题 {name}").format(name=row["problem_id"])
    chosen = ' class="chosen"' if url_state.get("case") == row["problem_id"] else ""
    return cells, f"{mark('case', str(row['problem_id']), label=label)}{chosen}"


def _moved(row: Row) -> bool:
    """Whether a case was passed on while it was open; what was passed on after its end moved no deadline."""
    when, ended = _day(row["transferred_on"]), _day(row["ended_on"])
    return when is not None and (ended is None or when <= ended)


def _badges(desk: Desk, row: Row) -> str:
    t = desk.context.t
    suspended = t("暂停中") if row["is_suspended"] else t("暂停过")
    marks = {
        suspended: _whole(row["suspended_days"]) > 0 or _day(row["suspended_on"]) is not None,
        t("转办"): _moved(row),
        t("重开"): bool(row["is_reopened"]),
    }
    return "".join(f' <span class="zr-badge quiet">{escape(word)}</span>' for word, known in marks.items() if known)


def region(desk: Desk, row: Row) -> str:
    """Return where the enterprise of a case is."""
    nodes = [desk.context.profile.region_by_code.get(str(row[name])) for name in ("region_1", "region_2")]
    return " ".join(node.label.short(desk.context.lang) for node in nodes if node)


# ---- the history of one case ----------------------------------------------------------------------------------------


def case_html(desk: Desk, row: Row) -> str:
    """Return a case: what it is, whom it concerns, and what happened when."""
    t, context = desk.context.t, desk.context
    word, tone = standing(desk, row)
    kind = context.profile.code_label("entity_type", str(row["entity_type"]))
    facts = [
        (t("问题类别"), desk.name("category", str(row["category"]))),
        (t("问题难度"), desk.name("level", str(row["level"]))),
        (t("来源"), desk.name("source", str(row["source"]))),
        (t("责任部门"), desk.name("department", str(row["department"]))),
        (t("所在地"), region(desk, row)),
        (t("主体类型"), kind.text(context.lang) if kind else DASH),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts)
    link = f"ledger?enterprise={escape(str(row['enterprise_id']))}&lang={context.lang}"
    shut = mark("case", "", label=t("关闭"))
    return (
        f'<section class="zr-case"><header><h3>{escape(str(row["problem_id"]))} '
        f'<span class="zr-{tone}">{escape(word)}</span>{_badges(desk, row)}</h3>'
        f'<button class="zr-close" {shut}>×</button></header>'
        f'<p><a href="{link}" target="_self">{escape(str(row["name"]))}</a></p>'
        f"<div><dl>{listed}</dl><ol>{''.join(_steps(desk, row))}</ol></div></section>"
    )


def _steps(desk: Desk, row: Row) -> list[str]:
    """Return what happened in the order of its days; what was agreed without a day stands at the deadline."""
    t, numbers = desk.context.t, desk.context.numbers
    names = ("raised_on", "deadline", "suspended_on", "transferred_on", "closed_on", "reopened_on", "reclosed_on")
    day = {name: _day(row[name]) for name in (*names, "due_on")}
    suspended = _whole(row["suspended_days"]) - (_whole(row["suspended_before"]) if _moved(row) else 0)
    visit = t("（走访 {id}）").format(id=row["visit_id"]) if row["visit_id"] else ""
    events = [(day["raised_on"], t("提出{visit}").format(visit=visit))]
    moved = _moved(row)
    events += [(day["suspended_on"], t("暂停办理"))]
    events += [(day["transferred_on"], t("转办，期限重新计算") if moved else t("办结后转办，期限不变"))]
    events += [
        (day["closed_on"], t("办结")),
        (day["reopened_on"], t("重开，不另给期限")),
        (day["reclosed_on"], t("再次办结")),
    ]
    if day["due_on"] and day["due_on"] != day["deadline"]:
        waited = t("至今暂停 {n} 天") if row["is_suspended"] else t("暂停 {n} 天")
        why = t("、").join(filter(None, (waited.format(n=suspended) if suspended else "", t("转办") if moved else "")))
        events += [(day["deadline"], t("原定期限")), (day["due_on"], t("到期（{why}后顺延）").format(why=why))]
    else:
        events += [(day["due_on"], t("到期"))]
    known = sorted(((when, what) for when, what in events if when), key=lambda event: event[0])
    lines = [f"<li><time>{escape(numbers.day(when))}</time> {escape(what)}</li>" for when, what in known]
    if not pd.isna(row["satisfaction"]):
        said = t("满意度 {n} 分").format(n=count(float(row["satisfaction"])))
        lines.append(f"<li>{escape(said)}</li>")
    return lines


def sheet(desk: Desk, state: str) -> Sheet:
    """Return the list as a table, at most ``DOWNLOADED`` rows, the earliest deadline first, names masked."""
    t = desk.context.t
    frame = _read(desk, state, Place(), DOWNLOADED)
    named = {parameter: [desk.name(parameter, str(code)) for code in frame[parameter]] for parameter in desk.own}
    rows = frame.to_dict("records")
    days = ("raised_on", "due_on", "suspended_on", "transferred_on", "closed_on", "reopened_on", "reclosed_on")
    shown = frame.assign(
        **named, region=[region(desk, row) for row in rows], standing=[standing(desk, row)[0] for row in rows],
        **{name: [str(_day(value) or "") for value in frame[name]] for name in days},
        suspended_days=frame["suspended_days"].astype("float64"), satisfaction=frame["satisfaction"].astype("float64"),
    )  # fmt: skip
    texts = {
        "problem_id": t("问题编号"), "enterprise_id": t("主体编号"), "name": t("名称"), "region": t("所在地"),
        "category": t("问题类别"), "level": t("问题难度"), "source": t("来源"), "department": t("责任部门"),
        "raised_on": t("提出"), "due_on": t("到期"), "standing": t("状态"), "suspended_on": t("暂停日期"),
        "transferred_on": t("转办日期"),
        "closed_on": t("办结日期"), "reopened_on": t("重开日期"), "reclosed_on": t("再次办结日期"),
    }  # fmt: skip
    columns = [Column(name, header) for name, header in texts.items()]
    columns += [Column("suspended_days", t("暂停天数"), "day"), Column("satisfaction", t("满意度"), "score")]
    notes = (t("最多 {n} 行，到期日早的在前").format(n=count(DOWNLOADED)),)
    return Sheet(f"problem_list_{state}", shown, tuple(columns), ("problems_overdue",), notes)
