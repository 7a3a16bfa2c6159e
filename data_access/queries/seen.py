"""What a scope sees of an enterprise: all of it, or, for a bank, how far that bank itself has brought it.

An enterprise is often touched by several banks. The dates and amounts of ``enterprise_progress`` are those of all of
them together; who is bound to banks must read none of it. What belongs to no bank stays: where the enterprise is, what
it does, that it is on the visit list, and the day of its application, since the lists are the task force's.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, FromClause, Select, func, literal, or_, select

from data_access.queries.filters import conditions, of_own_banks, of_whole_banks, scoped
from data_access.schema import DIMENSIONS, bank_progress, enterprise_progress, import_tables
from data_access.selection import Scope, Selection

_FURTHER = ("need_on", "applied_on", "recommended_on", "decided_on", "withdrawn_on", "drawn_on")


def enterprise_rows(scope: Scope) -> FromClause:
    """Return one row per enterprise with the columns of ``enterprise_progress``, as the banks of the scope see it.

    The scope's regions are still to be applied (``enterprise_conditions``).
    """
    if scope.banks is None:
        return enterprise_progress
    b = bank_progress
    rows: FromClause = select(b).where(*of_own_banks(b, scope)).subquery("touched")
    if len(scope.banks) != 1:  # a bank alone has one row for each enterprise already, and folding is dear
        rows = folded(rows)
    went_on = or_(*[rows.c[name].is_not(None) for name in _FURTHER])
    told = [column for column in rows.c if column.name in enterprise_progress.c]
    return select(*told, went_on.label("is_in_funnel")).subquery("seen")


def folded(touched: FromClause) -> FromClause:
    """Return rows of an enterprise and a bank folded into one per enterprise: its first days, and its credit."""
    keys = [touched.c[name] for name in ("enterprise_id", *DIMENSIONS, "tags")]
    firsts = [func.min(c).label(c.name) for c in touched.c if c.name.endswith("_on")]
    credit = func.sum(touched.c.total_credit).label("total_credit")
    return select(*keys, *firsts, credit).group_by(*keys).subquery("folded")


def enterprise_conditions(e: FromClause, scope: Scope, selection: Selection) -> list[ColumnElement[bool]]:
    """Return the conditions that keep the enterprises of scope and selection; of banks, those that one of them touched.

    ``e`` has one row per enterprise with its dimensions, and no bank: ``enterprise_progress`` or ``enterprise_rows``,
    which has none but those of the scope's banks.
    """
    kept = conditions(e, replace(scope, banks=None), replace(selection, banks=()))
    if selection.banks or (scope.banks is not None and e is enterprise_progress):
        b = bank_progress
        kept.append(e.c.enterprise_id.in_(select(b.c.enterprise_id).where(*conditions(b, scope, selection))))
    return kept


def enterprise_ids(scope: Scope) -> Select[str]:
    """Select the ids of the enterprises in the scope: those of its regions that one of its banks touched."""
    source = enterprise_progress if scope.banks is None else bank_progress
    return select(source.c.enterprise_id).where(*scoped(source, replace(scope, departments=None)))


def record_conditions(table: str, rows: FromClause, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions that keep the rows of an import table (``rows``) which the scope may see.

    A record of an enterprise belongs where the enterprise is; one of a place, to the place; one of a bank, to it.
    """
    if scope.is_everything:
        return []
    names = import_tables[table].c
    if "enterprise_id" in names:
        own = of_own_banks(rows, scope) if "bank" in names else []
        if table == "problems" and scope.departments is not None:
            own = [rows.c.department.in_(scope.departments)]
        return [rows.c.enterprise_id.in_(enterprise_ids(scope)), *own]
    if "region_1" not in names:
        return of_whole_banks(rows, scope) if "bank" in names else []
    own = of_own_banks(rows, scope) if "bank" in names else []
    return [*own, *placed(rows, scope.regions)]


def placed(rows: FromClause, regions: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """Return the conditions that rows with region columns lie in ``regions``; a place's lowest region is its code."""
    if regions is None:
        return []
    columns = [name for name in ("region_1", "region_2", "region_3") if name in rows.c]
    columns += ["code"] if "region_3" not in rows.c and "code" in rows.c else []
    return [or_(literal(False), *[rows.c[name].in_(regions) for name in columns])]
