"""What goes into a file is what the scope holds: nobody else's enterprises, banks, numbers or telephones."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import or_, select

from components.ledger.columns import columns, usual
from components.ledger.exporting import table_of
from components.ledger.view import View
from data_access.access.identity import Access
from data_access.access.roles import ROLES
from data_access.profile_scope import seen_profile
from data_access.queries.keyset import Place
from data_access.queries.ledger import GRAINS, Asked
from data_access.queries.worklists import WORK_LISTS
from data_access.rows import current
from data_access.schema import import_tables
from data_access.selection import Scope

COUNTY, BANK = "440882", "B05"
NAMING = ("visits", "applications", "recommendations", "decisions", "loans")
VIEWS = [(rows, "") for rows in GRAINS] + [("enterprises", work) for work in WORK_LISTS]


def own_enterprises(store, scope, rows):
    """Return the ids of the enterprises of the county, or of those a record of the bank names.

    Whom it met at a meeting it knows from there, and in the list of those who attended alone.
    """
    e = current("enterprises")
    if scope.banks is None:
        query = select(e.c.enterprise_id).where(e.c.region_1.in_(scope.regions))
    else:
        naming = ("event_participants",) if rows == "event_participants" else NAMING
        named = [select(import_tables[t].c.enterprise_id).where(import_tables[t].c.bank == BANK) for t in naming]
        query = select(e.c.enterprise_id).where(or_(*[e.c.enterprise_id.in_(found) for found in named]))
    return {row[0] for row in store.rows(query)}


@pytest.mark.parametrize(("rows", "work"), VIEWS)
@pytest.mark.parametrize(
    ("role", "scope"), [("county", Scope((COUNTY,), None)), ("bank", Scope(None, (BANK,)))], ids=["county", "bank"]
)
def test_a_file_holds_the_rows_of_its_reader_alone(build_context_for, demo_store, zhanjiang, role, scope, rows, work):
    whole = build_context_for(demo_store, zhanjiang)
    context = replace(
        whole, access=Access(None, ROLES[role], scope), profile=seen_profile(zhanjiang, scope), city=zhanjiang
    )
    asked = Asked(context.scope, context.selection, rows, work)
    shown = tuple(dict.fromkeys((*usual(rows, work), "contact_phone", "credit_code", *_texts(context, rows, work))))
    table = table_of(context, View(asked, shown, Place()), datetime.now(UTC))
    lines = [row for part in table.parts for row in part]
    assert {row[0] for row in lines} <= own_enterprises(demo_store, scope, rows)
    said = " ".join(str(cell) for row in lines for cell in row)
    others = [bank.label for bank in zhanjiang.banks if scope.banks and bank.code != BANK]
    assert not [label.zh for label in others if label.zh in said or f" {label.short('zh')} " in said]
    phones = [str(row[table.headers.index(columns(context, rows, work)["contact_phone"].title)]) for row in lines]
    assert not [phone for phone in phones if re.search(r"\d{7}", phone)]


def _texts(context, rows, work):
    return [name for name in ("remark", "reject_text", "remedy") if name in columns(context, rows, work)]
