"""What was printed and published."""

import pandas as pd
from sqlalchemy import Double, cast, select

from data_access.queries.measures import within
from data_access.rows import current
from data_access.selection import Selection
from data_access.store import Store


def publications(store: Store, selection: Selection) -> pd.DataFrame:
    """Return what was published in the selection's period, by date: one row per item.

    Columns ``publicity_id``, ``channel``, ``title``, ``published_on``, ``copies`` and ``views`` (floats, NaN: not
    reported). Publications were made for everybody and belong to no enterprise, so that neither a scope
    nor another filter narrows them.
    """
    p = current("publicity")
    numbers = [cast(p.c[name], Double).label(name) for name in ("copies", "views")]
    columns = [p.c.publicity_id, p.c.channel, p.c.title, p.c.published_on, *numbers]
    query = select(*columns).where(within(p.c.published_on, selection)).order_by(p.c.published_on, p.c.publicity_id)
    with store.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    names = [column.name for column in columns]
    return pd.DataFrame(rows, columns=names).astype({"copies": "float64", "views": "float64"})
