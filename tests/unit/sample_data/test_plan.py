import shutil

import pytest

from data_access.profile import load_profile
from data_access.profile_files import ProfileError
from sample_data.plan import load_plan

PUBLISHED = {
    "register": "enterprises",
    "list_size": "listed",
    "visited": "visited",
    "applied": "applied",
    "recommended": "recommended",
    "approved": "approved",
    "approved_amount": "approved_amount",
}


def test_the_plan_aims_at_the_published_totals(plan, zhanjiang):
    figures = {figure.id: figure.value for figure in zhanjiang.published}
    assert {name: getattr(plan.totals, total) for name, total in PUBLISHED.items()} == {
        n: figures[n] for n in PUBLISHED
    }
    assert len(plan.banks) == figures["banks"]
    assert sum(bank.products for bank in plan.banks) == figures["products"]
    assert sum(bank.products > 0 for bank in plan.banks) == figures["product_banks"]
    assert sum(event.held_on <= plan.lists_until for event in plan.events) == figures["events"]


def test_a_smaller_city_keeps_its_places(plan):
    small = plan.scaled(0.1)
    assert (small.totals.enterprises, small.totals.approved_amount) == (52_000, 3_593_500_000)
    assert (small.totals.grids, small.totals.need_rate) == (plan.totals.grids, plan.totals.need_rate)


def test_meetings_that_were_published_quote_their_text(plan):
    published = [event for event in plan.events if event.published]
    assert len(published) == 7
    assert all(event.text for event in published)
    assert not [event for event in plan.events if event.text and not event.published]


def test_a_profile_without_a_plan_is_refused(foreign):
    with pytest.raises(ProfileError, match=r"demo\.toml"):
        load_plan(foreign)


def test_a_plan_for_other_banks_is_refused(zhanjiang, tmp_path):
    folder = shutil.copytree(zhanjiang.folder, tmp_path / "city")
    lines = (folder / "banks.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "banks.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(ProfileError, match="banks"):
        load_plan(load_profile(folder))
