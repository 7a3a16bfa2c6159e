import csv
import json
import re
import shutil
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from data_access.profile import FIXED_CODES, check_targets, load_profile
from data_access.profile_files import ProfileError
from sample_data.days import is_worked

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "profile.md"
# Names of banks that exist, whole or as they are shortened: no invented bank may come near one.
REAL_BANKS = (
    "工商", "农业", "中国", "建设", "交通", "邮政", "邮储", "开发", "进出口", "招商", "兴业", "浦东",
    "浦发", "中信", "民生", "平安", "华夏", "光大", "广发", "浙商", "渤海", "恒丰", "南粤", "华兴",
    "广州", "东莞", "湛江", "廉江", "雷州", "吴川", "遂溪", "徐闻", "富滇", "星展", "渣打", "花旗",
    "汇丰", "微众", "网商", "新网", "百信", "稠州", "泰隆", "民泰", "九江",
)  # fmt: skip

LEVEL = "{ id = 'a', name_zh = 'a' }"


@pytest.fixture(params=["zhanjiang", "foreign"])
def profile(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def copied(foreign, tmp_path):
    return shutil.copytree(foreign.folder, tmp_path / "city")


def rewritten(folder, name, old, new):
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


# ---- the demo city -------------------------------------------------------------------------------------------------


def test_ten_counties_report_and_one_is_a_development_zone(zhanjiang):
    counties = zhanjiang.children()
    assert len(counties) == 10
    zones = [county for county in counties if county.kind == "development_zone"]
    assert len(zones) == 1
    assert zones[0].approximate
    assert "示意" in zones[0].note
    assert all(county.population for county in counties)


def test_125_towns_lie_under_the_unit_that_reports_them(zhanjiang):
    towns = [node for node in zhanjiang.regions if node.level == 2]
    assert len(towns) == 125
    zone = next(c.code for c in zhanjiang.children() if c.kind == "development_zone")
    assert len(zhanjiang.children(zone)) == 6
    assert all(re.fullmatch(r"\d{9}", town.code) for town in towns)
    assert sum(town.lon is not None for town in towns) == 97


def test_names_are_given_in_both_languages(profile):
    for node in (*profile.regions, *profile.industries, *profile.banks):
        assert node.label.zh
        assert re.fullmatch(r"[ -~é]+", node.label.en), node


def test_the_classification_is_complete(zhanjiang):
    levels = [node.level for node in zhanjiang.industries]
    assert (levels.count(1), levels.count(2)) == (20, 97)


def test_the_banks_are_invented_and_of_real_kinds(zhanjiang):
    kinds = [bank.bank_class for bank in zhanjiang.banks]
    assert len(kinds) == 25
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "policy": 1, "state_large": 6, "joint_stock": 8, "city": 3, "rural": 6, "village": 1,
    }  # fmt: skip
    assert set(kinds) == {code.code for code in zhanjiang.codes["bank_class"]}
    assert [bank.is_policy for bank in zhanjiang.banks] == [kind == "policy" for kind in kinds]
    assert not [b.label.zh for b in zhanjiang.banks if len(b.label.short("zh")) > 4]
    assert not [b.label.zh for b in zhanjiang.banks for real in REAL_BANKS if real in b.label.zh]


def test_every_county_has_the_provinces_target(zhanjiang):
    targets = {target.region: target for target in zhanjiang.targets}
    assert set(targets) == {"", *(county.code for county in zhanjiang.children())}
    assert {(t.metric, t.value, t.starts_on, t.ends_on) for t in targets.values()} == {
        ("visit_rate", 70.0, date(2024, 11, 21), date(2025, 6, 30))
    }


def test_published_figures_keep_their_words_and_their_corrections(zhanjiang):
    figures = {figure.id: figure for figure in zhanjiang.published}
    visited = figures["visited"]
    assert "421404万户" in visited.raw_text
    assert visited.value == 421_404
    assert visited.note
    assert (figures["applied"].value, figures["applied"].step) == (33_400, 100)
    assert (figures["approved_amount"].value, figures["approved_amount"].step) == (35_935_000_000, 1_000_000)
    assert all(figure.source and figure.as_of for figure in zhanjiang.published)
    assert all(figure.note for figure in zhanjiang.published if not figure.metric)


def test_the_spring_festival_of_2025_is_off_and_its_weekends_are_worked(zhanjiang):
    assert all(date(2025, 1, day) in zhanjiang.holidays for day in range(28, 32))
    assert is_worked(zhanjiang, date(2025, 1, 26))
    assert not is_worked(zhanjiang, date(2025, 2, 4))


# ---- the map -------------------------------------------------------------------------------------------------------


def area(ring):
    """Return twice the signed area of a ring: positive counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def polygons(profile):
    for feature in profile.boundaries["features"]:
        yield from feature["geometry"]["coordinates"]


def test_exterior_rings_run_clockwise_and_holes_the_other_way(zhanjiang):
    # d3 paints the rest of the world for a ring that runs the other way round.
    assert all(area(rings[0]) < 0 and all(area(hole) > 0 for hole in rings[1:]) for rings in polygons(zhanjiang))


def test_every_county_has_a_shape_a_tile_and_a_label(zhanjiang):
    codes = [county.code for county in zhanjiang.children()]
    features = {feature["id"]: feature["properties"] for feature in zhanjiang.boundaries["features"]}
    assert set(features) == set(codes)
    for county in zhanjiang.children():
        properties = features[county.code]
        assert properties["short_zh"] == county.label.short_zh
        assert properties["short_en"] == county.label.short_en
        assert properties["label"] == [county.lon, county.lat]
        assert properties["approximate"] is county.approximate
    assert set(zhanjiang.tile_grid) == set(codes)
    assert len(set(zhanjiang.tile_grid.values())) == len(codes)


def test_shapes_are_light_enough_for_a_page(zhanjiang):
    path = zhanjiang.folder / "boundaries.geojson"
    assert path.stat().st_size < 500_000
    assert not re.search(r"\d\.\d{6}", json.dumps(zhanjiang.boundaries["features"]))


# ---- any city ------------------------------------------------------------------------------------------------------


def test_a_city_of_another_shape_loads(foreign):
    assert [level.id for level in foreign.region_levels] == ["parish", "quarter"]
    assert [level.id for level in foreign.industry_levels] == ["section"]
    assert foreign.currency.code == "EUR"
    assert foreign.boundaries is None
    assert foreign.tile_grid == {}
    assert foreign.makeup_workdays == frozenset()
    assert foreign.quiet_periods == ()
    assert "visit_mode" not in foreign.codes


def test_labels_fall_back_to_what_there_is(foreign):
    quarter = foreign.region_by_code["VM11"]
    assert (quarter.label.short("zh"), quarter.label.short("en")) == ("旧港", "Porto Velho")
    assert foreign.code_label("entity_type", "company").text("en") == "Company"
    assert foreign.code_label("entity_type", "farm") is None
    assert foreign.code_label("tier", "tax") is None


def test_a_yes_or_no_among_the_attributes_reads_true_or_false(foreign):
    reasons = {code.code: code.attributes["repairable"] for code in foreign.codes["reject_reason"]}
    assert reasons == {"cash_flow": "false", "documents": "true"}


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("regions.csv", "VM11,VM1,2", "VM11,VM9,2", "第 5 行 parent=VM9"),
        ("regions.csv", "VM11,VM1,2", "VM11,VM1,3", "第 5 行 level=3"),
        ("regions.csv", "VM12,VM1", "VM11,VM1", "VM11 重复"),
        ("regions.csv", "VM11,VM1,2", "VM11,VM1,two", "第 5 行"),
        ("regions.csv", "name_zh", "name", "第 2 行缺少列 name_zh"),
        ("banks.csv", "BX2,", "BX1,", "BX1 重复"),
        ("banks.csv", ",savings,", ",saving,", "第 2 行 bank_class=saving"),
        ("targets.csv", "2025-01-06", "6 January", "第 2 行"),
        ("targets.csv", ",VM1,", ",VM9,", "第 3 行 region=VM9"),
        ("published.csv", ",23,", ",twenty,", "第 2 行"),
        ("profile.toml", 'code = "withdrawn"', 'code = "gone"', "codes.decision_outcome 没有 gone"),
        ("profile.toml", 'code = "self_employed"', 'code = "company"', "company 重复"),
        ("profile.toml", "programme_start = 2025-01-06", "", "缺少 programme_start"),
        ("profile.toml", "is_demo = true", "is_demo = perhaps", "profile.toml"),
        ("profile.toml", "region_levels = [", f"region_levels = [{LEVEL}, {LEVEL}, ", "最多 3 级"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(copied, name, old, new, told):
    with pytest.raises(ProfileError, match=re.escape(told)):
        load_profile(rewritten(copied, name, old, new))


def test_a_target_of_an_unknown_metric_is_refused(foreign):
    check_targets(foreign, {"approved"})
    with pytest.raises(ProfileError, match="第 2 行 metric=approved"):
        check_targets(foreign, {"visited"})


def test_a_table_saved_by_a_spreadsheet_program_in_china_is_read(copied, foreign):
    path = copied / "regions.csv"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert load_profile(copied).regions == foreign.regions


def test_a_table_in_neither_encoding_is_refused(copied):
    (copied / "regions.csv").write_bytes(b"code\xff\xff")
    with pytest.raises(ProfileError, match="GB18030"):
        load_profile(copied)


def test_boundaries_that_cannot_be_read_are_refused(copied):
    (copied / "boundaries.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(ProfileError, match=re.escape("boundaries.geojson")):
        load_profile(copied)


def test_a_folder_without_a_profile_says_so(tmp_path):
    with pytest.raises(ProfileError, match="没有这个文件"):
        load_profile(tmp_path)


def test_a_profile_without_its_regions_says_so(copied):
    (copied / "regions.csv").unlink()
    with pytest.raises(ProfileError, match=re.escape("regions.csv")):
        load_profile(copied)


# ---- the document --------------------------------------------------------------------------------------------------


def test_the_document_names_every_file_column_key_and_list(zhanjiang):
    text = DOCUMENT.read_text("utf-8")
    raw = tomllib.loads((zhanjiang.folder / "profile.toml").read_text("utf-8"))
    named = {path.name for path in zhanjiang.folder.iterdir() if path.is_file()}
    for name in ("regions.csv", "industries.csv", "banks.csv", "targets.csv", "published.csv", "tilegrid.csv"):
        with (zhanjiang.folder / name).open(encoding="utf-8") as file:
            named |= set(next(csv.reader(file)))
    for name, value in raw["settings"].items():
        named |= {f"{name}.{key}" for key in value} if isinstance(value, dict) else {name}
    named |= set(raw["codes"]) | {key for key in raw if key not in {"currency", "calendar", "settings", "map", "codes"}}
    named |= set().union(*FIXED_CODES.values())
    assert sorted(word for word in named if f"`{word}`" not in text) == []


def test_the_document_lists_the_products_own_codes(zhanjiang):
    text = DOCUMENT.read_text("utf-8")
    for name, codes in FIXED_CODES.items():
        row = re.search(rf"^\| `{name}` \|(.*)$", text, re.MULTILINE)
        assert row, name
        assert set(re.findall(r"`(\w+)`", row[1])) == codes
        assert {code.code for code in zhanjiang.codes[name]} == codes
