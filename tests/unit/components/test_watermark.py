"""A table that is taken out is marked and recorded."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pandas as pd
import pytest

from components import watermark
from components.access import guard
from components.context import Context
from components.errors import NotAllowedError
from components.filters import Filters
from components.sheet import Column, Sheet
from data_access.access.audit import Action
from data_access.access.identity import Access, Person
from data_access.access.roles import ROLES
from data_access.selection import Scope
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


@pytest.mark.parametrize(("role", "may"), [("department", False), ("county", True), ("bank", True), ("clerk", True)])
def test_a_list_of_single_rows_is_taken_by_who_may_export_or_brings_rows_in(context, monkeypatch, role, may):
    monkeypatch.setattr(watermark, "_WRITERS", {"csv": lambda *_: b""})
    kept = []
    for place in (watermark, guard):
        monkeypatch.setattr(place, "note", lambda _who, action, **_named: kept.append(action))
    context = replace(context, access=Access(None, ROLES[role], Scope.everything()))
    cases, figures = (
        Sheet("x", pd.DataFrame({name: ["1"]}), (Column(name, name),)) for name in ("problem_id", "department")
    )
    watermark.table_file(context, "figures", lambda: figures, "csv")()
    assert watermark.may_take(context, figures)
    assert watermark.may_take(context, cases) is may
    taken = watermark.table_file(context, "cases", lambda: cases, "csv")
    if may:
        taken()
        assert kept == [Action.EXPORT, Action.EXPORT]
    else:
        with pytest.raises(NotAllowedError):
            taken()
        assert kept == [Action.EXPORT, Action.REFUSED]
