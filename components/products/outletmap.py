"""Where the outlets are: towns that have one as points, larger the more there are."""

from html import escape

import pandas as pd

from charts.maps import Area, CompactDeck, Spot, choropleth
from charts.scale import colour_scale
from components.context import Context
from components.mapview import shapes
from components.numbers import count
from components.products.contacts import bank_name, outlets
from data_access.profile import Node

SIZE = (420, 330)
_SMALLEST, _WIDER = 5.0, 2.5
_NAMED = 6


def map_deck(context: Context, size: tuple[int, int] = SIZE) -> CompactDeck | None:
    """Return the map, fitted into ``size``; None without shapes, or where no outlet names a town with a known place."""
    found, frame = shapes(context.profile), outlets(context)
    spots = [spot for code, rows in frame.groupby("region_2") if (spot := _spot(context, str(code), rows))]
    if not found or not spots:
        return None
    counties = frame["region_1"].value_counts()
    path = context.filters.path
    areas = [
        _area(context, node, int(counties.get(node.code, 0)), dimmed=bool(path) and node.code != path[0])
        for node in context.profile.children()
    ]
    scale = colour_scale([spot.value for spot in spots])
    return choropleth(found, areas, scale, spots=spots, focus=path[0] if path else "", size=size)


def _area(context: Context, node: Node, n: int, *, dimmed: bool) -> Area:
    said = escape(context.t("{n} 个对接网点").format(n=n))
    tip = f"<b>{escape(node.label.text(context.lang))}</b><br>{said}"
    label = "" if context.filters.path else node.label.short(context.lang)
    return Area(node.code, label, float("nan"), tip, approximate=node.approximate, dimmed=dimmed)


def _spot(context: Context, code: str, rows: pd.DataFrame) -> Spot | None:
    town = context.profile.region_by_code.get(code)
    if town is None or town.lon is None or town.lat is None:
        return None
    n = float(len(rows))
    banks = list(dict.fromkeys(bank_name(context, str(bank)) for bank in rows["bank"]))
    named = context.t("、").join(banks[:_NAMED]) + ("…" if len(banks) > _NAMED else "")
    said = context.t("{n} 个对接网点").format(n=count(n))
    tip = f"<b>{escape(town.label.text(context.lang))}</b><br>{escape(said)}<br>{escape(named)}"
    label = town.label.short(context.lang) if context.filters.path else ""
    return Spot(code, label, town.lon, town.lat, n, _SMALLEST + _WIDER * (n - 1.0), tip)


def note(context: Context) -> str:
    """Return how the map is to be read, with its attribution."""
    attribution = context.profile.map_attribution.text(context.lang)
    said = context.t("点表示网点所在镇街，不是门牌地址；圆越大网点越多；插图内不标点，点击该区可看。{attribution}")
    return said.format(attribution=attribution)
