"""应续尽续: of the loans that fell due, how many the bank renewed in time (M48e)."""

import pandas as pd


def renewed_when_due(due: "pd.Series[float]", renewed: "pd.Series[float]") -> "pd.Series[float]":
    """Return the share of loans fallen due that were renewed by then, in per cent by bank; NaN where none fell due.

    ``due`` and ``renewed`` are numbers of loans by due date, not by the day a renewal was drawn: a bank that renews
    ahead of time is not ahead of itself. A loan that was simply repaid counts as not renewed.
    """
    return 100.0 * renewed / due.where(due > 0)
