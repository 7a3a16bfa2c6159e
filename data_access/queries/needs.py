"""What enterprises told their visitors that they need."""

from sqlalchemy import Subquery, and_, case, func, select, true

from data_access.queries.filters import of_own_banks
from data_access.rows import current
from data_access.selection import Scope, Selection


def latest_need(scope: Scope, selection: Selection) -> Subquery:
    """Return what enterprises told the visitors of the scope, numbered: ``newest`` is 1 for the last with an amount."""
    v = current("visits")
    order = [case((v.c.need_amount.is_(None), 1), else_=0), v.c.visited_on.desc(), v.c.visit_id]
    newest = func.row_number().over(partition_by=v.c.enterprise_id, order_by=order).label("newest")
    told = and_(v.c.has_need == true(), v.c.visited_on <= selection.as_of)
    return select(v.c.enterprise_id, v.c.need_amount, newest).where(told, *of_own_banks(v, scope)).subquery("need")
