"""The banks' decisions: when each push is decided and how, so that the published totals come out exactly."""

from dataclasses import dataclass

import numpy as np

from sample_data.amounts import exact_amounts
from sample_data.applications import TERMS, Applications, Pushes
from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, categories, categories_by_row, chosen, waiting_days
from sample_data.needs import NEED_USES
from sample_data.plan import column
from sample_data.registry import TIERS, City

OUTCOMES = ("approved", "rejected", "withdrawn", "transferred")
KINDS = ("new", "renewal", "increase")
GUARANTEES = ("unsecured", "guaranteed", "mortgage", "pledge", "mixed")
PUSH_STATUSES = ("open", "decided", "returned", "withdrawn")
_BASE_ODDS = 2.2  # logit of an approval at an average bank
_BACK_FILLED_ODDS = 4.0  # entered after the fact, they are nearly always approvals
_SECOND_APPROVAL = 2.6  # how good a case must be for a second bank to approve it too
_BY_SIZE = (1.0, 3.0, 7.0, 1.0)
_SPREAD = 0.72
_SECOND_SHARE = 0.6
_RENEWS = np.array([[0.66, 0.22, 0.12], [0.16, 0.74, 0.10]])


@dataclass(frozen=True)
class Decisions:
    """What became of each push, row by row as in ``Pushes``; -1 and NEVER where it is undecided. Money in yuan."""

    pushed: Ints
    docs: Ints
    decided: Ints
    outcome: Ints
    status: Ints
    amount: Ints
    kind: Ints
    term: Ints
    guarantee: Ints

    @property
    def approved(self) -> Bools:
        """Which pushes ended in an approval."""
        return np.asarray(self.outcome == 0)


def make_decisions(city: City, applications: Applications, pushes: Pushes, rng: np.random.Generator) -> Decisions:
    """Decide every push that the banks had time for."""
    pushed, docs, decided, entered_late = _timing(city, applications, pushes, rng)
    outcome = _outcomes(city, pushes, decided, entered_late, rng)
    approved = outcome == 0
    kind = _kinds(city, applications, pushes, rng)
    amount = np.zeros(len(pushes), dtype=np.int64)
    wanted = _wanted(city, pushes, rng)[approved]
    amount[approved] = exact_amounts(wanted, city.plan.totals.approved_amount, rng)
    guarantee = _guarantees(city, pushes, amount, rng)
    status = np.where(outcome < 0, 0, np.where(outcome == 2, 3, 1))
    waiting = (outcome < 0) & (rng.random(len(pushes)) < 0.3)
    sent_back = (outcome < 0) & (rng.random(len(pushes)) < 0.02)
    return Decisions(
        pushed,
        docs=np.where(waiting | (docs > city.days.lists_end), NEVER, docs),
        decided=np.where(outcome < 0, NEVER, decided),
        outcome=outcome,
        status=np.where(sent_back, 2, status),
        amount=amount,
        kind=np.where(approved, kind, -1),
        term=np.where(approved, np.array(TERMS)[applications.term[pushes.application]], 0),
        guarantee=np.where(approved, guarantee, -1),
    )  # fmt: skip


def _timing(
    city: City, applications: Applications, pushes: Pushes, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Bools]:
    """Return when each push was made, had its documents and was decided, and which were entered after the fact."""
    days, count, slow = city.days, len(pushes), column(city.plan.banks, "days")[pushes.bank]
    docs = days.on_working_day(pushes.pushed + waiting_days(rng, 4.0, 0.6, count))
    decided = days.on_working_day(docs + 1 + waiting_days(rng, 6.0 * slow, 0.6, count))
    submitted = applications.submitted[pushes.application]
    early = np.minimum(days.on_working_day(submitted + waiting_days(rng, 9.0, 0.5, count)), days.lists_end)
    weight = column(city.plan.banks, "back_filled")[pushes.bank]
    weight = weight * column(city.plan.counties, "back_filled")[city.registry.county[pushes.enterprise]]
    weight = weight * ((pushes.turn == 0) & (submitted < days.lists_end - 25))
    late = chosen(rng, weight, round(city.plan.shares["back_filled"] * count))
    entered = np.minimum(days.on_working_day(early + rng.integers(0, 13, count)), days.lists_end)
    pushed, docs = np.where(late, entered, pushes.pushed), np.where(late, entered, docs)
    decided = np.where(late, early, decided)
    decided = np.where(decided > days.lists_end, NEVER, decided)
    return pushed, docs, np.where(_forgotten(city, pushes, pushed, decided, late, rng), NEVER, decided), late


def _forgotten(city: City, pushes: Pushes, pushed: Ints, decided: Ints, late: Bools, rng: np.random.Generator) -> Bools:
    """Return which pushes lie undecided beyond the limit, so many that the plan's share is overdue."""
    old = pushed < city.days.lists_end - 30
    wanted = round(city.plan.shares["overdue"] * len(pushes)) - int((old & (decided == NEVER)).sum())
    weight = column(city.plan.banks, "overdue")[pushes.bank]
    weight = weight * column(city.plan.counties, "overdue")[city.registry.county[pushes.enterprise]]
    age = np.maximum(city.days.lists_end - pushed, 1)
    return chosen(rng, weight * (old & ~late & (decided != NEVER)) / age, max(wanted, 0))


def _outcomes(city: City, pushes: Pushes, decided: Ints, late: Bools, rng: np.random.Generator) -> Ints:
    """Return each push's outcome: exactly as many enterprises are approved as planned, the best cases first."""
    odds = _BASE_ODDS + column(city.plan.banks, "approve")[pushes.bank] + np.where(late, _BACK_FILLED_ODDS, 0.0)
    score = odds + rng.logistic(0.0, 1.0, len(pushes))
    score = np.where(decided == NEVER, -np.inf, score)
    best = np.full(len(city.registry), -np.inf)
    np.maximum.at(best, pushes.enterprise, score)
    ranked = np.argsort(-best, kind="stable")[: city.plan.totals.approved]
    if best[ranked].min() == -np.inf:
        raise ValueError(f"fewer than {len(ranked)} enterprises have a decision")
    wins = np.zeros(len(city.registry), dtype=np.bool_)
    wins[ranked] = True
    approved = wins[pushes.enterprise] & ((score == best[pushes.enterprise]) | (score > _SECOND_APPROVAL))
    refused = 1 + categories(rng, [88, 8, 4], len(pushes))
    return np.where(decided == NEVER, -1, np.where(approved, 0, refused))


def _kinds(city: City, applications: Applications, pushes: Pushes, rng: np.random.Generator) -> Ints:
    renews = city.registry.tier[pushes.enterprise] == TIERS.index("renewal")
    renews |= applications.use[pushes.application] == NEED_USES.index("renewal")
    return categories_by_row(rng, _RENEWS, renews.astype(np.int64))


def _wanted(city: City, pushes: Pushes, rng: np.random.Generator) -> Floats:
    """Return how much each approval would be relative to the others: by kind, size, trade and bank, heavy-tailed."""
    registry, plan, who = city.registry, city.plan, pushes.enterprise
    trade = np.array([*(plan.tickets.get(s, 0.9) for s in registry.sections), 1.0])[registry.section[who]]
    wanted = column(plan.entity_types, "credit")[registry.entity_type[who]] * trade
    wanted = wanted * np.array(_BY_SIZE)[registry.size[who]] * column(plan.banks, "ticket")[pushes.bank]
    wanted = wanted * np.exp(rng.normal(0.0, _SPREAD, len(pushes)))
    return np.asarray(wanted * np.where(pushes.turn == 0, 1.0, _SECOND_SHARE))


def _guarantees(city: City, pushes: Pushes, amount: Ints, rng: np.random.Generator) -> Ints:
    """Return how each approval is secured; small ones seldom are, and the planned share of the money is not."""
    lean = column(city.plan.banks, "unsecured")[pushes.bank] - 0.9 * np.log(np.maximum(amount, 10_000) / 500_000)
    draw = rng.random(len(pushes))
    wanted = city.plan.shares["unsecured"] * amount.sum()
    low, high = -6.0, 6.0
    for _ in range(40):
        middle = (low + high) / 2
        unsecured = draw < 1 / (1 + np.exp(-(middle + lean)))
        low, high = (low, middle) if amount[unsecured].sum() > wanted else (middle, high)
    return np.where(unsecured, 0, 1 + categories(rng, [24, 52, 10, 14], len(pushes)))


def requested_amounts(
    city: City, applications: Applications, pushes: Pushes, decisions: Decisions, rng: np.random.Generator
) -> Ints:
    """Return what each enterprise of the register asked for (0: nothing): what it got and, for half, more."""
    approved = np.bincount(pushes.enterprise, decisions.amount, minlength=len(city.registry))
    who = applications.enterprise
    hoped = np.exp(rng.normal(np.log(45.0), 0.85, len(who))) * 10_000
    share = np.where(rng.random(len(who)) < 0.45, 1.0, rng.uniform(0.55, 1.0, len(who)))
    asked = np.where(approved[who] > 0, approved[who] / share, hoped)
    requested = np.zeros(len(city.registry), dtype=np.int64)
    requested[who] = np.maximum(np.rint(asked / 10_000), 1).astype(np.int64) * 10_000
    return requested
