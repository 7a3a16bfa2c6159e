"""The places of the province and what they published: each figure with its date, source and definition, no ranking.

A click on a place shows everything it published.
"""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from charts.maps import Area, CompactDeck, choropleth
from charts.scale import ColourScale
from charts.theme import MARK
from components import url_state
from components.context import Context
from components.frame import show_framed, show_map
from components.panel import mark, panel
from components.sheet import Column, Sheet
from components.viewport import fitting, is_narrow
from data_access.neighbours import Neighbours, Place, PlaceFigure
from metrics.catalogue import metric

SIZE = (520, 480)
PARAMETER = "place"  # of the address: whose figures are shown, and the verb of the marks that lead there
# In pixels: how far names and figures stick out beside the map.
NAMES = 50
# One colour for whoever published: dates and definitions differ, so a darker shade would say more than is known.
PUBLISHED = ColourScale((0.0, 1.0), (MARK["actual"],))


def show_province(context: Context, neighbours: Neighbours | None) -> None:
    """Draw the map of who published what, and the table with dates, sources and definitions."""
    if neighbours is None:
        return
    key = _chosen(context, neighbours)
    found, place = neighbours.of(key), _asked(neighbours)
    head = headline(context, neighbours, key)
    note = context.t("各地公布日期和口径不同，只作对照，不排名；空白为未公布")
    hint = context.t("点击地方看其公布的全部指标")
    left, right = st.columns([6, 7], gap="small")
    with left:

        def draw() -> None:
            deck = province_deck(context, neighbours, found, narrow=is_narrow())
            show_map(
                deck, key="province.map", height=SIZE[1], alt=head,
                lang=context.lang, on_pick=lambda code: url_state.put(PARAMETER, code), once=True,
            )  # fmt: skip
            attribution = escape(neighbours.attribution.text(context.lang))
            st.html(f'<div class="zr-note">{attribution}</div>')

        show_framed(
            context, "province-map", head, f"{note}　{hint}", draw,
            lambda: sheet(context, neighbours, key), [key], leads=True,
        )  # fmt: skip
    with right:
        if place:
            _of_place(context, neighbours, place, note)
        else:
            _of_metric(context, neighbours, key, note)


def _of_metric(context: Context, neighbours: Neighbours, key: str, note: str) -> None:
    html = table_html(context, neighbours, neighbours.of(key))
    title = context.t("各地公布的{metric}").format(metric=metric(key).name.text(context.lang))
    show_framed(
        context, "province-table", title, note, lambda: panel(html, key="province.table", on_act=_follow),
        lambda: sheet(context, neighbours, key), [key], leads=True,
    )  # fmt: skip


def _of_place(context: Context, neighbours: Neighbours, place: Place, note: str) -> None:
    t, figures = context.t, neighbours.by(place.code)
    name, back = place.label.text(context.lang), escape(t("全部地方"))
    crumbs = f'<nav class="zr-crumbs"><span {mark(PARAMETER)}>{back}</span> › <b>{escape(name)}</b></nav>'
    title = t("{place}公布了 {n} 项指标").format(place=name, n=len(figures))
    show_framed(
        context, "province-table", title, note,
        lambda: panel(crumbs + place_html(context, figures), key="province.place", on_act=_follow),
        lambda: place_sheet(context, figures), [figure.metric for figure in figures], leads=True,
    )  # fmt: skip


def _follow(action: str) -> None:
    url_state.put(PARAMETER, action.partition(":")[2])


def place_html(context: Context, figures: Sequence[PlaceFigure]) -> str:
    """Return everything one place published, one figure a line."""
    heads = (context.t("指标"), *_heads(context))
    rows = "".join(
        _line((escape(metric(figure.metric).name.text(context.lang)), *_cells(context, figure))) for figure in figures
    )
    return _table(heads, rows)


def place_sheet(context: Context, figures: Sequence[PlaceFigure]) -> Sheet:
    """Return everything one place published as a table: units differ, so that the figures are texts."""
    t = context.t
    rows = [
        (metric(f.metric).name.text(context.lang), shown(context, f), _day(context, f), f.source, f.note)
        for f in figures
    ]
    titles = {"metric": t("指标"), "printed": t("公布值"), "as_of": t("截至"), "source": t("来源"), "note": t("口径")}
    columns = tuple(Column(name, title) for name, title in titles.items())
    keys = tuple(figure.metric for figure in figures)
    notes = (t("各地公布日期和口径不同，只作对照，不排名"),)
    return Sheet("province_place", pd.DataFrame(rows, columns=list(titles)), columns, keys, notes)


def _asked(neighbours: Neighbours) -> Place | None:
    """Return the place in the URL if there is such a place."""
    return next((place for place in neighbours.places if place.code == url_state.get(PARAMETER)), None)


def _chosen(context: Context, neighbours: Neighbours) -> str:
    widget, options = "province.show", neighbours.metrics
    asked = url_state.get("show")
    st.session_state[widget] = asked if asked in options else options[0]
    picked = st.pills(
        context.t("公布的指标"), options, key=widget, required=True, label_visibility="collapsed",
        format_func=lambda key: metric(key).name.text(context.lang),
        on_change=lambda: url_state.put("show", st.session_state[widget]),
    )  # fmt: skip
    return str(picked or options[0])


def headline(context: Context, neighbours: Neighbours, key: str) -> str:
    """Return how many places of the map published a figure, and from when to when."""
    t, places = context.t, [place for place in neighbours.places if place.on_map]
    figures = [f for code, f in neighbours.of(key).items() if any(place.code == code for place in places)]
    name = metric(key).name.text(context.lang)
    if not figures:
        return t("{n} 个市都没有公布{metric}").format(n=len(places), metric=name)
    days = sorted(figure.as_of for figure in figures if figure.as_of)
    span = t("截至日期从 {a} 到 {b}").format(a=days[0], b=days[-1]) if len(days) > 1 else ""
    said = t("{n} 个市中找到 {k} 个公布的{metric}").format(n=len(places), k=len(figures), metric=name)
    return t("，").join(filter(None, (said, span)))


def province_deck(
    context: Context, neighbours: Neighbours, found: dict[str, PlaceFigure], *, narrow: bool
) -> CompactDeck:
    """Return the map of the province: who published is coloured and says its figure, the others are blank.

    In little room only those that published have their names on the map.
    """
    places = [place for place in neighbours.places if place.on_map]
    areas = [_area(context, place, found.get(place.code)) for place in places]
    if narrow:
        areas = [replace(area, label=area.label if area.code in found else "") for area in areas]
    width, height = fitting(SIZE)
    return choropleth(neighbours.shapes, areas, PUBLISHED, size=(width - NAMES, height))


def _area(context: Context, place: Place, figure: PlaceFigure | None) -> Area:
    name, short = (escape(text) for text in (place.label.text(context.lang), place.label.short(context.lang)))
    if figure is None:
        blank = escape(context.t("未公布"))
        return Area(place.code, short, float("nan"), f"<b>{name}</b><br>{blank}")
    day = _day(context, figure)
    said = f"<b>{escape(shown(context, figure))}</b>　{escape(day)}"
    lines = (f"<b>{name}</b>", said, escape(figure.source), escape(figure.note))
    number = shown(context, figure)
    if context.lang != "zh":  # "enterprises" stands in the headline, and is longer than the number
        number = number.removesuffix(f" {context.numbers.unit('enterprise')}")
    return Area(place.code, f"{short} {number}", 0.5, "<br>".join(filter(None, lines)))


def shown(context: Context, figure: PlaceFigure) -> str:
    """Return a published figure: as it was printed in Chinese, as a number with its unit otherwise."""
    if context.lang == "zh":
        return figure.printed
    return figure.bound + context.numbers.value(figure.value, metric(figure.metric).unit, decimals=2).joined


def _day(context: Context, figure: PlaceFigure) -> str:
    return figure.as_of.isoformat() if figure.as_of else context.t("无日期")


def table_html(context: Context, neighbours: Neighbours, found: dict[str, PlaceFigure]) -> str:
    """Return the table: the places in the profile's order, those that published nothing together in one line."""
    t = context.t
    rows = "".join(_row(context, place, found[place.code]) for place in neighbours.places if place.code in found)
    silent = [p.label.short(context.lang) for p in neighbours.places if p.on_map and p.code not in found]
    unpublished = escape(t("未公布：") + t("、").join(silent))
    rest = f'<p class="zr-note">{unpublished}</p>' if silent else ""
    return _table((t("地方"), *_heads(context)), rows) + rest


def _heads(context: Context) -> tuple[str, str, str]:
    return context.t("公布值"), context.t("截至"), context.t("来源与口径")


def _table(titles: Sequence[str], rows: str) -> str:
    heads = "".join(f'<th class="text" scope="col">{escape(title)}</th>' for title in titles)
    table = f'<table class="zr-table zr-wrapped"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="zr-table-wrap">{table}</div>'


def _row(context: Context, place: Place, figure: PlaceFigure) -> str:
    word = escape(context.t("参照"))
    outside = "" if place.on_map else f' <small class="zr-flat">{word}</small>'
    name = place.label.text(context.lang)
    return _line((f"{escape(name)}{outside}", *_cells(context, figure)), mark(PARAMETER, place.code, label=name))


def _cells(context: Context, figure: PlaceFigure) -> tuple[str, str, str]:
    source = f"{escape(figure.source)}<br><small>{escape(figure.note)}</small>"
    return f"<b>{escape(shown(context, figure))}</b>", escape(_day(context, figure)), source


def _line(cells: Sequence[str], attributes: str = "") -> str:
    return f"<tr {attributes}>" + "".join(f'<td class="text">{cell}</td>' for cell in cells) + "</tr>"


def sheet(context: Context, neighbours: Neighbours, key: str) -> Sheet:
    """Return the figures as a table: place, value, date, source and note; a place without a figure is empty."""
    t, found = context.t, neighbours.of(key)
    rows = [(place, found.get(place.code)) for place in neighbours.places if place.on_map or place.code in found]
    frame = pd.DataFrame(
        {
            "place": [place.label.text(context.lang) for place, _ in rows],
            "value": [figure.value if figure else float("nan") for _, figure in rows],
            "printed": [figure.printed if figure else t("未公布") for _, figure in rows],
            "as_of": [_day(context, figure) if figure else "" for _, figure in rows],
            "source": [figure.source if figure else "" for _, figure in rows],
            "note": [figure.note if figure else "" for _, figure in rows],
        }
    )
    columns = (
        Column("place", t("地方")), Column("value", metric(key).name.text(context.lang), metric(key).unit),
        Column("printed", t("公布原文")), Column("as_of", t("截至")), Column("source", t("来源")),
        Column("note", t("口径")),
    )  # fmt: skip
    return Sheet("province", frame, columns, (key,), (t("各地公布日期和口径不同，只作对照，不排名"),))
