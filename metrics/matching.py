"""Attendants beside comparable enterprises that did not attend: exact matching in cells, and what it can say.

Cells of equal place, trade, type, tier, stage and date, all who did not attend weighted to the attendants of their
cell: coarsened exact matching (Iacus, King & Porro 2012, Political Analysis 20:1–24; what is coarsened here is the
continuous path of an enterprise, into the stage it had reached). The difference is that of Mantel and Haenszel, whose
weights are close to the attendants' own where the others are many; its variance is Sato's (1989, Biometrics
45:1323–1324), which holds for many small cells as well as for few large ones. Balance is told by standardised mean
differences (Austin 2009, Statistics in Medicine 28:3083–3107). What nobody recorded, the wish to borrow above all,
cannot be matched: the difference describes, and proves no effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MATCHED_ON = ("region_1", "industry_1", "entity_type", "tier", "stage", "held_on")
# With fewer matched attendants, or fewer approvals on both sides together, nothing is shown.
FEWEST_MATCHED = 30
FEWEST_APPROVED = 10
# From here on a standardised mean difference is called large.
LARGE_DIFFERENCE = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the matching found: 户, rates in per cent and their difference in percentage points with its limits.

    ``controls`` are 户次: one that did not attend counts for every date it is compared on.
    ``refusal`` says why no difference is given: "few_matched", "few_approved" or "" if one is; the rates and the
    difference are NaN then.
    """

    attended: float
    matched: float
    controls: float
    cells: int
    rate: float
    control_rate: float
    difference: float
    low: float
    high: float
    refusal: str

    @property
    def tells_apart(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def compare(frame: pd.DataFrame, on: Sequence[str] = MATCHED_ON, confidence: float = 0.95) -> Comparison:
    """Return how much oftener attendants were approved than others in the same cells.

    ``frame`` has the columns ``on``, ``attended`` (bool), ``n`` and ``approved`` (户).
    """
    return _compared(_counts(_cells(frame, on)), confidence)


def compare_by(frame: pd.DataFrame, by: str, on: Sequence[str] = MATCHED_ON) -> dict[str, Comparison]:
    """Return ``compare`` for every value of ``by``, one of ``on``, that an attendant has."""
    cells = _cells(frame, on)
    counts, values = _counts(cells), cells.index.get_level_values(by).to_numpy()
    return {str(value): _compared(counts[:, values == value], 0.95) for value in dict.fromkeys(values[counts[1] > 0])}


def _counts(cells: pd.DataFrame) -> Floats:
    """Return x1, n1, x0 and n0 of the cells, a row each."""
    return np.array([cells[name].to_numpy(dtype=np.float64) for name in ("x1", "n1", "x0", "n0")])


def _compared(cells: Floats, confidence: float) -> Comparison:
    x1, n1, x0, n0 = shared = cells[:, (cells[1] > 0) & (cells[3] > 0)]
    counts = (float(cells[1].sum()), float(n1.sum()), float(n0.sum()), shared.shape[1])
    weighted = float(np.sum(n1 * np.divide(x0, n0)))
    refusal = "few_matched" if counts[1] < FEWEST_MATCHED else ""
    refusal = refusal or ("few_approved" if x1.sum() + weighted < FEWEST_APPROVED else "")
    if refusal:
        nan = float("nan")
        return Comparison(*counts, nan, nan, nan, nan, nan, refusal)
    difference, error = risk_difference(x1, n1, x0, n0)
    weight = n1 * n0 / (n1 + n0)
    rate, other = (100.0 * float(np.sum(weight * x / n) / weight.sum()) for x, n in ((x1, n1), (x0, n0)))
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    limits = (100.0 * (difference - z * error), 100.0 * (difference + z * error))
    return Comparison(*counts, rate, other, 100.0 * difference, *limits, "")


def risk_difference(x1: Floats, n1: Floats, x0: Floats, n0: Floats) -> tuple[float, float]:
    """Return the Mantel–Haenszel difference of two shares over cells and its standard error (Sato 1989).

    ``x1`` of ``n1`` in one group and ``x0`` of ``n0`` in the other, one entry per cell, both groups present in each.
    """
    n = n1 + n0
    weight = float(np.sum(n1 * n0 / n))
    difference = float(np.sum((x1 * n0 - x0 * n1) / n)) / weight
    p = float(np.sum((n1**2 * x0 - n0**2 * x1 + n1 * n0 * (n0 - n1) / 2.0) / n**2))
    q = float(np.sum((x1 * (n0 - x0) + x0 * (n1 - x1)) / (2.0 * n)))
    return difference, float(np.sqrt(max(difference * p + q, 0.0))) / weight


def balance(frame: pd.DataFrame, register: pd.DataFrame, on: Sequence[str] = MATCHED_ON) -> pd.DataFrame:
    """Return how unlike both groups are in each level of each trait, before matching and after it.

    ``register`` has ``trait``, ``level`` and ``n``: everybody before matching. Columns ``trait``, ``level``,
    ``attended``, ``register``, ``matched`` and ``controls`` (shares in per cent; the last two weighted, in the shared
    cells), ``before`` and ``after``: standardised mean differences. A trait of ``on`` is equal after matching by
    design; the others show what matching left.
    """
    weighted = _weighted(frame, on)
    parts = []
    for trait in dict.fromkeys(register["trait"]):
        whole = register[register["trait"] == trait].set_index("level")["n"]
        groups = {
            "attended": frame[frame["attended"]].groupby(trait)["n"].sum(),
            "register": whole,
            "matched": weighted[weighted["attended"]].groupby(trait)["weight"].sum(),
            "controls": weighted[~weighted["attended"]].groupby(trait)["weight"].sum(),
        }
        shares = pd.DataFrame({name: 100.0 * part / part.sum() for name, part in groups.items()}).fillna(0.0)
        parts.append(shares.rename_axis("level").reset_index().assign(trait=trait))
    found = pd.concat(parts, ignore_index=True)
    found["before"] = standardised(found["attended"].to_numpy(), found["register"].to_numpy())
    found["after"] = standardised(found["matched"].to_numpy(), found["controls"].to_numpy())
    return found[["trait", "level", "attended", "register", "matched", "controls", "before", "after"]]


def left_over(frame: pd.DataFrame, trait: str, on: Sequence[str] = MATCHED_ON) -> float:
    """Return the largest standardised difference that matching left in a trait it did not match on; 0 without any."""
    weighted = _weighted(frame, on)
    groups = weighted.pivot_table(index=trait, columns="attended", values="weight", aggfunc="sum", fill_value=0.0)
    if len(groups.columns) < 2:
        return 0.0
    first, second = (100.0 * (groups[side] / groups[side].sum()).to_numpy() for side in (True, False))
    return float(np.max(np.abs(standardised(first, second))))


def standardised(first: Floats, second: Floats) -> Floats:
    """Return the standardised difference of two shares in per cent; 0 where neither group varies."""
    p, q = first / 100.0, second / 100.0
    spread = np.sqrt((p * (1.0 - p) + q * (1.0 - q)) / 2.0)
    return np.divide(p - q, spread, out=np.zeros_like(p), where=spread > 1e-12)


def _cells(frame: pd.DataFrame, on: Sequence[str]) -> pd.DataFrame:
    """Return approved and all attendants (x1, n1) and others (x0, n0) of each cell."""
    parts = []
    for side, names in ((True, {"n": "n1", "approved": "x1"}), (False, {"n": "n0", "approved": "x0"})):
        rows = frame[frame["attended"] == side]
        parts.append(rows.groupby(list(on))[list(names)].sum().rename(columns=names))
    return parts[0].join(parts[1], how="outer").fillna(0.0)


def _weighted(frame: pd.DataFrame, on: Sequence[str]) -> pd.DataFrame:
    """Return the rows of shared cells with their weight: 1 an attendant, the others as many as these in their cell."""
    cells = _cells(frame, on)
    shared = cells[(cells["n1"] > 0) & (cells["n0"] > 0)]
    rows = frame.merge(shared[["n1", "n0"]].reset_index(), on=list(on))
    return rows.assign(weight=np.where(rows["attended"], rows["n"], rows["n"] * rows["n1"] / rows["n0"]))
