"""The files of the recommendation list and of the banks' decisions."""

import numpy as np

from sample_data.applications import Pushes
from sample_data.cells import coded, dates, hidden, numbered, texts, whole
from sample_data.credit import GUARANTEES, KINDS, OUTCOMES, PUSH_STATUSES, Decisions
from sample_data.draws import Bools, Ints
from sample_data.enterprises import ENTERPRISE_PREFIX, Columns
from sample_data.loans import decision_numbers
from sample_data.plan import column
from sample_data.reasons import Clerk, Reason
from sample_data.registry import City


def push_numbers(decisions: Decisions) -> Ints:
    """Return the number in its identifier of each push, in the order of their days."""
    number = np.empty(len(decisions.pushed), dtype=np.int64)
    number[np.argsort(decisions.pushed, kind="stable")] = np.arange(1, len(number) + 1)
    return number


def push_columns(city: City, pushes: Pushes, decisions: Decisions, application_number: Ints) -> Columns:
    """Return the recommendation list; ``application_number`` has the number of each listed application."""
    order, start = np.argsort(decisions.pushed, kind="stable"), city.days.start
    return {
        "recommendation_id": numbered("TJ", np.arange(1, len(order) + 1), 6),
        "application_id": numbered("SB", application_number[pushes.application[order]], 6),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, pushes.enterprise[order] + 1),
        "bank": coded(pushes.bank[order], [bank.code for bank in city.plan.banks]),
        "pushed_on": dates(decisions.pushed[order], start),
        "docs_complete_on": dates(decisions.docs[order], start),
        "status": coded(decisions.status[order], PUSH_STATUSES),
    }


def decision_columns(
    city: City, pushes: Pushes, decisions: Decisions, outlets: Ints, rng: np.random.Generator
) -> Columns:
    """Return the banks' decisions in the order of their days; ``outlets`` names the bank of each outlet."""
    number = decision_numbers(decisions)
    row = np.flatnonzero(number > 0)
    row = row[np.argsort(number[row])]
    bank, approved = pushes.bank[row], decisions.approved[row]
    officer, officers = _officers(city, bank, rng)
    reasons, signed = _reasons(city, decisions.outcome[row], bank, rng)
    return {
        "decision_id": numbered("SX", number[row], 6),
        "recommendation_id": numbered("TJ", push_numbers(decisions)[row], 6),
        "enterprise_id": numbered(ENTERPRISE_PREFIX, pushes.enterprise[row] + 1),
        "bank": coded(bank, [b.code for b in city.plan.banks]),
        "outlet_id": numbered("WD", _outlets(bank, outlets, rng), 3),
        "decided_on": dates(decisions.decided[row], city.days.start),
        "outcome": coded(decisions.outcome[row], OUTCOMES),
        "approved_amount": whole(decisions.amount[row], ~approved),
        "approval_kind": coded(decisions.kind[row], KINDS),
        "term_months": whole(decisions.term[row], ~approved),
        "guarantee": coded(decisions.guarantee[row], GUARANTEES),
        **reasons,
        "officer": hidden(coded(officer, officers).dictionary_decode(), ~signed),
    }


def _outlets(bank: Ints, outlets: Ints, rng: np.random.Generator) -> Ints:
    """Return the number of an outlet of each decision's bank, -1 where it was decided elsewhere."""
    count, first = np.bincount(outlets)[bank], np.searchsorted(outlets, bank)
    place = first + (rng.random(len(bank)) * count).astype(np.int64) + 1
    return np.where(rng.random(len(bank)) < 0.25, -1, place)


def _officers(city: City, bank: Ints, rng: np.random.Generator) -> tuple[Ints, list[str]]:
    staff = np.maximum(np.rint(column(city.plan.banks, "managers") / 3), 2).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(staff)[:-1]])
    names = [
        f"{b.code}-K{n:03d}"
        for b, size in zip(city.plan.banks, staff.tolist(), strict=True)
        for n in range(1, size + 1)
    ]
    return first[bank] + (rng.random(len(bank)) * staff[bank]).astype(np.int64), names


def _reasons(city: City, outcome: Ints, bank: Ints, rng: np.random.Generator) -> tuple[Columns, Bools]:
    """Return the reasons of refusal, and which decisions name who made them."""
    clerk, styles = Clerk(city.plan.reasons, rng), [(b.style, b.care) for b in city.plan.banks]
    refused, empty = OUTCOMES.index("rejected"), Reason(None, None, signed=True)
    reasons = [
        clerk.write(*styles[b]) if o == refused else empty for o, b in zip(outcome.tolist(), bank.tolist(), strict=True)
    ]
    standard = np.array([reason.standard or 0 for reason in reasons])
    columns: Columns = {
        "reject_code": texts([reason.code for reason in reasons]),
        "reject_text": texts([reason.text for reason in reasons]),
        "failed_standard": whole(standard, standard == 0),
        "remedy": texts([reason.remedy for reason in reasons]),
        "reapply_condition": texts([reason.condition for reason in reasons]),
    }
    return columns, np.array([reason.signed for reason in reasons])
