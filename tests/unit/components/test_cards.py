"""Cards, changes and lights: never colour alone, and every text escaped."""

import pytest

from components.cards import Card, Gauge, cards_html, change_html, judgement, light_html
from components.numbers import Numbers, Shown
from components.panel import mark
from locales import translator
from metrics.catalogue import metric
from metrics.lights import Light
from tests.unit.components.test_numbers import YUAN

ZH = translator("zh")


def numbers():
    return Numbers("zh", YUAN)


@pytest.mark.parametrize(
    ("key", "before", "now", "tone", "words"),
    [
        ("applied", 32_788, 33_400, "good", "↑ 612（1.9%）"),
        ("approved_amount", 3.5e10, 3.5935e10, "good", "↑ 2.7%"),
        ("visit_rate", 86.0, 103.68, "good", "↑ 17.68 百分点"),
        ("average_rate", 3.70, 3.62, "good", "↓ 0.08 百分点 向好"),
        ("overdue", 404, 469, "bad", "↑ 65（16.1%） 转差"),
        ("on_time_rate", 97.0, 96.82, "bad", "↓ 0.18 百分点 转差"),
        ("visit_rate", 86.0, 86.0, "flat", "→ 持平"),
        ("drawdown_ratio", 75.0, 76.0, "flat", "↑ 1.00 百分点"),
        ("approved", 0, 120, "good", "↑ 120"),
        ("loan_amount", 0, 15_109_000, "good", "↑ 1,510.90 万元"),
        ("applied", 10, 2_000, "good", "↑ 1,990"),
    ],
)
def test_a_change_is_coloured_by_whether_it_is_good_and_says_so(key, before, now, tone, words):
    shown = change_html(now, before, metric(key), numbers(), "较5月31日")
    assert shown == f'较5月31日 <b class="zr-{tone}">{words}</b>'


def test_a_change_from_or_to_nothing_is_not_shown():
    assert change_html(None, 1.0, metric("applied"), numbers(), "") == ""
    assert change_html(1.0, None, metric("applied"), numbers(), "") == ""


def test_polarity_decides_not_direction():
    assert judgement(1, "down", ZH) == ("bad", "转差")
    assert judgement(-1, "down", ZH) == ("good", "向好")
    assert judgement(1, "neutral", ZH) == ("flat", "")


def test_a_light_has_a_shape_and_a_word():
    shown = {state: light_html(state, ZH) for state in Light}
    assert len({text.split(">")[1][0] for text in shown.values()}) == 3
    assert "达标" in shown[Light.GOOD]
    assert "预警" in shown[Light.WARNING]
    assert "滞后" in shown[Light.BEHIND]
    assert light_html(None, ZH) == "—"


def test_texts_are_escaped():
    html = cards_html([Card("<b>x", Shown("1", "<u>"), "d", gauges=[Gauge("<i>", "t", 2.0, 0.5)])])
    assert "<b>x" not in html
    assert "<u>" not in html
    assert "<i>:" not in html
    assert "width:100.0%" in html


def test_a_mark_can_be_reached_by_keyboard_and_cannot_break_out():
    attributes = mark("region", 'a"><script>', label='"<')
    assert 'tabindex="0"' in attributes
    assert "<script>" not in attributes
    assert attributes.count('"') % 2 == 0


def test_a_missing_value_is_set_apart():
    assert "absent" in cards_html([Card("x", Shown("未报送"), "")])
    assert "absent" not in cards_html([Card("x", Shown("0", "户"), "")])
