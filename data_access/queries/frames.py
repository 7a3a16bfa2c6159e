"""A query's answer as a frame."""

from typing import Any

import pandas as pd
from sqlalchemy import Select

from data_access.store import Store


def frame_of(store: Store, query: Select[Any], **types: str) -> pd.DataFrame:
    """Return the rows of ``query`` under its labels; ``types`` are the dtypes to give to columns."""
    with store.connect() as connection:
        result = connection.execute(query)
        # Plain tuples: pandas asks every Row for its type.
        frame = pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()))
    return frame.astype(types) if types else frame
