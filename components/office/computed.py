"""The value of the metrics that are no quotient of sums: medians, spreads, coverage of places."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np

from components.campaigns.manning import coverage
from components.context import Context
from components.filters import Filters
from components.inputs import MEETINGS, source_of
from components.origins import Origin, Place
from components.reads import remember, rules
from components.sides import told
from components.situation import build_situation, calendar
from data_access.queries.distributions import loan_rates, places
from data_access.queries.history import durations
from data_access.queries.progress import progress_by
from data_access.queries.rowsets import ROWSETS
from metrics.balance import county_balance
from metrics.campaigns import staff_coverage
from metrics.catalogue import Metric, load_catalogue, metric
from metrics.compute import compute
from metrics.figures import Figure, figure_of
from metrics.loans import rate_quantiles
from metrics.survival import kaplan_meier
from metrics.visits import visits_per_person_day, zero_visit_communities

_RATES = ("rate_median", "rate_p10", "rate_p90", "rate_simple_mean")


def computed_figures(context: Context) -> dict[str, Figure]:
    """Return the figures of these metrics by key, whatever the reader's filters; NaN is no figure and left out."""
    alone = _alone(context)
    found: dict[str, Figure] = {}
    for entry in load_catalogue().values():
        if not entry.numerator and set(entry.needs) <= context.reported:
            value = _VALUES[entry.key](alone) if entry.key in _VALUES else _counted(alone, entry)
            if value is not None and not np.isnan(value):
                found[entry.key] = figure_of(entry.key, value, context.reported)
    return found


def computed_figure(context: Context, origin: Origin) -> Figure | None:
    """Return such a figure where it stands, None where no filter says its cell or its page has a way of its own."""
    filters = origin.place.filters(context)
    if filters is None or origin.key not in _VALUES or not set(metric(origin.key).needs) <= context.reported:
        return None
    there = replace(context, filters=filters)
    value = remember(there, "computed", lambda: _VALUES[origin.key](there), origin.key)
    return figure_of(origin.key, value, context.reported)


def _alone(context: Context) -> Context:
    """Return ``context`` without the reader's filters, at the latest day of the data."""
    return replace(context, filters=Filters(as_of=context.last_on))


def _counted(context: Context, entry: Metric) -> float | None:
    """Return a count of rows, or one count over another; None for what is made in another way."""
    source = source_of(entry.key)
    sides = [*source.numerator, *source.denominator]
    if not sides or not all(side in ROWSETS or side in MEETINGS for side in sides):
        return None
    values = [told(context, Origin(entry.key, Place(is_alone=True)), side) for side in sides]
    if any(value is None for value in values):
        return None
    if len(values) == 1:
        return values[0]
    scale = 100.0 if entry.unit == "percent" else 1.0
    part, whole = (value or 0.0 for value in values)
    return scale * part / whole if whole else float("nan")


def _quantile(begin: str, end: str, share: float) -> Callable[[Context], float]:
    def value(context: Context) -> float:
        frame = durations(context.store, context.scope, context.selection, begin, end)
        return kaplan_meier(frame).quantile(share).days if len(frame) else float("nan")

    return value


def _rate(name: str) -> Callable[[Context], float]:
    def value(context: Context) -> float:
        frame = loan_rates(context.store, context.scope, context.selection)
        return float(rate_quantiles(frame.rename(columns={"annual_rate": "rate"}))[name].iloc[0])

    return value


def _due(context: Context) -> float:
    return build_situation(context).due or float("nan")


def _gap(context: Context) -> float:
    situation = build_situation(context)
    rate = situation.figure("visit_rate").value
    return rate - situation.due if rate is not None and situation.due > 0 else float("nan")


def _unvisited(context: Context) -> float:
    frame = places(context.store, context.scope, context.selection)
    return float(zero_visit_communities(frame, ())["zero_visit_communities"].iloc[0])


def _each_day(context: Context) -> float:
    row = progress_by(context.store, context.scope, context.selection, (), ("visits", "visitors"), rules(context))
    start, end = context.selection.start or context.profile.programme_start, context.as_of("visits") or context.last_on
    days = calendar(context.profile).working_days(start - timedelta(days=1), end)
    return float(visits_per_person_day(row, days).iloc[0])


def _balance(context: Context) -> float:
    names = ("visited_listed", "listed")
    frame = progress_by(context.store, context.scope, context.selection, ("region_1",), names, rules(context))
    return county_balance(compute(frame[frame["region_1"] != ""], "list_coverage"))


def _manned(context: Context) -> float:
    found = coverage(context)
    return float(staff_coverage(np.array([found["manned"].sum()]), np.array([found["towns"].sum()]))[0])


_VALUES: Mapping[str, Callable[[Context], float]] = {
    "schedule": _due,
    "pace_gap": _gap,
    "visits_per_person_day": _each_day,
    "zero_visit_communities": _unvisited,
    "days_to_first_visit": _quantile("listed_on", "first_visit_on", 0.5),
    "days_to_decision": _quantile("recommended_on", "decided_on", 0.5),
    "days_to_decision_p90": _quantile("recommended_on", "decided_on", 0.9),
    **{name: _rate(name) for name in _RATES},
    "county_balance": _balance,
    "assistant_coverage": _manned,
}
