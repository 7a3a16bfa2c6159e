"""Whom to call: the task forces, and the banks' outlets by county."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from charts.intervals import interval_bar
from components.context import Context
from components.header import badge
from components.masks import masked_person, masked_phone, may_see_names
from components.numbers import DASH, count
from components.panel import mark
from components.reads import remember
from components.sheet import Column, Sheet
from components.tables import note_html, row_html, table_html
from data_access.queries import products as queries

Row = Mapping[Hashable, Any]
NAN = float("nan")


def offices(context: Context) -> pd.DataFrame:
    """Return the task forces' contacts; a number that is not published is masked, and so is every person's name."""
    found = remember(
        context, "products.contacts", lambda: queries.contacts(context.store, context.scope, context.selection)
    )
    order = [node.code for node in context.profile.children()]
    place = found["region_1"].map({code: number for number, code in enumerate(["", *order])}).fillna(len(order) + 1)
    found = found.loc[place.sort_values(kind="stable").index].reset_index(drop=True)
    if may_see_names(context):
        return found
    shown = [
        phone if published else masked_phone(phone)
        for phone, published in zip(found["phone"], found["is_published"], strict=True)
    ]
    return found.assign(phone=shown, contact_name=[masked_person(name) for name in found["contact_name"]])


def offices_html(context: Context) -> str:
    """Return the task forces' contacts as a table."""
    t, frame = context.t, offices(context)
    if frame.empty:
        return note_html(t("没有登记专班联系方式"))
    heads = [("name", t("专班")), ("text", t("电话")), ("text wide", t("联系人")), ("text wide", t("受理时间"))]
    body, private = [], badge(t("未公开"), quiet=True)
    for row in frame.to_dict("records"):
        phone = escape(str(row["phone"])) + ("" if row["is_published"] else f" {private}")
        cells = [escape(str(row["office"])), phone, escape(str(row["contact_name"])), escape(str(row["hours"]))]
        body.append(row_html(heads, cells))
    return table_html(heads, body)


def offices_sheet(context: Context) -> Sheet:
    """Return the task forces' contacts as a table, masked as on the page."""
    t = context.t
    names = {code: node.label.text(context.lang) for code, node in context.profile.region_by_code.items()}
    shown = offices(context)
    shown = shown.assign(region=shown["region_1"].map(names).fillna(context.profile.label.text(context.lang)))
    headers = {
        "region": t("地区"), "office": t("专班"), "phone": t("电话"), "contact_name": t("联系人"),
        "duty": t("受理事项"), "hours": t("受理时间"),
    }  # fmt: skip
    return Sheet("contacts", shown, tuple(Column(*pair) for pair in headers.items()), (), (phones_note(context),))


def phones_note(context: Context) -> str:
    """Return what numbers are shown in full, and that the demo's cannot be called."""
    t = context.t
    said = t("标明公开的专班电话和网点对外电话供企业拨打，完整显示；其余号码脱敏。")
    return said + (t("演示数据的号码均为虚构，无法拨通。") if context.profile.is_demo else "")


# ---- outlets --------------------------------------------------------------------------------------------------------


def outlets(context: Context) -> pd.DataFrame:
    """Return the outlets in view (``data_access.queries.products.outlets``)."""
    return remember(
        context, "products.outlets", lambda: queries.outlets(context.store, context.scope, context.selection)
    )


def places(context: Context) -> pd.DataFrame:
    """Return how many outlets of how many banks each county has, in the statutory order: ``code``, ``n``, ``banks``."""
    return remember(context, "products.places", lambda: _places(context))


def _places(context: Context) -> pd.DataFrame:
    grouped = outlets(context).groupby("region_1")
    known = pd.DataFrame({"n": grouped.size(), "banks": grouped["bank"].nunique()})
    order = [node.code for node in context.profile.children()]
    region = context.filters.path[0] if context.filters.path else ""
    shown = [code for code in order if not region or code == region]
    shown += [str(code) for code in known.index if code not in order]
    return known.reindex(shown, fill_value=0).rename_axis("code").reset_index()


def places_headline(context: Context) -> str:
    """Return how many outlets there are and which county has most."""
    t, frame = context.t, places(context)
    total = int(frame["n"].sum())
    if not total:
        return t("没有登记网点")
    top = frame.sort_values(["n", "code"], ascending=[False, True]).iloc[0]
    said = t("{n} 个对接网点，{name}最多（{m} 个）").format(
        n=count(total), name=_region(context, str(top["code"])), m=count(float(top["n"]))
    )
    without = [_region(context, str(code)) for code in frame.loc[frame["n"] == 0, "code"]]
    return said + (t("；{names}没有网点").format(names=t("、").join(without)) if without else "")


def places_html(context: Context) -> str:
    """Return the counties with their outlets as bars; a row puts the county in view."""
    t, frame = context.t, places(context)
    level = context.profile.region_levels[0].label.text(context.lang) if context.profile.region_levels else t("地区")
    heads = [("name", level), ("", t("网点")), ("bar", ""), ("", t("银行（家）"))]
    top = float(max([*frame["n"], 1]))
    body = []
    for row in frame.to_dict("records"):
        name = _region(context, str(row["code"]))
        bar = interval_bar(float(row["n"]), NAN, NAN, top)
        cells = [escape(name), count(float(row["n"])), bar, count(float(row["banks"]))]
        body.append(row_html(heads, cells, mark("region", str(row["code"]), label=name)))
    return table_html(heads, body)


def outlets_html(context: Context, words: str) -> str:
    """Return the outlets whose name, bank or address holds ``words`` as a table."""
    t, frame = context.t, found(context, words)
    if frame.empty:
        return note_html(t("没有这样的网点"))
    heads = [
        ("name", t("网点")),
        ("text wide", t("银行")),
        ("text wide", t("所在地")),
        ("text wide", t("地址")),
        ("text", t("电话")),
    ]
    rows = (row_html(heads, _outlet(context, row)) for row in frame.to_dict("records"))
    return f'<div class="zr-scroll">{table_html(heads, rows)}</div>'


def _outlet(context: Context, row: Row) -> list[str]:
    place = " ".join(filter(None, (_region(context, str(row["region_1"])), _region(context, str(row["region_2"])))))
    texts = [
        str(row["name"]),
        bank_name(context, str(row["bank"])),
        place,
        str(row["address"]),
        str(row["phone"]) or DASH,
    ]
    return [escape(text) for text in texts]


def found(context: Context, words: str) -> pd.DataFrame:
    """Return the outlets in view that ``words`` are found in."""
    frame, asked = outlets(context), words.strip()
    if not asked:
        return frame
    banks = frame["bank"].map(lambda code: bank_name(context, str(code)))
    text = frame["name"] + " " + banks + " " + frame["address"]
    return frame[text.str.contains(asked, case=False, regex=False)]


def outlets_sheet(context: Context, words: str) -> Sheet:
    """Return the outlets as a table."""
    t, frame = context.t, found(context, words)
    shown = frame.assign(
        bank=[bank_name(context, str(code)) for code in frame["bank"]],
        county=[_region(context, str(code)) for code in frame["region_1"]],
        town=[_region(context, str(code)) for code in frame["region_2"]],
    )
    headers = {
        "outlet_id": t("网点编号"), "name": t("网点"), "bank": t("银行"), "county": t("县（市、区）"),
        "town": t("镇街"), "address": t("地址"), "phone": t("电话"),
    }  # fmt: skip
    return Sheet("outlets", shown, tuple(Column(*pair) for pair in headers.items()), (), (phones_note(context),))


def _region(context: Context, code: str) -> str:
    node = context.profile.region_by_code.get(code)
    return node.label.short(context.lang) if node else code


def bank_name(context: Context, code: str) -> str:
    """Return what a bank is called in short."""
    bank = context.profile.bank_by_code.get(code)
    return bank.label.short(context.lang) if bank else code
