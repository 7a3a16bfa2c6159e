"""One meeting: what was registered and published of it, how its intents are spread, and who attended."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from components.campaigns.reading import Asked, followed, kind_name, place_name, records, register, theme_name
from components.context import Context
from components.header import badge
from components.masks import masked_name
from components.numbers import DASH, count, rate
from components.reads import remember
from components.rights import may_list
from components.sheet import Column, Sheet
from components.smallcells import fewest_shown
from components.tables import note_html, row_html, table_html
from data_access.queries import events as queries
from metrics.campaigns import IntentProfile, State, intent_profile

PAGE_SIZE = 15


def meeting(context: Context, question: Asked, code: str) -> Mapping[str, Any] | None:
    """Return the register's row of a meeting; None if it is not among those asked for."""
    events = register(context, question)
    rows = events[events["event_id"] == code].to_dict("records")
    return {str(k): v for k, v in rows[0].items()} if rows else None


def participants(context: Context, question: Asked, code: str) -> pd.DataFrame:
    """Return who attended, those with the largest intent first, with what they were granted and lent."""
    found = followed(context, question)
    if found is None:
        return pd.DataFrame()
    rows = found.attendances[found.attendances["event_id"] == code]
    records = found.records[found.records["event_id"] == code]
    for kind, name in (("approval", "approved_amount"), ("loan", "loan_amount")):
        sums = records[records["kind"] == kind].groupby("enterprise_id")["amount"].sum()
        rows = rows.assign(**{name: rows["enterprise_id"].map(sums)})
    order = rows.assign(wish=rows["intent"].fillna(0.0), got=rows["approved_amount"].fillna(0.0))
    return order.sort_values(["wish", "got", "enterprise_id"], ascending=[False, False, True], ignore_index=True)


def detail_html(context: Context, row: Mapping[str, Any], people: pd.DataFrame) -> str:
    """Return what is known of a meeting: its register entry, the source quoted, and its intents explained."""
    t, numbers = context.t, context.numbers
    facts = [
        (t("举办日期"), numbers.day(row["held_on"])),
        (t("地点"), place_name(context, row["region_1"])),
        (t("活动类型"), kind_name(context, row["event_type"])),
        (t("主题"), theme_name(context, row["theme"])),
        (t("主办单位"), row["organiser"] or DASH),
        (t("参会银行"), _counted(context, row["banks_count"])),
        (t("参会企业"), _counted(context, row["firms_count"], "enterprise")),
        (t("投资机构"), _counted(context, row["investors_count"])),
        (t("登记的意向金额"), numbers.value(float(row["intent_amount"]), "yuan").joined),
    ]
    listed = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts if value != DASH
    )
    quoted = ""
    if isinstance(row["source_text"], str):
        source = escape(t("公开报道原文"))
        quoted = f"<blockquote><b>{source}</b> {escape(row['source_text'])}</blockquote>"
    lines = explained(context, people)
    if quoted and context.profile.is_demo:
        lines = [t("家数和金额凡原文有载的照录；举办日期及原文未载的数为演示设定。"), *lines]
    said = "".join(note_html(line) for line in lines)
    return f'<div class="zr-meeting"><dl>{listed}</dl>{quoted}{said}</div>'


def _counted(context: Context, value: float, unit: str = "") -> str:
    """Return a count with its unit; banks and investors are counted without one of the catalogue's."""
    if value != value:  # noqa: PLR0124 - NaN
        return DASH
    if not unit:
        return context.t("{n} 家").format(n=count(float(value)))
    return context.numbers.value(float(value), unit).joined


def explained(context: Context, people: pd.DataFrame) -> list[str]:
    """Return how the intents of a meeting are spread, in sentences; none where none was stated.

    Who may not see the enterprises is told what follows from no small count of them.
    """
    cap = float(context.profile.settings.get("inclusive_cap", 1e7))
    found = intent_profile(people, cap) if len(people) else None
    if found is None:
        return []
    if not may_list(context, "event_participants"):
        few = fewest_shown(context)
        return [_outline(context, found)] if found.top >= few and found.n - found.top >= few else []
    return [_spread(context, found), *_large(context, found, cap)]


def _outline(context: Context, found: IntentProfile) -> str:
    return context.t("意向的中位数 {median}，最大的 {top} 户占 {share}%：均值由少数大额意向抬高。").format(
        median=context.numbers.value(found.median, "yuan").joined, top=found.top, share=rate(found.top_share, 1)
    )


def _spread(context: Context, found: IntentProfile) -> str:
    money = context.numbers
    return context.t(
        "{n} 户的意向合计 {total}：均值 {mean}，中位数 {median}；最大的 {top} 户占 {share}%，除去它们后均值 {rest}。"
    ).format(
        n=count(found.n), total=money.value(found.total, "yuan").joined, mean=money.value(found.mean, "yuan").joined,
        median=money.value(found.median, "yuan").joined, top=found.top, share=rate(found.top_share, 1),
        rest=money.value(found.rest_mean, "yuan").joined,
    )  # fmt: skip


def _large(context: Context, found: IntentProfile, cap: float) -> list[str]:
    t, said = context.t, []
    if found.others:
        said.append(t(
            "其中 {n} 户不是中小微企业，占意向的 {share}%，单列，不计入转化率和兑现率；中小微企业户均 {mean}。"
        ).format(
            n=count(found.others), share=rate(found.others_share, 1),
            mean=context.numbers.value(found.small_mean, "yuan").joined,
        ))  # fmt: skip
    if found.mean > cap or found.above_cap:
        said.append(t("{n} 户的意向超过普惠口径单户 {cap} 的上限；意向不是授信，不能与授信均值直接比较。").format(
            n=count(found.above_cap), cap=context.numbers.value(cap, "yuan").joined
        ))  # fmt: skip
    return said


def participants_html(context: Context, people: pd.DataFrame, page: int, row: Mapping[str, Any]) -> str:
    """Return one page of those who attended, names masked; each leads to the enterprise."""
    t, rows = context.t, people.iloc[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    if rows.empty:
        return note_html(t("名单未报送，只有登记的家数"))
    names = _names(context, tuple(rows["enterprise_id"]))
    heads = [("name", t("企业")), ("wide", t("企业所在地")), ("text", t("规模口径")), ("wide", t("对接银行（家）"))]
    heads += [("", t("①意向")), ("", t("②90天内授信")), ("wide", t("③90天内放款"))]
    drawn = [_person(context, heads, person, names) for person in records(rows)]
    young = note_html(t("活动未满90天，以下为至今发生的")) if row["state"] == State.YOUNG else ""
    return young + table_html(heads, drawn)


def _names(context: Context, ids: tuple[str, ...]) -> Mapping[str, tuple[str, str]]:
    frame = remember(context, "campaigns.names", lambda: queries.names(context.store, context.scope, ids), ids)
    return {str(r["enterprise_id"]): (str(r["name"]), str(r["entity_type"])) for r in frame.to_dict("records")}


def _person(
    context: Context, heads: list[tuple[str, str]], person: Mapping[str, Any], names: Mapping[str, tuple[str, str]]
) -> str:
    t, money, code = context.t, context.numbers, str(person["enterprise_id"])
    name = masked_name(context, *names[code]) if code in names else code
    href = f"ledger?enterprise={quote(code)}&lang={context.lang}"
    link = f'<a class="zr-link" href="{escape(href)}" target="_self">{escape(name or code)}</a>'
    kind = t("中小微") if person["small"] else badge(t("非中小微"), quiet=True) if person["large"] else t("未注明")
    amounts = [money.value(float(person[k]), "yuan").joined for k in ("intent", "approved_amount", "loan_amount")]
    cells = [link, escape(place_name(context, person["region_1"])), kind, count(float(person["banks"])), *amounts]
    return row_html(heads, cells)


def participants_sheet(context: Context, people: pd.DataFrame) -> Sheet:
    """Return everybody who attended, names masked."""
    t = context.t
    names = _names(context, tuple(people["enterprise_id"])) if len(people) else {}
    shown = [masked_name(context, *names[code]) if code in names else "" for code in people.get("enterprise_id", ())]
    frame = people.assign(
        name=shown, county=[place_name(context, c) for c in people.get("region_1", ())],
        size=[t("中小微") if s else t("非中小微") if x else t("未注明") for s, x in zip(
            people.get("small", ()), people.get("large", ()), strict=True
        )],
    )  # fmt: skip
    columns = [Column("enterprise_id", t("主体编号")), Column("name", t("企业")), Column("county", t("企业所在地"))]
    columns += [Column("size", t("规模口径")), Column("intent", t("意向金额"), "yuan")]
    columns += [
        Column("approved_amount", t("90天内授信金额"), "yuan"),
        Column("loan_amount", t("90天内放款金额"), "yuan"),
    ]
    return Sheet("participants", frame, tuple(columns) if len(people) else (), ("intent_amount",))
