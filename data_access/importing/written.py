"""The cells of a held row, as they were written, by the columns of its table."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from data_access.importing.specs import ColumnSpec
from data_access.importing.tables import TABLES
from data_access.importing.values import key, tidy


def written(column: ColumnSpec, cells: Mapping[str, str | None]) -> str | None:
    """Return what stands in a column, where its header can be found among the cells of a held row."""
    spellings = {key(text) for text in (column.header, column.header_en, column.name, *column.synonyms)}
    return next((text for header, text in cells.items() if key(header) in spellings), None)


def written_key(held: Row[Any]) -> tuple[str, ...] | None:
    """Return a held row's table and its key as it was written, where it has one."""
    spec, cells = TABLES[held.table_name], json.loads(held.cells)
    found = [written(spec.column(name), cells) for name in spec.key]
    texts = tuple(tidy(text) for text in found if text is not None)
    return (spec.name, *texts) if len(texts) == len(spec.key) else None
