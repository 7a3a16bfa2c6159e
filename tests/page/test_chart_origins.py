"""The marks of charts lead somewhere: every point that stands for a figure, and to that very figure."""

import pytest
import streamlit as st

from components.inputs import source_of

# Charts whose points stand for figures: how they are opened.
CHARTS = {
    "overview.course": ("overview", {}),
    "overview.stages": ("overview", {}),
    "funnel.times": ("funnel", {"part": "times"}),
    "funnel.pairs": ("funnel", {"part": "compare", "against": "region", "versus": "440881"}),
    "banks.credit": ("banks", {}),
    "banks.lorenz": ("banks", {"part": "more"}),
    "banks.decided": ("banks", {"part": "time"}),
    "campaigns.reach": ("campaigns", {"part": "publicity"}),
    "problems.months": ("problems", {}),
    "problems.ages": ("problems", {"click": "1"}),
    "problems.times": ("problems", {"part": "times"}),
    "industries.split": ("industries", {}),
}


@pytest.fixture
def drawn(monkeypatch):
    """Record the figures that a page draws, with what their marks lead to."""
    found, draw = {}, st.plotly_chart

    def record(figure, *, key, alt, origins=None, **_kept):
        found[key] = (figure.to_dict()["data"], origins)
        draw(figure, key=key, alt=alt)

    for module in ("pages.progress.overview", "pages.progress.funnel", "pages.banks.supervision",
                   "pages.progress.industries", "pages.services.campaigns", "pages.services.problems"):  # fmt: skip
        monkeypatch.setattr(f"{module}.show_plotly", record)
    return found


@pytest.mark.parametrize("chart", CHARTS)
def test_the_marks_of_a_chart_lead_to_their_figure(open_page, demo_store, zhanjiang, drawn, chart):
    """Plotly never reports a click on a line without marks: a trace that leads somewhere has them, or is of bars."""
    page, parameters = CHARTS[chart]
    open_page(demo_store, zhanjiang, page, **parameters)
    traces, origins = next(entry for key, entry in drawn.items() if key.startswith(chart))
    assert origins
    for number, leads in origins.items():
        trace = traces[number]
        assert trace["type"] == "bar" or "markers" in trace["mode"], trace.get("name")
        assert all(source_of(origin.key).keys for origin in leads if origin)
        assert any(leads)


def test_a_curve_of_a_bank_leads_to_the_bank(open_page, demo_store, zhanjiang, drawn):
    open_page(demo_store, zhanjiang, "banks", part="more")
    traces, origins = next(entry for key, entry in drawn.items() if key.startswith("banks.lorenz"))
    ((number, leads),) = origins.items()
    assert leads[0] is None  # where the curve begins is no bank's
    assert [dict(o.place.only)["bank"] for o in leads[1:]] == [str(i) for i in traces[number]["ids"]][1:]


def test_a_bar_of_the_split_leads_to_its_industry(open_page, demo_store, zhanjiang, drawn):
    open_page(demo_store, zhanjiang, "industries")
    traces, origins = next(entry for key, entry in drawn.items() if key.startswith("industries.split"))
    for number, leads in origins.items():
        names = [zhanjiang.industry_by_code[dict(o.place.cell)["industry_1"]].label.short("zh") for o in leads if o]
        assert names == [name for name, o in zip(traces[number]["y"], leads, strict=True) if o]
        assert len(names) > 5


def test_a_bar_of_problems_lists_them_or_leads_to_where_it_comes_from(open_page, demo_store, zhanjiang, drawn):
    open_page(demo_store, zhanjiang, "problems")
    assert {key: sorted(origins) for key, (_, origins) in drawn.items()} == {
        "problems.ages": [],
        "problems.months": [1, 2],
    }
    drawn.clear()
    open_page(demo_store, zhanjiang, "problems", click="1")
    assert {key: sorted(o) for key, (_, o) in drawn.items()} == {"problems.ages": [0, 1], "problems.months": [0, 1, 2]}


def test_a_publication_leads_to_what_its_channel_published_that_day(open_page, demo_store, zhanjiang, drawn):
    open_page(demo_store, zhanjiang, "campaigns", part="publicity")
    traces, origins = next(entry for key, entry in drawn.items() if key.startswith("campaigns.reach"))
    assert set(origins) == set(range(len(traces)))
    for number, trace in enumerate(traces[1:], start=1):
        days = [str(day)[:10] for day in trace["x"]]
        assert [o.place.at.isoformat() for o in origins[number]] == days
        assert [o.place.start.isoformat() for o in origins[number]] == days
        assert len({dict(o.place.cell)["channel"] for o in origins[number]}) == 1


def test_the_gap_to_the_schedule_leads_to_what_the_visit_rate_is_made_from():
    assert {*source_of("pace_gap").inputs} == {*source_of("visit_rate").keys}
    assert source_of("visit_size_fit").inputs == ("visits",)
