"""Every visit: first ones, repeats and those that met nobody, with who went, how, and what was found."""

from dataclasses import dataclass

import numpy as np

from sample_data.cells import coded, dates, hidden, numbered, whole, yes_no
from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, categories, categories_by_row
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.lists import Reach, unvisited
from sample_data.needs import NEED_USES, Needs
from sample_data.networks import visiting_shares
from sample_data.plan import column
from sample_data.registry import TIERS, City

_AGAIN = {"platform": 2.6, "renewal": 2.4, "tax": 1.5}
_MODES = ("onsite", "phone", "wechat", "online")
_LEADS = ("government", "bank", "association")
_RESULTS = ("met_owner", "met_staff", "unreachable", "closed", "refused")
_OPERATING = ("good", "normal", "difficult", "suspended")
_ASSETS = ("under_100k", "100k_1m", "1m_10m", "over_10m")
_OUTLOOKS = ("good", "stable", "poor")
_ASSETS_BY_SIZE = np.array([[38, 50, 11, 1], [2, 20, 66, 12], [0, 1, 25, 74], [0, 0, 4, 96]], dtype=np.float64)
_OUTLOOK_BY_STATE = np.array([[60, 36, 4], [24, 66, 10], [8, 42, 50], [4, 26, 70]], dtype=np.float64)
_JOINT = 0.88  # visits that a bank takes part in
_LED_BY_BANK = 0.40  # of the joint ones
_STANDARDS = (0.97, 0.985, 0.97, 0.955, 0.985)
_REMARKS = ("营业时间外到访，改日再访", "已发放宣传手册", "建议由银行跟进", "经营者外出，由员工接待", "加微信后续联系")


@dataclass(frozen=True)
class Visits:
    """The visits in the order of their days; ``bank`` is -1 where no bank took part."""

    enterprise: Ints
    day: Ints
    valid: Bools
    bank: Ints
    led_by_bank: Bools
    first_row: Ints
    last_row: Ints

    def __len__(self) -> int:
        """Return the number of visits."""
        return len(self.day)


def make_visits(city: City, reach: Reach, rng: np.random.Generator) -> Visits:
    """Draw all visits; an enterprise is visited at most once a day."""
    first = np.flatnonzero(reach.visited)
    again, again_on = _repeats(city, reach, rng)
    before, before_on = _attempts_before(city, reach, rng)
    nobody = unvisited(city, reach, rng, city.plan.totals.failed_visits - len(before))
    start, end = np.zeros(len(nobody), dtype=np.int64), np.full(len(nobody), city.days.visits_end)
    nobody_on = city.days.visits.between(start, end, rng.random(len(nobody)))
    enterprise = np.concatenate([first, again, before, nobody])
    day = np.concatenate([reach.first_visit[first], again_on, before_on, nobody_on])
    valid = np.arange(len(day)) < len(first) + len(again)
    return _in_order(city, enterprise, day, valid, rng)


def _repeats(city: City, reach: Reach, rng: np.random.Generator) -> tuple[Ints, Ints]:
    weight = np.array([_AGAIN.get(tier, 1.0) for tier in TIERS])[city.registry.tier]
    weight = weight * (reach.visited & (reach.first_visit < city.days.visits_end - 2))
    enterprise = categories(rng, weight, city.plan.totals.repeat_visits)
    first = reach.first_visit[enterprise]
    last = np.minimum(first + 80, city.days.visits_end)
    return enterprise, city.days.visits.between(first + 1, last, rng.random(len(first)) ** 0.8)


def _attempts_before(city: City, reach: Reach, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return visits that met nobody, some days before the first that did."""
    count = round(city.plan.totals.failed_visits * 0.62)
    enterprise = categories(rng, (reach.visited & (reach.first_visit > 1)).astype(np.float64), count)
    first = reach.first_visit[enterprise]
    return enterprise, city.days.visits.between(np.maximum(first - 21, 0), first - 1, rng.random(count))


def _in_order(city: City, enterprise: Ints, day: Ints, valid: Bools, rng: np.random.Generator) -> Visits:
    """Drop second visits of one day, sort by day, and say which bank took part and led."""
    # np.unique keeps the first of equal ones, and first visits stand first.
    kept = np.unique(enterprise * 1024 + day, return_index=True)[1]
    order = kept[np.argsort(day[kept], kind="stable")]
    enterprise, day, valid = enterprise[order], day[order], valid[order]
    county = city.registry.county[enterprise]
    joint = rng.random(len(day)) < _JOINT
    joined = np.bincount(county[joint], minlength=len(city.plan.counties))
    shares = visiting_shares(city.plan, joined.astype(np.float64))
    bank = np.where(joint, categories_by_row(rng, shares, county), -1)
    rows = np.flatnonzero(valid)
    first_row, last_row = (np.full(len(city.registry), -1, dtype=np.int64) for _ in range(2))
    first_row[enterprise[rows[::-1]]] = rows[::-1]
    last_row[enterprise[rows]] = rows
    return Visits(enterprise, day, valid, bank, joint & (rng.random(len(day)) < _LED_BY_BANK), first_row, last_row)


def visit_columns(city: City, reach: Reach, visits: Visits, needs: Needs, rng: np.random.Generator) -> Columns:
    """Return the visits as the columns of their import table."""
    recorded = _recorded_on(city, visits, rng)
    lead = np.where(visits.led_by_bank, 1, np.where(rng.random(len(visits)) < 0.1, 2, 0))
    visitor, visitors = _visitors(city, visits, rng)
    return {
        "visit_id": numbered("V", np.arange(1, len(visits) + 1)),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, visits.enterprise + 1),
        "visited_on": dates(visits.day, city.days.start),
        "mode": coded(_modes(city, reach, visits, rng), _MODES),
        "lead": coded(lead, _LEADS),
        "bank": coded(visits.bank, [bank.code for bank in city.plan.banks]),
        "visitor": coded(visitor, visitors),
        "result": coded(_results(city, visits, rng), _RESULTS),
        **_findings(city, visits, rng),
        **_need_cells(city, visits, needs, rng),
        "recorded_on": dates(recorded, city.days.start),
        "remark": coded(
            np.where(rng.random(len(visits)) < 0.04, rng.integers(len(_REMARKS), size=len(visits)), -1), _REMARKS
        ),
    }


def _modes(city: City, reach: Reach, visits: Visits, rng: np.random.Generator) -> Ints:
    """Return how each visit was made: by telephone more at the start, off the list, and in some counties."""
    away = 0.22 * column(city.plan.counties, "phone")[city.registry.county[visits.enterprise]]
    away = away * np.where(reach.listed[visits.enterprise], 1.0, 1.5) + np.where(visits.day < 24, 0.14, 0.0)
    other = 1 + categories(rng, [0.60, 0.31, 0.09], len(visits))
    return np.where(rng.random(len(visits)) < away, other, 0)


def _results(city: City, visits: Visits, rng: np.random.Generator) -> Ints:
    gone = city.registry.status[visits.enterprise] != 0
    failed = np.where(gone & (rng.random(len(visits)) < 0.6), 3, 2 + categories(rng, [58, 24, 18], len(visits)))
    return np.where(visits.valid, categories(rng, [72, 28], len(visits)), failed)


def _recorded_on(city: City, visits: Visits, rng: np.random.Generator) -> Ints:
    """Return the day each visit was entered: mostly at once, in some counties weeks later."""
    lag = categories(rng, [62, 22, 8, 4], len(visits))
    late = (
        rng.random(len(visits)) < 0.045 * column(city.plan.counties, "backlog")[city.registry.county[visits.enterprise]]
    )
    return np.minimum(visits.day + np.where(late, rng.integers(5, 36, len(visits)), lag), city.days.lists_end)


def _visitors(city: City, visits: Visits, rng: np.random.Generator) -> tuple[Ints, list[str]]:
    """Return who went, as a place in the list of visitors' numbers: a bank's own people or the county's."""
    counties = len(city.plan.counties)
    team = np.where(visits.led_by_bank, counties + visits.bank, city.registry.county[visits.enterprise])
    load = np.bincount(team, minlength=counties + len(city.plan.banks))
    staff = np.maximum(np.rint(load / 260), 3).astype(np.int64)
    managers, cap = column(city.plan.banks, "managers"), column(city.plan.banks, "visitors")
    staff[counties:] = np.maximum(np.minimum(managers * 1.6, load[counties:] / 40), 2)
    staff[counties:] = np.where(cap > 0, np.minimum(cap, staff[counties:]), staff[counties:])
    first = np.concatenate([[0], np.cumsum(staff)[:-1]])
    codes = [county.code for county in city.plan.counties] + [bank.code for bank in city.plan.banks]
    names = [f"{code}-{n:04d}" for code, size in zip(codes, staff.tolist(), strict=True) for n in range(1, size + 1)]
    return first[team] + (rng.random(len(visits)) ** 1.3 * staff[team]).astype(np.int64), names


def _findings(city: City, visits: Visits, rng: np.random.Generator) -> Columns:
    """Return what a visit that met somebody found out about the business; some leave a cell empty."""

    def filled(index: Ints) -> Ints:
        return np.where(visits.valid & (rng.random(len(visits)) > 0.02), index, -1)

    operating = categories(rng, [24, 60, 13, 3], len(visits))
    outlook = np.where(
        operating >= 2, categories(rng, [8, 42, 50], len(visits)), categories(rng, [34, 58, 8], len(visits))
    )
    assets = categories_by_row(rng, _ASSETS_BY_SIZE, city.registry.size[visits.enterprise])
    return {
        "operating_status": coded(filled(operating), _OPERATING),
        "asset_scale": coded(filled(assets), _ASSETS),
        "market_outlook": coded(filled(outlook), _OUTLOOKS),
    }


def _need_cells(city: City, visits: Visits, needs: Needs, rng: np.random.Generator) -> Columns:
    """Return the need that a visit recorded; the five standards are asked where there is one."""
    place = np.full(int(visits.enterprise.max()) + 1, -1)
    place[needs.enterprise] = np.arange(len(needs.enterprise))
    of = place[visits.enterprise]
    row = np.where(of < 0, len(visits), needs.row[of])
    asked = np.arange(len(visits)) == row
    asked |= visits.valid & (np.arange(len(visits)) > row) & (rng.random(len(visits)) < 0.4)
    unsaid = ~visits.valid | (~asked & (rng.random(len(visits)) < 0.008))
    of = np.where(asked, of, -1)
    due = np.where(asked, needs.renewal_due[of], NEVER)
    cells: Columns = {
        "has_need": yes_no(asked, unsaid),
        "need_amount": whole(needs.amount[of], ~asked),
        "need_use": coded(np.where(asked, needs.use[of], -1), NEED_USES),
        "renewal_due_on": dates(due, city.days.start),
    }
    for number, share in enumerate(_STANDARDS, start=1):
        met = (rng.random(len(visits)) < share) | needs.applies[of]
        cells[f"standard_{number}"] = hidden(yes_no(met), ~asked)
    return cells


def bank_of_first_visit(visits: Visits) -> Ints:
    """Return for each enterprise the bank at its first visit, -1 for none."""
    return np.where(visits.first_row < 0, -1, visits.bank[visits.first_row])


def zeal(city: City, visits: Visits, power: float) -> Floats:
    """Return how much the bank of its first visit raises an enterprise's odds to apply (1 where no bank came)."""
    factor = np.append(column(city.plan.banks, "apply"), 1.0) ** power
    return np.asarray(factor[bank_of_first_visit(visits)])
