"""Whatever is asked: the rows of every figure, of the catalogue or of meetings, add up to it and are in the ledger."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.campaigns.rows import meeting_rows
from components.context import Context, latest_day
from components.filters import Filters
from components.inputs import MEETINGS, marks_of, source_of
from components.lineage import in_ledger, rows_of
from components.origins import Origin, Place
from components.reads import rules
from components.sides import measured
from data_access.access.identity import Access
from data_access.profile import Profile
from data_access.queries.ledger import Asked, count_rows
from data_access.store import Store
from metrics.catalogue import load_catalogue

QUICK = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KEYS = (*(key for key in load_catalogue() if source_of(key).keys), *MEETINGS)
# What the cells are drawn from, where the figure can be narrowed by it.
CELLS = {"region_1": ("440881", "440882"), "industry_1": ("C", "F", ""), "bank": ("B01", "B05"), "theme": ("tech",)}
PATHS = st.sampled_from(((), ("440881",), ("440883",)))


@pytest.mark.parametrize("key", KEYS)
@given(data=st.data(), path=PATHS, before=st.integers(0, 120))
@QUICK
def test_the_sides_of_every_figure_are_their_rows(
    demo_store: Store, zhanjiang: Profile, key: str, data: st.DataObject, path: tuple[str, ...], before: int
) -> None:
    coverage = demo_store.coverage()
    last_on = latest_day(zhanjiang, coverage)
    filters = Filters(as_of=last_on - timedelta(before), path=path)
    context = Context(demo_store, zhanjiang, demo_store.version(), coverage, "zh", Access.open(), filters, last_on)
    names = data.draw(st.lists(st.sampled_from(sorted(marks_of(key) & {*CELLS}) or [""]), unique=True, max_size=2))
    cell = tuple((name, data.draw(st.sampled_from(CELLS[name]))) for name in names if name)
    origin = Origin(key, Place(cell))
    for side in measured(context, origin):
        assert side.value is None or side.agrees, (side.key, cell)
        if side.value is not None and in_ledger(side.key):
            assert _listed(context, origin, side.key) == side.rows, (side.key, cell)


def _listed(context: Context, origin: Origin, key: str) -> int:
    """Return how many rows the ledger lists for a side of a figure."""
    ids = tuple(map(str, meeting_rows(context, key, origin.cell)["row_id"])) if key in MEETINGS else None
    selection, cell = origin.place.selection(context), tuple(origin.cell.items())
    asked = Asked(context.scope, selection, rows=rows_of(key), rules=rules(context), measure=key, cell=cell, ids=ids)
    return count_rows(context.store, asked)
