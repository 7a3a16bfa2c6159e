"""What the bank page asks, counted by hand on the small city, on both engines."""

from dataclasses import replace
from datetime import date

import pytest

import data_access.refusals
from data_access.commitments import Commitment, CommitmentError, add_commitment, close_commitment, list_commitments
from data_access.derivation import rebuild
from data_access.queries.banks import (
    application_cohorts,
    approved_amounts,
    bank_plans,
    bank_reports,
    bank_sizes,
    overdue_pushes,
    push_times,
    renewals,
    weekly_cohorts,
)
from data_access.queries.measures import Rules
from data_access.queries.priority import by_tag
from data_access.queries.refusals import refusal_counts, refusal_lengths, refusal_outcomes, refusal_texts
from data_access.selection import Scope, Selection
from tests.contract.small_city import SMALL_CITY, day, decision, fill, push

ALL = Scope.everything()


@pytest.fixture
def city(store):
    sizes = [
        {
            "bank": "X",
            "measure": "loans",
            "measured_on": date(2024, 9, 30),
            "value": 1e9,
            "extent": "local",
            "source": "s",
        },
        {
            "bank": "Y",
            "measure": "loans",
            "measured_on": date(2024, 9, 30),
            "value": 5e8,
            "extent": None,
            "source": None,
        },
    ]
    plans = [
        {"bank": "X", "starts_on": day(0), "ends_on": day(40), "planned_amount": 1_000_000},
        {"bank": "X", "starts_on": day(200), "ends_on": day(300), "planned_amount": 1_000_000},
    ]
    decisions = [dict(row) for row in SMALL_CITY["decisions"]]
    decisions[2] |= {"reject_code": "score", "reject_text": "综合评分不足", "failed_standard": 4, "officer": "u1"}
    decisions.append(
        {
            **decisions[0],
            "decision_id": "d9",
            "recommendation_id": None,
            "enterprise_id": "e2",
            "bank": "Y",
            "decided_on": day(80),
        }
    )
    fill(store, {**SMALL_CITY, "decisions": decisions, "bank_sizes": sizes, "bank_plans": plans})
    return store


def test_sizes(city):
    frame = bank_sizes(city, Scope.everything())
    assert frame[["bank", "value"]].to_numpy().tolist() == [["X", 1e9], ["Y", 5e8]]


def test_plans_hold_what_was_approved_in_their_time(city):
    assert bank_plans(city, Scope.everything(), Selection(day(100)))[
        ["bank", "planned", "approved"]
    ].to_numpy().tolist() == [["X", 1e6, 4e5]]
    assert bank_plans(city, Scope.everything(), Selection(day(20)))["approved"].tolist() == [0.0]


def test_cohorts_count_applications_within_sixty_days_of_mature_first_visits(city):
    # X visited e1 (day 1, applied day 10), e2 (day 5, applied day 12) and e6 (day 60); Y e1 (day 20, after it had
    # applied) and e4 (day 30, its application was returned).
    frame = application_cohorts(city, ALL, Selection(day(100)))
    assert frame.to_numpy().tolist() == [["X", 2.0, 2.0], ["Y", 2.0, 0.0]]
    assert application_cohorts(city, ALL, Selection(day(64)))["n"].tolist() == [1.0]
    both = application_cohorts(city, ALL, Selection(day(100)), before=day(64))
    assert both[["n_before", "x_before"]].to_numpy().tolist() == [[1.0, 1.0], [0.0, 0.0]]
    by_place = application_cohorts(city, ALL, Selection(day(100)), ("region_1", "entity_type"))
    assert by_place.to_numpy().tolist() == [
        ["X", "A", "company", 2.0, 2.0], ["Y", "A", "company", 1.0, 0.0], ["Y", "B", "company", 1.0, 0.0],
    ]  # fmt: skip


def test_cohorts_keep_to_scope_and_selection(city):
    assert application_cohorts(city, Scope(None, ("Y",)), Selection(day(100)))["bank"].tolist() == ["Y"]
    assert application_cohorts(city, Scope(("B",), None), Selection(day(100)))["n"].tolist() == [1.0]
    assert len(application_cohorts(city, Scope((), None), Selection(day(100)))) == 0


def test_weeks_begin_on_monday(city):
    frame = weekly_cohorts(city, ALL, Selection(day(100)))
    assert frame["week"].dt.day_of_week.eq(0).all()
    assert frame["n"].sum() == 4
    assert len(weekly_cohorts(city, ALL, Selection(day(10)))) == 0


def test_amounts_are_per_enterprise_and_bank(city):
    one, four = (1.0, 1e5, 1e10, 1e15), (1.0, 4e5, 16e10, 64e15)
    both = tuple(a + b for a, b in zip(one, four, strict=True))
    sums = approved_amounts(city, ALL, Selection(day(100)))
    assert sums.to_numpy().tolist() == [["X", *four], ["Y", *both]]
    singly = approved_amounts(city, ALL, Selection(day(100)), singly_below=2)
    assert singly.to_numpy().tolist() == [["X", *four], ["Y", *both]]


def test_overdue_pushes(city):
    # r4 (e5 to Y, day 47) is open; on day 70 r1 and r2 are decided.
    frame = overdue_pushes(city, ALL, Selection(day(100)))
    assert frame[["bank", "enterprise_id", "days"]].to_numpy().tolist() == [["Y", "e5", 53]]
    assert len(overdue_pushes(city, ALL, Selection(day(70)))) == 0


def test_push_times_follow_every_push_to_its_answer(city):
    open_push = {"bank": "Y", "days": 53, "ended": False, "n": 1.0}  # r4: e5 to Y on day 47, still open on day 100
    found = push_times(city, ALL, Selection(day(100))).to_dict("records")
    assert open_push in found
    assert sum(row["n"] for row in found if row["ended"]) == 3.0


def test_push_times_start_with_the_documents_where_the_city_says_so(city):
    """Of the small city's pushes only r1 (e1 to X, day 15) has a day for them: day 20."""
    since_push = push_times(city, Scope(None, ("X",)), Selection(day(100)))["days"].tolist()
    found = push_times(city, ALL, Selection(day(100)), Rules(from_documents=True))
    assert found["n"].tolist() == [1.0]
    assert found["days"].iloc[0] + 5 in since_push


def test_push_times_leave_out_what_was_withdrawn(store):
    fill(store, {**SMALL_CITY, "recommendations": [push(1, "e1", "X", 47, "withdrawn")]})
    assert len(push_times(store, ALL, Selection(day(100)))) == 0


GENERIC = ("score", "other")


def test_refusals_are_counted_by_what_is_true_of_their_reason(city):
    frame = refusal_counts(city, ALL, Selection(day(100)), GENERIC, day(50))
    (row,) = frame.to_dict("records")
    assert {name: row[name] for name in ("bank", "code", "n", "vague", "empty", "missing", "complete")} == {
        "bank": "X", "code": "score", "n": 1.0, "vague": 1.0, "empty": 1.0, "missing": 0.0, "complete": 0.0,
    }  # fmt: skip
    assert row["n_before"] == 0.0
    assert len(refusal_counts(city, Scope(None, ("Y",)), Selection(day(100)), GENERIC, day(50))) == 0
    lengths = refusal_lengths(city, ALL, Selection(day(100)))
    assert lengths.to_numpy().tolist() == [["X", 0.0, 1.0]]


def test_what_makes_a_reason_missing_vague_or_complete(store):
    given = {"remedy": "结清逾期", "reapply_condition": "半年后", "officer": "u1", "failed_standard": 4}
    texts = [
        ("credit_record", "近两年贷款逾期5次，最长60天，尚未结清", given),
        ("score", "综合评分不足", {}), (None, None, {}),
        ("other", "其他", {}), ("collateral", "抵押物不足", {}), ("score", "流水偏低", given),
    ]  # fmt: skip
    decisions = [
        decision(n, "e1", "X", 20 + n, "rejected", reject_code=code, reject_text=said, **more)
        for n, (code, said, more) in enumerate(texts)
    ]
    fill(store, {**SMALL_CITY, "decisions": decisions})
    found = refusal_texts(store, ALL, Selection(day(100)), GENERIC).set_index("decision_id").sort_index()
    assert found["complete"].tolist() == [True, False, False, False, False, False]
    assert found["missing"].tolist() == [False, False, True, True, False, False]
    assert found["vague"].tolist() == [False, True, False, False, False, True]
    assert found["empty"].tolist() == [False, True, True, True, False, True]
    assert found["text"].iloc[1] == "综合评分不足"
    assert len(refusal_texts(store, ALL, Selection(day(100)), GENERIC, limit=2)) == 2


def test_the_enterprises_own_name_does_not_make_a_pasted_text_its_own(store):
    names = {row["enterprise_id"]: row["name"] for row in SMALL_CITY["enterprises"]}
    decisions = [
        decision(n, who, "X", 20 + n, "rejected", reject_text=f"{names[who]}还款来源不足")
        for n, who in enumerate(["e1", "e2", "e3", "e4"])
    ]
    fill(store, {**SMALL_CITY, "decisions": decisions})
    assert refusal_texts(store, ALL, Selection(day(100)), GENERIC)["templated"].tolist() == [True] * 4


def test_monthly_reports_are_summed_over_the_months_that_have_ended(store):
    rows = [
        {"bank": "X", "month_end": day(n), "kind": kind, "count": count, "amount": amount}
        for n, kind, count, amount in [
            (30, "reviewed", 4, 1000), (60, "reviewed", 2, 500), (60, "exempted", 3, None), (90, "reviewed", 9, None)
        ]
    ]  # fmt: skip
    fill(store, {**SMALL_CITY, "bank_reports": rows})
    found = bank_reports(store, Scope.everything(), Selection(day(60))).fillna(-1.0)
    assert found.to_numpy().tolist() == [["X", "exempted", 1.0, 3.0, -1.0], ["X", "reviewed", 2.0, 6.0, 1500.0]]
    assert bank_reports(store, Scope.everything(), Selection(day(90), start=day(61)))["count"].tolist() == [9.0]


def test_wordings_are_judged_again_only_when_they_have_changed(city, monkeypatch):
    asked = []
    monkeypatch.setattr(data_access.refusals, "judged", asked.append)
    with city.begin() as connection:
        rebuild(connection)
    assert asked == []
    assert len(refusal_texts(city, ALL, Selection(day(100)), GENERIC)) == 1


def test_outcomes_tell_whether_another_bank_granted_credit_within_ninety_days(city):
    # e2 was refused on day 60 and approved by Y on day 80.
    frame = refusal_outcomes(city, ALL, Selection(day(150)))
    assert frame.to_numpy().tolist() == [["score", 1.0, 1.0, 1.0]]
    assert refusal_outcomes(city, ALL, Selection(day(149)))["mature"].tolist() == [0.0]


def test_priority_tags_overlap_and_match_whole_words(city):
    # e1 is tech and private, visited on day 1 and approved for 500,000; e4's tag only begins with "tech".
    frame = by_tag(city, ALL, Selection(day(100)), ("tech", "private", "none"))
    assert frame.to_numpy().tolist() == [["tech", 1.0, 1.0, 5e5], ["private", 1.0, 1.0, 5e5], ["none", 0.0, 0.0, 0.0]]
    assert by_tag(city, Scope(None, ("Y",)), Selection(day(100)), ("tech",))["approved_amount"].tolist() == [1e5]
    assert len(by_tag(city, ALL, Selection(day(100)), ())) == 0


def test_renewals_by_due_date(store):
    loan = SMALL_CITY["loans"][0]
    old = {**loan, "loan_id": "o1", "drawn_on": day(10), "due_on": day(80), "amount": 200_000}
    unpaid = {**old, "loan_id": "o2", "enterprise_id": "e5", "amount": 50_000, "due_on": day(90)}
    late = {**loan, "loan_id": "n1", "drawn_on": day(70), "is_renewal": True, "due_on": day(400)}
    after = {**late, "loan_id": "n2", "enterprise_id": "e5", "drawn_on": day(91)}
    fill(store, {**SMALL_CITY, "loans": [old, unpaid, late, after]})
    assert renewals(store, ALL, Selection(day(100))).to_numpy().tolist() == [["X", 2.0, 1.0, 250_000.0, 200_000.0]]
    assert renewals(store, ALL, Selection(day(85)))["due"].tolist() == [1.0]
    assert renewals(store, Scope(("B",), None), Selection(day(100)))["renewed"].tolist() == [0.0]
    assert len(renewals(store, Scope(None, ("Y",)), Selection(day(100)))) == 0
    assert len(renewals(store, ALL, Selection(day(400), start=day(101)))) == 1  # the renewals themselves fall due


PROMISE = Commitment(
    "X", "applications", "走访后及时申报", "某行长", day(50), day(80), 0.05, 0.10, cases=200, counted=10
)


def test_a_commitment_is_kept_listed_and_closed(city):
    first = add_commitment(city, Scope.everything(), PROMISE, by="office")
    second = add_commitment(city, Scope.everything(), replace(PROMISE, bank="Y", made_on=day(40)))
    assert [c.commitment_id for c in list_commitments(city, ALL)] == [second, first]
    assert list_commitments(city, Scope(None, ("X",))) == [replace(PROMISE, commitment_id=first)]
    assert [c.bank for c in list_commitments(city, ALL, until=day(45))] == ["Y"]
    close_commitment(city, ALL, second, day(90), "完成")
    listed = list_commitments(city, ALL)
    assert [(c.commitment_id, c.closed_on, c.closing_note) for c in listed] == [
        (first, None, ""),
        (second, day(90), "完成"),
    ]


@pytest.mark.parametrize(
    ("change", "code"), [({"figure": "x"}, "figure"), ({"wording": " "}, "wording"), ({"due_on": day(50)}, "due")]
)
def test_a_commitment_must_say_something(city, change, code):
    with pytest.raises(CommitmentError, match=code):
        add_commitment(city, Scope.everything(), replace(PROMISE, **change))


def test_nobody_closes_another_banks_commitment(city):
    number = add_commitment(city, Scope.everything(), PROMISE)
    with pytest.raises(CommitmentError, match="missing"):
        close_commitment(city, Scope(None, ("Y",)), number, day(90))
