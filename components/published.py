"""What only a bulletin can say of the city."""

from dataclasses import dataclass
from datetime import date

from components.context import Context
from data_access.entered import latest_of_all

RANK = "provincial_rank"


@dataclass(frozen=True, slots=True)
class Rank:
    """The city's place in its province, the words it was printed in, its day and who published it."""

    as_of: date
    value: float
    raw_text: str
    source: str


def published_rank(context: Context) -> Rank | None:
    """Return the rank last published by the as-of date, in the profile or entered since; None if it never was.

    Of two of one day the one that was entered counts.
    """
    day = context.filters.as_of
    known = [
        Rank(p.as_of, p.value, p.raw_text, p.source)
        for p in context.profile.published
        if p.unit == "rank" and p.as_of and p.as_of <= day
    ]
    entered = latest_of_all(context.store, RANK, day)
    known += [Rank(entered.as_of, entered.value, entered.raw_text, entered.source)] if entered else []
    return max(enumerate(known), key=lambda one: (one[1].as_of, one[0]))[1] if known else None
