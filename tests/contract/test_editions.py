"""Frozen editions: read back exactly, never twice under one number, kept apart by scope, and proof against changes."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from data_access.editions import EditionError, freeze, list_editions, next_number, read_edition
from data_access.schema import editions_table
from data_access.selection import Scope

CITY, COUNTY = Scope.everything(), Scope(("c1",), None)
FACTS = {"name_zh": "甲市", "scale": 0.1 + 0.2}
FRAME = pd.DataFrame(
    {
        "key": ["走访", ""],
        "value": [0.1 + 0.2, np.nan],
        "on": pd.to_datetime(["2025-05-31", None]),
        "tied": [True, False],
    }
)


def frozen(store, scope=CITY, number=1, title="第一期"):
    return freeze(store, scope, number, title, date(2025, 6, 13), FACTS, {"values": FRAME}, data_version=7, by="张")


def test_an_edition_reads_back_as_it_was_frozen(store):
    header, frames = read_edition(store, CITY, frozen(store))
    assert (header.number, header.title, header.as_of) == (1, "第一期", date(2025, 6, 13))
    assert (header.frozen_by, header.data_version, header.facts) == ("张", 7, FACTS)
    pd.testing.assert_frame_equal(frames["values"], FRAME, check_dtype=False, check_exact=True)


def test_numbers_run_on_within_a_scope(store):
    assert next_number(store, CITY) == 1
    frozen(store, number=4)
    assert next_number(store, CITY) == 5
    assert next_number(store, COUNTY) == 1


def test_a_number_is_given_once(store):
    frozen(store)
    with pytest.raises(EditionError, match="number"):
        frozen(store, title="又一期")
    frozen(store, COUNTY)  # the county's first is another edition
    assert [h.title for h in list_editions(store, CITY)] == ["第一期"]


def test_a_title_is_asked_for(store):
    with pytest.raises(EditionError, match="title"):
        frozen(store, title="  ")
    assert list_editions(store, CITY) == []


def test_an_edition_of_another_scope_is_missing(store):
    number = frozen(store, COUNTY)
    with pytest.raises(EditionError, match="missing"):
        read_edition(store, CITY, number)


def test_a_change_behind_our_back_is_seen(store):
    number = frozen(store)
    with store.begin() as connection:
        connection.execute(update(editions_table).values(title="改过的一期"))
    with pytest.raises(EditionError, match="changed"):
        read_edition(store, CITY, number)
