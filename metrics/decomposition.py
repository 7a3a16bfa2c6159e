"""How much of the difference between two rates is mix, and how much is performance.

A county with more companies on its list has more approvals without doing anything better. Kitagawa (1955, JASA
50:1168–1194) splits the difference of two rates exactly: the mix effect weighs the difference in shares by the average
rate of each group, the performance effect weighs the difference in rates by its average share; Das Gupta (1993, US
Bureau of the Census, Current Population Reports P23-186) gives the same two for one composition and one rate. By
group, the mix effect is measured from the average rate, so that more of a group with a high rate adds, and more of a
group with a low rate takes away (Chevan & Sutherland 2009, Demography 46:429–449); the total is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Decomposition:
    """The difference ``first`` − ``second`` of two rates in per cent, split into ``mix`` and ``performance``.

    ``parts`` has one row per group under its index: ``share_1`` and ``share_2`` (per cent of the whole), ``rate_1``
    and ``rate_2`` (per cent; NaN where the group has nobody), ``mix`` and ``performance`` (percentage points, adding
    up to the totals).
    """

    first: float
    second: float
    mix: float
    performance: float
    parts: pd.DataFrame

    @property
    def difference(self) -> float:
        """The difference in percentage points."""
        return self.first - self.second

    def together(self, groups: Sequence[str], name: str) -> "Decomposition":
        """Return the same with ``groups`` as one row ``name`` without rates; it takes in the smallest other group.

        A single group would be what the others leave of the whole. None at all changes nothing.
        """
        if not groups:
            return self
        chosen = self.parts.index.isin(groups)
        others = self.parts[~chosen]
        if chosen.sum() == 1 and len(others):
            chosen |= self.parts.index == others[["share_1", "share_2"]].sum(axis=1).idxmin()
        sums = self.parts[chosen].sum().to_frame(name).T.assign(rate_1=np.nan, rate_2=np.nan)
        return replace(self, parts=pd.concat([self.parts[~chosen], sums]))


def decompose(first: pd.DataFrame, second: pd.DataFrame, part: str, whole: str, scale: float = 100.0) -> Decomposition:
    """Return the decomposition of the difference of ``part`` ÷ ``whole`` between two frames of groups.

    Both frames are indexed by group; a group that one of them lacks has nobody there. A group with nobody on one side
    has no rate there: the other side's is used for both, so that all it contributes is mix. All NaN if either side
    has nobody at all. Rates and effects are multiplied by ``scale``: with 1 they are means, of amounts say.
    """
    groups = first.index.union(second.index)
    sides = [frame.reindex(groups)[[part, whole]].fillna(0.0).astype("float64") for frame in (first, second)]
    totals = [float(side[whole].sum()) for side in sides]
    crude = [scale * float(side[part].sum()) / n if n else float("nan") for side, n in zip(sides, totals, strict=True)]
    share_1, share_2 = (side[whole] / n if n else side[whole] * np.nan for side, n in zip(sides, totals, strict=True))
    rate_1, rate_2 = (scale * side[part] / side[whole].where(side[whole] > 0) for side in sides)
    known_1, known_2 = rate_1.fillna(rate_2).fillna(0.0), rate_2.fillna(rate_1).fillna(0.0)
    average = (crude[0] + crude[1]) / 2.0
    mix = (share_1 - share_2) * ((known_1 + known_2) / 2.0 - average)
    performance = (known_1 - known_2) * (share_1 + share_2) / 2.0
    parts = pd.DataFrame(
        {
            "share_1": 100.0 * share_1,
            "share_2": 100.0 * share_2,
            "rate_1": rate_1,
            "rate_2": rate_2,
            "mix": mix,
            "performance": performance,
        }
    )
    whole_mix, whole_performance = (float(effect.sum(skipna=False)) for effect in (mix, performance))
    return Decomposition(crude[0], crude[1], whole_mix, whole_performance, parts)
