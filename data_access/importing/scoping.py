"""What somebody bound to a place, a bank or a department may bring in: rows of their own, and nothing else.

A row is judged by where it says it belongs, by where the stored row belongs that it would replace, and by the
enterprises it refers to. What lies outside and what does not exist get one and the same answer.
"""

from collections.abc import Iterator

import numpy as np
from sqlalchemy import ColumnElement, FromClause, and_, case, false, or_, select

from data_access.importing.findings import Finding
from data_access.importing.specs import TableSpec
from data_access.importing.staging import Stage
from data_access.importing.tables import TABLES
from data_access.queries.seen import placed
from data_access.rows import current
from data_access.selection import Scope


def outside(stage: Stage, scope: Scope) -> Iterator[Finding]:
    """Yield the incoming rows that lie outside ``scope``, or would replace or refer to a row that does."""
    if scope.is_everything:
        return
    spec, rows, stored = stage.spec, stage.rows, current(stage.spec.name)
    own = stage.positions(_fails([*inside(spec, rows, scope), *_references(spec, rows, scope)]))
    replaced = stage.positions(_fails(inside(spec, stored, scope)), rows.join(stored, stage.same_key(stored)))
    named = next((name for name in ("enterprise_id", "region_1") if name in rows.c), spec.key[0])
    yield Finding("out_of_scope", named, np.union1d(own, replaced))


def _fails(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """A condition on a value that is not there is neither true nor false, and must not let a row in."""
    return case((and_(*conditions), 0), else_=1) == 1


def inside(spec: TableSpec, source: FromClause, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions that a row of a table is the scope's own; of a table without any place none is."""
    found: list[ColumnElement[bool]] = []
    if scope.banks is not None:
        found.append(source.c.bank.in_(scope.banks) if "bank" in source.c else false())
    if scope.departments is not None:
        found.append(source.c.department.in_(scope.departments) if "department" in source.c else false())
    if scope.regions is None:
        return found
    if "enterprise_id" in source.c and spec.name != "enterprises":
        known = current("enterprises")
        return [*found, source.c.enterprise_id.in_(select(known.c.enterprise_id).where(*placed(known, scope.regions)))]
    return [*found, *placed(source, scope.regions)] if "region_1" in source.c else [*found, false()]


def _references(spec: TableSpec, rows: FromClause, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that what a row refers to is the scope's own, where it is a record of an enterprise."""
    for column in spec.columns:
        to = TABLES[column.references] if column.references not in ("", "enterprises") else None
        if to is not None and any(c.name == "enterprise_id" for c in to.columns):
            known = current(to.name)
            keys = select(known.c[to.key[0]]).where(*inside(to, known, scope))
            yield or_(rows.c[column.name].is_(None), rows.c[column.name].in_(keys))
