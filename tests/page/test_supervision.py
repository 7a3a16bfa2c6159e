"""The bank page under every condition a reader may meet it in."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete

from components.banks import leads, words
from components.banks.card import card_html, listed_said, repair_sheet, texts_html, texts_sheet
from components.banks.desk import build_desk, desk_of
from components.banks.judging import QUESTIONS, judge
from components.banks.timing import decided_view, overdue_sheet
from components.banks.views import BUILDERS
from components.memory import memory
from components.papers import bankwords
from components.papers.words import sentences
from components.sides import measured
from components.situation import build_situation
from data_access.access.identity import Access, Grant, Person
from data_access.commitments import Commitment, add_commitment, list_commitments
from data_access.schema import commitments_table
from data_access.selection import Scope
from data_access.store import open_store
from tests.page.reading import pieces, problems, text


def test_it_answers_the_four_questions(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "banks")
    assert problems(app) == []
    assert app.session_state["finished"]
    shown = text(app)
    for said in ("走访与规模", "走访转申报", "授信与规模", "拒绝原因", "决定时限"):
        assert said in shown
    assert len(app.get("plotly_chart")) == 4  # at this scale no bank has twenty refusals, which is said instead
    lights = next(piece for piece in pieces(app) if "zr-light" in piece and "<table" in piece)
    assert lights.count("<tr ") == len(zhanjiang.banks)
    assert lights.count("政策性银行不参与比较") == 1


def test_a_card_names_denominator_uncertainty_and_peers(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "banks", bank="B03"))
    name = zhanjiang.bank_by_code["B03"].label.zh
    assert f"{name}诊断卡" in shown
    card = next(p for p in pieces(open_page(demo_store, zhanjiang, "banks", bank="B03")) if "<ul" in p and "户次" in p)
    assert re.search(
        r"走访 [\d,]+ 户次，按\S+应为 [\d,]+ 户次，为应有的 0\.\d\d 倍（95% 区间 \S+）；同业中间一半", card
    )
    assert re.search(r"首次走访满 60 天的 [\d,]+ 户中 [\d,]+ 户申报", card)


def test_decision_time_and_reasons_name_uncertainty_peers_and_course_too(demo_store, zhanjiang, build_context_for):
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    told = words.on_time_said(desk, "B05")
    assert re.fullmatch(
        r"满 30 天的推送 [\d,]+ 笔，按期决定 [\d,]+ 笔（[\d.]+%，95% 区间 [\d.]+%–[\d.]+%）；超期未决 [\d,]+ 笔"
        r"；同业中间一半 [\d.]+%–[\d.]+%",
        told,
    )
    refused = next(bank for bank in desk.peers if bank in desk.records["reasons"])
    assert "95% 区间" in words.said(desk, refused, "reasons")
    shown = card_html(desk, "B05", leads.links(desk, "B05"), may_promise=False)
    assert shown.count("现在：") == 5  # decision time moves as the four figures do
    assert re.search(r"现在：<span[^>]*>[\d.]+ 倍", shown)


def test_who_does_nothing_is_compared_in_the_city_and_left_out_in_a_part_of_it(
    demo_store, zhanjiang, build_context_for
):
    memory.clear()
    context = build_context_for(demo_store, zhanjiang)
    desk = build_desk(context)
    values = desk.sizes.values.copy()
    values.loc["B99"] = values.loc["B05"]
    sizes, peers = replace(desk.sizes, values=values), (*desk.peers, "B99")
    found = judge(context, sizes, peers)
    assert found.now.visits.rows.loc["B99", "observed"] == 0.0
    assert "B99" in found.now.credit.without
    idle = replace(desk, context=context, everyone=context, sizes=sizes, peers=peers)
    assert words.said(idle, "B99", "credit") == "零授信，单独列出"
    county = next(node.code for node in zhanjiang.regions if node.level == 1)
    there = replace(context, filters=replace(context.filters, path=(county,)))
    idle = replace(desk, context=there, everyone=there, sizes=sizes, peers=peers)
    assert "B99" not in idle.now.visits.rows.index
    assert words.said(idle, "B99", "visits") == words.said(idle, "B99", "credit") == "所选范围内没有记录，不作比较"
    memory.clear()


def test_what_is_overdue_follows_the_citys_rule(demo_store, zhanjiang, build_context_for, monkeypatch):
    monkeypatch.setitem(zhanjiang.settings, "decision_days", 45)
    memory.clear()
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    assert len(overdue_sheet(desk, "").frame) == desk.pushes["pushes_overdue"].sum()
    memory.clear()


def test_the_slowest_bank_is_told_with_its_cases_and_interval(demo_store, zhanjiang, build_context_for):
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    view = decided_view(desk, "")
    assert re.search(r"最慢：[\d,]+ 笔推送 30 天内有决定的只占 [\d.]+%（95% 区间 [\d.]+%–[\d.]+%）", view.head)
    own = decided_view(desk, "B05")
    assert re.match(r"乘黄：[\d,]+ 笔推送 30 天内有决定的占 [\d.]+%（95% 区间 [\d.]+%–[\d.]+%）", own.head)
    headers = [column.header for column in view.sheet().columns]
    assert len(set(headers)) == len(headers)
    assert {"30 天内有决定（估计）", "按期决定率下限 95%"} <= set(headers)


def test_a_filter_by_bank_does_not_change_its_peers(open_page, demo_store, zhanjiang):
    def conclusion(**parameters):
        return next(p for p in pieces(open_page(demo_store, zhanjiang, "banks", **parameters)) if "zr-conclusion" in p)

    assert conclusion(bank="B05") == conclusion()


def test_a_policy_bank_is_shown_apart(open_page, demo_store, zhanjiang):
    shown = text(open_page(demo_store, zhanjiang, "banks", bank="B01"))
    assert "政策性银行按另外的规则放贷，单独列出" in shown


@pytest.mark.parametrize(
    "parameters",
    [
        {"region": "440881"}, {"period": "month"}, {"date": "2025-01-15"}, {"date": "2024-11-21"}, {"show": "deposits"},
        {"by": "outlets"}, {"view": "overdue"}, {"view": "repair"}, {"type": "company"}, {"part": "time"},
        {"part": "more"}, {"part": "loop"}, {"score": "1"}, {"show": "nonsense", "bank": "nobody", "part": "nonsense"},
    ],
)  # fmt: skip
def test_any_selection_is_shown(open_page, demo_store, zhanjiang, parameters):
    app = open_page(demo_store, zhanjiang, "banks", **parameters)
    assert problems(app) == []


@pytest.mark.parametrize("part", ["four", "time", "more", "loop"])
def test_it_speaks_english_throughout(open_page, demo_store, zhanjiang, part):
    app = open_page(demo_store, zhanjiang, "banks", lang="en", part=part, score="1")
    assert problems(app) == []
    shown = text(app)
    assert re.findall(r"[\u4e00-\u9fff]{2,}", shown) == []


def test_what_nobody_reported_is_said_and_not_zero(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign, "banks")
    assert problems(app) == []
    shown = text(app)
    assert "未报送" in shown
    assert "走访 0 户次" not in shown


def test_a_switch_orders_by_total_score_with_weights_and_ties(open_page, demo_store, zhanjiang, monkeypatch):
    monkeypatch.setitem(zhanjiang.settings, "rejection_min_n", 1)
    monkeypatch.setitem(zhanjiang.settings, "bank_score_weights", {"visits": 0.4})
    assert "总分" not in text(open_page(demo_store, zhanjiang, "banks")).replace("按总分排序", "")
    shown = text(open_page(demo_store, zhanjiang, "banks", score="1"))
    assert "走访与规模 35%" in shown  # 0.4 of 1.15
    assert "并列" in shown


def test_the_reader_of_one_bank_sees_it_and_the_band_of_the_others(open_page, demo_store, zhanjiang, monkeypatch):
    monkeypatch.setattr(Scope, "everything", lambda: Scope(None, ("B05",)))
    foreign = [bank.label for bank in zhanjiang.banks if bank.code != "B05"]
    for part in ("four", "time", "more", "loop"):
        app = open_page(demo_store, zhanjiang, "banks", part=part, view="overdue", bank="B08", score="1")
        assert problems(app) == []
        tables = "".join(frame.value.to_string() for frame in app.dataframe)
        shown = text(app) + tables + "".join(chart.proto.spec for chart in app.get("plotly_chart"))
        assert not [label.zh for label in foreign if label.zh in shown or label.short("zh") in shown]
    card = text(open_page(demo_store, zhanjiang, "banks", part="four"))
    assert "乘黄银行诊断卡" in card
    assert "同业中间一半" in card


def test_what_is_overdue_leads_to_its_enterprise(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "banks", bank="B05", part="time")
    rows = app.dataframe[-1].value
    assert len(rows)
    assert rows["主体编号"].str.fullmatch(r"ledger\?.*enterprise=\w+").all()


def test_what_is_overdue_is_that_of_the_bank_asked_for(open_page, demo_store, zhanjiang):
    app = open_page(demo_store, zhanjiang, "banks", bank="B05", part="time")
    assert set(app.dataframe[-1].value["银行"]) == {"乘黄"}
    assert f"乘黄：{len(app.dataframe[-1].value)} 笔推送超期未决" in text(app)


def test_a_part_of_the_city_is_said_to_stand_beside_sizes_of_the_whole(demo_store, zhanjiang, build_context_for):
    context = build_context_for(demo_store, zhanjiang)
    county = next(node.code for node in zhanjiang.regions if node.level == 1)
    there = replace(context, filters=replace(context.filters, path=(county,)))
    warned = ["规模是全市的，所选只是一部分" in BUILDERS["visits"](build_desk(c)).note for c in (context, there)]
    assert warned == [False, True]
    city, part = (build_desk(c) for c in (context, there))
    assert ["全市" in words.said(desk, "B05", "applications") for desk in (city, part)] == [True, False]
    assert [BUILDERS["applications"](desk).note.split()[0] for desk in (city, part)] == ["全市", "所选范围"]


def test_a_refusal_leads_to_its_enterprise(demo_store, zhanjiang, build_context_for):
    sheet = texts_sheet(build_desk(build_context_for(demo_store, zhanjiang)), "B05")
    assert "enterprise_id" in [column.name for column in sheet.columns]
    assert len(sheet.frame)


def test_refusals_are_shown_in_full_and_say_how_many_of_how_many(demo_store, zhanjiang, build_context_for):
    context = build_context_for(demo_store, zhanjiang)
    desk = build_desk(context)
    bank = desk.now.quality["rejections"].idxmax()
    sheet = texts_sheet(desk, bank)
    longest = max(sheet.frame["shown"], key=len)
    shown = texts_html(desk, sheet)
    assert f'<td class="text wrap" data-head="原文">{longest}</td>' in shown
    assert shown.count('<a class="zr-link" href="ledger?') == len(sheet.frame)
    told = listed_said(desk, "texts", bank, 3)
    assert (
        told == f"最近的在前，共 {desk.records['reasons'][bank]['rejections']:.0f} 笔，列出 3 笔；电话和证件号码已隐去"
    )
    grant = Grant("", "p1", "安", "task_force", (), (), (), date(2025, 1, 1), None)
    seeing = replace(context, access=Access.of(Person("p1", "安", "header"), (grant,), "task_force"))
    assert "已隐去" not in listed_said(replace(desk, context=seeing), "texts", bank, 3)


def test_reasons_of_one_department_stand_together(demo_store, zhanjiang, build_context_for):
    rows = repair_sheet(build_desk(build_context_for(demo_store, zhanjiang))).frame
    assert rows["last"].is_monotonic_increasing
    for _, part in rows.groupby("last"):
        changes = (part["department"] != part["department"].shift()).sum()
        assert changes == part["department"].nunique()
    assert (rows["low"].dropna() <= rows["pct"].dropna()).all()


def test_what_other_banks_approved_is_unknown_to_the_reader_of_one_and_not_zero(
    demo_store, zhanjiang, build_context_for
):
    context = build_context_for(demo_store, zhanjiang)
    whole = repair_sheet(build_desk(context), "B05").frame
    own = repair_sheet(desk_of(context.seeing(Scope(None, ("B05",))))).frame
    assert whole["converted"].notna().all()
    assert own["mature"].sum() == whole["mature"].sum()
    assert own[["converted", "pct", "low", "high"]].isna().all(axis=None)


def test_of_too_few_others_there_is_no_band(open_page, demo_store, zhanjiang, monkeypatch):
    monkeypatch.setattr(Scope, "everything", lambda: Scope(None, ("B05",)))
    monkeypatch.setitem(zhanjiang.settings, "peer_min_banks", 24)
    assert "同业中间一半" not in text(open_page(demo_store, zhanjiang, "banks"))


def test_every_figure_of_a_finding_adds_up_from_its_rows(demo_store, zhanjiang, build_context_for):
    context = build_context_for(demo_store, zhanjiang)
    desk, bank = build_desk(context), "B05"
    found = {
        (question, before): [
            side.value for side in measured(context, leads.finding(desk, bank, question, before=before))
        ]
        for question in QUESTIONS
        for before in (False, True)
    }
    for before, month in ((False, desk.now), (True, desk.before)):
        assert found["visits", before] == [month.visits.rows.loc[bank, "observed"]]
        assert found["applications", before] == month.shares.rows.loc[bank, ["x", "n"]].tolist()
        assert found["credit", before] == [pytest.approx(month.credit.rows.loc[bank, "credit"])]
        n, empty = month.quality.loc[bank, ["rejections", "empty"]]
        assert found["reasons", before] == pytest.approx([n * empty, n])


def test_marks_of_charts_lead_to_their_banks(demo_store, zhanjiang, build_context_for):
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    for question, build in BUILDERS.items():
        view = build(desk)
        for number, origins in (view.origins or {}).items():
            banks = [dict(origin.place.only)["bank"] if origin else "" for origin in origins]
            names = [desk.name(bank) for bank in banks if bank]
            said = view.figure.data[number]["customdata"]
            assert all(
                text.startswith((f"<b>{zhanjiang.bank_by_code[bank].label.zh}</b>", f"{desk.name(bank)} "))
                for bank, text in zip(banks, said, strict=True)
                if bank
            ), (question, names)


def test_the_city_sets_how_many_refusals_are_judged(demo_store, zhanjiang, build_context_for, monkeypatch):
    monkeypatch.setitem(zhanjiang.settings, "rejection_min_n", 3)
    monkeypatch.setitem(zhanjiang.settings, "rejection_empty_share", 0.0)
    memory.clear()
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    told = desk.now.quality["rejections"] >= 3
    assert desk.now.quality["score"].notna().equals(told)
    assert told.any()
    assert (desk.now.p.loc[told[told].index, "reasons"] <= 1.0).all()


def test_an_empty_store_says_what_to_do(open_page, tmp_path, zhanjiang):
    store = open_store(f"duckdb:///{(tmp_path / 'empty.duckdb').as_posix()}")
    assert "还没有数据" in text(open_page(store, zhanjiang, "banks"))
    store.close()


@pytest.fixture
def promised(demo_store):
    """Give the store a commitment that was made in March, and take all commitments away again."""
    entry = Commitment(
        "B05",
        "applications",
        "走访后五日内协助申报",
        "行长",
        date(2025, 3, 31),
        date(2025, 5, 31),
        0.03,
        0.08,
        5000,
        150,
    )
    add_commitment(demo_store, Scope.everything(), entry)
    yield demo_store
    with demo_store.begin() as connection:
        connection.execute(delete(commitments_table))


def test_a_commitment_is_measured_again(open_page, promised, zhanjiang):
    app = open_page(promised, zhanjiang, "banks", part="loop")
    table = next(p for p in pieces(app) if "走访后五日内协助申报" in p)
    assert "（已过期）" in table
    assert any(word in table for word in ("明显变差", "在波动范围内", "明显好转"))
    assert "整改承诺：1 条未办结" in text(app)


def test_no_filter_changes_what_banks_promised_by(open_page, promised, zhanjiang):
    def shown(**parameters):
        page = text(open_page(promised, zhanjiang, "banks", part="loop", bank="B05", **parameters))
        row = next(
            p for p in pieces(open_page(promised, zhanjiang, "banks", part="loop", **parameters)) if "五日内" in p
        )
        return re.search("现在：走访.*?按期决定率 [^ ]+", page)[0], row

    county = next(node.code for node in zhanjiang.regions if node.level == 1)
    assert shown(region=county, show="deposits", by="outlets", type="company") == shown()


def test_the_papers_list_what_became_of_open_promises(promised, zhanjiang, build_context_for):
    context = build_context_for(promised, zhanjiang)
    county = next(node.code for node in zhanjiang.regions if node.level == 1)
    told = list(bankwords.promised(build_desk(context)))
    assert len(told) == 1
    assert re.fullmatch(
        r"乘黄承诺走访后申报占比（调整后）由3.0%到8.0%，期限2025年5月31日，责任人行长；本次复测为[\d.]+%，\w+。",
        told[0],
    )
    there = replace(context, filters=replace(context.filters, path=(county,)))
    assert list(bankwords.promised(build_desk(there))) == told
    assert list(bankwords.promised(build_desk(context), "B08")) == []
    assert told[0] in dict.fromkeys(text for _, text in bankwords.own(build_desk(context), "B05"))
    kept = sentences(context, build_situation(context), build_desk(context))
    assert {row[0] for row in kept if "乘黄承诺" in row[4] and "promised to bring" in row[5]} == {"city", "bank"}


def test_a_commitment_is_entered_and_closed(open_page, promised, zhanjiang):
    app = open_page(promised, zhanjiang, "banks", bank="B08", part="loop")
    app.text_input(key="banks.commit.wording").set_value("每周核对申报")
    app.number_input(key="banks.commit.promised").set_value(9.0)
    app.text_input(key="banks.commit.owner").set_value("副行长")
    next(b for b in app.button if b.label == "登记承诺").click().run()
    assert problems(app) == []
    newest = list_commitments(promised, Scope.everything())[-1]
    assert (newest.bank, newest.wording, newest.owner) == ("B08", "每周核对申报", "副行长")
    app.button(key="banks.close.do").click().run()
    assert problems(app) == []
    assert sum(c.closed_on is not None for c in list_commitments(promised, Scope.everything())) == 1


def test_a_commitment_without_words_is_refused(open_page, promised, zhanjiang):
    app = open_page(promised, zhanjiang, "banks", bank="B08", part="loop")
    app.number_input(key="banks.commit.promised").set_value(50.0)
    next(b for b in app.button if b.label == "登记承诺").click().run()
    assert [e.value for e in app.error] == ["请写明承诺内容。"]
    assert len(list_commitments(promised, Scope.everything())) == 1


@pytest.mark.parametrize(("figure", "promise"), [("applications", 0.1), ("reasons", 99.0)])
def test_a_commitment_to_do_worse_than_now_is_refused(open_page, promised, zhanjiang, figure, promise):
    """More applications are better, more refusals without a reason are worse."""
    app = open_page(promised, zhanjiang, "banks", bank="B08", part="loop", figure=figure)
    field = app.number_input(key="banks.commit.promised")
    assert field.label == "承诺到（%）"
    assert re.fullmatch(r"现在 [\d.]+%", field.placeholder)
    app.text_input(key="banks.commit.wording").set_value("每周核对申报")
    field.set_value(promise)
    next(b for b in app.button if b.label == "登记承诺").click().run()
    assert re.match("承诺的数值应好于现在的", app.error[0].value)
    assert len(list_commitments(promised, Scope.everything())) == 1


@pytest.mark.slow
def test_the_full_demo_city_shows_who_was_made_to_lag(build_context_for, full_store, zhanjiang):

    desk = build_desk(build_context_for(full_store, zhanjiang))
    red = {q: {b for b in desk.peers if desk.lights.loc[b, q] == "red"} for q in desk.lights.columns}
    # As the demo city's plan has it: who visits a quarter, brings few applications, lends little, writes one phrase.
    assert red["visits"] == {"B03", "B10"}
    assert red["applications"] == {"B05", "B08"}
    assert red["credit"] >= {"B04"}
    assert {"B06", "B09"} <= red["reasons"] <= {"B06", "B09", "B13", "B23"}


def test_a_reader_of_one_county_sees_its_figures_alone(open_page, demo_store, zhanjiang, monkeypatch):
    county = next(node.code for node in zhanjiang.regions if node.level == 1)
    filtered = text(open_page(demo_store, zhanjiang, "banks", region=county, bank="B05"))
    monkeypatch.setattr(Scope, "everything", lambda: Scope((county,), None))
    app = open_page(demo_store, zhanjiang, "banks", bank="B05")
    assert problems(app) == []
    card = re.search(r"乘黄银行诊断卡.*?超期未决 [\d,]+ 笔", filtered)
    assert card is not None
    assert card[0].split("走访与规模", 1)[1] in text(app)
    for part in ("time", "more", "loop"):
        app = open_page(demo_store, zhanjiang, "banks", part=part)
        assert problems(app) == []
    assert "银行按全市作出承诺，不分县区" in text(app)
    assert "登记承诺" not in [button.label for button in app.button]


def test_the_slowest_bank_is_the_one_that_leaves_most_undecided(demo_store, zhanjiang, build_context_for):
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    view = decided_view(desk, "")
    thick = [trace["name"] for trace in view.figure.data if trace["line"]["width"] > 1]
    at_rule = {str(next(iter(trace["customdata"]))): [*trace["y"]][30] for trace in view.figure.data}
    assert len(thick) == 1
    assert thick[0] in view.head
    assert f"{100 * at_rule[thick[0]]:.1f}%" in view.head


def test_a_light_leads_to_the_rows_it_was_judged_by_and_not_to_a_figure_of_the_same_value(
    demo_store, zhanjiang, build_context_for
):
    """Ratios to what was expected and adjusted shares are no sum of rows; a share of refusals is one."""
    desk = build_desk(build_context_for(demo_store, zhanjiang))
    found = {question: leads.judged(desk, "B05", question) for question in ("visits", "applications", "credit")}
    assert all(origin.place.is_model for origin in found.values())
    assert not leads.judged(desk, "B05", "reasons").place.is_model
