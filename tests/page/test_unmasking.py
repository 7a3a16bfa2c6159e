"""Revealing one masked field: with a reason, on record, for one session; and not at all for who may not."""

import re

import pytest
from sqlalchemy import select

from components.unmask import SHORTEST_REASON
from data_access.access.audit import Action
from data_access.rows import current
from tests.page.reading import problems, text
from tests.page.test_roles import recorded, walk  # noqa: F401 - a fixture


@pytest.fixture
def firm(demo_store):
    """Return the id and the telephone of an enterprise."""
    e = current("enterprises")
    query = select(e.c.enterprise_id, e.c.contact_phone).where(e.c.contact_phone.is_not(None))
    with demo_store.connect() as connection:
        return tuple(connection.execute(query.order_by(e.c.enterprise_id).limit(1)).one())


def opened(walk, firm, person):  # noqa: F811 - the fixture's function
    app = walk("ledger", person, enterprise=firm[0])
    assert problems(app) == []
    assert firm[1] not in text(app)
    return app


def asked(app, reason):
    app.button(key="unmask.enterprise").click().run()
    app.selectbox(key="unmask.field").set_value("contact_phone")
    app.text_input(key="unmask.reason").set_value(reason)
    return app.button(key="unmask.go").click().run()


def test_a_telephone_is_revealed_with_a_reason_and_recorded(walk, firm):  # noqa: F811 - the fixture
    app = asked(opened(walk, firm, "task-force"), "核对走访预约")
    assert firm[1] in text(app)
    (event,) = recorded(Action.UNMASK)
    assert (event.rows, event.filters) == (1, f"enterprise={firm[0]}")
    assert event.detail == "contact_phone: 核对走访预约"
    assert firm[1] not in f"{event.detail}{event.filters}"
    # Another session of the same person, and another role, see it masked again.
    opened(walk, firm, "task-force")


def test_only_who_sees_persons_masked_is_told_so(walk, firm):  # noqa: F811 - the fixture
    assert "个人信息已脱敏" not in text(opened(walk, firm, "task-force"))
    assert "个人信息已脱敏" in text(opened(walk, firm, ""))


def test_without_a_reason_nothing_is_revealed(walk, firm):  # noqa: F811 - the fixture
    app = asked(opened(walk, firm, "task-force"), "看" * (SHORTEST_REASON - 1))
    assert firm[1] not in text(app)
    assert recorded(Action.UNMASK) == ()


def test_who_may_not_is_not_offered_it(walk, firm):  # noqa: F811 - the fixture
    app = opened(walk, firm, "")
    if not re.search("不能打开", text(app)):
        assert not [button for button in app.button if button.key and button.key.startswith("unmask")]
