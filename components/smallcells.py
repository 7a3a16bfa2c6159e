"""Small counts before readers who may not see the rows: hidden wherever figures are read, with what they follow from.

Who sees the rows sees single enterprises anyway. For everybody else a count of a few could point at one. A frame goes
through ``told_parts`` or ``told_whole`` where a page reads it, so that charts, sentences, tables and files are made
of what may be told; a hidden count is NaN there, and so is what rests on it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from components.context import Context
from components.memory import memory
from data_access.access.roles import Ability
from metrics.catalogue import load_terms
from metrics.figures import WITHHELD
from metrics.suppression import TOTAL, suppress, withheld

COUNTED = "enterprise"  # the unit of what is counted
Bases = Mapping[str, str]  # of columns: the column that counts the enterprises they rest on


def fewest_shown(context: Context) -> int:
    """Return the smallest count of enterprises that the reader may see; 0 if any."""
    return 0 if context.access.may(Ability.ROWS) else context.small_cell


def withheld_counts(context: Context, parts: pd.DataFrame) -> Mapping[str, frozenset[str]]:
    """Return the parts whose count many may not see, by count of enterprises (``metrics.suppression.withheld``)."""
    known = load_terms().measure
    return _withheld(context, parts[[n for n in parts if str(n) in known and known[str(n)].unit == COUNTED]])


def _withheld(context: Context, counts: pd.DataFrame) -> Mapping[str, frozenset[str]]:
    # Asked for every cell of a table.
    key = ("withheld", *counts.columns, *counts.index, counts.to_numpy().tobytes(), context.small_cell)
    found: Mapping[str, frozenset[str]] = memory.get(key, lambda: withheld(counts, context.small_cell))
    return found


def told_parts(context: Context, frame: pd.DataFrame, bases: Bases | None = None, *, within: str = "") -> pd.DataFrame:
    """Return parts that are shown with their total, without what the reader may not see.

    ``bases`` are those of the catalogue's measures unless they are given. With ``within`` each value of that column
    has parts and a total of its own.
    """
    if not fewest_shown(context) or frame.empty:
        return frame
    if within:
        groups = [told_parts(context, part, bases or _bases(frame)) for _, part in frame.groupby(within, sort=False)]
        return pd.concat(groups).reindex(frame.index)
    rests = bases or _bases(frame)
    told = frame.reset_index(drop=True)
    hidden = _withheld(context, told[list(dict.fromkeys(rests.values()))].astype("float64"))
    for name, basis in rests.items():
        rows = [str(place) in hidden[basis] for place in range(len(told))]
        told[name] = told[name].astype("float64").mask(np.array(rows, dtype=bool))
    return told.set_index(frame.index)


def told_whole(
    context: Context, whole: pd.DataFrame, parts: pd.DataFrame | None = None, bases: Bases | None = None
) -> pd.DataFrame:
    """Return rows that stand alone without small counts, and without a total that gives its ``parts`` away."""
    limit = fewest_shown(context)
    if not limit or whole.empty:
        return whole
    rests = bases or _bases(whole)
    counts = [] if parts is None else [name for name in dict.fromkeys(rests.values()) if name in parts]
    hidden = _withheld(context, parts.reset_index(drop=True)[counts].astype("float64")) if parts is not None else {}
    small = {name: (whole[name] > 0) & (whole[name] < limit) for name in set(rests.values())}
    told = {
        name: whole[name].astype("float64").mask(small[basis] | (TOTAL in hidden.get(basis, ())))
        for name, basis in rests.items()
    }
    return whole.assign(**told)


def told_cells(context: Context, frame: pd.DataFrame, by: tuple[str, str], names: Sequence[str]) -> pd.DataFrame:
    """Return a table of two dimensions, one row a cell, without the counts that the reader may not see.

    Besides its cells the totals of its rows and columns are shown.
    """
    limit = fewest_shown(context)
    if not limit or frame.empty:
        return frame
    rests = {name: basis for name, basis in _bases(frame).items() if basis in names}
    told = frame.copy()
    for basis in dict.fromkeys(rests.values()):
        hidden = _hidden_cells(context, frame.pivot_table(basis, *by, aggfunc="sum", fill_value=0.0))
        rows = np.array([cell in hidden for cell in zip(frame[by[0]], frame[by[1]], strict=True)], dtype=bool)
        for name in (name for name, own in rests.items() if own == basis):
            told[name] = told[name].astype("float64").mask(rows)
    return told


def _hidden_cells(context: Context, table: pd.DataFrame) -> frozenset[tuple[object, object]]:
    limit = context.small_cell
    key = ("withheld", *table.index, *table.columns, table.to_numpy().tobytes(), limit)

    def find() -> frozenset[tuple[object, object]]:
        places = np.argwhere(suppress(table.to_numpy(dtype=np.float64), limit).hidden[:-1, :-1])
        return frozenset((table.index[row], table.columns[column]) for row, column in places)

    found: frozenset[tuple[object, object]] = memory.get(key, find)
    return found


def is_given_away(context: Context, cells: pd.DataFrame, cell: Mapping[str, str], by: str) -> bool:
    """Whether a cell's count is hidden in its line along the dimension ``by``; ``cells`` are those of the table."""
    line = cells
    for name, code in cell.items():
        line = line if name == by else line[line[name] == code]
    own = (line[by] == cell[by]).to_numpy(dtype=bool)
    names = list(_bases(line))
    return bool((told_parts(context, line)[names].isna() & line[names].notna())[own].any(axis=None))


def told_days(context: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Return counts by day (``n``) of which none is small: a few are told together with those of the days after.

    The sum stays what it is, so that a line leads to the total shown beside it; the last few are told with the day
    before.
    """
    limit = fewest_shown(context)
    if not limit or frame.empty:
        return frame
    told = np.zeros(len(frame))
    waiting, last = 0.0, -1
    for place, n in enumerate(frame["n"].to_numpy(dtype=np.float64)):
        waiting += n
        if waiting >= limit:
            told[place], waiting, last = waiting, 0.0, place
    if last >= 0:
        told[last] += waiting
    return frame.assign(n=told)


def untold(context: Context, measure: str) -> str:
    """Return what stands in place of a count that is not there: that it was not reported, or the mark of one hidden."""
    is_reported = set(load_terms().measure[measure].tables) <= context.reported
    return WITHHELD if is_reported and fewest_shown(context) else context.t("未报送")


def with_bases(measures: Sequence[str]) -> tuple[str, ...]:
    """Return measures and those that count the enterprises behind them."""
    known = load_terms().measure
    return tuple(dict.fromkeys([*measures, *(known[name].basis for name in measures)]))


def _bases(frame: pd.DataFrame) -> Bases:
    """Return for the measures of a frame the column that counts their enterprises: their own if no other is at hand."""
    known = load_terms().measure
    return {name: b if (b := known[name].basis) in frame else name for name in map(str, frame) if name in known}


def shielded(frame: pd.DataFrame, units: dict[str, str], context: Context) -> pd.DataFrame:
    """Return a table without the counts that the reader may not see; ``units`` are the units of its columns by name.

    Of a row with a small count every number goes: amounts and shares would tell of the few. Of a row that only gives
    another's away, the count that does.
    """
    limit = fewest_shown(context)
    counts = [name for name, unit in units.items() if unit == COUNTED and _is_whole(frame[name])]
    if not limit or not counts or frame.empty:
        return frame
    table = frame[counts].reset_index(drop=True)
    hidden = withheld(table, limit)
    small = ((table > 0) & (table < limit)).any(axis=1).to_numpy()
    told = frame.copy()
    for name in (name for name, unit in units.items() if unit and pd.api.types.is_numeric_dtype(frame[name])):
        given_away = [str(place) in hidden.get(name, ()) for place in range(len(frame))]
        told[name] = frame[name].astype("float64").mask(small | given_away)
    return told


def _is_whole(values: "pd.Series[float]") -> bool:
    """Whether a column holds counts: a mean or a change is in the same unit, and is none."""
    known = values.dropna() if pd.api.types.is_numeric_dtype(values) else pd.Series(dtype=float)
    return bool(len(known)) and bool((known >= 0).all()) and bool((known % 1 == 0).all())
