"""An enterprise's page and the work lists never disagree: who waits on a list has that step on its own page."""

from datetime import date
from types import SimpleNamespace

import pytest

from components.ledger.course import turns
from data_access.queries.dossier import dossier
from data_access.queries.worklists import WORK_LISTS, Question
from data_access.selection import Scope, Selection
from metrics.turns import Next

ALL, NOW = Scope.everything(), date(2025, 6, 13)
STEPS = {"need_unapplied": Next.APPLY, "overdue": Next.DECIDE, "undrawn": Next.DRAW, "renewal_90": Next.RENEW}


@pytest.mark.parametrize(("work", "step"), STEPS.items())
def test_who_waits_on_a_list_has_that_step_on_its_page(demo_store, zhanjiang, work, step):
    context = SimpleNamespace(filters=SimpleNamespace(as_of=NOW), profile=zhanjiang, decision_days=30)
    listed = WORK_LISTS[work].rows(Question(ALL, Selection(NOW))).subquery()
    with demo_store.connect() as connection:
        rows = connection.execute(listed.select().order_by(listed.c.row_id)).all()
    names = [row.enterprise_id for row in rows[:: max(len(rows) // 40, 1)]]  # from end to end: loans and what was told
    assert names
    for name in names:
        found = dossier(demo_store, ALL, name, NOW)
        assert found is not None
        assert step in [turn.step for turn in turns(context, found)], name
