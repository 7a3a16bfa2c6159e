"""What the places around a city published."""

import pytest

from data_access.neighbours import load_neighbours
from data_access.profile_files import ProfileError
from metrics.catalogue import metric
from tests.architecture.tree import ROOT

HEADS = "place,metric,printed,value,as_of,source,note\n"
PLACES = "code,name_zh,name_en,short_zh,short_en,on_map\nA,甲市,A City,甲,A,true\n"


def written(folder, figures):
    folder.mkdir(exist_ok=True)
    (folder / "neighbours.csv").write_text(PLACES, "utf-8")
    (folder / "neighbour_figures.csv").write_text(HEADS + figures, "utf-8")
    return folder


def test_the_demo_city_has_its_province():
    found = load_neighbours(ROOT / "sample_data" / "zhanjiang")
    on_map = [place for place in found.places if place.on_map]
    assert len(on_map) == 21
    assert {place.code for place in on_map} == set(found.shapes)
    assert found.of("visited")["440800"].value == 421_404


def test_every_figure_names_its_source_and_a_metric_of_the_catalogue():
    found = load_neighbours(ROOT / "sample_data" / "zhanjiang")
    assert all(figure.source and metric(figure.metric) for figure in found.figures)
    undated = [figure for figure in found.figures if figure.as_of is None]
    assert all("日期" in figure.note for figure in undated)


def test_the_shapes_stay_small():
    assert (ROOT / "sample_data/zhanjiang/neighbours.geojson").stat().st_size < 100_000


def test_a_profile_without_neighbours_has_none(tmp_path):
    assert load_neighbours(tmp_path) is None


def test_a_place_without_shape_and_figure_is_still_there(tmp_path):
    found = load_neighbours(written(tmp_path / "p", ""))
    assert [place.code for place in found.places] == ["A"]
    assert found.shapes == {}
    assert found.metrics == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [("B,visited,1,1,2025-01-01,s,\n", "place=B"), ("A,visited,1,one,2025-01-01,s,\n", "第 2 行"),
     ("A,visited,1,1,May,s,\n", "第 2 行")],
)  # fmt: skip
def test_a_bad_row_is_named(tmp_path, row, said):
    with pytest.raises(ProfileError, match=said):
        load_neighbours(written(tmp_path / said, row))
