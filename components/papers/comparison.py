"""What changed from one edition to the next: new facts, facts that came late or were corrected, and definitions.

An edition also holds the figures of the day of the one before, as the store had them when it was frozen: what differs
from what was printed then came late or was corrected; the rest is new.
"""

from collections.abc import Iterable

import pandas as pd

from components.smallcells import COUNTED
from metrics.catalogue import load_catalogue
from reports.edition import CITY, REGION, Edition, records

COLUMNS = ("part", "code", "key", "before", "now", "change", "new", "revised", "cause", "definition")
_SMALL = 1e-9
# Why a figure of the earlier day reads differently now.
LATE, CORRECTED, BOTH, OTHER = "late", "corrected", "both", "other"


def differences(earlier: Edition, later: Edition, fewest: int = 0) -> pd.DataFrame:
    """Return every figure of city and counties that changed: the columns of ``COLUMNS``, in the metric's unit.

    ``change`` = ``now`` − ``before``. ``new`` + ``revised`` = ``change`` where the later edition was frozen right after
    the earlier one; both are NaN otherwise. ``cause`` tells what revised it: records of the metric's tables that came
    late, records that were corrected, both, or neither (an import undone, an enterprise moved); "" where nothing did.
    ``definition`` tells whether the metric's formula differs. What changed by fewer enterprises than ``fewest`` is not
    told, nor what it was before.
    """
    keys = ["part", "code", "key"]
    old, new = (_values(edition)[[*keys, "value"]] for edition in (earlier, later))
    found = old.merge(new, on=keys, how="outer", suffixes=("_old", "_new")).rename(
        columns={"value_old": "before", "value_new": "now"}
    )
    found["change"] = found["now"] - found["before"]
    revisited = later.frames.get("revisited", pd.DataFrame(columns=[*keys, "value"]))
    follows = later.facts.get("previous") == earlier.number
    found = found.merge(revisited.rename(columns={"value": "again"}), on=keys, how="left")
    again = found.pop("again").astype("float64") if follows else pd.Series(float("nan"), index=found.index)
    found["new"], found["revised"] = found["now"] - again, again - found["before"]
    found.loc[_moved_little(found, fewest), ["before", "change", "new", "revised"]] = float("nan")
    changed = {key for key in found["key"].unique() if _formula(earlier, key) != _formula(later, key)}
    found["definition"] = found["key"].isin(changed)
    found["cause"] = _causes(found, later)
    differs = found["change"].abs() > _SMALL
    late = found["revised"].abs() > _SMALL
    gone = found["before"].isna() != found["now"].isna()
    return found.loc[differs | late | gone | found["definition"], list(COLUMNS)].reset_index(drop=True)


def revised_records(later: Edition, part: str, code: str, tables: Iterable[str] = ()) -> tuple[int, int]:
    """Return how many records of a county, or of all of them, came late and were corrected; of all tables if none."""
    found, wanted = later.frames.get("revisions"), set(tables)
    if found is None or found.empty:
        return 0, 0
    own = found if part == CITY else found[found["region"] == code]
    own = own[own["table_name"].isin(wanted)] if wanted else own
    return int(own["late"].sum()), int(own["corrected"].sum())


def _moved_little(found: pd.DataFrame, fewest: int) -> "pd.Series[bool]":
    known = load_catalogue()
    counted = found["key"].isin([key for key, entry in known.items() if entry.unit == COUNTED])
    moved = found[["change", "new", "revised"]].abs()
    return counted & ((moved > 0) & (moved < fewest)).any(axis=1)


def _causes(found: pd.DataFrame, later: Edition) -> list[str]:
    known, causes = load_catalogue(), []
    for row in records(found[["part", "code", "key", "revised"]]):
        if not abs(row["revised"]) > _SMALL:
            causes.append("")
            continue
        tables = known[row["key"]].tables if row["key"] in known else ()
        late, corrected = revised_records(later, row["part"], row["code"], tables)
        causes.append(BOTH if late and corrected else LATE if late else CORRECTED if corrected else OTHER)
    return causes


def _values(edition: Edition) -> pd.DataFrame:
    values = edition.frames["values"]
    return values[values["part"].isin([CITY, REGION])]


def _formula(edition: Edition, key: str) -> str:
    try:
        return str(edition.definition(key)["formula_zh"])
    except KeyError:
        return ""
