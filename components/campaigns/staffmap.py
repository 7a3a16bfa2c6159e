"""The map of the financial officers: which towns have an assistant, and which have none."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

from charts.maps import Area, CompactDeck, Spot, choropleth
from charts.scale import ColourScale
from charts.theme import MARK
from components.campaigns.manning import ASSISTANT, coverage, manned_towns, of_some_banks, tops, villages
from components.context import Context
from components.mapview import shapes
from components.numbers import count
from components.origins import Origin, Place
from data_access.profile import Node

SIZE = (560, 430)
MOST_NAMED = 6
WITHOUT, WITH = MARK["target"], MARK["actual"]
_TWO = ColourScale((0.0, 0.5, 1.0), (WITHOUT, WITH))


def map_deck(context: Context, size: tuple[int, int] = SIZE) -> CompactDeck | None:
    """Return the towns as points, those without an assistant larger and in another colour; None without shapes."""
    found = shapes(context.profile)
    path = context.filters.path
    grids = villages(context, "region_2")
    known = {} if grids is None else grids.set_index("region_2").to_dict("index")
    spots = [
        _spot(context, town, known.get(town.code, {}))
        for node in tops(context) for town in context.profile.children(node.code)
    ]  # fmt: skip
    areas = [
        Area(
            node.code, node.label.short(context.lang) if not path else "", float("nan"),
            escape(node.label.text(context.lang)), approximate=node.approximate, dimmed=True,
        )
        for node in context.profile.children()
    ]  # fmt: skip
    if not found:
        return None
    drawn = [spot for spot in spots if spot is not None]
    return choropleth(found, areas, _TWO, spots=drawn, focus=path[0] if path else "", size=size)


def _spot(context: Context, town: Node, grids: Mapping[Hashable, Any]) -> Spot | None:
    if town.lon is None or town.lat is None:
        return None
    has, t = town.code in manned_towns(context), context.t
    own = of_some_banks(context)
    said = (t("有所看银行的助理员") if own else t("有金融助理员")) if has else _lacking(context)
    tip = f"<b>{escape(town.label.text(context.lang))}</b><br>{escape(said)}"
    if grids:
        whole, covered = float(grids["villages"]), float(grids["covered"])
        line = t("村（社区）{n} 个，没有特派员的 {m} 个").format(n=count(whole), m=count(whole - covered))
        tip += f"<br>{escape(line)}"
    label = town.label.short(context.lang) if context.filters.path else ""
    return Spot(town.code, label, town.lon, town.lat, 1.0 if has else 0.0, 5.0 if has else 6.5, tip)


def _lacking(context: Context) -> str:
    """Return what is said of a town without an assistant; of some banks' officers, that it has none of theirs."""
    return context.t("没有所看银行的助理员") if of_some_banks(context) else context.t("没有金融助理员")


def is_town(context: Context, code: str) -> bool:
    """Whether a point of the map is a town; a county around them has no figure of its own."""
    node = context.profile.region_by_code.get(code)
    return node is not None and node.level > 1


def origin(town: str) -> Origin:
    """Return where the assistants of a town come from."""
    return Origin("officer.officers", Place((("kind", ASSISTANT), ("region_2", town))))


def legend_html(context: Context) -> str:
    """Return what the points mean, and the map's attribution."""
    t = context.t
    pieces = "".join(
        f'<span><i style="background:{colour};width:10px;border-radius:50%"></i>{escape(said)}</span>'
        for colour, said in zip((WITH, WITHOUT), _kinds(context), strict=True)
    )
    towns = [town for node in tops(context) for town in context.profile.children(node.code)]
    unplaced = sum(town.lon is None or town.lat is None for town in towns)
    said = t("{n} 个镇街没有坐标，未标出").format(n=count(unplaced)) if unplaced else ""
    notes = "　".join(filter(None, (said, context.profile.map_attribution.text(context.lang))))
    return f'<div class="zr-legend">{pieces}</div><div class="zr-note">{escape(notes)}</div>'


def _kinds(context: Context) -> tuple[str, str]:
    t = context.t
    if of_some_banks(context):
        return t("有所看银行助理员的镇街"), t("没有所看银行助理员的镇街")
    return t("有金融助理员的镇街"), t("没有金融助理员的镇街")


def map_headline(context: Context) -> str:
    """Return how many towns have no assistant, and where most of them are; which they are, of a county in view."""
    t, found = context.t, coverage(context)
    gaps = found["towns"] - found["manned"]
    if not gaps.sum():
        return t("所有镇街都有所看银行的助理员") if of_some_banks(context) else t("所有镇街都有金融助理员")
    worst = found.iloc[int(gaps.argmax())]
    words = t("{n} 个镇街没有所看银行的助理员") if of_some_banks(context) else t("{n} 个镇街没有金融助理员")
    said = words.format(n=count(float(gaps.sum())))
    if context.filters.path:
        names = list(found.loc[gaps > 0, "name"])
        listed = t("、").join(names[:MOST_NAMED])
        return (
            t("{said}：{names}等").format(said=said, names=listed)
            if len(names) > MOST_NAMED
            else t("{said}：{names}").format(said=said, names=listed)
        )
    if len(found) < 2:
        return said
    return said + t("，{name}最多（{m} 个）").format(name=worst["name"], m=count(float(gaps.max())))
