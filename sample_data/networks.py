"""The banks' reach: how many staff and how much credit each bank has in each county, and the files about the banks."""

import numpy as np

from sample_data.cells import coded, dates, decimal, joined, numbered, texts, whole, yes_no
from sample_data.days import NEVER, Days
from sample_data.draws import Floats, Ints, allocate, categories, categories_by_row, fit_margins
from sample_data.enterprises import Columns
from sample_data.plan import Plan, column
from sample_data.registry import Places

_LEAST = 0.02  # a bank for the city's centre still has a customer or two outside
_HUNDRED_MILLION = 1e8
_TEN_THOUSAND = 10_000
_MEASURES = ("loans", "inclusive_loans", "deposits", "outlets", "managers")
_REPORTS = ("reviewed", "exempted", "complaint")
_AUDIENCES = ("company", "sole_trader", "farm", "foreign_trade", "tech", "all")
_PRODUCT_WORDS = ("经营贷", "商户贷", "惠农贷", "出口贷", "科创贷", "信用贷", "续贷通", "冷链贷", "流水贷")
_PRODUCT_AUDIENCE = (0, 1, 2, 3, 4, 5, 0, 2, 1)
SHELVING = 5  # a bank with so many products lends nothing with its last one; some of those have ended
_GUARANTEES = ("unsecured", "guaranteed", "mortgage", "pledge", "mixed")


def reach_table(plan: Plan) -> Floats:
    """Return how much each bank (column) is at home in each county (row); 0 where it has nobody."""
    urban = column(plan.counties, "urban")
    weight = column(plan.counties, "weight")
    table = np.zeros((len(plan.counties), len(plan.banks)))
    for number, bank in enumerate(plan.banks):
        if isinstance(bank.reach, list):
            table[[plan.county_index(code) for code in bank.reach], number] = 1.0
        else:
            lean = {"all": 1.0 + 0 * urban, "urban": _LEAST + urban**4, "rural": 1.25 - urban}[bank.reach]
            table[:, number] = lean
    return table * weight[:, None]


def visiting_shares(plan: Plan, joint_visits: Floats) -> Floats:
    """Return each bank's part (column) in each county's joint visits (row): its staff times its zeal."""
    zeal = column(plan.banks, "managers") ** 0.95 * column(plan.banks, "visits")
    return fit_margins(reach_table(plan), joint_visits, zeal)


def credit_shares(plan: Plan, pushes: Floats, already: Ints) -> Floats:
    """Return each bank's part (column) in each county's pushes (row), less what it has ``already``.

    A bank gets so many that its credit comes out as its loans times its planned zeal.
    """
    wanted = column(plan.banks, "loans") ** 0.95 * column(plan.banks, "credit") / column(plan.banks, "ticket")
    wanted = wanted / wanted.sum() * (pushes.sum() + already.sum())
    return fit_margins(reach_table(plan), pushes, np.maximum(wanted - already, 0.03 * wanted))


def bank_size_columns(plan: Plan, days: Days, rng: np.random.Generator) -> Columns:
    """Return what the banks are: five measures each on a day before the programme, all of them invented."""
    banks = len(plan.banks)
    size = {
        "loans": column(plan.banks, "loans") * _HUNDRED_MILLION,
        "inclusive_loans": column(plan.banks, "inclusive") * _HUNDRED_MILLION,
        "deposits": column(plan.banks, "deposits") * _HUNDRED_MILLION,
        "outlets": column(plan.banks, "outlets"),
        "managers": column(plan.banks, "managers"),
    }
    for money in ("loans", "inclusive_loans", "deposits"):
        size[money] = np.rint(size[money] * rng.uniform(0.985, 1.015, banks) / _TEN_THOUSAND) * _TEN_THOUSAND
    measured = np.full(banks * len(_MEASURES), days.number(plan.bank_sizes_on))
    return {
        "bank": coded(np.repeat(np.arange(banks), len(_MEASURES)), [bank.code for bank in plan.banks]),
        "measure": coded(np.tile(np.arange(len(_MEASURES)), banks), _MEASURES),
        "measured_on": dates(measured, days.start),
        "value": decimal(np.column_stack([size[m] for m in _MEASURES]).ravel()),
        "extent": coded(np.zeros(len(measured), dtype=np.int64), ["local"]),
        "source": coded(np.zeros(len(measured), dtype=np.int64), [plan.notice[0]]),
    }


def bank_plan_columns(plan: Plan, days: Days, approved: Floats) -> Columns:
    """Return the banks' credit plans for the programme: what they came to approve, over- or under-promised."""
    million = 1_000_000
    planned = np.maximum(np.rint(approved * column(plan.banks, "plan") / million), 1) * million
    banks = len(plan.banks)
    return {
        "bank": coded(np.arange(banks), [bank.code for bank in plan.banks]),
        "starts_on": dates(np.zeros(banks, dtype=np.int64), days.start),
        "ends_on": dates(np.full(banks, days.number(plan.profile.targets[0].ends_on)), days.start),
        "planned_amount": whole(planned),
    }


def bank_report_columns(plan: Plan, days: Days, rng: np.random.Generator) -> Columns:
    """Return the monthly reports: liability reviewed and exempted, and complaints about intermediaries.

    Banks without products in the catalogue send none; those that hardly give reasons report no exemptions either.
    """
    ends = days.month_ends(days.number(plan.visits_until))
    senders = [number for number, bank in enumerate(plan.banks) if bank.products]
    reviewed = rng.poisson(column(plan.banks, "managers")[senders, None] / 45 + 0.4, (len(senders), len(ends)))
    exempted = rng.binomial(reviewed, rng.beta(7.0, 4.0, len(senders))[:, None])
    complaints = rng.poisson(column(plan.banks, "credit")[senders, None] * 0.8, reviewed.shape)
    loss = np.rint(np.exp(rng.normal(np.log(28.0), 0.6, reviewed.shape))) * _TEN_THOUSAND
    count = np.stack([reviewed, exempted, complaints], axis=2)
    amount = count * loss[:, :, None]
    bank, month, kind = np.indices(count.shape).reshape(3, -1)
    silent = np.array([plan.banks[number].style == "thin" for number in senders])
    kept = ~silent[bank] | (kind == _REPORTS.index("complaint"))
    codes = [plan.banks[number].code for number in senders]
    return {
        "bank": coded(bank[kept], codes),
        "month_end": dates(ends[month[kept]], days.start),
        "kind": coded(kind[kept], _REPORTS),
        "count": whole(count.ravel()[kept]),
        "amount": whole(amount.ravel()[kept], (kind == _REPORTS.index("complaint"))[kept]),
    }


def outlet_columns(plan: Plan, places: Places, rng: np.random.Generator) -> tuple[Columns, Ints]:
    """Return the liaison outlets, and the bank of each."""
    count = 1 + allocate(plan.outlets - len(plan.banks), np.sqrt(column(plan.banks, "outlets")))
    bank = np.repeat(np.arange(len(plan.banks)), count)
    county = categories_by_row(rng, reach_table(plan).T, bank)
    table = np.zeros((len(plan.counties), len(places.towns)))
    table[places.town_county, np.arange(len(places.towns))] = places.town_weight
    town = categories_by_row(rng, table, county)
    number = np.arange(1, len(bank) + 1)
    bank_name = coded(bank, [b.label.short("zh") for b in plan.profile.banks])
    town_name = coded(town, [node.label.short("zh") for node in places.towns])
    columns = {
        "outlet_id": numbered("WD", number, 3),
        "bank": coded(bank, [b.code for b in plan.banks]),
        "name": joined(bank_name, town_name, "演示网点", numbered("", number, 3)),
        "region_1": coded(county, [c.code for c in plan.counties]),
        "region_2": coded(town, [node.code for node in places.towns]),
        "address": joined(coded(town, [n.label.zh for n in places.towns]), "演示路", numbered("", number, 1), "号"),
        "phone": numbered(plan.phone_prefix, number, 8),
        "is_liaison": yes_no(np.ones(len(bank), dtype=np.bool_)),
    }
    return columns, bank


def contact_columns(plan: Plan) -> Columns:
    """Return whom to call: the city's task force and each county's. Some numbers are a person's and not published."""
    counties, words = plan.profile.children(), plan.words
    offices = [plan.profile.label.zh, *(node.label.zh for node in counties)]
    number = np.arange(1, len(offices) + 1)
    published = number % 4 != 0
    return {
        "contact_id": numbered("LL", number, 2),
        "region_1": coded(number - 2, [node.code for node in counties]),
        "office": texts([words["task_force"].format(region=office) for office in offices]),
        "duty": texts([words["task_force_duty"]] * len(offices)),
        "contact_name": joined(words["contact"], numbered("", number, 2)),
        "phone": numbered(plan.phone_prefix, 90_000_000 + number, 8),
        "is_published": yes_no(published),
        "hours": texts([words["task_force_hours"]] * len(offices)),
    }


def product_columns(plan: Plan, days: Days, rng: np.random.Generator) -> tuple[Columns, Ints]:
    """Return the catalogue of loan products, and the bank of each."""
    bank = np.repeat(np.arange(len(plan.banks)), column(plan.banks, "products").astype(np.int64))
    first = np.searchsorted(bank, bank)
    word = (np.arange(len(bank)) - first + bank) % len(_PRODUCT_WORDS)
    guarantee = np.where(word == 5, 0, categories(rng, [4, 2, 3, 1, 1], len(bank)))
    ceiling = np.array([50, 100, 200, 300, 500, 1000])[categories(rng, [2, 3, 3, 3, 2, 1], len(bank))]
    ceiling = np.where(guarantee == 0, np.minimum(ceiling, 300), ceiling) * _TEN_THOUSAND
    lowest = np.round(3.0 + column(plan.banks, "rate")[bank] * 0.6 + rng.uniform(0.0, 0.4, len(bank)), 2)
    names = [b.label.short("zh") for b in plan.profile.banks]
    until = np.where(rng.random(len(bank)) < 0.6, days.lists_end + 201, NEVER)
    count = np.bincount(bank, minlength=len(plan.banks))[bank]
    shelved = (np.arange(len(bank)) - first == count - 1) & (count >= SHELVING) & (bank % 2 == 1)
    until = np.where(shelved, days.lists_end - 74, until)
    columns = {
        "product_id": numbered("CP", np.arange(1, len(bank) + 1), 3),
        "bank": coded(bank, [b.code for b in plan.banks]),
        "name": joined(coded(bank, names), "·", coded(word, _PRODUCT_WORDS)),
        "audience": coded(np.array(_PRODUCT_AUDIENCE)[word], _AUDIENCES),
        "max_amount": whole(ceiling),
        "rate_min": decimal(lowest),
        "rate_max": decimal(np.round(lowest + rng.uniform(0.6, 1.6, len(bank)), 2)),
        "term_months": whole(np.array([12, 24, 36, 60])[rng.integers(4, size=len(bank))]),
        "guarantee": coded(guarantee, _GUARANTEES),
        "valid_until": dates(until, days.start),
    }
    return columns, bank
