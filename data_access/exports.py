"""Who took rows out of the store as a file: recorded when the file is ready, never changed or removed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

import pandas as pd
from sqlalchemy import insert, select

from data_access.schema import exports_table as x
from data_access.store import Store


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """One file: who took it, its kind, the view as an address and in words, and what was in it."""

    created_by: str
    kind: str
    address: str
    described: str
    as_of: date
    data_version: int
    rows_written: int
    columns: tuple[str, ...]
    names_shown: bool


def record_export(store: Store, record: ExportRecord) -> str:
    """Add an export to the record and return its id."""
    export_id = uuid4().hex
    with store.begin() as connection:
        connection.execute(
            insert(x).values(
                export_id=export_id,
                created_at=datetime.now(UTC).replace(tzinfo=None),
                created_by=record.created_by,
                kind=record.kind,
                address=record.address,
                described=record.described,
                as_of=record.as_of,
                data_version=record.data_version,
                rows_written=record.rows_written,
                columns_written=";".join(record.columns),
                names_shown=record.names_shown,
            )
        )
    return export_id


def list_exports(store: Store, limit: int = 20) -> pd.DataFrame:
    """Return the latest exports, newest first.

    Columns ``created_at`` (UTC), ``created_by``, ``kind``, ``described``, ``as_of``, ``rows_written``,
    ``columns_written``, ``names_shown``, ``address`` and ``data_version``.
    """
    names = ("created_at", "created_by", "kind", "described", "as_of", "rows_written", "columns_written")
    columns = [x.c[name] for name in (*names, "names_shown", "address", "data_version")]
    with store.connect() as connection:
        found = connection.execute(select(*columns).order_by(x.c.created_at.desc(), x.c.export_id).limit(limit))
        return pd.DataFrame([tuple(row) for row in found], columns=[*found.keys()])
