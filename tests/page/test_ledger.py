"""The ledger under every condition a reader may meet it in."""

import csv
import re

import pytest

from components import export
from components.access.records import access_store
from data_access.access.audit import Action, Asked, events
from data_access.store import open_store
from tests.page.reading import pieces, problems, text

CHINESE = r"[\u4e00-\u9fff]{2,}"


def rows(app) -> list[str]:
    """Return the ids of the enterprises in the table."""
    table = next((piece for piece in pieces(app) if "zr-ledger" in piece), "")
    return re.findall(r"enterprise:(\w+)", table)


@pytest.mark.parametrize("kind", ["enterprises", "visits", "applications", "decisions", "loans", "problems"])
def test_every_kind_of_row_can_be_listed(open_page, demo_store, zhanjiang, kind):
    app = open_page(demo_store, zhanjiang, "ledger", rows=kind)
    assert problems(app) == []
    assert len(rows(app)) == 50
    assert re.search(r"共 [\d,]+ (户|户次|笔)，第 1–50", text(app))


@pytest.mark.parametrize("work", ["next_visit", "need_unapplied", "overdue", "undrawn", "renewal_90"])
def test_every_work_list_says_who_has_to_act(open_page, demo_store, zhanjiang, work):
    app = open_page(demo_store, zhanjiang, "ledger", list=work)
    assert problems(app) == []
    shown = text(app)
    assert "轮到谁办" in shown
    assert ("距应办结（天）" if work == "renewal_90" else "已等待（天）") in shown
    assert rows(app)


def test_pages_follow_each_other(open_page, demo_store, zhanjiang):
    first = open_page(demo_store, zhanjiang, "ledger")
    seen = rows(first)
    second = first.button(key="ledger.next").click().run()
    assert problems(second) == []
    assert not {*rows(second)} & {*seen}
    assert dict(second.query_params)["after"] == seen[-1]
    back = second.button(key="ledger.previous").click().run()
    assert rows(back) == seen
    assert back.button(key="ledger.previous").disabled


def test_a_view_has_a_name_and_a_link(open_page, demo_store, zhanjiang):
    """The name goes with the address, and says when the view is no longer the one that was named."""
    app = (
        open_page(demo_store, zhanjiang, "ledger", q="百货").text_input(key="ledger.name").set_value("百货店 <b>").run()
    )
    assert problems(app) == []
    named = dict(app.query_params)["named"]
    assert named.startswith("百货店 <b>~")
    assert "视图“百货店 &lt;b&gt;”<" in " ".join(pieces(app))
    link = open_page(demo_store, zhanjiang, "ledger", q="百货", named=named)
    assert "named=" in link.code[0].value
    assert "（已改动，可另存）" in text(link.text_input(key="ledger.q").set_value("水产").run())


def test_a_search_is_kept_in_the_address_and_can_be_cleared(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "ledger").text_input(key="ledger.q").set_value("百货").run()
    assert dict(app.query_params)["q"] == "百货"
    assert rows(app)
    nothing = app.text_input(key="ledger.q").set_value("没有这样的").run()
    assert "没有找到“没有这样的”" in text(nothing)
    assert rows(nothing.button(key="ledger.clear").click().run())


def test_columns_are_chosen_by_the_address(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "ledger", cols="contact_phone,address,<b>")
    assert problems(app) == []
    assert "联系电话" in text(app)
    assert re.search(r"100\*{4}\d{4}", text(app))
    assert not re.search(r"演示路\d", text(app))


def test_names_of_sole_traders_are_masked(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "ledger", type="sole_trader")
    table = next(piece for piece in pieces(app) if "zr-ledger" in piece)
    names = re.findall(r"<a [^>]*>(.*?)</a>", table)
    assert names
    assert all(re.fullmatch(r".\*", name) for name in names)


def test_the_rows_of_a_figure_are_named_after_it(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "ledger", measure="loans", rows="loans", cell="region_1=440802")
    assert problems(app) == []
    assert "计入“" in text(app)
    assert "笔" in text(app)


def test_the_rows_of_a_figure_say_all_that_it_was_narrowed_to(open_page, demo_store, zhanjiang):
    """A place replaces the page's filters, has its own days, or leaves every filter aside: none of it is silent."""
    asked = {"measure": "visits", "rows": "visits", "region": "440881"}
    shown = text(
        open_page(demo_store, zhanjiang, "ledger", **asked, cell="only.bank=B05;start=2025-03-01;at=2025-03-31")
    )
    assert "银行 乘黄银行" in shown
    assert "2025年3月1日 – 2025年3月31日" in shown
    assert "不按页面上的筛选" in text(open_page(demo_store, zhanjiang, "ledger", **asked, cell="alone=1"))
    spans = open_page(demo_store, zhanjiang, "ledger", measure="span.cases", cell="from=approved_on;to=drawn_on")
    assert "起于 获授信 · 止于 放款" in text(spans)


def test_the_rows_of_a_figure_tell_the_figure_whatever_is_searched(open_page, demo_store, zhanjiang):
    def told(**asked):
        app = open_page(demo_store, zhanjiang, "ledger", measure="approved_amount", rows="decisions", **asked)
        return re.search(r"的明细：([^（]*)", text(app))[1]

    assert re.fullmatch(r"[\d,.]+ [亿万]元，[\d,]+ 笔", told())
    assert told(q="有限公司") == told()


def test_an_export_of_a_figures_rows_says_where_it_stands(open_page, demo_store_url, zhanjiang):
    store = open_store(demo_store_url)
    place = "only.bank=B05;only.region=440882;start=2025-03-01;at=2025-03-31"
    app = open_page(store, zhanjiang, "ledger", measure="visits", rows="visits", cell=place, region="440881")
    written = export.desk().find(app.button(key="ledger.export.csv").click().run().session_state["ledger.export"])
    assert written.done.wait(20)
    notes = dict(csv.reader(written.path.read_text("utf-8-sig").split("从湛融导出")[1].splitlines()[1:]))
    assert (notes["银行"], notes["范围"], notes["时段"]) == ("乘黄银行", "雷州市", "2025-03-01 – 2025-03-31")
    assert notes["本数"] == f"{written.written:,} 户次"
    visits = next(said for said in notes.values() if said.startswith("走访记录："))
    assert visits.startswith(f"走访记录：{written.written:,} 行")  # the batches of these rows, not of the page's
    store.close()


def test_an_export_of_a_work_list_names_the_batches_it_rests_on(open_page, demo_store_url, zhanjiang):
    store = open_store(demo_store_url)
    app = open_page(store, zhanjiang, "ledger", list="overdue")
    written = export.desk().find(app.button(key="ledger.export.csv").click().run().session_state["ledger.export"])
    assert written.done.wait(20)
    assert "推荐清单：" in written.path.read_text("utf-8-sig")
    store.close()


def test_an_enterprise_and_the_way_back(open_page, demo_store, zhanjiang):
    one = rows(open_page(demo_store, zhanjiang, "ledger", list="overdue"))[0]
    app = open_page(demo_store, zhanjiang, "ledger", list="overdue", enterprise=one)
    assert problems(app) == []
    shown = text(app)
    for part in ("下一步，轮到谁", "作出是否授信的决定", "五项标准", "经历", "可匹配的贷款产品", "服务它的金融三员"):
        assert part in shown
    assert "已超" in shown
    assert re.search(r"经营状况 (良好|正常|困难|停产停业)", shown)  # and what else a visitor saw, each by its name
    back = app.button(key="firm.back").click().run()
    assert one in rows(back)


def test_an_unknown_enterprise_is_said_to_be_unknown(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "ledger", enterprise="<script>x</script>")
    assert problems(app) == []
    assert "没有找到经营主体 <script>x</script>" in text(app)
    assert not any("<script>x" in piece for piece in pieces(app))


def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang):
    one = rows(open_page(demo_store, zhanjiang, "ledger", list="overdue"))[0]
    for parameters in ({}, {"list": "overdue"}, {"rows": "decisions", "cols": "bank,outcome"}, {"enterprise": one}):
        shown = " ".join(pieces(open_page(demo_store, zhanjiang, "ledger", lang="en", **parameters)))
        # Names, addresses, free texts and titles stay as they were reported.
        shown = re.sub(r"<small>[^<]*</small></li>|Took part in: [^<]*", "", shown)
        shown = re.sub(r"演示[^<]*|演\*|[^>]*·[^<]*贷|[^>]*镇[^<]*", "", shown)
        assert re.findall(CHINESE, shown) == [], parameters
    tagged = pieces(open_page(demo_store, zhanjiang, "ledger", lang="en", cols="tags"))
    assert not any("、" in piece for piece in tagged)  # several tags are told apart as English does


def test_unknown_values_in_the_address_are_ignored(open_page, demo_store, zhanjiang):
    odd = {"rows": "x", "list": "y", "measure": "z", "cell": "a=b", "sort": "-q", "cols": "w", "after": "nobody"}
    app = open_page(demo_store, zhanjiang, "ledger", **odd)
    assert problems(app) == []
    assert len(rows(app)) == 50


def test_an_export_is_written_recorded_and_handed_over(open_page, demo_store_url, zhanjiang):
    store = open_store(demo_store_url)
    app = open_page(store, zhanjiang, "ledger", list="overdue", q="有限公司")
    app = app.button(key="ledger.export.csv").click().run()
    written = export.desk().find(app.session_state["ledger.export"])
    assert written.done.wait(20)
    assert written.error is None
    lines = written.path.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("主体编号,名称,")
    assert sum(line.startswith("E0") for line in lines) == written.written > 0
    assert any("从湛融导出" in line for line in lines)
    assert any("演示数据" in line for line in lines)
    (record,) = events(access_store(), Asked(actions=(Action.EXPORT,)))
    assert (record.role, record.rows) == ("open", written.written)
    assert record.detail.startswith("csv ledger?")
    assert "list=overdue" in record.detail
    assert "有限公司" in record.filters
    assert f"export/{written.token}" in " ".join(pieces(app.run()))
    store.close()


def test_an_empty_store_says_what_to_do(open_page, duckdb_url, zhanjiang):
    for parameters in ({}, {"enterprise": "E1"}, {"list": "overdue"}):
        app = open_page(open_store(duckdb_url), zhanjiang, "ledger", **parameters)
        assert problems(app) == []
        assert "还没有数据" in text(app)


def test_another_country_lists_what_it_reports(open_page, foreign_store, foreign):
    for parameters in ({}, {"rows": "loans"}, {"list": "undrawn"}, {"rows": "visits"}):
        app = open_page(foreign_store, foreign, "ledger", **parameters)
        assert problems(app) == []
        assert rows(app) or parameters.get("list")


def test_a_column_that_nobody_reports_says_so_and_one_that_is_reported_stays_blank_where_there_is_nothing(
    open_page, foreign_store, foreign
):
    app = open_page(foreign_store, foreign, "ledger", cols="tier,first_visit_on,applied_on,approved_on,total_credit")
    table = next(piece for piece in pieces(app) if "zr-ledger" in piece)
    lines = [re.findall("<td.*?</td>", row) for row in table.split("<tr>")]
    shown = [[re.sub("<[^>]*>", "", cell) for cell in line] for line in lines if line]
    assert {tuple(row[1:4]) for row in shown} == {("未报送",) * 3}
    approved = {row[4] for row in shown}
    assert "" in approved
    assert "未报送" not in approved | {row[5] for row in shown}
