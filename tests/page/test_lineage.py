"""From a figure on any page to where it comes from: its numbers, its batches, and the way to its rows."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from components import origins
from components.context import Context
from components.filters import Filters
from components.inputs import MEETINGS
from components.origins import Origin, Place
from components.sheet import Column, Sheet, notes
from data_access.access.identity import Access
from data_access.queries.records import REGISTERS
from data_access.schema import import_tables
from data_access.selection import Attribution
from tests.page.reading import pieces, problems, text

# A figure of every page that shows figures, as a mark of the page writes it.
ASKED = {
    "overview": "visit_rate;region_1=440881;at=2025-05-31",
    "districts": "approved_amount;region_1=440882;at=2025-06-13",
    "funnel": "applied/visited;bank=B05;rule=first",
    "industries": "credit_per_enterprise;industry_1=C",
    "banks": "on_time_rate;bank=B05",
}


def ask(app: AppTest, origin: str) -> AppTest:
    app.session_state["zr.source"] = origin
    return app.run()


def shown(app: AppTest) -> str:
    """Return the content of the dialog, "" if none is open."""
    return next((piece for piece in pieces(app) if "zr-origin" in piece and "zr-cards" not in piece), "")


@pytest.mark.parametrize("page", ASKED)
def test_a_figure_leads_to_its_numbers_batches_and_rows(open_page, demo_store, zhanjiang, page):
    app = ask(open_page(demo_store, zhanjiang, page), ASKED[page])
    assert problems(app) == []
    found = shown(app)
    assert found.count("逐行合计与本数一致") >= 1
    assert "不一致" not in found
    assert "来自这些导入批次" in found
    assert re.search(r'href="ledger\?[^"]*rows=\w+&amp;measure=\w+&amp;cell=', found)
    assert shown(app.run()) == ""


def test_the_dialog_names_day_cell_rule_and_batch_files(open_page, demo_store, zhanjiang):
    app = ask(open_page(demo_store, zhanjiang, industry="C"), "approved;bank=B05;at=2025-03-31;rule=last")
    found = shown(app)
    for words in ("2025-03-31", "制造业", "申报前最后接触的银行", "全部数据", ".parquet"):
        assert words in found


def test_a_figure_that_is_no_sum_leads_to_the_records_it_is_made_from(open_page, demo_store, zhanjiang):
    found = shown(ask(open_page(demo_store, zhanjiang), "days_to_decision;"))
    assert "由下列记录计算" in found
    assert re.search(r'href="ledger\?rows=enterprises&amp;measure=span.cases', found)
    assert "逐行合计与本数一致" in found
    assert "天</td>" in found  # how long each of them took
    assert "授信决定" in found


def test_a_models_figure_says_so_and_leads_to_what_it_rests_on(open_page, demo_store, zhanjiang):
    found = shown(ask(open_page(demo_store, zhanjiang), "visited;at=2025-05-31;model=1"))
    assert "由模型或比较得出" in found
    assert "依据合计" in found
    assert "逐行合计与本数一致" in found
    assert Origin.parse("visited;at=2025-05-31;model=1").place.is_model


REGISTERED = ("officer.officers", "village.covered", "publicity.items", "product.unused")


@pytest.mark.parametrize("key", [*MEETINGS, *REGISTERED])
def test_the_ledger_lists_the_rows_of_meetings_officers_products_and_publicity(open_page, demo_store, zhanjiang, key):
    """As many as the figure's dialog says; of no enterprise where there is none."""
    found = shown(ask(open_page(demo_store, zhanjiang), f"{key};"))
    rows = int(re.search(r"([\d,]+) 行明细，逐行合计与本数一致", found)[1].replace(",", ""))
    kind = re.search(r'href="ledger\?rows=(\w+)&amp;measure=' + key, found)[1]
    app = open_page(demo_store, zhanjiang, "ledger", rows=kind, measure=key)
    assert problems(app) == []
    assert f"共 {rows:,} " in text(app)
    table = next(piece for piece in pieces(app) if "zr-ledger" in piece)
    assert table.count("<tr>") - 1 == min(rows, 50)
    assert ("enterprise:" in table) == (kind not in REGISTERS)
    assert ("ledger.q" in {field.key for field in app.text_input}) == (kind not in REGISTERS)  # it finds enterprises


@pytest.mark.parametrize("cell", ["event_id=", "theme=", "region_1="])
def test_the_rows_of_a_meeting_are_its_own(open_page, demo_store, zhanjiang, cell):
    held = demo_store.rows(select(import_tables["event_participants"].c.event_id))
    event = Counter(row[0] for row in held).most_common(1)[0][0]
    e = import_tables["events"]
    columns = [e.c[name] for name in ("title", "event_id", "theme", "region_1")]
    title, *known = demo_store.rows(select(*columns).where(e.c.event_id == event))[0]
    place = f"{cell}{known[['event_id=', 'theme=', 'region_1='].index(cell)]}"
    found = shown(ask(open_page(demo_store, zhanjiang), f"event.attendances;{place}"))
    rows = re.search(r"([\d,]+) 行明细，逐行合计与本数一致", found)[1]
    app = open_page(demo_store, zhanjiang, "ledger", measure="event.attendances", cell=place)
    assert f"共 {rows} 户次" in text(app)
    assert cell != "event_id=" or title in text(app)


@pytest.mark.parametrize(
    ("key", "address"),
    [("timely_rows_rate", "data?tab=quality&amp;check=late_entry"), ("provincial_rank", "data?tab=figures")],
)
def test_a_figure_without_rows_in_the_ledger_leads_to_its_check_or_to_what_was_published(
    open_page, demo_store, zhanjiang, key, address
):
    assert address in shown(ask(open_page(demo_store, zhanjiang), f"{key};"))


def test_it_speaks_english(open_page, demo_store, zhanjiang):
    found = shown(ask(open_page(demo_store, zhanjiang, lang="en"), "visit_rate;region_1=440881"))
    assert "they add up to this figure" in found
    # The names of files and of those who brought them in, and what was printed, stay as they are.
    own = re.sub(r'<td class="text[^<]*<|<dd>[^<]*南方[^<]*', "", found)
    assert re.findall(r"[\u4e00-\u9fff]{2,}", own) == []


@pytest.mark.parametrize("text", ["nonsense;", "visited/nothing", "", "visited/visits/loans;"])
def test_what_no_figure_is_called_opens_nothing(text):
    assert Origin.parse(text) is None


def test_marks_of_the_page_can_be_read_back(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang)
    marks = re.findall(r'data-act="source:([^"]*)"', " ".join(pieces(app)))
    assert len(marks) > 60
    assert all(Origin.parse(mark) for mark in marks)


def test_a_place_survives_the_way_through_an_address():
    place = Place(
        (("region_1", ""), ("bank", "B;=1")), date(2025, 5, 1), date(2025, 4, 1), Attribution.LAST, (("tag", "a&b"),)
    )
    assert Place.parse(place.text()) == place
    assert Place.parse("street=1;at=yesterday;rule=best;only.colour=red") == Place()
    assert origins.month("2024-12").at == date(2024, 12, 31)


def test_cells_of_a_sheet_know_their_figure():
    columns = (Column("name", "x"), Column("n", "n", "enterprise", "visited", Place((("bank", "B01"),))))
    sheet = Sheet(
        "s", pd.DataFrame({"name": ["A"], "n": [1.0]}), columns, places=origins.grouped("region_1", ["440881"])
    )
    assert sheet.origin(0, 0) is None
    assert sheet.origin(0, 1) == Origin("visited", Place((("region_1", "440881"), ("bank", "B01"))))


def test_an_export_carries_filters_definition_batches_and_version(demo_store, zhanjiang):
    context = Context(
        demo_store, zhanjiang, demo_store.version(), demo_store.coverage(), "zh", Access.open(),
        Filters(as_of=date(2025, 6, 13), path=("440881",)), date(2025, 6, 13),
    )  # fmt: skip
    sheet = Sheet("s", pd.DataFrame({"n": [1.0]}), (Column("n", "n", "percent", "visit_rate"),))
    said = "\n".join(f"{title}：{text}" for title, text in notes(replace(sheet, metrics=("visit_rate",)), context))
    for words in ("廉江", "M04", "数据权限：全部数据", "数据版本", "第 1 批：走访对象清单", ".parquet"):
        assert words in said
    more = notes(replace(sheet, metrics=("visit_rate", "days_to_decision")), context)
    assert any("授信决定" in text for _, text in more)


@pytest.mark.parametrize(("origin", "formula", "told"), [
    ("pushes_overdue/pushes_matured", "超期未决推送笔数 ÷ 满期推送笔数 = ", "M"),
    ("event.firms", "参会企业 = ", ""),
    ("refusal.empty/refusal.n", " ÷ 不予授信的决定 = ", "M"),
    ("bank_cohort.x", "行逐行相加", "M"),
])  # fmt: skip
def test_a_figure_that_is_no_metric_has_its_formula_with_its_own_numbers(
    open_page, demo_store, zhanjiang, origin, formula, told
):
    """And the definition of the metric that is made of it, where there is one."""
    found = shown(ask(open_page(demo_store, zhanjiang, "overview"), origin))
    said = re.search(r"<dt>公式</dt><dd>(.*?)</dd>", found)[1]
    assert formula in said
    numbers = [re.sub(r"<[^>]+>", "", value) for value in re.findall(r"<b>(.*?)</b>", found)]
    assert numbers
    assert all(value in said for value in numbers)
    assert ("<dt>口径见 M" in found) == bool(told)
