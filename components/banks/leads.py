"""Where the figures of the bank page come from: the origin of a question's figure, of a table's columns, of a mark."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import plotly.graph_objects as go

from components.banks.desk import Desk
from components.banks.rules import generic_codes
from components.lineage import ledger_address
from components.origins import Origin, Origins, Place, modelled
from data_access.queries.banks import COHORT_DAYS
from metrics.banks.reasons import SHARES

# What a question's figure is made from.
FIGURES = {
    "visits": "visits", "applications": "bank_cohort.x/bank_cohort.n", "credit": "approved_amount",
    "reasons": "refusal.empty/refusal.n", "on_time": "pushes_on_time/pushes_matured",
}  # fmt: skip
# The parts of the adequacy score, those that are a share of the refusals; the entropy is of all of them.
PARTS = {part: f"refusal.{flag}/refusal.n" for part, flag in SHARES.items()} | {"entropy": "refusal.n"}
# The rows behind each line of a card.
BEHIND = {
    "visits": "visits", "applications": "bank_cohort.n", "credit": "approved_amount", "reasons": "refusal.empty",
    "timing": "pushes_overdue",
}  # fmt: skip


def judged_by(desk: Desk) -> Place:
    """Return the place of what is said of reasons: which codes fit any refusal is the city's to say."""
    return Place(cell=(("generic", ",".join(generic_codes(desk.context))),))


def finding(desk: Desk, bank: str, question: str, *, before: bool = False) -> Origin:
    """Return the origin of a bank's figure today, or at the end of the month ``before``."""
    month = desk.before if before else desk.now
    return _of_bank(desk, bank, FIGURES[question], month.visits_on if question == "visits" else month.on)


def judged(desk: Desk, bank: str, question: str, *, before: bool = False) -> Origin:
    """Return the origin of the figure a bank is judged by: of reasons and decisions a share of rows, else a model's."""
    found = finding(desk, bank, question, before=before)
    return found if question in {"reasons", "on_time"} else replace(found, place=modelled(found.place))


def behind(desk: Desk, bank: str, key: str) -> Origin | None:
    """Return the rows of a bank that a point of a curve rests on; None for what is no single bank's to see."""
    return Origin(key, modelled(Place(at=desk.on, only=(("bank", bank),)))) if bank in desk.own else None


def part(desk: Desk, bank: str, name: str) -> Origin:
    """Return the origin of a part of a bank's adequacy score."""
    return _of_bank(desk, bank, PARTS[name], desk.on)


def week(bank: str, monday: date) -> Place:
    """Return the place of the visits of one week and the applications they led to."""
    return Place(at=monday + timedelta(days=6 + COHORT_DAYS), start=monday, only=(("bank", bank),))


def links(desk: Desk, bank: str) -> dict[str, str]:
    """Return the ledger's addresses of the lists behind the lines of a bank's card."""
    place = Place(only=(("bank", bank),))
    return {
        line: ledger_address(key, place.within(judged_by(desk)) if line == "reasons" else place)
        for line, key in BEHIND.items()
    }


def marks(figure: go.Figure, of: Callable[[str], Origin | None], *traces: int) -> Origins:
    """Return what the marks of a figure lead to, by their ids; of ``traces`` alone if any are named."""
    named = {number: trace["ids"] for number, trace in enumerate(figure.to_dict()["data"]) if "ids" in trace}
    return {number: [of(str(i)) for i in ids] for number, ids in named.items() if not traces or number in traces}


def _of_bank(desk: Desk, bank: str, key: str, on: date) -> Origin:
    place = Place(at=on, only=(("bank", bank),))
    return Origin(key, place.within(judged_by(desk)) if key.startswith("refusal.") else place)
