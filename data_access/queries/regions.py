"""The lowest regions, which are imported rather than written into the profile: there are too many of them."""

from sqlalchemy import or_, select

from data_access.profile import Label, Node
from data_access.schema import import_tables
from data_access.selection import Scope
from data_access.store import Store


def grids(store: Store, scope: Scope, town: str) -> tuple[Node, ...]:
    """Return the grids of ``town`` that ``scope`` may see, by code; none if grids were never reported."""
    g = import_tables["grids"]
    query = select(g.c.code, g.c.name, g.c.name_en).where(g.c.region_2 == town, g.c.superseded_by.is_(None))
    if scope.regions is not None:
        query = query.where(or_(*[column.in_(scope.regions) for column in (g.c.region_1, g.c.region_2, g.c.code)]))
    with store.connect() as connection:
        rows = connection.execute(query.order_by(g.c.code)).all()
    return tuple(Node(row.code, town, 3, Label(row.name, row.name_en or "")) for row in rows)
