"""What of the ledger the reader asks for: read from the address, checked, and put into the query's words."""

from dataclasses import dataclass
from urllib.parse import urlencode

from components import url_state
from components.campaigns.rows import meeting_rows
from components.context import Context
from components.inputs import MEETINGS
from components.ledger.columns import columns, usual
from components.lineage import in_ledger, rows_of, standing
from components.origins import WHOLE
from components.origins import Place as Cell
from components.reads import rules
from components.rights import may_list
from data_access.queries.keyset import Place
from data_access.queries.ledger import ENTERPRISES, GRAINS, LONGEST_SEARCH, Asked, sortable
from data_access.queries.lineage import EVENT_MEASURES, listed_as
from data_access.queries.measures import MEASURES
from data_access.queries.rowsets import ROWSETS
from data_access.queries.worklists import WORK_LISTS
from data_access.store import reported
from locales import N_

LIST, ROWS, MEASURE, CELL, SEARCH, SORT, COLUMNS = "list", "rows", "measure", "cell", "q", "sort", "cols"
NAME = "named"  # what the reader called the view
AFTER, BEFORE, ENTERPRISE = "after", "before", "enterprise"
PLACE = (AFTER, BEFORE)
_FIRST_FIRST = frozenset({"name", "since", "due_on", "deadline"})
# What a change of the view makes void: the place in the list, and what only the other view knows.
VIEW = (LIST, ROWS, MEASURE, CELL, SORT, COLUMNS, NAME, *PLACE)
_LISTED = frozenset(key for key in (*ROWSETS, *MEETINGS) if in_ledger(key))
ROW_TITLES = {
    "enterprises": N_("经营主体"), "visits": N_("走访"), "applications": N_("申报"), "recommendations": N_("推荐"),
    "decisions": N_("授信决定"), "loans": N_("放款"), "problems": N_("问题"), "event_participants": N_("活动参与"),
    "events": N_("活动"), "officers": N_("金融三员"), "grids": N_("村居网格"), "publicity": N_("宣传"),
    "products": N_("贷款产品"),
}  # fmt: skip
ROW_UNITS = {
    "enterprises": "enterprise", "visits": "event", "applications": "case", "recommendations": "case",
    "decisions": "case", "loans": "case", "problems": "case", "event_participants": "attendance",
    "events": "session", "officers": "person", "grids": "place", "publicity": "record", "products": "product",
}  # fmt: skip
WORK_TITLES = {
    "next_visit": N_("待走访"), "need_unapplied": N_("有需求未申报"), "overdue": N_("推荐超期未决"),
    "undrawn": N_("已授信未放款"), "renewal_30": N_("30 天内到期续贷"), "renewal_60": N_("60 天内到期续贷"),
    "renewal_90": N_("90 天内到期续贷"),
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """One view of the ledger: what is asked of the store, the columns shown, and where the page lies.

    ``stands`` is where the figure stands whose rows are asked for.
    """

    asked: Asked
    columns: tuple[str, ...]
    place: Place
    stands: Cell = WHOLE

    @property
    def unit(self) -> str:
        """The unit of a row: a unit of the catalogue."""
        return WORK_LISTS[self.asked.work].unit if self.asked.work else ROW_UNITS[self.asked.rows]


def read_view(context: Context) -> View:
    """Return the view that the address asks for; what it cannot mean is ignored."""
    work = url_state.get(LIST) if url_state.get(LIST) in known_lists(context) else ""
    measure = _measure(context, work)
    cell = Cell.parse(url_state.get(CELL)).for_key(measure) if measure else Cell()
    rows = _rows(context, work, measure)
    sort, descending = _sort(rows, work)
    asked = Asked(
        context.scope,
        cell.selection(context),
        rows=rows,
        work=work,
        search=url_state.get(SEARCH)[:LONGEST_SEARCH].strip(),
        sort=sort,
        descending=descending,
        rules=rules(context),
        tiers=tuple(code.code for code in context.profile.codes.get("tier", ())),
        measure=measure,
        cell=cell.cell,
        ids=_ids(context, measure, cell),
    )
    after, before = url_state.get(AFTER), url_state.get(BEFORE)
    return View(asked, _columns(context, rows, work), Place(before or after, backwards=bool(before)), cell)


def known_lists(context: Context) -> tuple[str, ...]:
    """Return the work lists whose tables were reported."""
    known = reported(context.coverage)
    return tuple(key for key, work in WORK_LISTS.items() if known.issuperset(work.tables))


def known_rows(context: Context) -> tuple[str, ...]:
    """Return the kinds of rows that were reported and that the reader may see."""
    return tuple(rows for rows in GRAINS if rows in context.coverage and may_list(context, rows))


def address() -> str:
    """Return the address of the view without its place, for the record of an export."""
    names = (*url_state.FILTER_PARAMETERS, LIST, ROWS, MEASURE, CELL, SEARCH, SORT, COLUMNS)
    return f"ledger?{urlencode({name: url_state.get(name) for name in names if url_state.get(name)})}"


def _measure(context: Context, work: str) -> str:
    """Return the measure or row set whose rows are asked for, "" for none or for rows that the reader may not see."""
    asked = url_state.get(MEASURE)
    if work or asked not in {*MEASURES, *_LISTED}:
        return ""
    return asked if may_list(context, rows_of(asked)) else ""


def _ids(context: Context, measure: str, cell: Cell) -> tuple[str, ...] | None:
    """Return the rows of a figure of meetings, which is counted outside of the store; None for any other."""
    if measure not in MEETINGS:
        return None
    rows = meeting_rows(standing(context, cell), measure, dict(cell.cell))
    return tuple(sorted({str(code) for code in rows["row_id"]}))


def _rows(context: Context, work: str, measure: str) -> str:
    if work:
        return ENTERPRISES
    if measure in _LISTED:
        return rows_of(measure)
    if measure:
        listed = listed_as(measure)
        return listed if listed in GRAINS and (listed == ENTERPRISES or measure in EVENT_MEASURES) else ENTERPRISES
    return url_state.get(ROWS) if url_state.get(ROWS) in known_rows(context) else ENTERPRISES


def _sort(rows: str, work: str) -> tuple[str, bool]:
    name = url_state.get(SORT)
    column = name.removeprefix("-")
    return (column, name.startswith("-")) if column in sortable(rows, work) else ("", False)


def _columns(context: Context, rows: str, work: str) -> tuple[str, ...]:
    offered = columns(context, rows, work)
    chosen = tuple(dict.fromkeys(name for name in url_state.get_all(COLUMNS) if name in offered))
    first = usual(rows, work)[:1]
    return (*first, *(name for name in chosen if name not in first)) if chosen else usual(rows, work)


# ---- moves -------------------------------------------------------------------------------------------------------


def open_list(work: str) -> None:
    """Show a work list, or ("" ) everything."""
    url_state.clear(*VIEW)
    url_state.put(LIST, work)


def open_rows(rows: str) -> None:
    """Show another kind of rows."""
    url_state.clear(*VIEW)
    url_state.put(ROWS, rows if rows != ENTERPRISES else None)


def sort_by(column: str) -> None:
    """Sort by a column, the largest or latest first; the other way round if it is so already, then as usual.

    Of names and days that are waited for the first come first.
    """
    ways = (f"-{column}", column, "")
    if column in _FIRST_FIRST:
        ways = (column, f"-{column}", "")
    current = url_state.get(SORT)
    url_state.clear(*PLACE)
    url_state.put(SORT, ways[ways.index(current) + 1] if current in ways[:2] else ways[0])


def turn(parameter: str, row_id: str) -> None:
    """Go to the page after or before a row."""
    url_state.clear(*PLACE)
    url_state.put(parameter, row_id)


def act(action: str) -> None:
    """Follow a mark of the ledger: "enterprise:ID" opens it, "sort:COLUMN" sorts, "list:KEY" and "rows:KEY" show.

    "unname:" takes the view's name away.
    """
    verb, _, value = action.partition(":")
    match verb:
        case "enterprise":
            url_state.put(ENTERPRISE, value)
        case "sort":
            sort_by(value)
        case "list":
            open_list(value)
        case "rows":
            open_rows(value)
        case "unname":
            url_state.clear(NAME)
