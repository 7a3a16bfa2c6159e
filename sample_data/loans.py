"""Loans drawn under the approvals: when, how much, at what rate, on which product, and what is still owed."""

from dataclasses import dataclass

import numpy as np

from sample_data.applications import Pushes
from sample_data.cells import coded, dates, decimal, numbered, whole, yes_no
from sample_data.credit import GUARANTEES, KINDS, Decisions
from sample_data.draws import Bools, Floats, Ints, categories, waiting_days
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.networks import SHELVING
from sample_data.plan import column
from sample_data.registry import City

_DRAWS = 0.97  # approvals of which anything is drawn
_PARTS = (0.82, 0.13, 0.05)  # in one, two or three sums
_NO_PRINCIPAL = 0.52  # of renewals
_STEP = 1000
_BY_KIND = (0.04, -0.08, 0.0)  # what a new loan, a renewal and an increase cost more or less
_MONTH = 30.44  # days
_RENEWED_FOR = 12  # months
_PRICE_CUT = (185, 0.10)  # from the third week of May on loans cost a little less


@dataclass(frozen=True)
class Loans:
    """The loans; ``push`` is the row of the push and its decision. Money in yuan, rates in per cent."""

    push: Ints
    drawn: Ints
    amount: Ints
    term: Ints  # in months
    due: Ints
    rolls: Bools  # takes the place of an earlier loan that falls due


def make_loans(city: City, pushes: Pushes, decisions: Decisions, rng: np.random.Generator) -> Loans:
    """Draw the loans; what is drawn comes to the planned share of all credit, in each bank its own."""
    push = np.flatnonzero(decisions.approved & (rng.random(len(pushes)) < _DRAWS))
    parts = 1 + categories(rng, _PARTS, len(push))
    row = np.repeat(np.arange(len(push)), parts)
    number = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
    first = city.days.on_working_day(decisions.decided[push] + waiting_days(rng, 4.0, 0.6, len(push)))
    drawn = np.where(
        number == 0, first[row], city.days.on_working_day(first[row] + 12 * number + rng.integers(0, 30, len(row)))
    )
    size = rng.uniform(0.5, 1.0, len(row)) * np.where(number == 0, 1.6, 1.0)
    size = size / np.bincount(row, size)[row]
    kept = drawn <= city.days.lists_end
    push, drawn, size = push[row][kept], drawn[kept], size[kept]
    lean = column(city.plan.banks, "drawn")[pushes.bank[push]] * rng.uniform(0.82, 1.12, len(push))
    term = decisions.term[push]
    due = drawn + (term * _MONTH).astype(np.int64)
    again, day = _renewed(city, pushes.bank[push], due, rng)
    whole = np.concatenate([np.arange(len(push)), again])
    credit, lean = (decisions.amount[push] * size)[whole], lean[whole]
    amount = _scaled(credit, lean, float(city.plan.shares["drawn"] * decisions.amount.sum()))
    drawn, term = np.concatenate([drawn, day]), np.concatenate([term, np.full(len(again), _RENEWED_FOR)])
    due = np.concatenate([due, day + int(_RENEWED_FOR * _MONTH)])
    order = np.argsort(drawn, kind="stable")
    rolls = np.arange(len(whole)) >= len(push)
    return Loans(push[whole][order], drawn[order], amount[order], term[order], due[order], rolls[order])


def _renewed(city: City, bank: Ints, due: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return which loans are renewed before they fall due, each bank in its own measure, and on what days."""
    usual = city.plan.shares["renewed_when_due"]
    share = np.clip(usual + rng.normal(0.0, 0.12, len(city.plan.banks)), 0.2, 0.95)
    again = np.flatnonzero((due <= city.days.lists_end) & (rng.random(len(due)) < share[bank]))
    day = city.days.on_working_day(due[again] - rng.integers(3, 24, len(again)))
    return again, np.minimum(day, due[again])


def _scaled(credit: Floats, lean: Floats, wanted: float) -> Ints:
    """Return the part of each credit line that is drawn, never more than all, so that the sum is about ``wanted``."""
    low, high = 0.0, 4.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if (credit * np.minimum(lean * middle, 1.0)).sum() < wanted else (low, middle)
    drawn = credit * np.minimum(lean * low, 1.0)
    return np.maximum(np.floor(drawn / _STEP), 1).astype(np.int64) * _STEP


def loan_columns(
    city: City, pushes: Pushes, decisions: Decisions, loans: Loans, products: Ints, rng: np.random.Generator
) -> Columns:
    """Return the loans; ``products`` names the bank of each product of the catalogue."""
    push, start = loans.push, city.days.start
    bank, renewal = pushes.bank[push], (decisions.kind[push] == KINDS.index("renewal")) | loans.rolls
    number = decision_numbers(decisions)
    return {
        "loan_id": numbered("JJ", np.arange(1, len(push) + 1), 6),
        "decision_id": numbered("SX", number[push], 6),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, pushes.enterprise[push] + 1),
        "bank": coded(bank, [b.code for b in city.plan.banks]),
        "drawn_on": dates(loans.drawn, start),
        "amount": whole(loans.amount),
        "annual_rate": decimal(_rates(city, pushes, decisions, loans, rng)),
        "term_months": whole(loans.term),
        "guarantee": coded(decisions.guarantee[push], GUARANTEES),
        "is_first_loan": yes_no(_first_loans(city, pushes, decisions, loans, rng)),
        "is_renewal": yes_no(renewal),
        "is_no_principal_renewal": yes_no(renewal & (rng.random(len(push)) < _NO_PRINCIPAL)),
        "product_id": numbered("CP", _products(city, bank, products, rng), 3),
        "due_on": dates(loans.due, start),
        "balance": whole(_balances(city, loans, rng)),
    }


def decision_numbers(decisions: Decisions) -> Ints:
    """Return the number in its identifier of each push's decision, in the order of their days; -1 where undecided."""
    decided = np.flatnonzero(decisions.outcome >= 0)
    order = decided[np.argsort(decisions.decided[decided], kind="stable")]
    number = np.full(len(decisions.outcome), -1, dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    return number


def _rates(city: City, pushes: Pushes, decisions: Decisions, loans: Loans, rng: np.random.Generator) -> Floats:
    """Return annual rates: dearer for small and unsecured loans, and on average what the plan says."""
    push = loans.push
    rate = 3.6 + column(city.plan.banks, "rate")[pushes.bank[push]]
    rate = rate - 0.11 * np.log(np.maximum(loans.amount, 20_000) / 800_000) + np.array(_BY_KIND)[decisions.kind[push]]
    rate = rate + np.where(decisions.guarantee[push] == 0, 0.12, 0.0) + rng.normal(0.0, 0.16, len(push))
    rate = rate - np.where(loans.drawn >= _PRICE_CUT[0], _PRICE_CUT[1], 0.0)
    rate = rate + city.plan.shares["weighted_rate"] - np.average(rate, weights=loans.amount)
    return np.asarray(np.clip(np.rint(rate * 20) / 20, 2.7, 7.2))


def _first_loans(city: City, pushes: Pushes, decisions: Decisions, loans: Loans, rng: np.random.Generator) -> Bools:
    """Return which loans are the first an enterprise ever had: its earliest here, for the planned share of them."""
    who = pushes.enterprise[loans.push]
    borrowers, earliest = np.unique(who, return_index=True)  # loans stand in the order of their days
    old = np.unique(who[decisions.kind[loans.push] != KINDS.index("new")])
    fresh = np.setdiff1d(borrowers, old)
    lean = np.exp(column(city.plan.banks, "unsecured")[pushes.bank[loans.push[earliest]]])
    keys = np.where(np.isin(borrowers, fresh), rng.random(len(borrowers)) ** (1 / lean), -1.0)
    count = min(round(city.plan.shares["first_time"] * len(borrowers)), len(fresh))
    flags = np.zeros(len(who), dtype=np.bool_)
    flags[earliest[np.argsort(-keys, kind="stable")[:count]]] = True
    return flags


def _products(city: City, bank: Ints, products: Ints, rng: np.random.Generator) -> Ints:
    """Return the number of a product of each loan's bank, its first ones oftenest; -1 for none.

    Its last one is taken hardly, or never if it has many.
    """
    count = np.bincount(products, minlength=len(city.plan.banks))[bank]
    first, last = np.searchsorted(products, bank), count - 1 - (count >= SHELVING)
    place = (rng.random(len(bank)) ** 1.8 * np.maximum(count - 0.9, 0.1)).astype(np.int64)
    return np.where((count == 0) | (rng.random(len(bank)) < 0.12), -1, first + np.minimum(place, last) + 1)


def _balances(city: City, loans: Loans, rng: np.random.Generator) -> Ints:
    """Return what is owed at the end: short loans whole or repaid early, long ones in instalments."""
    age, term = (city.days.lists_end - loans.drawn) / _MONTH, loans.term
    left = np.where(term > 12, 1 - np.clip(age / np.maximum(term, 1), 0, 1), 1.0)
    left = np.where(loans.due <= city.days.lists_end, 0.0, left)
    left = np.where(rng.random(len(term)) < 0.06 * np.minimum(age, 4) / 4, 0.0, left)
    return np.rint(loans.amount * left / _STEP).astype(np.int64) * _STEP
