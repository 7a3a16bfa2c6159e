"""The catalogue of loan products, which of them were lent, the outlets, and whom to call."""

from dataclasses import replace

import pandas as pd
from sqlalchemy import ColumnElement, Double, FromClause, and_, cast, func, literal, or_, select, true

from data_access.queries.filters import conditions, of_own_banks
from data_access.queries.frames import frame_of
from data_access.queries.measures import within
from data_access.rows import current
from data_access.schema import bank_progress
from data_access.selection import Scope, Selection
from data_access.store import Store


def products(store: Store, scope: Scope) -> pd.DataFrame:
    """Return the whole catalogue, by bank and id; those that have ended included.

    Columns ``product_id``, ``bank``, ``name``, ``audience``, ``guarantee`` (codes, "" where not told),
    ``max_amount`` (yuan), ``rate_min``, ``rate_max`` (per cent), ``term_months`` (NaN where not told) and
    ``valid_until`` (date or None). Products are no region's; a scope of banks sees its own.
    """
    p = current("products")
    plain = [p.c.product_id, p.c.bank, p.c.name, p.c.valid_until, *_texts(p, "audience", "guarantee")]
    numbers = [cast(p.c[name], Double).label(name) for name in ("max_amount", "rate_min", "rate_max", "term_months")]
    query = select(*plain, *numbers).where(*of_own_banks(p, scope))
    frame = frame_of(store, query.order_by(p.c.bank, p.c.product_id))
    return frame.astype(dict.fromkeys(("max_amount", "rate_min", "rate_max", "term_months"), "float64"))


def product_loans(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return what was lent with each product that was lent at all, within scope, selection and its period.

    Columns ``product_id`` ("" for the loans that name none), ``loans`` (笔), ``borrowers`` (户) and ``amount`` (yuan),
    floats.
    """
    loan, b = current("loans"), bank_progress
    named = func.coalesce(loan.c.product_id, "").label("product_id")
    measures = {
        "loans": func.count(),
        "borrowers": func.count(func.distinct(loan.c.enterprise_id)),
        "amount": func.sum(loan.c.amount),
    }
    query = (
        select(named, *[cast(value, Double).label(name) for name, value in measures.items()])
        .select_from(loan.join(b, and_(b.c.enterprise_id == loan.c.enterprise_id, b.c.bank == loan.c.bank)))
        .where(within(loan.c.drawn_on, selection), *conditions(b, scope, selection))
        .group_by(named)
        .order_by(named)
    )
    return frame_of(store, query).astype(dict.fromkeys(measures, "float64"))


def outlets(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return the outlets of the banks and regions in scope and selection, by county and bank.

    Columns ``outlet_id``, ``bank``, ``name``, ``region_1``, ``region_2``, ``address``, ``phone`` ("" where not
    told) and ``is_liaison``. The numbers are those the banks publish for enterprises to call.
    """
    o = current("outlets")
    placed = select(*o.c, literal("").label("region_3")).subquery("placed")
    plain = [placed.c[name] for name in ("outlet_id", "bank", "name", "region_1", "is_liaison")]
    narrowed = Selection(selection.as_of, regions=selection.regions, banks=selection.banks)
    query = select(*plain, *_texts(placed, "region_2", "address", "phone"))
    query = query.where(*conditions(placed, scope, narrowed))
    return frame_of(store, query.order_by(placed.c.region_1, placed.c.bank, placed.c.outlet_id))


def contacts(store: Store, scope: Scope, selection: Selection) -> pd.DataFrame:
    """Return whom to call at the task forces: the whole area's first, then those of the regions asked about.

    Columns ``contact_id``, ``region_1`` ("" = the whole area), ``office``, ``duty``, ``contact_name``, ``phone``,
    ``hours`` ("" where not told) and ``is_published`` (False where not told). Name and number of one that is not
    published are a person's: mask them. A scope or selection of regions narrows the list; the area's own stays.
    """
    c = current("contacts")
    placed = select(*c.c, literal("").label("region_2"), literal("").label("region_3")).subquery("placed")
    asked = Selection(selection.as_of, regions=selection.regions)
    own = and_(true(), *conditions(placed, replace(scope, banks=None), asked))
    texts = _texts(placed, "region_1", "office", "duty", "contact_name", "phone", "hours")
    published = func.coalesce(placed.c.is_published, False).label("is_published")
    query = select(placed.c.contact_id, *texts, published).where(or_(placed.c.region_1.is_(None), own))
    return frame_of(store, query.order_by(texts[0], placed.c.contact_id))


def _texts(source: FromClause, *names: str) -> list[ColumnElement[str]]:
    return [func.coalesce(source.c[name], "").label(name) for name in names]
