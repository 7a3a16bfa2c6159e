"""The page of meeting papers: freezing, writing, comparing, and what it says when there is nothing yet."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import pytest

from components.access.records import access_store
from components.context import Context, latest_day
from components.filters import Filters
from components.papers import freezing
from components.papers.binder import audiences
from data_access.access.audit import Action, Asked, events
from data_access.access.identity import Access
from data_access.editions import list_editions, read_edition
from data_access.selection import Scope
from data_access.store import open_store
from reports.edition import Edition
from reports.pack import PAPERS, write_pack
from tests.page.reading import problems, text

CITY = Scope.everything()


@pytest.fixture
def own_store(demo_store_url):
    store = open_store(demo_store_url)
    yield store
    store.close()


def freeze(app, title="第一期通报"):
    app.text_input(key="papers.title").set_value(title)
    next(b for b in app.button if b.label == "冻结").click()
    return app.run()


def test_without_an_edition_it_offers_to_freeze_one(open_page, own_store, zhanjiang):
    app = open_page(own_store, zhanjiang, "papers")
    assert problems(app) == []
    assert "还没有冻结过" in text(app)
    assert app.number_input(key="papers.number").value == 1


def test_it_freezes_writes_and_compares(open_page, own_store, zhanjiang):
    app = freeze(open_page(own_store, zhanjiang, "papers"))
    assert problems(app) == []
    assert [h.title for h in list_editions(own_store, CITY)] == ["第一期通报"]
    assert "截至5月31日" in app.code[0].value
    app.button(key="papers.write").click().run()
    assert problems(app) == []
    assert len(app.get("download_button")) == 6  # five papers and all of them in one
    (frozen,) = events(access_store(), Asked(actions=(Action.FREEZE,)))
    assert (frozen.role, frozen.filters, frozen.detail) == ("open", "2025-06-13", "edition=1 number=1")

    app = freeze(open_page(own_store, zhanjiang, "papers", tab="freeze"), "第二期通报")
    app = open_page(own_store, zhanjiang, "papers", tab="changes")
    assert problems(app) == []
    assert "两期数字完全一致" in text(app)
    header, frames = read_edition(own_store, CITY, list_editions(own_store, CITY)[0].edition_id)
    assert header.facts["previous"] == 1
    assert len(frames["revisited"])


def test_an_empty_title_is_refused(open_page, own_store, zhanjiang):
    app = freeze(open_page(own_store, zhanjiang, "papers"), " ")
    assert "请填写标题" in app.error[0].value
    assert list_editions(own_store, CITY) == []


def test_a_city_that_reports_only_credit_has_papers_too(foreign_store, foreign):
    coverage = MappingProxyType(foreign_store.coverage())
    last = latest_day(foreign, coverage)
    whole = freezing.freezable(Context(foreign_store, foreign, 1, coverage, "en", Access.open(), Filters(last), last))
    made = freezing.frames(whole)
    edition = Edition(1, "Report", last, datetime(2025, 6, 1), "", 1, freezing.facts(whole), made)  # noqa: DTZ001 - as the store keeps it
    for audience in audiences(edition):
        files = write_pack(edition, audience, "en")
        assert len(files) == len(PAPERS)
        assert all(files.values())
    assert edition.cell("visited").text("en") == "Not reported"


def frozen_for(store, profile, scope):
    coverage = MappingProxyType(store.coverage())
    last = latest_day(profile, coverage)
    access = replace(Access.open(), scope=scope)
    return freezing.frames(freezing.freezable(Context(store, profile, 1, coverage, "zh", access, Filters(last), last)))


def test_a_countys_edition_holds_no_other_countys_figures(demo_store, zhanjiang):
    made = frozen_for(demo_store, zhanjiang, Scope(("440882",), None))
    values = made["values"]
    towns = {node.code for node in zhanjiang.children("440882")}
    counted = values[values["value"].fillna(0.0) != 0.0]
    assert set(counted.loc[counted["part"] == "region", "code"]) <= {"440882", ""}
    assert set(counted.loc[counted["part"] == "town", "code"]) <= {*towns, ""}
    assert set(made["overdue"]["region"]) <= {"440882"}
    others = [n.label.short("zh") for n in zhanjiang.children("") if n.code != "440882"]
    said = "".join(made["sentences"].loc[made["sentences"]["part"] == "city", "zh"])
    assert [name for name in others if f"{name}1" in said or f"{name}9" in said] == []


def test_a_banks_edition_holds_no_other_banks_cases(demo_store, zhanjiang):
    made = frozen_for(demo_store, zhanjiang, Scope(None, ("B03",)))
    values = made["values"]
    counted = values[(values["part"] == "bank") & (values["value"].fillna(0.0) != 0.0)]
    assert set(counted["code"]) <= {"B03"}
    assert set(made["overdue"]["bank"]) <= {"B03"}
