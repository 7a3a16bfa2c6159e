"""The application list and the recommendation list: who applies when, and to which banks the case is pushed."""

from dataclasses import dataclass

import numpy as np

from sample_data.cells import coded, dates, numbered, whole
from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, categories, categories_by_row, pick, waiting_days
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.needs import NEED_USES, Needs, uses
from sample_data.networks import credit_shares
from sample_data.registry import City
from sample_data.visits import Visits, zeal

CHANNELS = ("visit", "online", "window", "bank")
STATUSES = ("pending", "passed", "returned", "withdrawn")
TERMS = (3, 6, 12, 24, 36, 60)
_TERM_SHARES = (4, 5, 41, 18, 26, 6)
_AGAIN = 0.06  # enterprises that apply a second time
_RETURNED_FIRST = 0.03  # applications that come back for a document before they pass
_NEVER_PASSED = (0.027, 0.010)  # returned and withdrawn ones of enterprises that never got on the list
_KEEPS_VISITOR = 0.27  # cases pushed to the bank that came on the visit
_PUSHES = (0.84, 0.125, 0.035)  # to one, two or three banks
_LATER_PUSH = 0.3


@dataclass(frozen=True)
class Applications:
    """The applications on the list, one an enterprise, in the order of ``enterprise``; -1 and NEVER mean none."""

    enterprise: Ints
    submitted: Ints
    channel: Ints
    use: Ints
    term: Ints
    bank: Ints
    recommended: Bools
    first_push: Ints


@dataclass(frozen=True)
class Pushes:
    """The pushes to banks; ``application`` is a place in ``Applications``, ``turn`` 0 for the enterprise's first."""

    application: Ints
    enterprise: Ints
    bank: Ints
    turn: Ints
    pushed: Ints

    def __len__(self) -> int:
        """Return the number of pushes."""
        return len(self.bank)


def make_applications(city: City, visits: Visits, needs: Needs, rng: np.random.Generator) -> Applications:
    """Draw who applies: most after a visit that found a need, some who simply walk in."""
    total, walk_ins = city.plan.totals.applied, city.plan.totals.walk_ins
    # Who was asked in the last weeks has hardly had the time to apply.
    ripe = np.clip((city.days.lists_end - 8 - visits.day[needs.row]) / 32, 0.08, 1.0) ** 1.5
    asked = needs.enterprise[pick(rng, zeal(city, visits, 1.3)[needs.enterprise] * ripe, total - walk_ins)]
    came = _walk_ins(city, visits, needs, rng, walk_ins)
    enterprise = np.concatenate([asked, came])
    walked = np.arange(total) >= len(asked)
    submitted = _submitted(city, visits, needs, enterprise, walked, rng)
    channel = np.where(
        walked, 1 + categories(rng, [50, 24, 26], total), categories(rng, [84, 8, 4, 4], total)
    )  # fmt: skip
    order = np.argsort(enterprise, kind="stable")
    enterprise, submitted, channel = enterprise[order], submitted[order], channel[order]
    known = np.full(len(city.registry), -1)
    known[needs.enterprise] = needs.use
    use = np.where(known[enterprise] < 0, uses(city, enterprise, rng), known[enterprise])
    came_with = np.where(visits.last_row[enterprise] < 0, -1, visits.bank[visits.first_row[enterprise]])
    kept = (rng.random(total) < _KEEPS_VISITOR) & (visits.first_row[enterprise] >= 0)
    push = np.minimum(city.days.on_working_day(submitted + waiting_days(rng, 2.5, 0.7, total)), city.days.lists_end)
    late = rng.exponential(1.0, total) / np.maximum(city.days.lists_end + 1 - submitted, 1) ** 2
    recommended = ~_largest(late, total - city.plan.totals.recommended)
    return Applications(
        enterprise, submitted, channel, use, categories(rng, _TERM_SHARES, total),
        bank=np.where(kept, came_with, -1), recommended=recommended, first_push=np.where(recommended, push, NEVER),
    )  # fmt: skip


def _largest(values: Floats, count: int) -> Bools:
    mask = np.zeros(len(values), dtype=np.bool_)
    mask[np.argsort(values, kind="stable")[len(values) - count :]] = True
    return mask


def _walk_ins(city: City, visits: Visits, needs: Needs, rng: np.random.Generator, count: int) -> Ints:
    """Return enterprises that apply although no visit found a need; six in ten were visited all the same."""
    weight = np.where(visits.first_row >= 0, 1.0, 3.0) * (city.registry.status == 0) * (city.registry.size < 3)
    weight[needs.enterprise] = 0.0
    return pick(rng, weight, count)


def _submitted(
    city: City,
    visits: Visits,
    needs: Needs,
    enterprise: Ints,
    walked: Bools,
    rng: np.random.Generator,
) -> Ints:
    needed = np.full(len(city.registry), 6, dtype=np.int64)
    needed[needs.enterprise] = visits.day[needs.row]
    first = needed[enterprise]
    after = city.days.on_working_day(first + np.where(walked, 0, waiting_days(rng, 6.0, 0.85, len(first))))
    last = np.full(len(first), city.days.lists_end)
    anywhere = city.days.offices.between(first, last, rng.random(len(first)))
    return np.where(walked | (after > city.days.lists_end), anywhere, after)


def make_pushes(city: City, applications: Applications, rng: np.random.Generator) -> Pushes:
    """Push every recommended application to one to three banks that work in its county."""
    place = np.flatnonzero(applications.recommended)
    county = city.registry.county[applications.enterprise[place]]
    kept = applications.bank[place]
    already = np.bincount(kept[kept >= 0], minlength=len(city.plan.banks))
    fresh = np.bincount(county[kept < 0], minlength=len(city.plan.counties)).astype(np.float64)
    shares = credit_shares(city.plan, fresh, already)
    first = np.where(kept < 0, categories_by_row(rng, shares, county), kept)
    count = 1 + categories(rng, _PUSHES, len(place))
    banks = _other_banks(shares, county, first, rng)
    turn = np.concatenate([np.full(int((count > n).sum()), n) for n in range(3)])
    row = np.concatenate([np.flatnonzero(count > n) for n in range(3)])
    pushed = applications.first_push[place[row]]
    # A second or third bank gets the case with the first, or some weeks later, when that one hesitates.
    later = city.days.on_working_day(pushed + rng.integers(8, 46, len(row)))
    waits = (turn > 0) & (rng.random(len(row)) < _LATER_PUSH) & (later <= city.days.lists_end)
    return Pushes(
        place[row], applications.enterprise[place[row]], banks[row, turn], turn, np.where(waits, later, pushed)
    )  # fmt: skip


def _other_banks(shares: Floats, county: Ints, first: Ints, rng: np.random.Generator) -> Ints:
    """Return three different banks for every row: ``first``, then two drawn by their share in the county."""
    with np.errstate(divide="ignore"):
        keys = rng.standard_exponential((len(first), shares.shape[1])) / shares[county]
    keys[np.arange(len(first)), first] = -1.0
    return np.argsort(keys, axis=1, kind="stable")[:, :3]


@dataclass(frozen=True)
class ApplicationRows:
    """All rows of the application list in the order of their city, and the number of each listed application."""

    columns: Columns
    number: Ints


def application_rows(
    city: City,
    applications: Applications,
    requested: Ints,
    rng: np.random.Generator,
) -> ApplicationRows:
    """Return the application list: the listed ones, repeats, those sent back first, and those that never passed."""
    count = len(applications.enterprise)
    again = np.flatnonzero((rng.random(count) < _AGAIN) & (applications.submitted < city.days.lists_end - 20))
    back = np.flatnonzero((rng.random(count) < _RETURNED_FIRST) & (applications.submitted > 12))
    source = np.concatenate([np.arange(count), again, back])
    submitted = applications.submitted[source].copy()
    span = city.days.lists_end - submitted[count : count + len(again)]
    submitted[count : count + len(again)] += np.maximum((rng.random(len(again)) ** 1.5 * span).astype(np.int64), 1)
    submitted[count + len(again) :] -= rng.integers(2, 10, len(back))
    status = np.full(len(source), STATUSES.index("passed"))
    status[:count][~applications.recommended & (rng.random(count) < 0.8)] = STATUSES.index("pending")
    status[count + len(again) :] = STATUSES.index("returned")
    amount = requested[applications.enterprise[source]]
    never = _never_passed(city, applications, rng)
    cells = {
        "enterprise": np.concatenate([applications.enterprise[source], never["enterprise"]]),
        "submitted": np.concatenate([city.days.on_working_day(submitted), never["submitted"]]),
        "channel": np.concatenate([applications.channel[source], never["channel"]]),
        "amount": np.concatenate([amount, never["amount"]]),
        "use": np.concatenate([applications.use[source], never["use"]]),
        "term": np.concatenate([applications.term[source], never["term"]]),
        "bank": np.concatenate([applications.bank[source], never["bank"]]),
        "status": np.concatenate([status, never["status"]]),
    }
    order = np.argsort(cells["submitted"], kind="stable")
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    return ApplicationRows(_columns(city, {k: v[order] for k, v in cells.items()}), number[:count])


def _never_passed(city: City, applications: Applications, rng: np.random.Generator) -> dict[str, Ints]:
    """Return applications of enterprises that never got on the list: returned for good, or withdrawn."""
    sizes = [round(share * len(applications.enterprise)) for share in _NEVER_PASSED]
    weight = (city.registry.status == 0).astype(np.float64)
    weight[applications.enterprise] = 0.0
    enterprise, total = pick(rng, weight, sum(sizes)), sum(sizes)
    first, last = np.full(total, 8), np.full(total, city.days.lists_end)
    return {
        "enterprise": enterprise,
        "submitted": city.days.offices.between(first, last, rng.random(total)),
        "channel": categories(rng, [60, 24, 10, 6], total),
        "amount": np.maximum(np.rint(np.exp(rng.normal(np.log(30), 0.8, total))), 1).astype(np.int64) * 10_000,
        "use": uses(city, enterprise, rng),
        "term": categories(rng, _TERM_SHARES, total),
        "bank": np.full(total, -1),
        "status": rng.permutation(np.repeat([STATUSES.index("returned"), STATUSES.index("withdrawn")], sizes)),
    }


def _columns(city: City, cells: dict[str, Ints]) -> Columns:
    return {
        "application_id": numbered("SB", np.arange(1, len(cells["amount"]) + 1), 6),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, cells["enterprise"] + 1),
        "submitted_on": dates(cells["submitted"], city.days.start),
        "channel": coded(cells["channel"], CHANNELS),
        "need_amount": whole(cells["amount"]),
        "need_use": coded(cells["use"], NEED_USES),
        "term_months": whole(np.array(TERMS)[cells["term"]]),
        "bank": coded(cells["bank"], [bank.code for bank in city.plan.banks]),
        "status": coded(cells["status"], STATUSES),
    }
