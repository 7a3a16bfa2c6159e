"""Matching a need to products, and the catalogue's use, by hand."""

from datetime import date

import pandas as pd
import pytest

from metrics.products import CRITERIA, Need, match_products, on_offer, product_use, verdict_of

NAN = float("nan")
TODAY = date(2025, 6, 13)


def product(name, *, amount=1e6, low=3.0, until=None, **more):
    told = {"audience": "all", "rate_max": 4.0, "term_months": 24.0, "guarantee": "unsecured"}
    return {"product_id": name, "max_amount": amount, "rate_min": low, "valid_until": until, **told, **more}


def verdicts(row, need):
    (found,) = match_products(pd.DataFrame([row]), need).to_dict("records")
    return {name: found[verdict_of(name)] for name in CRITERIA if found[verdict_of(name)]}


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (Need(), {}),
        (Need(amount=1e6), {"amount": "met"}),
        (Need(amount=1e6 + 1), {"amount": "failed"}),
        (Need(term_months=24), {"term": "met"}),
        (Need(term_months=25), {"term": "failed"}),
        (Need(guarantees=("mortgage", "unsecured")), {"guarantee": "met"}),
        (Need(guarantees=("mortgage",)), {"guarantee": "failed"}),
        (Need(audiences=("company", "all")), {"audience": "met"}),
        (Need(audiences=("company",)), {"audience": "failed"}),
        (Need(rate_ceiling=4.0), {"rate": "met"}),
        (Need(rate_ceiling=3.5), {"rate": "unknown"}),  # the bank decides where between 3 and 4 it lies
        (Need(rate_ceiling=2.9), {"rate": "failed"}),
        (Need(on=TODAY), {"validity": "met"}),
    ],
)
def test_each_criterion(need, expected):
    assert verdicts(product("p"), need) == expected


def test_what_the_catalogue_does_not_tell_is_unknown():
    nothing = {"audience": None, "guarantee": "", "rate_max": NAN, "term_months": NAN}
    silent = product("p", amount=NAN, low=NAN, **nothing)
    asked = Need(1e5, 12, ("unsecured",), ("all",), 4.0, TODAY)
    assert verdicts(silent, asked) == {
        "validity": "met", "audience": "unknown", "amount": "unknown", "term": "unknown", "guarantee": "unknown",
        "rate": "unknown",
    }  # fmt: skip


def test_a_product_is_on_offer_on_its_last_day():
    frame = pd.DataFrame([product("last", until=TODAY), product("over", until=date(2025, 6, 12)), product("open")])
    assert on_offer(frame, TODAY).tolist() == [True, False, True]
    assert match_products(frame, Need(on=TODAY))[verdict_of("validity")].tolist() == ["met", "met", "failed"]


def test_the_order_of_the_answers():
    """Ended ones last, then failures, open questions, the lower rate, the larger amount, the id."""
    rows = [
        product("ended", until=date(2025, 1, 1), low=1.0),
        product("failed", amount=1e4),
        product("open", amount=NAN, low=2.0),
        product("dear", low=3.5),
        product("small", amount=2e5),
        product("large"),
        product("large2"),
    ]
    found = match_products(pd.DataFrame(rows), Need(amount=1e5, on=TODAY))
    assert found["product_id"].tolist() == ["large", "large2", "small", "dear", "open", "failed", "ended"]
    assert found["fits"].tolist() == [True] * 5 + [False, False]
    assert found[["met", "failed", "unknown"]].iloc[0].tolist() == [2, 0, 0]


def test_an_empty_catalogue_answers_nothing():
    empty = pd.DataFrame([product("p")]).iloc[:0]
    assert match_products(empty, Need(amount=1, on=TODAY)).empty


def test_use_counts_products_on_offer():
    """Of four on offer three were lent; the one that has ended counts on neither side."""
    frame = pd.DataFrame(
        [product("a"), product("b"), product("c"), product("d"), product("e", until=date(2025, 1, 1))]
    ).assign(loans=[2.0, 1.0, 9.0, 0.0, 5.0])
    use = product_use(frame, TODAY)
    assert (use.products, use.used, use.share) == (4, 3, 75)
    assert use.low == pytest.approx(30.06, abs=0.01)  # Wilson: (1.2302 ∓ 0.6408) ÷ 1.9604
    assert use.high == pytest.approx(95.44, abs=0.01)


def test_use_is_unknown_where_loans_name_no_product():
    use = product_use(pd.DataFrame([product("a")]).assign(loans=[NAN]), TODAY)
    assert use.products == 1
    assert pd.isna(use.used)
    assert pd.isna(use.share)


def test_use_of_nothing_is_undefined():
    use = product_use(pd.DataFrame([product("a")]).iloc[:0].assign(loans=[]), TODAY)
    assert use.products == 0
    assert pd.isna(use.share)
