"""Names into codes: places, industries, banks and code lists in the spellings workbooks use."""

import pytest

from data_access.importing.names import Books
from data_access.importing.values import Unreadable
from data_access.profile import Label, Node

GRIDS = [
    Node("440802001-01", "440802001", 3, Label("民权社区", "Minquan")),
    Node("440802001-02", "440802001", 3, Label("第二网格", "Grid 2")),
    Node("440802002-02", "440802002", 3, Label("第二网格", "Grid 2")),
]


@pytest.fixture(scope="module")
def books(zhanjiang):
    return Books(zhanjiang, GRIDS)


@pytest.mark.parametrize(
    "cells",
    [
        ("赤坎区", "中华街道"),
        ("赤坎", "中华"),
        ("湛江市赤坎区", "赤坎区中华街道"),
        ("广东省湛江市赤坎区", "湛江市赤坎区中华街道办事处"),
        ("440802", "440802001"),
        ("440802000000", "440802001000"),
        ("Chikan District", "Zhonghua Subdistrict"),
        ("赤 坎 区", "中华街道办"),
        (None, "中华街道"),
        ("440802001", "中华街道"),
    ],
)
def test_a_town_is_found_by_any_spelling(books, cells):
    assert books.regions.resolve(cells) == ["440802", "440802001"]


def test_grids_are_found_below_their_town(books):
    assert books.regions.resolve(("赤坎区", "中华街道", "民权")) == ["440802", "440802001", "440802001-01"]
    assert books.regions.resolve(("赤坎区", "寸金街道", "第二网格")) == ["440802", "440802002", "440802002-02"]
    assert books.regions.resolve(("赤坎区", None, "第二网格"))[2] == Unreadable("region_ambiguous")
    assert books.regions.resolve((None, None, "民权社区")) == ["440802", "440802001", "440802001-01"]


def test_places_that_cannot_be_told(books):
    assert books.regions.resolve(("赤坎区", "附城镇"))[1] == Unreadable("region_elsewhere")
    assert books.regions.resolve((None, "附城镇"))[1] == Unreadable("region_ambiguous")
    assert books.regions.resolve(("不存在县", "中华街道")) == [Unreadable("region_unknown"), "440802001"]
    assert books.regions.resolve(("赤坎区", "不存在镇"))[1] == Unreadable("region_unknown")
    assert books.regions.resolve((None, None)) == [None, None]
    assert books.regions.resolve(("-", "—")) == [None, None]


def test_a_name_that_occurs_twice_is_told_by_its_county(books, zhanjiang):
    twins = [node for node in zhanjiang.regions if node.label.zh == "附城镇"]
    assert len(twins) == 2
    for town in twins:
        county = zhanjiang.region_by_code[town.parent].label.zh
        assert books.regions.resolve((county, "附城镇")) == [town.parent, town.code]


@pytest.mark.parametrize(
    "cells",
    [
        ("农、林、牧、渔业", "农业"),
        ("A", "01"),
        ("农林牧渔", "A01"),
        (None, "A0111"),
        (None, "0111"),
        ("A01", "01"),
        ("农业", None),
        ("0111", None),
    ],
)
def test_an_industry_is_found_by_name_code_and_finer_code(books, cells):
    assert books.industries.resolve(cells) == ["A", "01"]


def test_an_industry_of_another_section_is_refused(books):
    assert books.industries.resolve(("B", "01"))[1] == Unreadable("industry_elsewhere")
    assert books.industries.resolve(("不存在业", None))[0] == Unreadable("industry_unknown")


def test_a_name_of_both_levels_is_of_the_column_it_is_written_in(books):
    assert books.industries.resolve(("房地产业", None)) == ["K", None]
    assert books.industries.resolve((None, "房地产业")) == ["K", "70"]


def test_a_town_written_where_its_county_belongs_is_found_if_there_is_but_one(books):
    assert books.regions.resolve(("中华街道", None)) == ["440802", "440802001"]
    assert books.regions.resolve(("附城镇", None))[0] == Unreadable("region_unknown")


@pytest.mark.parametrize(
    "name",
    [
        "玄鸟银行",
        "玄鸟",
        "B02",
        "b02",
        "玄鸟银行股份有限公司",
        "玄鸟银行股份有限公司湛江分行",
        "玄鸟银行赤坎支行",
        "Xuanniao Bank",
    ],
)
def test_a_bank_is_found_by_name_alias_and_branch(books, name):
    assert books.banks.find(name) == "B02"


def test_a_bank_that_is_not_on_the_list(books):
    assert books.banks.find("玄鸟银行之外的银行") == Unreadable("bank_unknown")
    assert books.banks.find("某某银行") == Unreadable("bank_unknown")
    assert books.banks.find("-") is None


def test_codes_are_found_by_code_label_and_synonym(books):
    modes = books.codes["visit_mode"]
    assert [modes.find(text) for text in ("onsite", "现场", "On site", "实地", "ＯＮＳＩＴＥ")] == ["onsite"] * 5
    assert modes.find("飞行") == Unreadable("code_unknown")
    assert modes.find("-") is None


def test_tags_are_a_set_in_the_stored_form(books):
    tags = books.codes["tag"]
    assert tags.find_all("菠萝、水产；水产") == ";aquatic;pineapple;"
    assert tags.find_all("aquatic") == ";aquatic;"
    assert tags.find_all("水产、不存在") == Unreadable("code_unknown")
    assert tags.find_all("、") is None
