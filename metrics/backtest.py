"""Was the forecast right? A rolling-origin back-test of its interval and of its probability.

The series is cut at one past day after another; from each cut a forecast is made with what was known then, and set
against what followed. An honest 80 % interval contains the truth in about 80 % of the cuts, and of the cases given a
probability near 30 % about 30 % come true.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from metrics.calendar import Calendar
from metrics.forecast import MINIMUM_DAYS, Method, futures, probability_of


@dataclass(frozen=True, slots=True)
class Plan:
    """Which forecasts to try: horizons in days, days between cuts, days of history before the first cut.

    The targets whose probability is tested are set at each cut as multiples (``paces``) of what the last four weeks
    would bring over the horizon.
    """

    horizons: tuple[int, ...] = (7, 14, 30)
    step: int = 7
    first: int = 8 * 7
    paces: tuple[float, ...] = (0.7, 0.85, 1.0, 1.15, 1.3)


def backtest(
    increments: "pd.Series[float]", calendar: Calendar, plan: Plan | None = None, method: Method | None = None
) -> pd.DataFrame:
    """Return one row per cut, horizon and target: what was forecast and what happened.

    ``increments`` as for ``metrics.forecast.forecast``. Columns ``cut`` (last day known), ``horizon``, ``low``,
    ``median``, ``high`` and ``actual`` (increments over the horizon), ``inside`` (actual within the interval),
    ``pace``, ``probability`` (of reaching pace × the recent one) and ``reached``. Every cut uses its own seed. The
    rows of one cut and horizon differ in the last three columns only. Raises ``InsufficientHistoryError`` as
    ``forecast`` does, and ``ValueError`` if the series is too short for a single cut.
    """
    plan, method = plan or Plan(), method or Method()
    rows = [row for horizon in plan.horizons for row in _rows(increments, calendar, plan, method, horizon)]
    if not rows:
        raise ValueError(f"{len(increments)} days are too few for a cut after {plan.first} days")
    return pd.DataFrame(rows)


def interval_scores(results: pd.DataFrame) -> pd.DataFrame:
    """Return how the interval did, one row per horizon, from the rows of ``backtest``.

    Columns ``horizon``, ``cuts``, ``inside`` (share of cuts whose truth lay within), ``below`` and ``above`` (share
    whose truth lay under or over it), ``width`` (median width ÷ actual) and ``error`` (median of |median − actual| ÷
    actual), both NaN for cuts without any actual increment.
    """
    cuts = results.drop_duplicates(["cut", "horizon"])
    actual = cuts["actual"].where(cuts["actual"] > 0)
    scored = cuts.assign(
        below=cuts["actual"] < cuts["low"],
        above=cuts["actual"] > cuts["high"],
        width=(cuts["high"] - cuts["low"]) / actual,
        error=(cuts["median"] - actual).abs() / actual,
    )
    grouped = scored.groupby("horizon")
    shares = grouped[["inside", "below", "above"]].mean()
    spreads = grouped[["width", "error"]].median()
    return pd.concat([grouped.size().rename("cuts"), shares, spreads], axis=1).reset_index()


def calibration(results: pd.DataFrame, bins: int = 5) -> pd.DataFrame:
    """Return how the probabilities did, one row per bin of equal width that holds any case.

    Columns ``low`` and ``high`` (bounds of the bin), ``cases``, ``forecast`` (mean probability) and ``observed``
    (share that came true). The further apart the last two, the worse calibrated.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    number = np.minimum((results["probability"] * bins).astype(int), bins - 1)
    grouped = results.groupby(number)
    rows = grouped.agg(cases=("reached", "size"), forecast=("probability", "mean"), observed=("reached", "mean"))
    rows.insert(0, "low", edges[rows.index])
    rows.insert(1, "high", edges[rows.index + 1])
    return rows.reset_index(drop=True)


def brier_score(results: pd.DataFrame) -> float:
    """Return the mean squared distance of probability and outcome: 0 is perfect, always saying 50 % earns 0.25."""
    return float(((results["probability"] - results["reached"].astype(float)) ** 2).mean())


def _rows(
    increments: "pd.Series[float]", calendar: Calendar, plan: Plan, method: Method, horizon: int
) -> Iterator[dict[str, object]]:
    counts = increments.to_numpy(dtype=np.float64)
    tail = (1.0 - method.coverage) / 2.0
    for cut in range(plan.first, len(counts) - horizon + 1, plan.step):
        known, actual = increments.iloc[:cut], float(counts[cut : cut + horizon].sum())
        until = (known.index[-1] + pd.Timedelta(days=horizon)).date()
        totals = futures(known, until, calendar, replace(method, seed=method.seed + cut)).sum(axis=1)
        low, median, high = np.quantile(totals, [tail, 0.5, 1.0 - tail])
        made = {"cut": known.index[-1], "horizon": horizon, "low": low, "median": median, "high": high}
        recent = float(counts[max(cut - MINIMUM_DAYS, 0) : cut].mean()) * horizon
        for pace in plan.paces:
            target = pace * recent
            outcome = {"probability": probability_of(totals, target), "reached": actual >= target}
            yield {**made, "actual": actual, "inside": low <= actual <= high, "pace": pace, **outcome}
