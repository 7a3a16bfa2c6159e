"""Where financial officers are: by place and bank, and which towns and villages have one."""

import numpy as np
import pandas as pd

from components.context import Context
from components.reads import remember
from data_access.profile import Node
from data_access.queries import officers as queries
from metrics.campaigns import served_per_officer, staff_coverage

ASSISTANT = "assistant"


def placed(context: Context) -> pd.DataFrame:
    """Return the officers in service by kind, county and town."""
    return _read(context, ("kind", "region_1", "region_2"))


def by_bank(context: Context) -> pd.DataFrame:
    """Return the officers of each bank with the enterprises served per officer (M68), most officers first."""
    frame = _read(context, ("bank",))
    each = served_per_officer(frame["served"].to_numpy(), frame["sent"].to_numpy())
    return frame.assign(each=each).sort_values(["officers", "bank"], ascending=[False, True], ignore_index=True)


def _read(context: Context, by: tuple[str, ...]) -> pd.DataFrame:
    return remember(
        context, "campaigns.officers",
        lambda: queries.officers_by(context.store, context.scope, context.selection, by), by,
    )  # fmt: skip


def villages(context: Context, level: str) -> pd.DataFrame | None:
    """Return villages and those with a commissioner by ``level``; None where the villages were never reported."""
    if "grids" not in context.reported:
        return None
    return remember(
        context, "campaigns.villages",
        lambda: queries.villages_by(context.store, context.scope, context.selection, (level,)), level,
    )  # fmt: skip


def of_some_banks(context: Context) -> bool:
    """Return whether only the officers of some banks are in view: a town without one may have another bank's."""
    return context.scope.banks is not None or bool(context.selection.banks)


def tops(context: Context) -> tuple[Node, ...]:
    """Return the counties in view and in scope."""
    nodes, path, seen = context.profile.children(), context.filters.path, context.scope.regions
    nodes = tuple(node for node in nodes if not path or node.code == path[0])
    return nodes if seen is None else tuple(node for node in nodes if node.code in seen)


def parts(context: Context) -> tuple[str, tuple[Node, ...]]:
    """Return what the table lists: the level's column and its places; counties, or the towns of the one in view."""
    path = context.filters.path
    if not path:
        return "region_1", tops(context)
    towns = [town for node in tops(context) for town in context.profile.children(node.code)]
    return "region_2", tuple(town for town in towns if len(path) == 1 or town.code == path[1])


def coverage(context: Context) -> pd.DataFrame:
    """Return towns with an assistant and villages with a commissioner (M67) of each county in statutory order.

    Of each town where a county is in view.

    Columns ``code``, ``name``, ``towns``, ``manned``, ``towns_rate``, ``villages``, ``covered``, ``villages_rate``,
    ``officers`` and ``served``; NaN where the villages were never reported.
    """
    return remember(context, "campaigns.coverage", lambda: _coverage(context))


def _coverage(context: Context) -> pd.DataFrame:
    level, nodes = parts(context)
    frame, grids = placed(context), villages(context, level)
    known = {} if grids is None else grids.set_index(level).to_dict("index")
    manned = manned_towns(context)
    rows = []
    for node in nodes:
        own = frame[frame[level] == node.code]
        towns = {town.code for town in context.profile.children(node.code)} if level == "region_1" else {node.code}
        places = known.get(node.code, {})
        rows.append({
            "code": node.code, "name": node.label.short(context.lang), "towns": float(len(towns)),
            "manned": float(len(towns & manned)), "villages": float(places.get("villages", np.nan)),
            "covered": float(places.get("covered", np.nan)), "officers": float(own["officers"].sum()),
            "served": float(own["served"].sum(min_count=1)),
        })  # fmt: skip
    found = pd.DataFrame(rows, columns=["code", "name", "towns", "manned", "villages", "covered", "officers", "served"])
    return found.assign(
        towns_rate=staff_coverage(found["manned"].to_numpy(), found["towns"].to_numpy()),
        villages_rate=staff_coverage(found["covered"].to_numpy(), found["villages"].to_numpy()),
    )


def manned_towns(context: Context) -> set[str]:
    """Return the towns that an assistant in service works in."""
    frame = placed(context)
    return set(frame.loc[(frame["kind"] == ASSISTANT) & (frame["officers"] > 0), "region_2"]) - {""}
