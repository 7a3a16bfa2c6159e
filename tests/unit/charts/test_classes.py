"""Classes around one value: symmetric, round, better in blue, deaf to one outlier."""

import math

from charts.classes import class_of, diverging_scale, round_up

NAN = float("nan")


def test_the_classes_are_symmetric_around_the_centre():
    scale = diverging_scale([96.0, 100.0, 104.0], 100.0)
    assert [limit - 100.0 for limit in scale.limits] == [-5.0, -3.0, -1.0, 1.0, 3.0, 5.0]


def test_a_value_near_the_centre_is_in_the_middle_and_others_beside_it():
    scale = diverging_scale([96.0, 104.0], 100.0)
    assert [class_of(scale, value) for value in (90.0, 98.0, 100.5, 102.0, 110.0)] == [0, 1, 2, 3, 4]


def test_the_better_side_is_blue_whichever_it_is():
    up, down = (diverging_scale([1.0, 9.0], 5.0, polarity) for polarity in ("up", "down"))
    assert up.colours == down.colours[::-1]
    assert up.colours[2] == down.colours[2]
    assert int(up.colours[4][5:7], 16) > int(up.colours[4][1:3], 16)  # more blue than red


def test_one_outlier_does_not_leave_the_others_in_the_middle():
    values = [float(v) for v in range(-9, 11)] + [400.0]
    scale = diverging_scale(values, 0.0)
    assert {class_of(scale, value) for value in values} == {0, 1, 2, 3, 4}


def test_unknown_values_and_an_unknown_centre_give_no_class():
    assert diverging_scale([NAN], 1.0).colours == ()
    assert diverging_scale([1.0], NAN).colours == ()
    assert class_of(diverging_scale([1.0, 2.0], 1.5), NAN) is None
    assert class_of(diverging_scale([], 1.0), 1.0) is None


def test_equal_values_are_all_near():
    scale = diverging_scale([7.0, 7.0], 7.0)
    assert class_of(scale, 7.0) == 2


def test_round_numbers():
    assert [round_up(x) for x in (0.7, 1.0, 1.01, 2.2, 45.0, 81.0)] == [0.8, 1.0, 1.5, 2.5, 50.0, 100.0]
    assert math.isclose(round_up(0.0031), 0.004)
