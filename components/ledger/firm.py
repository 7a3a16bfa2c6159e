"""The page of one enterprise: whose turn it is, its history, the five standards, products, and who serves it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from components import url_state
from components.context import Context
from components.filters import BELOW, address
from components.frame import frame_head
from components.header import badge, show_header
from components.ledger.columns import Column, columns, header, region_names
from components.ledger.course import rows, text, turns
from components.ledger.listing import cell_text
from components.ledger.offers import offers_html
from components.ledger.standards import standards_html
from components.ledger.timeline import bank, code, timeline_html
from components.ledger.view import ENTERPRISE, PLACE
from components.masks import may_see_names
from components.panel import mark, panel
from components.reads import remember
from components.rights import may_list
from components.tables import note_html, row_html, table_html
from components.unmask import is_revealed, offer
from data_access.importing.tables import TABLES
from data_access.queries.dossier import Dossier, dossier
from data_access.queries.ledger import ENTERPRISES
from locales import N_
from metrics.turns import Next, Turn, Who

LONGEST_ID = 80
KIND = "enterprise"  # what is revealed here is a field of one
PERSONAL = frozenset({"name", "credit_code", "address", "contact_name", "contact_phone"})
_FACTS = ("enterprise_id", "credit_code", "entity_type", "size_class", "industry_1", "industry_2", "tier", "tags",
          "status", "founded_on", "employees", "revenue", "address", "contact_name", "contact_phone")  # fmt: skip
STEPS: Mapping[Next, str] = {
    Next.CHECK: N_("登记状态已不在营，请核对是否应移出走访对象清单"),
    Next.VISIT: N_("上门走访"),
    Next.APPLY: N_("协助申报：走访时说出的融资需求还没有申报"),
    Next.SCREEN: N_("初审申报"),
    Next.RECOMMEND: N_("推荐给银行"),
    Next.DECIDE: N_("作出是否授信的决定"),
    Next.REPAIR: N_("牵头帮助改正拒绝原因，改正后再推荐"),
    Next.DRAW: N_("放款，或说明没有放款的原因"),
    Next.RENEW: N_("办理续贷，或说明不续贷的原因"),
    Next.SOLVE: N_("办结企业提出的问题"),
    Next.WATCH: N_("目前没有待办事项"),
}


def _as_seen(context: Context, found: Dossier) -> Dossier:
    """Leave out the cases of problems before a reader who may not see them."""
    if may_list(context, "problems"):
        return found
    return replace(found, records={**found.records, "problems": found.records["problems"].iloc[:0]})


def show_firm(context: Context, enterprise_id: str) -> None:
    """Draw the page of an enterprise; of one the reader cannot see or that does not exist, say so."""
    t, as_of = context.t, context.filters.as_of
    show_header(context, t("走访台账"), [("", context.numbers.day(as_of))])
    asked = enterprise_id[:LONGEST_ID]
    found = remember(
        context, "firm", lambda: dossier(context.store, context.scope, asked, as_of), asked
    )  # fmt: skip
    if found is None:
        _unknown(context, asked)
        return
    found = _as_seen(context, found)
    _crumbs(context, found)
    _back(context)
    panel(_head_html(context, found), key="firm.head")
    left, right = st.columns([6, 5], gap="small")
    with left:
        _framed("turns", t("下一步，轮到谁"), "", _turns_html(context, found))
        note = t("最近的在前") if may_see_names(context) else t("最近的在前；个人信息已脱敏")
        _framed("history", t("经历"), note, timeline_html(context, found))
    with right:
        with st.container(key="zr-frame-firm-facts"):
            st.html(frame_head(t("基本情况"), t("登记信息；敏感内容已脱敏")) + _facts_html(context, found))
            offer(context, KIND, text(found.identity["enterprise_id"]), _masked(context, found))
        _framed("standards", t("五项标准"), t("走访时逐项核对的结果"), standards_html(context, found))
        _framed("offers", t("可匹配的贷款产品"), t("按产品汇编对照需求，不代表银行会批准"), offers_html(context, found))
        _framed("officers", t("服务它的金融三员"), t("派驻所在网格和镇街的人员"), _officers_html(context, found))


def _unknown(context: Context, asked: str) -> None:
    t = context.t
    title = t("没有找到经营主体 {id}").format(id=asked)
    advice = t("编号可能有误，或者不在您可以查看的范围内。")
    st.html(f'<div class="zr-empty"><h2>{escape(title)}</h2><p>{escape(advice)}</p></div>')
    _back(context)


def _back(context: Context) -> None:
    st.button(
        context.t("返回台账"), key="firm.back", icon=":material/arrow_back:", on_click=url_state.clear,
        args=(ENTERPRISE,),
    )  # fmt: skip


def _crumbs(context: Context, found: Dossier) -> None:
    names, path = region_names(context), [text(found.identity[f"region_{n}"]) for n in (1, 2, 3)]
    steps = [("", context.profile.label.text(context.lang))]
    for number, region in enumerate(path):
        if region:
            steps.append((_region_address(context, path, number), names.get(region, region)))
    links = [f"<span {mark('region', place)}>{escape(name)}</span>" for place, name in steps]
    label, last = escape(context.t("所在位置")), escape(_title(context, found))
    html = " › ".join([*links, f"<b>{last}</b>"])
    panel(f'<nav class="zr-crumbs" aria-label="{label}">{html}</nav>', key="firm.crumbs", on_act=_leave)


def _region_address(context: Context, path: Sequence[str], number: int) -> str:
    region = path[number]
    # The lowest regions are not part of the profile, and stand behind the one they belong to.
    return address(context.profile, region) if region in context.profile.region_by_code else (
        f"{path[number - 1]}{BELOW}{region}"
    )  # fmt: skip


def _leave(action: str) -> None:
    """Leave the enterprise for the region of a step of the breadcrumb."""
    _, _, region = action.partition(":")
    url_state.clear(ENTERPRISE, *PLACE)
    url_state.put("region", region)


def _framed(key: str, title: str, note: str, html: str) -> None:
    with st.container(key=f"zr-frame-firm-{key}"):
        st.html(frame_head(title, note) + html)


def _offered(context: Context) -> Mapping[str, Column]:
    return columns(context, ENTERPRISES)


def _said(context: Context, column: Column, identity: Mapping[str, Any]) -> str:
    return cell_text(context, column, column.value(*[identity[name] for name in column.needs]))


def _title(context: Context, found: Dossier) -> str:
    return _fact(context, _offered(context)["name"], found)


def _head_html(context: Context, found: Dossier) -> str:
    kind = code(context, "entity_type", found.identity["entity_type"])
    status = code(context, "status", found.identity["status"])
    marks = "".join(badge(word, quiet=True) for word in (kind, status) if word)
    where = escape(_said(context, _offered(context)["place"], found.identity))
    identity = escape(text(found.identity["enterprise_id"]))
    return f'<div class="zr-firm"><h2>{escape(_title(context, found))} {marks}</h2><p>{identity} · {where}</p></div>'


def _facts_html(context: Context, found: Dossier) -> str:
    offered, missing = _offered(context), context.t("未报送")
    facts = [(offered[name].title, _fact(context, offered[name], found)) for name in _FACTS]
    items = "".join(f"<div><dt>{escape(title)}</dt><dd>{escape(said or missing)}</dd></div>" for title, said in facts)
    return f'<dl class="zr-facts">{items}</dl>'


def _fact(context: Context, column: Column, found: Dossier) -> str:
    """Return a fact as the reader may see it; in full where he has revealed it."""
    identity = found.identity
    if is_revealed(context, KIND, text(identity["enterprise_id"]), column.name):
        return text(identity[column.name])
    return _said(context, column, identity)


def _masked(context: Context, found: Dossier) -> dict[str, str]:
    """Return the facts of which the reader sees a part only, with their titles."""
    offered, identity = _offered(context), found.identity
    named = {name: offered[name] for name in ("name", *_FACTS) if name in PERSONAL}
    return {
        name: column.title for name, column in named.items()
        if text(identity[name]) and _said(context, column, identity) != text(identity[name])
    }  # fmt: skip


def _turns_html(context: Context, found: Dossier) -> str:
    return "".join(_turn_html(context, found, turn) for turn in turns(context, found))


def _turn_html(context: Context, found: Dossier, turn: Turn) -> str:
    t, as_of, numbers = context.t, context.filters.as_of, context.numbers
    who, what = escape(_actor(context, found, turn)), escape(t(STEPS[turn.step]))
    late = turn.due_on is not None and turn.due_on < as_of
    said = []
    if turn.since is not None:
        waited = (as_of - turn.since).days
        said.append(escape(t("自 {day} 起已等 {n} 天").format(day=numbers.day(turn.since), n=waited)))
    if turn.due_on is not None:
        due = escape(t("应在 {day} 前办").format(day=numbers.day(turn.due_on)))
        over = escape(t("已超 {n} 天").format(n=(as_of - turn.due_on).days)) if late else ""
        said += [due, f'<span class="bad">{over}</span>'] if late else [due]
    tone = "late" if late else "rest" if turn.step == Next.WATCH else ""
    head = f"<b>{who}</b>　" if who else ""
    return f'<div class="zr-turn {tone}">{head}{what}<br><small>{" · ".join(said)}</small></div>'


def _actor(context: Context, found: Dossier, turn: Turn) -> str:
    names, identity, t = region_names(context), found.identity, context.t
    county = names.get(text(identity["region_1"]), text(identity["region_1"]))
    match turn.who:
        case Who.BANK:
            return bank(context, turn.code) or t("银行")
        case Who.DEPARTMENT:
            return code(context, "department", turn.code) or t("责任部门未报送")
        case Who.TOWN:
            town = names.get(text(identity["region_2"]), "")
            return t("{place}走访组").format(place=town or county)
        case Who.COUNTY:
            return t("{place}专班").format(place=county)
        case _:
            return ""


def _officers_html(context: Context, found: Dossier) -> str:
    t, names = context.t, region_names(context)
    if "officers" not in context.reported:
        return note_html(t("金融三员未报送"))
    kind = header(context, TABLES["officers"].column("kind"))
    heads = [("text", title) for title in (kind, t("人员编号"), t("银行"), t("派驻地"), t("派驻日期"))]
    body = []
    for row in rows(found, "officers"):
        place = names.get(text(row["region_3"]) or text(row["region_2"]), "")
        started = text(row["started_on"])[:10]
        cells = (code(context, "officer_kind", row["kind"]), text(row["officer_id"]), bank(context, row["bank"]), place)
        body.append(row_html(heads, [escape(cell) for cell in (*cells, started)]))
    return table_html(heads, body) if body else note_html(t("所在网格和镇街没有在岗的金融三员"))
