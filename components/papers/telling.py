"""The second set of an edition's tables: without small counts, for readers who may not see the rows.

It is frozen with the full one and under the same digest, so that a leader's papers say the same next month too.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from components.context import Context
from components.reads import progress, progress_at
from components.situation import Situation
from components.smallcells import COUNTED, fewest_shown, told_parts, told_whole, with_bases
from data_access.access.roles import Ability
from data_access.queries.measures import MEASURES
from metrics.figures import Figure, State

_MARK = "told."
_OF_ROWS = frozenset({"overdue"})
Frames = dict[str, pd.DataFrame]


def reader(context: Context) -> Context:
    """Return a context of the same scope whose reader may not see the rows."""
    role = context.access.role
    told = replace(role, abilities=role.abilities - {Ability.ROWS})
    return replace(context, access=replace(context.access, role=told))


def marked(frames: Mapping[str, pd.DataFrame]) -> Frames:
    """Return the tables without small counts under the names they are frozen by, but for those of single rows."""
    return {f"{_MARK}{name}": frame for name, frame in frames.items() if name not in _OF_ROWS}


def parted(frames: Mapping[str, pd.DataFrame]) -> tuple[Frames, Frames]:
    """Return the full tables of an edition and those without small counts; none of these in an older edition."""
    whole = {name: frame for name, frame in frames.items() if not name.startswith(_MARK)}
    return whole, {name.removeprefix(_MARK): frame for name, frame in frames.items() if name.startswith(_MARK)}


def told_city(context: Context) -> "pd.Series[float]":
    """Return the whole city's measures, without those that would give a county away."""
    found = progress(context)
    if fewest_shown(context):
        found = told_whole(context, found, _raw(context, "region_1"))
    return found.iloc[0]


def told_towns(context: Context) -> pd.DataFrame:
    """Return the measures of every town, as they may stand below the towns' and the counties' totals."""
    told = progress(context, ("region_2",), MEASURES)
    if not fewest_shown(context) or told.empty:
        return told
    counties = progress(context, ("region_1",), MEASURES).set_index("region_1")
    raw, known = _raw(context, "region_2"), context.profile.region_by_code
    parents = [known[code].parent if code in known else "" for code in raw["region_2"].fillna("")]
    hidden = told.isna()
    for county, towns in raw.groupby(pd.Series(parents, index=raw.index)):
        hidden.loc[towns.index] |= _within(context, towns, counties, str(county))[told.columns]
    return told.mask(hidden)


def _within(context: Context, towns: pd.DataFrame, counties: pd.DataFrame, county: str) -> pd.DataFrame:
    """Return what to hide of a county's towns: everything where the county's own figure is hidden."""
    hidden = told_parts(context, towns).isna()
    total = told_whole(context, towns.drop(columns="region_2").sum().to_frame().T, towns).iloc[0]
    for name in total.index:
        is_open = county in counties.index and name in counties and pd.notna(counties.loc[county, name])
        if not is_open or pd.isna(total[name]):
            hidden[name] = True
    return hidden


def told_figure(context: Context, found: Figure) -> Figure:
    """Return a figure as it is told: one of too few, or made of what was hidden, is marked as such."""
    limit = fewest_shown(context)
    if not limit:
        return found
    is_count = found.unit == COUNTED and found.value is not None
    if is_count and 0 < (found.value or 0.0) < limit:
        return Figure(found.metric, State.SUPPRESSED, smallest=limit)
    is_hidden = found.state is State.UNDEFINED and found.numerator is None
    return Figure(found.metric, State.SUPPRESSED) if is_hidden else found


def no_more(county: Situation, city: Situation, code: str) -> Situation:
    """Return a county's situation without what is hidden of it in the city's table."""
    if not fewest_shown(county.context):
        return county
    wholes = {
        name: whole.where(city.told[name].loc[[code]].iloc[0].notna()) if code in city.told[name].index else whole
        for name, whole in county.wholes.items()
    }
    return replace(county, wholes=wholes)


def _raw(context: Context, by: str) -> pd.DataFrame:
    asked = [(context.filters.as_of, with_bases(MEASURES))]
    return progress_at(context, asked, (by,))[0]
