"""Frozen editions: what the papers of a meeting are made from, written once and never changed.

An edition holds its own tables, names and definitions, so that it reads the same next month whatever is imported,
corrected or redefined in between. A digest over all of it shows if somebody changed it behind the product's back.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import Connection, func, insert, select

from data_access.schema import edition_frames as f
from data_access.schema import editions_table as e
from data_access.selection import Scope
from data_access.store import Store

# How a column of a frame is kept, by the first letter of its dtype's kind; all else is text.
_KINDS = {"f": "number", "i": "number", "u": "number", "b": "flag", "M": "day"}


class EditionError(ValueError):
    """An edition cannot be written or read; ``code`` is "number", "title", "missing", "changed" or "counts"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Header:
    """What identifies an edition. ``facts`` are the city's names, currency and rules as they were on that day."""

    edition_id: int
    number: int
    title: str
    as_of: date
    frozen_at: datetime
    frozen_by: str
    data_version: int
    facts: Mapping[str, Any]
    digest: str


def freeze(  # noqa: PLR0913 - what identifies an edition, and what it holds
    store: Store,
    scope: Scope,
    number: int,
    title: str,
    as_of: date,
    facts: Mapping[str, Any],
    frames: Mapping[str, pd.DataFrame],
    *,
    data_version: int,
    by: str = "",
) -> int:
    """Store an edition and return its id.

    Raises ``EditionError``: "number" if the scope has an edition of that number, "title" if there is none.
    """
    if not title.strip():
        raise EditionError("title")
    contents = {name: _text(frame) for name, frame in sorted(frames.items())}
    row: dict[str, Any] = {
        "number": number,
        "title": title.strip(),
        "as_of": as_of,
        "frozen_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        "frozen_by": by,
        "scope": _scope_text(scope),
        "data_version": data_version,
        "facts": orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode(),
    }
    row["digest"] = _digest(row, contents)
    with store.begin() as connection:
        taken = select(func.count()).select_from(e).where(e.c.number == number, e.c.scope == row["scope"])
        if connection.execute(taken).scalar_one():
            raise EditionError("number")
        row["edition_id"] = _next_id(connection)
        connection.execute(insert(e).values(row))
        rows = [{"edition_id": row["edition_id"], "name": name, "content": text} for name, text in contents.items()]
        connection.execute(insert(f), rows)
    return int(row["edition_id"])


def list_editions(store: Store, scope: Scope) -> list[Header]:
    """Return the editions that were frozen for exactly this scope, the latest first."""
    query = select(e).where(e.c.scope == _scope_text(scope)).order_by(e.c.number.desc())
    with store.connect() as connection:
        return [_header(row) for row in connection.execute(query).mappings()]


def next_number(store: Store, scope: Scope) -> int:
    """Return the number after the latest edition's of this scope; 1 if there is none."""
    query = select(func.coalesce(func.max(e.c.number), 0)).where(e.c.scope == _scope_text(scope))
    with store.connect() as connection:
        return int(connection.execute(query).scalar_one()) + 1


def read_edition(store: Store, scope: Scope, edition_id: int) -> tuple[Header, dict[str, pd.DataFrame]]:
    """Return an edition of this scope: its header and its tables by name.

    Raises ``EditionError``: "missing" if the scope has none of that id, "changed" if it is not what was frozen.
    """
    with store.connect() as connection:
        found = select(e).where(e.c.edition_id == edition_id, e.c.scope == _scope_text(scope))
        row = connection.execute(found).mappings().one_or_none()
        if row is None:
            raise EditionError("missing")
        query = select(f.c.name, f.c.content).where(f.c.edition_id == edition_id).order_by(f.c.name)
        contents = {name: text for name, text in connection.execute(query)}  # noqa: C416 - rows are no pairs to mypy
    if _digest(dict(row), contents) != row["digest"]:
        raise EditionError("changed")
    return _header(row), {name: _frame(text) for name, text in contents.items()}


def _header(row: Mapping[Any, Any]) -> Header:
    plain = {name: row[name] for name in Header.__dataclass_fields__ if name != "facts"}
    return Header(facts=orjson.loads(row["facts"]), **plain)


def _next_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(e.c.edition_id), 0))).scalar_one()) + 1


def _scope_text(scope: Scope) -> str:
    parts = {"regions": scope.regions, "banks": scope.banks}
    if scope.departments is not None:
        parts["departments"] = scope.departments
    sorted_parts = {name: None if codes is None else sorted(codes) for name, codes in parts.items()}
    return orjson.dumps(sorted_parts, option=orjson.OPT_SORT_KEYS).decode()


def _digest(row: Mapping[str, Any], contents: Mapping[str, str]) -> str:
    names = ("number", "title", "as_of", "frozen_at", "frozen_by", "scope", "data_version", "facts")
    whole = [[str(row[name]) for name in names], sorted(contents.items())]
    return hashlib.sha256(orjson.dumps(whole)).hexdigest()


def _text(frame: pd.DataFrame) -> str:
    """Return a frame as JSON; a number reads back as the very same number."""
    kinds = [[str(name), _KINDS.get(frame[name].dtype.kind, "text")] for name in frame.columns]
    columns = [_cells(frame[name], kind) for name, (_, kind) in zip(frame.columns, kinds, strict=True)]
    return orjson.dumps({"columns": kinds, "rows": list(zip(*columns, strict=True))}).decode()


def _cells(values: "pd.Series[Any]", kind: str) -> list[Any]:
    if kind == "number":
        return [None if pd.isna(v) else float(v) for v in values]
    if kind == "flag":
        return [bool(v) for v in values]
    if kind == "day":
        return [None if pd.isna(v) else v.date().isoformat() for v in values]
    return ["" if v is None or v is pd.NaT or v != v else str(v) for v in values]  # noqa: PLR0124 - NaN differs from itself


def _frame(text: str) -> pd.DataFrame:
    content = orjson.loads(text)
    names = [name for name, _ in content["columns"]]
    frame = pd.DataFrame(content["rows"], columns=names)
    for name, kind in content["columns"]:
        if kind == "number":
            frame[name] = frame[name].astype("float64")
        elif kind == "day":
            frame[name] = pd.to_datetime(frame[name])
    return frame
