"""The facts worth a sentence: found by rules with thresholds, returned as codes and numbers, never as words.

The pages and the meeting papers turn a ``Fact`` into a sentence in the reader's language. A rule speaks only when its
threshold is passed: where counties do not differ it says so instead of naming a first and a last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from metrics.catalogue import metric
from metrics.derived import rank
from metrics.forecast import Forecast
from metrics.lights import Light, Thresholds, light, lights
from metrics.pace import Schedule, pace_ratio


@dataclass(frozen=True, slots=True)
class Fact:
    """One finding: what it says (``code``), about whom (``subjects``, worst or best first), with which numbers."""

    code: str
    subjects: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """When a fact is worth stating.

    ``named`` units at most are named at either end, and never more than half of them together. Units whose values
    span less than ``even_within`` (in the metric's unit) are called even. A few units explain a shortfall if no more
    than ``named`` make up ``large_share`` per cent of it. A change below ``steady_within`` is steady, from ``sharp``
    on it is sharp (both in per cent, or percentage points for a rate). A probability from ``likely`` on is likely, and
    from 1 − ``likely`` down unlikely.
    """

    named: int = 3
    even_within: float = 2.0
    large_share: float = 50.0
    steady_within: float = 1.0
    sharp: float = 10.0
    likely: float = 0.8


def pace_fact(rate: float, schedule: Schedule, on: date, thresholds: Thresholds) -> Fact | None:
    """Return how the whole stands against its dated target; None for a NaN rate.

    Code ``target_met``, or ``pace_good``, ``pace_warning``, ``pace_behind`` by the light of rate ÷ schedule in per
    cent. Values ``rate``, ``target``, ``scheduled`` (all per cent) and ``gap`` (percentage points).
    """
    if np.isnan(rate):
        return None
    due = schedule.at(on)
    values = {"rate": rate, "target": schedule.target, "scheduled": due, "gap": rate - due}
    if rate >= schedule.target:
        return Fact("target_met", values=values)
    state = light(100.0 * rate / due, thresholds) if due > 0 else Light.GOOD
    return Fact(f"pace_{state}", values=values)


def extremes(values: "pd.Series[float]", key: str, rules: Rules | None = None) -> list[Fact]:
    """Return who is first and who is last by a metric, or that the units are even.

    ``values`` is indexed by unit; NaN is left out. Codes ``best`` and ``worst`` (subjects best first, worst first;
    values by subject; ties at the cut are all named, or none if there are too many), or ``even`` (values ``low`` and
    ``high``). Nothing for a metric without a better direction or fewer than two units.
    """
    rules, polarity = rules or Rules(), metric(key).polarity
    known = values.dropna().astype("float64")
    if polarity == "neutral" or len(known) < 2:
        return []
    if known.max() - known.min() < rules.even_within:
        return [Fact("even", values={"low": known.min(), "high": known.max()})]
    ends = (("best", polarity), ("worst", "down" if polarity == "up" else "up"))
    return [fact for code, direction in ends if (fact := _end(known, code, direction, rules))]


def shortfall(
    done: "pd.Series[float]", base: "pd.Series[float]", schedule: Schedule, on: date, thresholds: Thresholds
) -> pd.DataFrame:
    """Return the units that are behind schedule, the largest shortfall first; index as given.

    ``done`` ÷ ``base`` is the rate that the schedule is set for. Columns ``light`` ("warning" or "behind"), ``gap``
    (percentage points, negative), ``missing`` (enterprises short of today's schedule) and ``share`` (per cent of all
    that is missing). Units whose rate is unknown are left out.
    """
    rates = 100.0 * done / base.where(base > 0)
    states = lights(pace_ratio(rates, schedule, on), thresholds)
    missing = np.maximum(np.ceil((base * schedule.at(on) / 100.0).round(6)) - done, 0.0)
    late = states.isin([Light.WARNING.value, Light.BEHIND.value])
    found = pd.DataFrame({"light": states, "gap": rates - schedule.at(on), "missing": missing})[late]
    whole = found["missing"].sum()
    found["share"] = 100.0 * found["missing"] / whole if whole else 0.0
    return found.sort_values("missing", ascending=False, kind="stable")


def shortfall_facts(late: pd.DataFrame, rules: Rules | None = None) -> list[Fact]:
    """Return who is behind, and whether a few of them explain most of it, from the frame of ``shortfall``.

    Codes ``none_behind``; or ``units_behind`` (all of them; values ``count`` and ``missing``) followed by
    ``few_explain`` (the fewest, up to ``named``, that make up ``large_share`` per cent; value ``share``) where there
    are more than those few.
    """
    rules = rules or Rules()
    if late.empty:
        return [Fact("none_behind")]
    names = tuple(str(name) for name in late.index)
    facts = [Fact("units_behind", names, {"count": float(len(late)), "missing": float(late["missing"].sum())})]
    reached = late["share"].cumsum().to_numpy()
    few = int(np.searchsorted(reached, rules.large_share)) + 1
    if few <= rules.named and few < len(late):
        facts.append(Fact("few_explain", names[:few], {"share": float(reached[few - 1])}))
    return facts


def movement(change: float, key: str, rules: Rules | None = None) -> Fact | None:
    """Return how a metric moved since the last edition; None if the change is NaN.

    ``change`` is in percentage points for a rate and in per cent otherwise (``metrics.derived.changes``). Code
    ``steady``, ``rose``, ``fell``, ``rose_sharply`` or ``fell_sharply``; values ``change`` and ``better`` (1 for the
    better, −1 for the worse, 0 where neither is).
    """
    rules = rules or Rules()
    if np.isnan(change):
        return None
    sign = {"up": 1.0, "down": -1.0}.get(metric(key).polarity, 0.0)
    values = {"change": change, "better": sign * float(np.sign(change))}
    if abs(change) < rules.steady_within:
        return Fact("steady", values=values | {"better": 0.0})
    manner = "_sharply" if abs(change) >= rules.sharp else ""
    return Fact(("rose" if change > 0 else "fell") + manner, values=values)


def outlook(forecast: Forecast, rules: Rules | None = None) -> Fact | None:
    """Return whether the target will be met in time; None for a forecast without a target.

    Code ``outlook_likely``, ``outlook_open`` or ``outlook_unlikely``; values ``probability``, ``low``, ``median`` and
    ``high`` (the total on the target date).
    """
    rules = rules or Rules()
    if forecast.probability is None:
        return None
    values = {
        "probability": forecast.probability,
        "low": forecast.low,
        "median": forecast.median,
        "high": forecast.high,
    }
    if forecast.probability >= rules.likely:
        return Fact("outlook_likely", values=values)
    unlikely = forecast.probability <= 1.0 - rules.likely
    return Fact("outlook_unlikely" if unlikely else "outlook_open", values=values)


def needed_a_day(requirements: pd.DataFrame, usual: "pd.Series[float]") -> list[Fact]:
    """Return which units must speed up: code ``must_speed_up``, one fact a unit, the steepest first.

    ``requirements`` is the frame of ``metrics.pace.requirement``, ``usual`` the recent increments per working day
    (``metrics.pace.recent_pace``) by the same index. Values ``per_day``, ``usual`` and ``times`` (need ÷ usual; NaN
    where nothing was done lately).
    """
    per_day = requirements["per_day"]
    times = (per_day / usual.where(usual > 0)).sort_values(ascending=False, na_position="first")
    steep = [unit for unit in times.index if per_day[unit] > usual[unit]]
    return [
        Fact("must_speed_up", (str(u),), {"per_day": per_day[u], "usual": usual[u], "times": times[u]}) for u in steep
    ]


def _end(known: "pd.Series[float]", code: str, direction: str, rules: Rules) -> Fact | None:
    places = rank(known, direction)
    limit = min(rules.named, len(known) // 2)
    chosen = places[places <= limit].sort_values(kind="stable").index
    if not len(chosen) or len(chosen) > limit:
        chosen = places[places == 1].index
    if len(chosen) > limit:
        return None
    return Fact(code, tuple(str(unit) for unit in chosen), {str(unit): float(known[unit]) for unit in chosen})
