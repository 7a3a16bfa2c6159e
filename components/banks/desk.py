"""Everything the bank page knows of a selection: the banks, their sizes, and what the four questions found.

Peers are all commercial banks, whatever banks the reader has filtered: a bank is judged among the others. Policy banks
lend by other rules and are shown apart. The month before is the end of the calendar month before the as-of date.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from components.banks.judging import PUSHES, Judged, Month, Records, judge
from components.banks.sizes import Sizes, sizes_of
from components.context import Context
from components.filters import Filters
from components.origins import NOWHERE, Place
from components.reads import progress, remember
from components.situation import calendar
from data_access.queries.refusals import refusal_lengths
from metrics.banks.reasons import median_length
from metrics.banks.visits import daily_load


@dataclass(frozen=True)
class Desk:
    """The page's figures for one selection. ``peers`` and ``policy`` are bank codes in the profile's order.

    ``context`` is the reader's, without a filter by bank. The figures are those of all banks whatever the reader may
    see (``everyone``), or there would be no peers: ``sees`` says whose he may be shown by name, and of the others the
    bands name nobody.
    """

    context: Context
    everyone: Context
    sizes: Sizes
    peers: tuple[str, ...]
    policy: tuple[str, ...]

    @cached_property
    def judged(self) -> Judged:
        """What the four questions found: worked out when a part of the page first asks for it."""
        chosen = (self.sizes.visits, self.sizes.credit)
        return remember(self.everyone, "banks.judged", lambda: judge(self.everyone, self.sizes, self.peers), *chosen)

    @property
    def now(self) -> Month:
        """The four questions today."""
        return self.judged.now

    @property
    def before(self) -> Month:
        """The four questions at the end of the month before."""
        return self.judged.before

    @property
    def lights(self) -> pd.DataFrame:
        """The lights by bank and question."""
        return self.judged.lights

    @property
    def ratio(self) -> pd.DataFrame:
        """The share ratio of credit by bank, with its bootstrap interval."""
        return self.judged.ratio

    @property
    def ranks(self) -> pd.DataFrame:
        """The ranks of the share ratio, with their intervals."""
        return self.judged.ranks

    @property
    def records(self) -> Records:
        """The figures of today by name, bank and column."""
        return self.judged.records

    @property
    def on(self) -> date:
        """The day of the figures."""
        return self.everyone.filters.as_of

    @property
    def visits_on(self) -> date:
        """The day up to which visits are reported."""
        return self.everyone.as_of("visits") or self.on

    @property
    def pushes(self) -> pd.DataFrame:
        """By bank: the pushes that are due an answer, those answered in time, and those overdue."""
        return progress(self.everyone, ("bank",), PUSHES).set_index("bank")

    def sees(self, bank: str) -> bool:
        """Whether the reader may see a bank's own figures."""
        return self.context.scope.banks is None or bank in self.context.scope.banks

    @property
    def own(self) -> tuple[str, ...]:
        """The banks whose own figures the reader may see."""
        return tuple(bank for bank in (*self.peers, *self.policy) if self.sees(bank))

    def name(self, bank: str, *, short: bool = True) -> str:
        """Return a bank's name in the reader's language."""
        known = self.context.profile.bank_by_code.get(bank)
        if known is None:
            return bank
        return known.label.short(self.context.lang) if short else known.label.text(self.context.lang)

    def group(self, bank: str) -> str:
        """Return the name of a bank's peer group."""
        known = self.context.profile.bank_by_code.get(bank)
        label = self.context.profile.code_label("bank_class", known.bank_class) if known else None
        return label.text(self.context.lang) if label else ""

    def measure(self, code: str) -> str:
        """Return the name of a size measure."""
        label = self.context.profile.code_label("size_measure", code)
        return label.text(self.context.lang) if label else code

    def light(self, bank: str, question: str) -> str:
        """Return a bank's light: red, amber, green or grey."""
        return str(self.records["lights"].get(bank, {}).get(question, "grey"))


def build_desk(context: Context, visits_by: str = "", credit_by: str = "") -> Desk:
    """Return the desk of a context without a filter by bank; ``visits_by`` and ``credit_by`` choose the sizes."""
    peers = tuple(bank.code for bank in context.profile.banks if not bank.is_policy)
    policy = tuple(bank.code for bank in context.profile.banks if bank.is_policy)
    return Desk(context, context, sizes_of(context, visits_by, credit_by), peers, policy)


def desk_of(context: Context, visits_by: str = "", credit_by: str = "") -> Desk:
    """Return the desk, remembered for store version, scope and filters; the reader's filter by bank is left out.

    The figures are those of all banks in the reader's regions, also for the reader of one bank: what he may see of
    them, ``Desk.sees`` tells, and every list is read in his own scope.
    """
    reader = replace(context, filters=replace(context.filters, banks=()))
    everyone = reader.seeing(replace(context.scope, banks=None))
    desk = remember(everyone, "banks.desk", lambda: build_desk(everyone, visits_by, credit_by), visits_by, credit_by)
    return replace(desk, context=reader)  # who else saw the same rows may see other things in them


def lengths(desk: Desk) -> "pd.Series[float]":
    """Return by bank the median number of characters that say something in its reasons."""
    context = desk.everyone
    return median_length(refusal_lengths(context.store, context.scope, context.selection))


def load(context: Context) -> "pd.Series[float]":
    """Return visits per visitor and working day by bank. Counting visitors takes longer than the rest of a question."""
    day = context.as_of("visits")
    rows = progress(context, ("bank",), ("visits_on_site", "visitors"), at=day).set_index("bank")
    start = context.selection.start or context.profile.programme_start
    days = calendar(context.profile).working_days(start - timedelta(days=1), day) if day else 0
    return daily_load(rows["visits_on_site"], rows["visitors"], days)


def whole_load(desk: Desk) -> "pd.Series[float]":
    """Return ``load`` of everything up to the latest day: whether a bank's records can be believed at all.

    That is no matter of the reader's filters, and is found once for each version of the data.
    """
    return load(replace(desk.everyone, filters=Filters(desk.everyone.last_on)))


def bank_places(desk: Desk, banks: Collection[object], on: date | None = None) -> tuple[Place, ...]:
    """Return where the figures of each bank stand, whichever bank the reader's own filter names.

    What is no bank's own, such as the band of the others, leads nowhere.
    """
    known = {*desk.peers, *desk.policy}
    own = (Place(at=on or desk.on, only=(("bank", str(bank)),)) for bank in banks)
    return tuple(place if bank in known else NOWHERE for bank, place in zip(banks, own, strict=True))


def row_of(frame: pd.DataFrame, bank: str) -> dict[str, float]:
    """Return a bank's row of numbers by column."""
    return dict(zip(map(str, frame.columns), frame.loc[bank].to_numpy().tolist(), strict=True))
