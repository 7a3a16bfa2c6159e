"""What changed from one edition to the next: new facts, facts that came late or were corrected, and definitions.

An edition also holds the figures of the day of the one before, as the store had them when it was frozen: what differs
from what was printed then came late or was corrected; the rest is new.
"""

import pandas as pd

from reports.edition import CITY, REGION, Edition

COLUMNS = ("part", "code", "key", "before", "now", "change", "new", "revised", "definition")


def differences(earlier: Edition, later: Edition) -> pd.DataFrame:
    """Return every figure of city and counties that changed: the columns of ``COLUMNS``, in the metric's unit.

    ``change`` = ``now`` − ``before``. ``new`` + ``revised`` = ``change`` where the later edition was frozen right after
    the earlier one; both are NaN otherwise. ``definition`` tells whether the metric's formula differs.
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
    changed = {key for key in found["key"].unique() if _formula(earlier, key) != _formula(later, key)}
    found["definition"] = found["key"].isin(changed)
    differs = found["change"].abs() > 1e-9
    late = found["revised"].abs() > 1e-9
    gone = found["before"].isna() != found["now"].isna()
    return found.loc[differs | late | gone | found["definition"], list(COLUMNS)].reset_index(drop=True)


def _values(edition: Edition) -> pd.DataFrame:
    values = edition.frames["values"]
    return values[values["part"].isin([CITY, REGION])]


def _formula(edition: Edition, key: str) -> str:
    try:
        return str(edition.definition(key)["formula_zh"])
    except KeyError:
        return ""
