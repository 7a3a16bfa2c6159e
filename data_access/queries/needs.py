"""What enterprises told their visitors that they need."""

from sqlalchemy import FromClause, Subquery, and_, case, func, select, true

from data_access.queries.filters import of_own_banks
from data_access.rows import current
from data_access.selection import Scope, Selection


def with_latest_need(enterprises: FromClause, scope: Scope, selection: Selection) -> Subquery:
    """Return ``enterprises``, a row each, with the ``need_amount`` of the last visit of the scope that told of one.

    NULL where none did. The visits are looked up for these enterprises: numbering those of all takes longer.
    """
    e, v = enterprises, current("visits")
    told = and_(v.c.enterprise_id == e.c.enterprise_id, v.c.has_need == true(), v.c.visited_on <= selection.as_of)
    order = [case((v.c.need_amount.is_(None), 1), else_=0), v.c.visited_on.desc(), v.c.visit_id]
    newest = func.row_number().over(partition_by=e.c.enterprise_id, order_by=order).label("newest")
    joined = e.outerjoin(v, and_(told, *of_own_banks(v, scope)))
    visits = select(*e.c, v.c.need_amount, newest).select_from(joined).subquery("told")
    return (
        select(*[visits.c[column.key] for column in (*e.c, v.c.need_amount)])
        .where(visits.c.newest == 1)
        .subquery("need")
    )
