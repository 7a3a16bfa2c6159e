"""What followed meetings, worked out by hand: four meetings, five enterprises."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.campaigns import (
    State,
    before_and_after,
    follow,
    intent_profile,
    out_of_line,
    reach,
    served_per_officer,
    staff_coverage,
    summarise,
    with_state,
)

AS_OF = date(2025, 6, 13)
# m1 and m2 are followed to the end, m3 for 40 days, m4 is planned.
EVENTS = pd.DataFrame(
    [
        ("m1", "matchmaking", "marine", date(2025, 1, 10), "A"),
        ("m2", "briefing", "marine", date(2025, 1, 20), None),
        ("m3", "matchmaking", "tech", date(2025, 5, 4), "B"),
        ("m4", "roadshow", "tech", date(2025, 6, 14), "A"),
    ],
    columns=["event_id", "event_type", "theme", "held_on", "region_1"],
)
# e1 was at m1 and m2; e3 is not small; of e5 nobody said.
ATTENDANCES = pd.DataFrame(
    [
        ("m1", "e1", "A", 1.0, 100.0),
        ("m1", "e2", "A", 1.0, 300.0),
        ("m1", "e3", "B", 0.0, 9_600.0),
        ("m2", "e1", "A", 1.0, np.nan),
        ("m2", "e5", "B", np.nan, np.nan),
        ("m3", "e4", "B", 1.0, 200.0),
    ],
    columns=["event_id", "enterprise_id", "region_1", "msme", "intent"],
)
# d1 follows both meetings of e1; e3's credit and e4's, whose meeting is young, stay out of the rates.
OUTCOMES = pd.DataFrame(
    [
        ("m1", "e1", "approval", "d1", 80.0),
        ("m2", "e1", "approval", "d1", 80.0),
        ("m1", "e1", "loan", "l1", 50.0),
        ("m1", "e3", "approval", "d2", 5_000.0),
        ("m3", "e4", "approval", "d3", 150.0),
    ],
    columns=["event_id", "enterprise_id", "kind", "record_id", "amount"],
)


@pytest.fixture(scope="module")
def followed():
    return follow(with_state(EVENTS, AS_OF), ATTENDANCES, OUTCOMES)


def test_a_meeting_is_judged_only_after_its_days_are_over():
    states = with_state(EVENTS, AS_OF)
    assert states["state"].tolist() == [State.MATURE, State.MATURE, State.YOUNG, State.COMING]
    assert states["observed"].tolist()[:3] == [90.0, 90.0, 40.0]
    assert np.isnan(states["observed"].iloc[3])
    assert with_state(EVENTS, date(2025, 4, 10))["state"].iloc[0] == State.MATURE  # the ninetieth day itself
    assert with_state(EVENTS, date(2025, 4, 9))["state"].iloc[0] == State.YOUNG
    held_back = with_state(EVENTS, AS_OF, until=date(2025, 4, 9))  # credit is reported no further
    assert held_back["state"].tolist() == [State.YOUNG, State.YOUNG, State.YOUNG, State.COMING]


def test_the_whole_counts_enterprises_and_approvals_once(followed):
    whole = summarise(followed).iloc[0]
    assert (whole["sessions"], whole["attendances"], whole["firms"]) == (3, 6, 5)
    assert (whole["msme"], whole["others"], whole["unknown"]) == (3, 1, 1)
    assert (whole["intent"], whole["intent_all"]) == (600.0, 10_200.0)
    assert (whole["approved"], whole["approved_amount"]) == (2, 230.0)  # d1 once
    assert (whole["borrowers"], whole["loan_amount"], whole["approved_others"]) == (1, 50.0, 5_000.0)


def test_rates_are_of_small_attendants_with_an_intent_at_mature_meetings(followed):
    whole = summarise(followed).iloc[0]
    assert (whole["due"], whole["converted"], whole["conversion"]) == (2, 1, 50.0)
    assert (whole["due_intent"], whole["due_approved"], whole["fulfilment"]) == (400.0, 80.0, 20.0)


def test_each_meeting_has_its_own_row_and_no_rate_where_none_is_due(followed):
    rows = summarise(followed, ["event_id"]).set_index("event_id")
    assert rows["approved_amount"].tolist() == [80.0, 80.0, 150.0]
    assert rows.loc["m1", "conversion"] == 50.0
    assert np.isnan(rows.loc["m2", "conversion"])  # nobody stated an intent
    assert np.isnan(rows.loc["m3", "conversion"])  # not yet followed to the end
    assert "m4" not in rows.index


def test_groups_of_meetings_and_of_enterprises_count_once_as_well(followed):
    themes = summarise(followed, ["theme"]).set_index("theme")
    assert themes.loc["marine", ["sessions", "firms", "approved_amount"]].tolist() == [2, 4, 80.0]
    counties = summarise(followed, ["region_1"]).set_index("region_1")
    assert counties.loc["A", ["sessions", "firms", "converted"]].tolist() == [2, 2, 1]
    assert counties.loc["B", ["firms", "others", "unknown"]].tolist() == [3, 1, 1]


def made_up(seed):
    """Return attendances and records of 9 meetings, some without a theme, and 30 enterprises, drawn at random."""
    draw = np.random.default_rng(seed)
    themes = np.array(["marine", "tech", None], dtype=object)
    events = pd.DataFrame({
        "event_id": [f"m{i}" for i in range(9)], "event_type": "briefing", "theme": draw.choice(themes, 9),
        "held_on": [date(2025, 1 + i % 6, 1 + i) for i in range(9)], "region_1": "A",
    })  # fmt: skip
    pairs = [(f"m{m}", f"e{e}") for m in range(8) for e in range(30) if draw.random() < 0.3]
    people = pd.DataFrame(pairs, columns=["event_id", "enterprise_id"])
    people["region_1"] = ["AB"[int(e[1:]) % 2] for e in people["enterprise_id"]]
    people["msme"] = draw.choice([1.0, 1.0, 0.0, np.nan], len(people))
    people["intent"] = draw.choice([np.nan, 0.0, 100.0, 250.5], len(people))
    had = people[draw.random(len(people)) < 0.5][["event_id", "enterprise_id"]].sample(frac=1.0, random_state=seed)
    # One record an enterprise, under all its meetings; a few follow nobody who attended.
    records = pd.concat([had, pd.DataFrame([("m0", "e99")], columns=had.columns)], ignore_index=True)
    records["kind"] = np.where(draw.random(len(records)) < 0.5, "approval", "loan")
    records["record_id"] = records["kind"].str[0] + records["enterprise_id"]
    records["amount"] = records["enterprise_id"].str[1:].astype(float) * 10.0
    return with_state(events, AS_OF), people, records


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("by", [[], ["event_id"], ["theme"], ["held_in"], ["region_1"], ["event_id", "region_1"]])
def test_a_summary_is_what_counting_one_by_one_gives(seed, by):
    events, people, records = made_up(seed)
    found = summarise(follow(events, people, records), by)
    known = events.rename(columns={"region_1": "held_in"})
    joined = people.merge(known, on="event_id")
    had = records.merge(joined, on=["event_id", "enterprise_id"], how="inner")
    groups = joined.groupby(by) if by else [((), joined)]
    assert len(found) == len(list(groups))
    for row, (key, part) in zip(found.to_dict("records"), groups, strict=True):
        assert tuple(row[name] for name in by) == (key if isinstance(key, tuple) else (key,))
        own = had if not by else had[[tuple(x) == tuple(row[n] for n in by) for x in had[by].to_numpy()]]
        small, wanting = part[part["msme"] == 1], part[(part["msme"] == 1) & (part["intent"] > 0)]
        due = wanting[wanting["state"] == State.MATURE]
        approvals = own[own["kind"] == "approval"]
        won = set(zip(approvals["event_id"], approvals["enterprise_id"], strict=True))
        converted = {e for m, e in zip(due["event_id"], due["enterprise_id"], strict=True) if (m, e) in won}
        pairs = set(zip(due["event_id"], due["enterprise_id"], strict=True))
        of_due = {r["record_id"]: r["amount"] for r in approvals.to_dict("records")
                  if (r["event_id"], r["enterprise_id"]) in pairs}  # fmt: skip
        lent = own[(own["kind"] == "loan") & (own["msme"] == 1)].drop_duplicates("record_id")["amount"].sum()
        assert (row["sessions"], row["attendances"]) == (part["event_id"].nunique(), len(part))
        assert (row["firms"], row["msme"]) == (part["enterprise_id"].nunique(), small["enterprise_id"].nunique())
        assert row["unknown"] == part.loc[part["msme"].isna(), "enterprise_id"].nunique()
        assert (row["due"], row["converted"]) == (due["enterprise_id"].nunique(), len(converted))
        assert (row["intent"], row["due_intent"]) == (small["intent"].sum(), due["intent"].sum())
        assert (row["due_approved"], row["loan_amount"]) == (sum(of_due.values()), lent)


def test_nobody_there_is_an_empty_table():
    events = with_state(EVENTS, AS_OF)
    assert summarise(follow(events, ATTENDANCES.iloc[:0], OUTCOMES.iloc[:0])).empty


def test_a_mean_is_explained_by_its_largest_and_by_who_is_not_small():
    rows = pd.DataFrame({"intent": [100.0, 300.0, 9_600.0, np.nan], "msme": [1.0, 1.0, 0.0, 1.0]})
    found = intent_profile(rows, cap=1_000.0, largest=1)
    assert (found.n, found.total, found.mean, found.median) == (3, 10_000.0, pytest.approx(3_333.3, abs=0.1), 300.0)
    assert (found.top_share, found.rest_mean) == (96.0, 200.0)
    assert (found.others, found.others_share, found.small_mean, found.above_cap) == (1, 96.0, 200.0, 1)
    assert intent_profile(rows.iloc[3:], cap=1_000.0) is None


def test_a_mean_is_out_of_line_against_the_others():
    assert out_of_line(pd.Series([100.0, 120.0, 80.0, 330.0, np.nan])).tolist() == [False, False, False, True, False]
    assert out_of_line(pd.Series([100.0, 900.0])).tolist() == [False, False]  # nothing to compare with


def test_before_and_after_say_how_many_days_they_had():
    days = pd.date_range("2025-01-01", "2025-01-31")
    daily = pd.DataFrame({"day": days, "n": 1.0})
    found = before_and_after(daily, date(2025, 1, 11), date(2025, 1, 1), date(2025, 1, 31))
    assert found == {"before": 10.0, "after": 21.0, "days_before": 10.0, "days_after": 21.0}
    assert before_and_after(daily, date(2025, 1, 20), date(2024, 1, 1), AS_OF, 5) == {
        "before": 5.0, "after": 5.0, "days_before": 5.0, "days_after": 5.0,
    }  # fmt: skip


def test_officers_cover_places_and_serve_enterprises():
    assert staff_coverage(np.array([62.0, 0.0]), np.array([125.0, 0.0]))[0] == pytest.approx(49.6)
    assert np.isnan(staff_coverage(np.array([0.0]), np.array([0.0]))[0])
    assert served_per_officer(np.array([20.0]), np.array([8.0]))[0] == 2.5


def test_reach_adds_what_was_said_and_leaves_the_rest_unknown():
    rows = pd.DataFrame({
        "channel": ["handbook", "handbook", "wechat"], "copies": [10_000.0, 20_000.0, np.nan],
        "views": [np.nan, np.nan, 500.0],
    })  # fmt: skip
    found = reach(rows).set_index("channel")
    assert (found.loc["handbook", "items"], found.loc["handbook", "copies"]) == (2, 30_000.0)
    assert np.isnan(found.loc["handbook", "views"])
    assert found.loc["wechat", "views"] == 500.0
