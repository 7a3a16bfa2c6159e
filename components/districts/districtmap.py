"""The map of the region in view as the district page shows it: flat, raised or as tiles, for any date and shading."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from charts.classes import class_of
from charts.geometry import bounds
from charts.layers import raised
from charts.maps import Area, CompactDeck, Spot, choropleth
from charts.scale import colour_scale
from charts.tilegrid import packed, tile_figure
from components.cards import SHAPE, light_word
from components.districts.shading import Shading
from components.numbers import signed
from components.sentences import ends_headline
from components.situation import PACED, Situation
from data_access.profile import Node
from metrics.catalogue import metric
from metrics.figures import Figure
from metrics.lights import Light

FLAT, RAISED, TILES = "flat", "relief", "tiles"
SIZE = (560, 450)
_SMALLEST, _LARGEST = 6.0, 18.0


def has_shapes(s: Situation) -> bool:
    """Whether the city has boundaries to draw."""
    return bool(s.context.profile.boundaries)


def map_deck(s: Situation, key: str, shade: Shading, *, relief: bool, size: tuple[int, int] = SIZE) -> CompactDeck:
    """Return the map of ``key``: the parts of the city coloured by ``shade``, or the towns of a county as points."""
    boundaries = s.context.profile.boundaries or {"features": []}
    shapes = {str(feature["id"]): feature for feature in boundaries["features"]}
    path, tops = s.context.filters.path, s.context.profile.children()
    if path:
        areas = [_backdrop(s, node, path[0]) for node in tops]
        scale = shade.scale if len(path) == 1 else colour_scale([1.0])  # the town in view alone is coloured
        return choropleth(shapes, areas, scale, spots=town_spots(s, key, shade), focus=path[0], size=size)
    areas = [part_area(s, node, key, shade) for node in tops]
    deck = choropleth(shapes, areas, shade.scale, spots=_markers(s), size=size)
    if not relief:
        return deck
    places = {area.label: (area.code, _point(shapes[area.code])) for area in areas if area.code in shapes}
    return raised(deck, _heights(s, key), places)


def tiles(s: Situation, key: str, shade: Shading) -> go.Figure:
    """Return the parts of the region in view as equal squares: by the profile's tile grid, or packed in order."""
    nodes = s.context.profile.children(s.context.filters.region)
    places: Mapping[str, tuple[int, int]] = {} if s.context.filters.path else s.context.profile.tile_grid
    if not places:
        places = packed([node.code for node in nodes])
    areas = [part_area(s, node, key, shade) for node in nodes]
    values = {node.code: _value(s, s.part_figure(key, node.code)) for node in nodes}
    return tile_figure(places, areas, values, shade.scale)


def part_area(s: Situation, node: Node, key: str, shade: Shading) -> Area:
    """Return one part of the region in view, with what its tooltip says."""
    figure = s.part_figure(key, node.code)
    state = s.light(figure.value) if key == PACED and figure.value is not None else None
    name = node.label.short(s.context.lang)
    behind = state is not None and state is not Light.GOOD
    return Area(
        code=node.code, label=f"{SHAPE[state]} {name}" if state and behind else name, approximate=node.approximate,
        value=float(shade.values.get(node.code, float("nan"))), tip=tip_html(s, node, figure),
    )  # fmt: skip


def _backdrop(s: Situation, node: Node, focus: str) -> Area:
    tip = escape(node.label.text(s.context.lang))
    return Area(node.code, "", float("nan"), tip, approximate=node.approximate, dimmed=node.code != focus)


def town_spots(s: Situation, key: str, shade: Shading) -> list[Spot]:
    """Return the places of the county in view that have a point; sized by what is on their list where known."""
    profile, path = s.context.profile, s.context.filters.path
    towns = [node for node in profile.children(path[0]) if node.lon is not None and node.lat is not None]
    in_view = len(path) == 1
    weights = s.told["visits"]["listed"] if in_view and "listed" in s.told["visits"] else None
    most = float(weights.max()) if weights is not None and len(weights) else 0.0
    spots = []
    for node in towns:
        weight = float(weights.get(node.code, 0.0)) if weights is not None else 0.0
        share = (weight / most) ** 0.5 if most > 0 and weight == weight else 0.3  # noqa: PLR0124 - NaN
        spots.append(_spot(s, node, key, shade, share=share, known=in_view))
    return spots


def _spot(s: Situation, node: Node, key: str, shade: Shading, *, share: float, known: bool) -> Spot:
    figure = s.part_figure(key, node.code) if known else None
    tip = tip_html(s, node, figure) if figure else escape(node.label.text(s.context.lang))
    chosen = node.code in s.context.filters.path
    return Spot(
        code=node.code, label=node.label.short(s.context.lang), lon=float(node.lon or 0.0), lat=float(node.lat or 0.0),
        value=float(shade.values.get(node.code, float("nan"))) if known else 1.0 if chosen else float("nan"),
        radius=_LARGEST if chosen else _SMALLEST + (_LARGEST - _SMALLEST) * share, tip=tip, chosen=chosen,
    )  # fmt: skip


def _markers(s: Situation) -> list[Spot]:
    """Return the profile's markers: a place that a region runs within another's boundary."""
    lang, found = s.context.lang, s.context.profile.settings.get("map", {}).get("markers", ())
    return [
        Spot(
            code=str(entry["region"]), label="", lon=float(entry["lon"]), lat=float(entry["lat"]), value=float("nan"),
            radius=5.0, tip=escape(str(entry[lang] if lang in entry else entry["zh"])), chosen=True,
        )
        for entry in found
    ]  # fmt: skip


def without_point(s: Situation) -> int:
    """Return how many towns of the county in view have no point on the map."""
    path = s.context.filters.path
    return sum(node.lon is None for node in s.context.profile.children(path[0])) if len(path) == 1 else 0


def tip_html(s: Situation, node: Node, figure: Figure) -> str:
    """Return a tooltip: name, value, light, distance from what the colours compare with, and the numbers behind."""
    numbers, entry = s.context.numbers, figure.metric
    lines = [f"<b>{escape(node.label.text(s.context.lang))}</b>"]
    lines.append(f"{escape(s.context.numbers.name(entry))}　<b>{escape(_value(s, figure, decimals=2))}</b>")
    state = s.light(figure.value) if entry.key == PACED and figure.value is not None else None
    if state:
        gap = signed((figure.value or 0.0) - s.due)
        word = escape(light_word(state, s.context.t))
        lines.append(f"{SHAPE[state]} {word}　{gap} {numbers.unit('percentage_point')}")
    if figure.denominator is not None and figure.numerator is not None and entry.unit == "percent":
        lines.append(escape(f"{_amount(s, figure.numerator)} / n = {_amount(s, figure.denominator)}"))
    if node.note:
        lines.append(f"<small>{escape(node.note)}</small>")
    return "<br>".join(lines)


def _amount(s: Situation, value: float) -> str:
    """Return a count or an amount that stands behind a rate."""
    return f"{value:,.0f}" if value < 1e8 else s.context.numbers.money(value).joined


def _value(s: Situation, figure: Figure, decimals: int = 1) -> str:
    return s.context.numbers.figure(figure, decimals=decimals).joined


def _heights(s: Situation, key: str) -> dict[str, float]:
    """Return how high each part stands: its share of the largest value."""
    values = s.values(key).drop("", errors="ignore")
    top = float(values.max()) if len(values) else 0.0
    return {str(code): max(float(v), 0.0) / top for code, v in values.items() if top > 0 and v == v}  # noqa: PLR0124 - NaN


def _point(feature: Mapping[str, Any]) -> Sequence[float]:
    label = feature.get("properties", {}).get("label")
    if label:
        return [float(label[0]), float(label[1])]
    west, south, east, north = bounds([feature])
    return [(west + east) / 2, (south + north) / 2]


def headline(s: Situation, key: str) -> str:
    """Return what the map shows: who is first and last, or, where neither is better, who is highest and lowest."""
    said, name, t = ends_headline(s, key), s.context.numbers.name(metric(key)), s.context.t
    known = s.values(key).drop("", errors="ignore").dropna().sort_values()
    if said != name or len(known) < 2:
        return said
    low, high = (_named(s, key, str(code)) for code in (known.index[0], known.index[-1]))
    return t("{metric}：最高 {high}，最低 {low}").format(metric=name, high=high, low=low)


def _named(s: Situation, key: str, code: str) -> str:
    node = s.context.profile.region_by_code.get(code)
    return f"{node.label.short(s.context.lang) if node else code} {_value(s, s.part_figure(key, code))}"


def alternative(s: Situation, key: str, shade: Shading, headline: str) -> str:
    """Return the map in words, for readers who do not see it: its headline and the class of every part."""
    t, lang = s.context.t, s.context.lang
    names = {n.code: n.label.short(lang) for n in s.context.profile.children(s.context.filters.region)}
    said = [
        f"{names.get(str(code), str(code))} {_value(s, s.part_figure(key, str(code)))}"
        for code, value in shade.values.items()
        if class_of(shade.scale, float(value)) is not None and code
    ]
    parts = t("、").join(said)
    return headline + t("。") + s.context.numbers.name(metric(key)) + t("：") + parts
