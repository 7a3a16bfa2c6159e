"""Small counts before readers who may not see the rows: hidden in every table and file, with what they follow from.

Who sees the rows sees single enterprises anyway. For everybody else a count of a few could point at one.
"""

import pandas as pd

from components.context import Context
from data_access.access.roles import Ability
from metrics.suppression import withheld

COUNTED = "enterprise"  # the unit of what is counted


def fewest_shown(context: Context) -> int:
    """Return the smallest count of enterprises that the reader may see; 0 if any."""
    return 0 if context.access.may(Ability.ROWS) else context.small_cell


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
