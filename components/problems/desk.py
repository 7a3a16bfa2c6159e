"""What the page of problems reads: the register at its day, narrowed by the reader's filters and the page's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from components import url_state
from components.context import Context
from components.dimensions import Dimension, dimensions
from components.memory import memory
from components.origins import Place
from components.problems import raised
from components.reads import remember
from components.rights import may_list
from components.smallcells import told_parts, told_whole
from components.switch import pick
from data_access.queries import problems as queries
from data_access.queries.problems import MARKS, Which
from data_access.selection import Selection
from locales import N_
from metrics.problems import rates, totals

# The marks a reader can narrow by: the parameter in the URL (and the column), the profile's list, what to call it.
LISTS = {
    "department": ("department", N_("责任部门")),
    "category": ("problem_category", N_("问题类别")),
    "level": ("problem_level", N_("问题难度")),
    "source": ("problem_source", N_("来源")),
}


@dataclass(frozen=True)
class Desk:
    """The problems of one selection on ``day``; ``own`` holds the page's own filters by parameter ("" = all).

    ``listed`` narrows the list, and nothing else, to a month or an age (a code of ``raised``, "" = all).
    """

    context: Context
    day: date
    own: Mapping[str, str]
    listed: str = ""

    @property
    def selection(self) -> Selection:
        """The reader's selection at the register's day."""
        return self.context.selection.at(self.day)

    @property
    def which(self) -> Which:
        """The page's own filters as the queries take them."""
        codes = {name: (code,) if code else () for name, code in self.own.items()}
        return Which(codes["department"], codes["category"], codes["level"], codes["source"])

    @property
    def in_list(self) -> Which:
        """The page's own filters with what narrows the list."""
        return replace(self.which, raised=raised.days(self.listed, self.day))

    @property
    def key(self) -> tuple[object, ...]:
        """What a remembered figure depends on beside the reader's filters."""
        return self.day, *self.own.values()

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The counts by part of the region in view and by every mark, the page's own filters not yet applied."""
        place, selection = self.place, self.selection
        by = (*([place.column] if place else []), *MARKS)
        store, scope = self.context.store, self.context.scope
        return remember(
            self.context, "problems.cells", lambda: queries.problems_by(store, scope, selection, by), self.day
        )

    @cached_property
    def place(self) -> Dimension | None:
        """The parts of the region in view; None at the lowest level."""
        return dimensions(self.context).get("region")

    def counts(self, by: str = "", *, beside: str = "") -> pd.DataFrame:
        """Return counts and rates by a column of ``cells`` (one row without); ``beside`` ignores that own filter."""
        aside = beside if self.own.get(beside) else ""  # a filter that is not set changes nothing when left aside
        return remember(self.context, "problems.counts", lambda: self._counts(by, aside), by, aside, *self.key)

    def _counts(self, by: str, beside: str) -> pd.DataFrame:
        kept = self.cells
        for name, code in self.own.items():
            if code and name != beside:
                kept = kept[kept[name] == code]
        found = totals(kept, [by] if by else [])
        if may_list(self.context, "problems"):
            return rates(found)
        counts = {str(name): str(name) for name in found if name not in {by, "marks"}} | {"marks": "rated"}
        return rates(told_parts(self.context, found, counts) if by else told_whole(self.context, found, bases=counts))

    @cached_property
    def whole(self) -> Mapping[str, float]:
        """The counts and rates of everything in view."""
        frame = self.counts()
        (row,) = frame.to_numpy(dtype="float64").tolist()
        return dict(zip(map(str, frame), row, strict=True))

    def listed_in(self, state: str) -> float:
        """Return how many cases the list has in a state."""
        if not self.listed:
            return self.whole[state]
        context = self.context
        frame = remember(
            context, "problems.listed",
            lambda: queries.problems_by(context.store, context.scope, self.selection, (), self.in_list),
            self.listed, *self.key,
        )  # fmt: skip
        return float(frame[state].sum())

    def name(self, parameter: str, code: str) -> str:
        """Return the short name of a mark's code; 未分类 for the untold."""
        label = self.context.profile.code_label(LISTS[parameter][0], code)
        return label.short(self.context.lang) if label else code or self.context.t("未分类")


def told_cases(context: Context, parts: pd.DataFrame, counts: Sequence[str]) -> pd.DataFrame:
    """Return parts that are shown with their total without small counts, for who may not see the cases."""
    return parts if may_list(context, "problems") else told_parts(context, parts, {name: name for name in counts})


def problem_place(desk: Desk, by: str = "", code: str = "", *, beside: str = "") -> Place:
    """Return where the figures of a part stand: of everything in view without ``by``; as ``Desk.counts`` has them."""
    own = [(name, value) for name, value in desk.own.items() if value and name not in {beside, by}]
    return Place((*own, *(((by, code),) if by else ())), at=desk.day)


def desk_of(context: Context) -> Desk:
    """Return the desk that the URL asks for; the reader's day, or the register's latest entry if that is older."""
    key = ("problems.day", context.store.url, context.version, context.scope)
    last: date | None = memory.get(key, lambda: queries.register_day(context.store, context.scope))
    day = min(context.filters.as_of, last) if last else context.filters.as_of
    own = {name: _asked(context, name, codes) for name, (codes, _) in LISTS.items()}
    return Desk(context, day, own, raised.asked())


def _asked(context: Context, parameter: str, codes: str) -> str:
    asked = url_state.get(parameter)
    return asked if any(code.code == asked for code in context.profile.codes.get(codes, ())) else ""


def show_own_filters(desk: Desk) -> None:
    """Draw the page's own filters; a list the profile does not have is left out."""
    context = desk.context
    for name, (codes, title) in LISTS.items():
        known = {code.code: code.label.short(context.lang) for code in context.profile.codes.get(codes, ())}
        if known:
            every = context.t("全部{level}").format(level=context.t(title))
            pick(context.t(title), name, {"": every, **known}, key="problems", width=170)


def at_day(desk: Desk) -> Context:
    """Return the context with the register's day as its date, for files that name the day they speak of."""
    return replace(desk.context, filters=replace(desk.context.filters, as_of=desk.day))
