"""Missing is not zero, in sentences either: nobody is praised for what was never reported."""

import html
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from data_access.importing import import_files
from data_access.profile import Profile, Target, load_profile
from data_access.store import Store, open_store
from pages import PAGES
from tests.page.reading import cards, pieces, problems, text

FALSE = ("所有单位都达到序时进度", "没有超期未决的推送", "走访率位次没有变化", "没有超期事项", "口径日期不一致",
         "没有连续两个月都显著的问题", "没有已决定的推送", "没有可分组的记录", "未列入清单")  # fmt: skip
CODES = """
visit_mode = [{ code = "onsite", zh = "现场", en = "On site" }]
visit_result = [{ code = "met_owner", zh = "见到负责人", en = "Met" }]
"""
TARGET = "metric,region,value,starts_on,ends_on,source\nvisit_rate,,70,2025-01-06,2025-06-30,invented\n"
VISITS = """走访编号,主体编号,走访日期,走访方式,走访结果
V1,PT0001,2025-03-03,现场,见到负责人
V2,PT0002,2025-03-04,现场,见到负责人
"""


@pytest.fixture(scope="module")
def paced(foreign: Profile, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """Return a city that has a target of visits to make."""
    folder = tmp_path_factory.mktemp("paced") / "profile"
    shutil.copytree(foreign.folder, folder)
    (folder / "targets.csv").write_text(TARGET, "utf-8")
    path = folder / "profile.toml"
    path.write_text(path.read_text("utf-8").replace("[codes]\n", f"[codes]{CODES}"), "utf-8")
    return load_profile(folder)


@pytest.fixture(scope="module", params=["enterprises only", "visits without a list"])
def bare_store(request: pytest.FixtureRequest, paced: Profile) -> Iterator[Store]:
    """Yield the store of a city that has barely begun to report."""
    folder = paced.folder.parent
    files = [paced.folder / "files" / "enterprises.csv"]
    if request.param != "enterprises only":
        files.append(folder / "visits.csv")
        files[-1].write_text(VISITS, "utf-8")
    store = open_store(f"duckdb:///{(folder / f'{len(files)}.duckdb').as_posix()}")
    report = import_files(store, paced, files, by="tests")
    assert not report.refusals
    yield store
    store.close()


def everything(app) -> str:
    """Return all that was sent to the browser, our own components' data included."""
    sent = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return html.unescape(" ".join([*pieces(app), json.dumps(sent, ensure_ascii=False)]))


@pytest.mark.parametrize("page", [page.key for page in PAGES])
def test_no_page_takes_what_is_missing_for_good_news(open_page, foreign_store, foreign, page):
    app = open_page(foreign_store, foreign, page)
    assert problems(app) == []
    assert [words for words in FALSE if words in everything(app)] == []


@pytest.mark.parametrize("page", [page.key for page in PAGES])
def test_nor_with_a_target_that_nothing_can_be_measured_against(open_page, bare_store, paced, page):
    app = open_page(bare_store, paced, page)
    assert problems(app) == []
    assert [words for words in FALSE if words in everything(app)] == []


def test_the_overview_says_what_was_not_reported(open_page, bare_store, paced):
    app = open_page(bare_store, paced)
    shown = text(app)
    assert "走访率未报送" in shown
    assert "推荐清单未报送" in shown
    assert cards(app)["超期未决"] == "未报送"


def test_map_and_ranking_start_with_what_was_reported(open_page, foreign_store, foreign):
    app = open_page(foreign_store, foreign)
    assert "各堂区获授信户数排名" in text(app)
    assert "走访记录未报送" in text(app)


@pytest.mark.parametrize("page", ["overview", "districts", "banks", "definitions", "screen"])
def test_a_city_that_gives_banks_another_term_reads_its_own(open_page, foreign_store, foreign, page):
    for lang in ("zh", "en"):
        shown = everything(open_page(foreign_store, foreign, page, lang=lang, show="on_time_rate"))
        assert not re.search(r"\{days\}|30 ?(日内决定|日决定|天内作出)|[Dd]ecided (with)?in 30", shown)
        assert page == "banks" or re.search(r"45 ?[日天d]", shown)  # no bank was pushed anything here


def test_a_target_of_another_metric_is_paced_on_its_card_for_the_whole_of_its_region_alone(
    open_page, foreign_store, foreign
):
    assert "序时进度" in text(open_page(foreign_store, foreign))
    assert "序时进度" in text(open_page(foreign_store, foreign, region="VM1"))
    assert "序时进度" not in text(open_page(foreign_store, foreign, region="VM2"))
    assert "序时进度" not in text(open_page(foreign_store, foreign, type="company"))


def test_a_target_of_visited_enterprises_is_paced_where_the_rate_has_none(open_page, demo_store, zhanjiang):
    target = Target("visited", "", 12_000.0, date(2024, 11, 21), date(2025, 6, 30), "计划")
    shown = text(open_page(demo_store, replace(zhanjiang, targets=(target,))))
    assert "目标 12,000" in shown
    assert "序时进度 10,371 户" in shown  # 191 of 221 days of 12,000
    assert "序时进度" not in text(open_page(demo_store, replace(zhanjiang, targets=())))


def test_what_was_reported_is_shown_beside_what_was_not(open_page, foreign_store, foreign):
    shown = everything(open_page(foreign_store, foreign, "banks"))
    assert "四个问题都还无法判断" in shown
    assert 'title="未报送"' in shown
    shown = everything(open_page(foreign_store, foreign, "industries"))
    rates = shown[shown.index("清单户数") :]
    assert "制造业" in rates
    assert "未报送" in rates
    assert "走访截至 未报送" in everything(open_page(foreign_store, foreign, "papers"))
