"""The map of the region in view: areas coloured by a metric, towns as points, a click drills down."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from charts.maps import Area, CompactDeck, Spot, choropleth, tile_features
from charts.scale import ColourScale, colour_scale
from components.cards import SHAPE, light_word
from components.numbers import signed
from components.situation import PACED, Situation
from data_access.profile import Node, Profile
from metrics.catalogue import metric
from metrics.figures import Figure
from metrics.lights import Light

# What the map column is wide and high on a desk; a fixed view has to fit a phone's width too.
SIZE = (480, 430)
_SMALLEST, _LARGEST = 5.0, 15.0


def shapes(profile: Profile) -> dict[str, Mapping[str, Any]]:
    """Return the shape of every top-level region by code: its boundary, else its square of the tile grid."""
    if profile.boundaries:
        return {str(feature["id"]): feature for feature in profile.boundaries["features"]}
    return dict(tile_features(profile.tile_grid))


def map_deck(s: Situation, key: str, size: tuple[int, int] = SIZE) -> tuple[CompactDeck, ColourScale] | None:
    """Return the map of a metric, fitted into ``size``, and its scale; None for a city without any shapes."""
    found = shapes(s.context.profile)
    if not found:
        return None
    path, tops = s.context.filters.path, s.context.profile.children()
    if not path:
        scale = _scale(s, key)
        return choropleth(found, [_area(s, node, key) for node in tops], scale, size=size), scale
    scale = _scale(s, key) if len(path) == 1 else colour_scale([1.0])
    areas = [_backdrop(s, node, path[0]) for node in tops]
    spots = _spots(s, key) if len(path) == 1 else _places(s)
    return choropleth(found, areas, scale, spots=spots, focus=path[0], size=size), scale


def _scale(s: Situation, key: str) -> ColourScale:
    return colour_scale([float(value) for value in s.values(key).drop("", errors="ignore")])


def _area(s: Situation, node: Node, key: str) -> Area:
    figure = s.part_figure(key, node.code)
    state = s.light(figure.value) if key == PACED and figure.value is not None else None
    name = node.label.short(s.context.lang)
    value = float("nan") if figure.value is None else figure.value
    # Only what needs attention is marked.
    label = f"{SHAPE[state]} {name}" if state and state is not Light.GOOD else name
    return Area(node.code, label, value, _tip(s, node, figure), approximate=node.approximate)


def _backdrop(s: Situation, node: Node, focus: str) -> Area:
    """The region in view stands out by its place; those around it recede and lead sideways."""
    tip = escape(node.label.text(s.context.lang))
    return Area(node.code, "", float("nan"), tip, approximate=node.approximate, dimmed=node.code != focus)


def _spots(s: Situation, key: str) -> list[Spot]:
    """Return the points of the towns of the county in view, coloured by the metric and sized by their visit list."""
    weights = s.told["visits"]["listed"].fillna(0.0)
    most = float(weights.max()) if len(weights) else 0.0
    spots = []
    for node, lon, lat in _located(s):
        figure = s.part_figure(key, node.code)
        value = float("nan") if figure.value is None else figure.value
        share = (float(weights.get(node.code, 0.0)) / most) ** 0.5 if most > 0 else 0.3
        radius = _SMALLEST + (_LARGEST - _SMALLEST) * share
        spots.append(Spot(node.code, node.label.short(s.context.lang), lon, lat, value, radius, _tip(s, node, figure)))
    return spots


def _places(s: Situation) -> list[Spot]:
    """Return the points of the towns around the one in view, which alone is coloured."""
    lang, town = s.context.lang, s.context.filters.path[1]
    return [
        Spot(
            node.code, node.label.short(lang), lon, lat, 1.0 if node.code == town else float("nan"),
            _LARGEST if node.code == town else _SMALLEST, escape(node.label.text(lang)), chosen=node.code == town,
        )
        for node, lon, lat in _located(s)
    ]  # fmt: skip


def _located(s: Situation) -> Iterator[tuple[Node, float, float]]:
    for node in s.context.profile.children(s.context.filters.path[0]):
        if node.lon is not None and node.lat is not None:
            yield node, node.lon, node.lat


def _tip(s: Situation, node: Node, figure: Figure) -> str:
    numbers, lang, entry = s.context.numbers, s.context.lang, figure.metric
    lines = [f"<b>{escape(node.label.text(lang))}</b>"]
    lines.append(f"{escape(numbers.name(entry))}　<b>{escape(numbers.figure(figure, decimals=2).joined)}</b>")
    state = s.light(figure.value) if entry.key == PACED and figure.value is not None else None
    if state:
        gap = signed((figure.value or 0.0) - s.due)
        lines.append(
            f"{SHAPE[state]} {escape(light_word(state, s.context.t))}　{gap} {numbers.unit('percentage_point')}"
        )
    if figure.denominator is not None and figure.numerator is not None and entry.unit == "percent":
        lines.append(escape(f"{figure.numerator:,.0f} / {figure.denominator:,.0f}") if figure.denominator < 1e8 else "")
    if node.note:
        lines.append(f"<small>{escape(node.note)}</small>")
    return "<br>".join(filter(None, lines))


def legend_html(s: Situation, key: str, scale: ColourScale) -> str:
    """Return the classes of a scale, the hatching's meaning, and the attribution, as HTML."""
    numbers, unit = s.context.numbers, metric(key).unit
    if len(s.context.filters.path) > 1:
        scale = ColourScale((), ())
    said = [numbers.value(limit, unit, decimals=_decimals(scale)) for limit in scale.limits]
    pieces = [
        f'<span><i style="background:{colour}"></i>{escape(low.text)}–{escape(high.joined)}</span>'
        for colour, low, high in zip(scale.colours, said, said[1:], strict=False)
    ]
    profile, t = s.context.profile, s.context.t
    if any(node.approximate for node in profile.children()):
        approximate = escape(t("边界为示意"))
        pieces.append(f'<span><i class="hatch"></i>{approximate}</span>')
    attribution = escape(profile.map_attribution.text(s.context.lang))
    return f'<div class="zr-legend">{"".join(pieces)}</div><div class="zr-note">{attribution}</div>'


def _decimals(scale: ColourScale) -> int:
    return 0 if all(float(limit).is_integer() for limit in scale.limits) else 1
