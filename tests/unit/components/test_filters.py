"""Filters from the URL and back: checked against the city, codes never labels."""

from datetime import date

import pytest

from components import filters, url_state
from components.filters import Filters, address, asked_path, describe, read_filters, region_path, town_asked
from data_access.profile import Label, Node, load_profile
from data_access.selection import Selection
from locales import translator
from tests.architecture.tree import ROOT

LAST = date(2025, 6, 13)


@pytest.fixture(scope="module")
def city():
    return load_profile(ROOT / "sample_data" / "zhanjiang")


@pytest.fixture(autouse=True)
def url(monkeypatch):
    values = {}
    monkeypatch.setattr(url_state, "get", lambda name: values.get(name, ""))
    monkeypatch.setattr(
        url_state, "get_all", lambda name: tuple(filter(None, values.get(name, "").split(url_state.SEPARATOR)))
    )
    return values


def test_an_empty_url_asks_for_everything_at_the_latest_day(city):
    assert read_filters(city, LAST).selection() == Selection(as_of=LAST)


def test_codes_become_a_selection(city, url):
    url.update(date="2025-03-31", region="440881", industry="C,26", type="company", bank="B01,B02", tag="tech")
    assert read_filters(city, LAST).selection() == Selection(
        as_of=date(2025, 3, 31), regions=("440881",), industries=("C", "26"), entity_types=("company",),
        banks=("B01", "B02"), tags=("tech",), region_level=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("period", "start"),
    [("year", "2025-01-01"), ("month", "2025-06-01"), ("30d", "2025-05-15"), ("7d", "2025-06-07"), ("x", None)],
)
def test_a_period_reaches_back_from_the_date(city, url, period, start):
    url.update(period=period)
    assert read_filters(city, LAST).selection().start == (date.fromisoformat(start) if start else None)


@pytest.mark.parametrize(("text", "day"), [("2030-01-01", LAST), ("1999-01-01", date(2024, 11, 21)), ("soon", LAST)])
def test_a_date_stays_between_the_start_and_the_latest_day(city, url, text, day):
    url.update(date=text)
    assert read_filters(city, LAST).as_of == day


def test_what_the_city_does_not_have_is_ignored(city, url):
    url.update(region="999", industry="ZZ,C", bank="B99", type="unicorn", period="century")
    found = read_filters(city, LAST)
    assert found == Filters(as_of=LAST, industries=("C",))


def test_a_region_brings_the_way_to_it(city):
    town = city.children("440881")[0].code
    assert region_path(city, town) == ("440881", town)
    assert region_path(city, "nowhere") == ()


def test_the_lowest_regions_stand_behind_their_town_in_the_url(city, url):
    town = city.children("440881")[0].code
    url.update(region=f"{town}/G1")
    assert town_asked(city) == town
    assert asked_path(city) == ("440881", town)
    from dataclasses import replace  # noqa: PLC0415 - only here

    fuller = replace(city, regions=(*city.regions, Node("G1", town, 3, Label("网格", "Grid"))))
    assert asked_path(fuller) == ("440881", town, "G1")
    assert address(fuller, "G1") == f"{town}/G1"
    assert address(fuller, town) == town


def test_filters_are_described_in_the_readers_language(city):
    chosen = Filters(as_of=LAST, path=("440881",), banks=("B01",), entity_types=("company",))
    zh, en = (dict(describe(chosen, city, lang, translator(lang))) for lang in ("zh", "en"))
    assert zh["范围"] == city.region_by_code["440881"].label.zh
    assert zh["银行"] == city.bank_by_code["B01"].label.zh
    assert en["Bank"] == city.bank_by_code["B01"].label.en
    assert en["Enterprise type"] == "Company"


def test_how_many_filters_are_hidden_behind_the_button():
    assert Filters(as_of=LAST).hidden_count == 0
    assert Filters(as_of=LAST, banks=("a", "b"), tags=("t",)).hidden_count == 2


def test_filters_are_a_cache_key():
    assert hash(Filters(as_of=LAST)) == hash(Filters(as_of=LAST))
    assert filters.PERIODS.keys() == {"year", "month", "30d", "7d"}
