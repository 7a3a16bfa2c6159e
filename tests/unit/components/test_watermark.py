"""A table that is taken out is marked and recorded."""

from datetime import date
from types import MappingProxyType

import pandas as pd
import pytest

from components import watermark
from components.context import Context
from components.filters import Filters
from components.sheet import Column, Sheet
from data_access.access.identity import Access
from data_access.exports import list_exports
from data_access.store import open_store


@pytest.fixture
def context(zhanjiang, duckdb_url):
    store, filters = open_store(duckdb_url), Filters(as_of=date(2025, 6, 13))
    yield Context(store, zhanjiang, 1, MappingProxyType({}), "zh", Access.open(), filters, filters.as_of)
    store.close()


def test_a_table_is_written_when_asked_for_and_then_recorded(context, monkeypatch):
    monkeypatch.setattr(watermark, "_WRITERS", {"csv": lambda _sheet, _context, said: said.encode()})
    monkeypatch.setattr(watermark, "person", lambda: "甲")
    sheet = Sheet("x", pd.DataFrame({"name": ["霞山", "坡头"]}), (Column("name", "单位"),), ("visit_rate",))
    write = watermark.table_file(context, "counties", lambda: sheet, "csv")
    assert list_exports(context.store).empty
    assert "由“甲”于" in write().decode()
    record = list_exports(context.store).iloc[0]
    assert (record["created_by"], record["kind"], record["rows_written"]) == ("甲", "csv", 2)
    assert record["described"].startswith("走访率")
