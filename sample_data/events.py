"""The meetings, and the synthetic enterprises that met the banks there.

Meetings that the published text names keep its figures and its words; who took part is invented all the same, and no
participant stands for a named firm. Those who took part are approved somewhat oftener afterwards.
"""

import numpy as np

from sample_data.amounts import UNIT
from sample_data.applications import Pushes
from sample_data.cells import coded, dates, numbered, texts, whole, yes_no
from sample_data.credit import Decisions
from sample_data.days import NEVER
from sample_data.draws import Bools, Floats, Ints, allocate, pick
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.networks import reach_table
from sample_data.plan import Meeting, column
from sample_data.registry import City

_WITHIN = 90  # days in which an approval may come of a meeting
_SECOND_BANK = 0.2
_LARGE_WISH = 14.0  # how much more a firm that is not small intends to borrow than one that is
_UNDATED = "（报道未载举办日期，此处日期为演示设定）"


def event_columns(city: City) -> Columns:
    """Return the meetings."""
    plan, events = city.plan, city.plan.events
    counties = [county.code for county in plan.counties]
    quoted = [f"“{event.text}”{_UNDATED}" if event.published else None for event in events]
    investors = np.array([event.investors or 0 for event in events])
    intent = np.array([event.intent or 0 for event in events])
    return {
        "event_id": texts([event.id for event in events]),
        "title": texts([event.title for event in events]),
        "event_type": texts([event.type for event in events]),
        "theme": texts([event.theme for event in events]),
        "held_on": dates(np.array([city.days.number(event.held_on) for event in events]), city.days.start),
        "region_1": coded(np.array([counties.index(e.region) if e.region else -1 for e in events]), counties),
        "organiser": texts([event.organiser for event in events]),
        "banks_count": whole(np.array([event.banks for event in events])),
        "firms_count": whole(np.array([event.firms for event in events])),
        "investors_count": whole(investors, investors == 0),
        "intent_amount": whole(intent, intent == 0),
        "is_published": yes_no(np.array([event.published for event in events])),
        "source_text": texts(quoted),
    }


def participant_columns(
    city: City, pushes: Pushes, decisions: Decisions, flags: dict[str, Bools], rng: np.random.Generator
) -> Columns:
    """Return who met which bank at which meeting; ``flags`` says which enterprises carry which tag."""
    approved_on, bank = _first_approvals(city, pushes, decisions)
    parts = []
    for number, event in enumerate(city.plan.events):
        weight = _invited(city, event, approved_on, flags)
        who = pick(rng, weight, min(event.participants, int(np.count_nonzero(weight))))
        parts.append(_meetings(city, event, who, bank[who], rng, number))
    number_of, who, banks, intent, small = (np.concatenate(cells) for cells in zip(*parts, strict=True))
    return {
        "event_id": coded(number_of, [e.id for e in city.plan.events]),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, who + 1),
        "bank": coded(banks, [b.code for b in city.plan.banks]),
        "intent_amount": whole(intent, intent == 0),
        "is_msme": yes_no(small.astype(np.bool_)),
    }


def _first_approvals(city: City, pushes: Pushes, decisions: Decisions) -> tuple[Ints, Ints]:
    """Return the day of each enterprise's first approval and its bank, NEVER and -1 for none."""
    rows = np.flatnonzero(decisions.approved)
    rows = rows[np.argsort(-decisions.decided[rows], kind="stable")]  # the earliest is written last and stays
    day, bank = np.full(len(city.registry), NEVER), np.full(len(city.registry), -1)
    day[pushes.enterprise[rows]], bank[pushes.enterprise[rows]] = decisions.decided[rows], pushes.bank[rows]
    return day, bank


def _meetings(
    city: City, event: Meeting, who: Ints, bank: Ints, rng: np.random.Generator, number: int
) -> tuple[Ints, Ints, Ints, Ints, Bools]:
    """Return event, enterprise, bank, intent and whether it is small, one row for every pair that met.

    ``bank`` is the bank that approved each enterprise's credit, if any did: it met that one where it was there.
    """
    banks = _banks(city, event, rng)
    met = banks[rng.permutation(np.arange(len(who)) % len(banks))]
    met = np.where(np.isin(bank, banks) & (event.participants >= event.banks), bank, met)
    small = _small(city, event, who, rng)
    intent = _intents(event, small, rng)
    again = np.flatnonzero((rng.random(len(who)) < _SECOND_BANK) & (event.participants > event.banks))
    other = banks[(np.searchsorted(banks, met[again]) + 1) % len(banks)]
    return (
        np.full(len(who) + len(again), number), np.concatenate([who, who[again]]), np.concatenate([met, other]),
        np.concatenate([intent, np.zeros(len(again), dtype=np.int64)]), np.concatenate([small, small[again]]),
    )  # fmt: skip


def _small(city: City, event: Meeting, who: Ints, rng: np.random.Generator) -> Bools:
    """Return who counts as small: all but the large, and but the largest where the plan says that others came too."""
    size = city.registry.size[who]
    order = np.argsort(-size - rng.random(len(who)), kind="stable")
    small = size < 3
    small[order[: round((1.0 - event.msme) * len(who))]] = False
    return small


def _invited(city: City, event: Meeting, approved_on: Ints, flags: dict[str, Bools]) -> Floats:
    """Return how likely each enterprise is to be there: of the place and trade, and likelier if credit followed."""
    registry, held = city.registry, city.days.number(event.held_on)
    weight = np.where(registry.status == 0, 1.0, 0.0) * np.array([1.0, 3.0, 8.0, 4.0])[registry.size]
    weight = weight * np.where(registry.entity_type == 0, 3.0, 1.0)
    if event.region:
        weight = weight * np.where(registry.county == city.plan.county_index(event.region), 1.0, 1e-4)
    if event.tags:
        weight = weight * np.where(np.any([flags[tag] for tag in event.tags], axis=0), 1.0, 1e-4)
    follows = (approved_on > held) & (approved_on <= held + _WITHIN)
    return np.asarray(weight * np.where(follows, event.follows, 1.0))


def _banks(city: City, event: Meeting, rng: np.random.Generator) -> Ints:
    """Return the banks at a meeting, in order: those that work where it is held, large ones first."""
    table = reach_table(city.plan)
    here = table[city.plan.county_index(event.region)] if event.region else table.sum(axis=0)
    return pick(rng, here * np.sqrt(column(city.plan.banks, "managers")) + 1e-9, event.banks)


def _intents(event: Meeting, small: Bools, rng: np.random.Generator) -> Ints:
    """Return the intended amounts that add up to the meeting's, in 万元; 0 where none was spoken of."""
    if not event.intent or not len(small):
        return np.zeros(len(small), dtype=np.int64)
    wish = np.exp(rng.normal(0.0, 0.6, len(small))) * np.where(small, 1.0, _LARGE_WISH)
    return (1 + allocate(event.intent // UNIT - len(small), wish)) * UNIT
