"""Hatching, dashes, insets and labels, on shapes whose result is known."""

import math

import pytest

from charts.geometry import area, bounds, dashes, fit, hatch, latitude, magnified, mercator_y, spread
from charts.inset import build_inset


def square(x, y, side):
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_bounds_cover_all_features():
    assert bounds([square(0, 0, 1), square(3, -2, 1)]) == (0, -2, 4, 1)
    with pytest.raises(ValueError, match="no geometry"):
        bounds([])


def test_hatching_stays_inside_and_runs_diagonally():
    lines = hatch(square(0, 0, 1), 0.1)
    assert len(lines) > 15
    for (x1, y1), (x2, y2) in lines:
        assert all(-1e-9 <= v <= 1 + 1e-9 for v in (x1, y1, x2, y2))
        assert y2 - y1 == pytest.approx(x2 - x1)


def test_dashes_cover_half_of_the_outline():
    lines = dashes(square(0, 0, 1), 0.05)
    assert sum(math.dist(a, b) for a, b in lines) == pytest.approx(2.0, abs=0.06)


def test_latitude_undoes_mercator():
    assert latitude(mercator_y(21.3)) == pytest.approx(21.3)


def test_a_box_is_fitted_into_the_view():
    lon, lat, zoom = fit((110, 20, 111, 22), 500, 400)
    assert lon == 110.5
    assert 20.9 < lat < 21.1
    pixels = (mercator_y(22) - mercator_y(20)) * 512 * 2**zoom / 360
    assert pixels == pytest.approx(400 * 0.88, rel=1e-6)


def test_a_magnified_feature_grows_by_the_square_of_the_factor():
    small = square(110, 21, 0.1)
    large = magnified(small, (110.05, 21.05), (112.0, 20.0), 3)
    assert area(large) == pytest.approx(9 * area(small), rel=1e-3)
    assert bounds([large])[0] == pytest.approx(112 - 0.15)


def test_labels_that_collide_are_moved_apart_and_others_stay():
    shifts = spread([(0, 0), (4, 2), (200, 200)], [(30, 14)] * 3)
    a, b = (shifts[0][0], shifts[0][1]), (4 + shifts[1][0], 2 + shifts[1][1])
    assert abs(a[0] - b[0]) >= 30 or abs(a[1] - b[1]) >= 14
    assert shifts[2] == (0, 0)


def test_small_areas_get_an_inset_that_covers_no_land():
    features = {"big": square(0, 0, 2), "a": square(2, 1, 0.1), "b": square(2.1, 1, 0.1)}
    inset = build_inset(features, list(features))
    assert set(inset.features) == {"a", "b"}
    west, south, east, north = inset.box
    for feature in features.values():
        w, s, e, n = bounds([feature])
        assert e <= west or w >= east or n <= south or s >= north


def test_areas_of_one_size_need_no_inset():
    assert build_inset({"a": square(0, 0, 1), "b": square(1, 0, 1)}, ["a", "b"]) is None
