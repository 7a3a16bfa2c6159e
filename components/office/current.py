"""What every metric of the catalogue is for the whole city today, as far as one reading of the store can tell."""

from collections.abc import Mapping

from components.context import Context
from components.memory import memory
from components.office.computed import computed_figures
from components.office.outcomes import quality_figures
from components.published import RANK, published_rank
from components.reads import rules
from components.smallcells import COUNTED, fewest_shown
from data_access.queries.measures import MEASURES
from data_access.queries.progress import progress_by
from data_access.selection import Selection
from metrics.catalogue import load_catalogue
from metrics.figures import Figure, State, figure, figure_of


def current_figures(context: Context) -> Mapping[str, Figure]:
    """Return the figures for everything the reader may see, by metric key, at the latest day of the data.

    A metric that is only told of parts, such as a rank among banks, is left out; one whose tables never arrived is
    there and says so.
    """
    limit = fewest_shown(context)
    key = (
        "current_figures",
        context.store.url,
        context.version,
        context.scope,
        context.profile.folder,
        limit,
        published_rank(context),
    )
    found: Mapping[str, Figure] = memory.get(key, lambda: _read(context))
    return found


def _read(context: Context) -> dict[str, Figure]:
    selection = Selection(as_of=context.last_on)
    row = progress_by(context.store, context.scope, selection, (), MEASURES, rules(context)).iloc[0]
    limit = fewest_shown(context)
    found = {
        m.key: figure(row, m.key, context.reported, smallest=limit) for m in load_catalogue().values() if m.numerator
    }
    if context.has_data:
        further = {**quality_figures(context), **computed_figures(context), **_published(context)}
        found |= {key: _told(value, limit) for key, value in further.items()}
    absent = {m.key for m in load_catalogue().values() if m.key not in found and not set(m.needs) <= context.reported}
    return found | {key: figure_of(key, None) for key in absent}


def _published(context: Context) -> dict[str, Figure]:
    rank = published_rank(context)
    return {RANK: figure_of(RANK, rank.value)} if rank else {}


def _told(found: Figure, limit: int) -> Figure:
    """Return a figure that no measure counts as it may be told: one of too few enterprises not."""
    counts = [n for n in (found.numerator, found.denominator) if n is not None]
    counts += [found.value] if found.unit == COUNTED and found.value is not None else []
    is_small = any(0 < n < limit for n in counts)
    return Figure(found.metric, State.SUPPRESSED, smallest=limit) if is_small else found
