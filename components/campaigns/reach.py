"""Publicity: what was printed and published, over time, beside the visits. Reach is not coverage."""

from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts.campaigns import Published, publicity_figure
from components.campaigns.reading import is_narrowed, records
from components.cards import Card, cards_html
from components.context import Context
from components.definition import definition_pop
from components.inputs import READ_CHANNELS
from components.numbers import Shown, count, rate
from components.origins import Origin, Origins, Place, day, grouped
from components.panel import figure_html
from components.reads import increments, progress, remember
from components.sheet import Column, Sheet
from components.tables import row_html, table_html
from data_access.queries import publicity as queries
from metrics.campaigns import reach
from metrics.figures import figure_of

HANDBOOK = "handbook"
# Channels whose items are read, not handed out.
READ = frozenset(READ_CHANNELS.split(","))


def items(context: Context) -> pd.DataFrame:
    """Return what was published in the period."""
    return remember(context, "campaigns.publications", lambda: queries.publications(context.store, context.selection))


def channels(context: Context) -> dict[str, str]:
    """Return the channels something was published in, by code, in the profile's order."""
    used = set(items(context)["channel"])
    known = {c.code: c.label.text(context.lang) for c in context.profile.codes.get("publicity_channel", ())}
    return {code: name for code, name in known.items() if code in used} | {c: c for c in used - known.keys()}


def visited(context: Context) -> float:
    """Return the enterprises visited in the selection (户); NaN where visits were never reported."""
    if "visits" not in context.reported:
        return float("nan")
    return float(progress(context, (), ("visited",))["visited"].iloc[0])


def cards(context: Context) -> str:
    """Return the cards: handbooks beside visited enterprises, articles, views, bulletins."""
    t, frame, numbers = context.t, items(context), context.numbers
    day = t("截至{day}").format(day=numbers.short_day(context.filters.as_of))
    books = float(frame.loc[frame["channel"] == HANDBOOK, "copies"].sum())
    read = frame[frame["channel"].isin(READ)]
    drawn = [
        _card(context, "handbooks", books, [_share(context, books), t("印制不等于送达，更不等于知晓")], day),
        _card(context, "articles", float(len(read)), [t("同一稿件多渠道发布计多篇")], day),
        _card(context, "article_views", float(frame["views"].sum()), [t("次数不是人数，各平台统计方法不同")], day),
    ]
    other = frame[~frame["channel"].isin({*READ, HANDBOOK})]
    names = channels(context)
    for code in dict.fromkeys(other["channel"]):
        rows = other[other["channel"] == code]
        copies = rows["copies"].sum(min_count=1)
        lines = [] if np.isnan(copies) else [escape(t("{n} 份").format(n=count(float(copies))))]
        origin = Origin("publicity.items", Place((("channel", str(code)),)))
        drawn.append(Card(names[code], Shown(count(float(len(rows))), t("件")), day, lines, origin=origin))
    return cards_html(drawn)


def _card(context: Context, key: str, value: float, lines: list[str], day: str) -> Card:
    numbers = context.numbers
    figure = figure_of(key, value, context.reported)
    title = numbers.name(figure.metric)
    said = [escape(line) for line in lines if line]
    origin = Origin(key)
    pop = definition_pop(figure, numbers, title=title, origin=origin)
    return Card(title, numbers.figure(figure), day, said, pop=pop, origin=origin)


def _share(context: Context, books: float) -> str:
    if is_narrowed(context):
        return context.t("全市印制，不能分到所选范围")
    n = visited(context)
    if not n > 0:
        return ""
    return context.t("相当于累计走访户数的 {share}%").format(share=rate(100.0 * books / n, 1))


def headline(context: Context) -> str:
    """Return how many handbooks there are for the enterprises visited.

    Nobody registers which county or bank handed out how many, so that only the city's can be set against its visits.
    """
    t, frame, n = context.t, items(context), visited(context)
    books = float(frame.loc[frame["channel"] == HANDBOOK, "copies"].sum())
    if is_narrowed(context) or not (n > 0 and books > 0):
        return t("宣传与走访")
    return t("手册 {books} 份，相当于走访 {n} 户的 {share}%：触达不等于覆盖").format(
        books=count(books), n=count(n), share=rate(100.0 * books / n, 1)
    )


def figure(context: Context) -> go.Figure:
    """Return the publications on their dates above the weekly visits."""
    t, names = context.t, channels(context)
    weeks, n = _weekly(context)
    shown = [
        Published(names[row["channel"]], row["published_on"], _said(context, row)) for row in records(items(context))
    ]
    return publicity_figure(weeks, n, shown, list(names.values()), t("每周新增走访（户）"))


def origins(context: Context) -> Origins:
    """Return what the weekly visits lead to, the figure's first trace, and the publications, one trace a channel.

    A week leads to the enterprises first visited in it, a publication to what its channel published on that day.
    """
    weeks = [Place(start=monday, at=monday + timedelta(days=6)) for monday in _weekly(context)[0]]
    published = items(context)
    of_channels = [
        [Origin("publicity.items", day(on, *grouped("channel", [code]))) for on in rows["published_on"]]
        for code in channels(context)
        if len(rows := published[published["channel"] == code])
    ]
    return dict(enumerate([[Origin("visited", week) for week in weeks], *of_channels]))


def _said(context: Context, row: Mapping[str, Any]) -> str:
    t = context.t
    parts = [f"<b>{escape(str(row['title']))}</b>", context.numbers.day(row["published_on"])]
    for name, words in (("copies", t("{n} 份")), ("views", t("阅读 {n} 次"))):
        value = float(row[name])
        if not np.isnan(value):
            parts.append(escape(words.format(n=count(value))))
    return "<br>".join(parts)


def _weekly(context: Context) -> tuple[list[date], list[float]]:
    """Return the Mondays and the enterprises first visited in the week from each."""
    if "visits" not in context.reported:
        return [], []
    frame = increments(context, "visited")
    if frame.empty:
        return [], []
    monday = frame["day"] - pd.to_timedelta(frame["day"].dt.day_of_week, unit="D")
    sums = frame.groupby(monday)["n"].sum()
    return [day.date() for day in pd.DatetimeIndex(sums.index)], [float(value) for value in sums]


def channels_html(context: Context) -> str:
    """Return each channel's items, copies and views as a table."""
    t, names = context.t, channels(context)
    frame = reach(items(context))
    heads = [("name", t("渠道")), ("", t("件数")), ("", t("份数")), ("", t("阅读量（次）"))]
    rows = [
        row_html(
            heads, [escape(names[row["channel"]]), *(_counted(row, name) for name in ("items", "copies", "views"))]
        )
        for row in sorted(frame.to_dict("records"), key=lambda r: list(names).index(r["channel"]))
    ]
    return table_html(heads, rows)


def _counted(row: Mapping[Hashable, Any], name: str) -> str:
    (place,) = grouped("channel", [row["channel"]])
    known = not np.isnan(row[name])
    return figure_html(count(row[name]), Origin(f"publicity.{name}", place) if known else None)


def sheet(context: Context) -> Sheet:
    """Return every publication."""
    t, names, frame = context.t, channels(context), items(context)
    frame = frame.assign(channel_name=[names[code] for code in frame["channel"]])
    columns = (
        Column("published_on", t("发布日期")), Column("channel_name", t("渠道")), Column("title", t("标题")),
        Column("copies", t("份数"), "copy"), Column("views", t("阅读量"), "view"),
    )  # fmt: skip
    return Sheet("publicity", frame, columns, ("handbooks", "articles", "article_views"), (limits(context),))


def limits(context: Context) -> str:
    """Return what publicity figures do not say."""
    t = context.t
    said = t("触达不等于覆盖：印制、发布、阅读都不说明有多少企业知道政策；图中上下对照只看先后，不说明因果。")
    return said + t("宣传为全市的，走访为所选范围的。") if is_narrowed(context) else said
