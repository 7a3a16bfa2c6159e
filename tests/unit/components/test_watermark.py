"""A table that is taken out is marked and recorded."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd
import pytest

from components import watermark
from components.context import Context
from components.filters import Filters
from components.sheet import Column, Sheet
from data_access.access.audit import Action
from data_access.access.identity import Access, Person
from data_access.store import open_store


@pytest.fixture
def context(zhanjiang, duckdb_url):
    store, filters = open_store(duckdb_url), Filters(as_of=date(2025, 6, 13))
    yield Context(store, zhanjiang, 1, MappingProxyType({}), "zh", Access.open(), filters, filters.as_of)
    store.close()


def test_a_table_is_written_when_asked_for_and_then_recorded(context, monkeypatch):
    monkeypatch.setattr(watermark, "_WRITERS", {"csv": lambda _sheet, _context, said: said.encode()})
    kept = []
    monkeypatch.setattr(watermark, "note", lambda who, action, **named: kept.append((who, action, named)))
    access = replace(context.access, person=Person("jia", "甲", "demo"))
    context = replace(context, access=access)
    sheet = Sheet("x", pd.DataFrame({"name": ["霞山", "坡头"]}), (Column("name", "单位"),), ("visit_rate",))
    write = watermark.table_file(context, "counties", lambda: sheet, "csv")
    assert kept == []
    assert "由“甲（jia）”于" in write().decode()
    ((who, action, named),) = kept
    assert (who, action, named["rows"]) == (access, Action.EXPORT, 2)
    assert named["filters"].startswith("走访率")
    assert named["detail"].startswith("csv ")
    assert named["detail"].endswith(" masked columns=name")
