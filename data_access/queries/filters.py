"""How a scope and a selection become SQL conditions: the one place, used by every query."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, FromClause, false, or_

from data_access.selection import Scope, Selection

REGION_COLUMNS = ("region_1", "region_2", "region_3")
INDUSTRY_COLUMNS = ("industry_1", "industry_2")


def conditions(source: FromClause, scope: Scope, selection: Selection) -> list[ColumnElement[bool]]:
    """Return the conditions that keep the rows of ``source`` which are in the scope and in the selection.

    ``source`` is a derived table (or a subquery with its columns); where banks are named it must have a ``bank``.
    Dates are not applied here: each measure has its own.
    """
    return [*scoped(source, scope), *selected(source, selection)]


def scoped(source: FromClause, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions of the scope alone; a scope that names no row at all yields a condition nothing meets.

    Its departments are applied to what has a ``department``.
    """
    found: list[ColumnElement[bool]] = []
    if scope.regions is not None:
        found.append(_in_regions(source, scope.regions, scope.region_level))
    if scope.banks is not None:
        found.append(source.c.bank.in_(scope.banks))
    if scope.departments is not None and "department" in source.c:
        found.append(source.c.department.in_(scope.departments))
    return found


def of_own_banks(source: FromClause, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the condition that a record is one of the scope's banks; a record without a bank is none of theirs."""
    return [] if scope.banks is None else [source.c.bank.in_(scope.banks)]


def of_whole_banks(source: FromClause, scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions on what belongs to a bank as a whole: it is the bank's own, and no region's."""
    return [*of_own_banks(source, scope), *([] if scope.regions is None else [false()])]


def of_everything(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the condition on what cannot be told apart by region or bank: only who may see everything sees it."""
    return [] if scope.is_everything else [false()]


def selected(source: FromClause, selection: Selection) -> list[ColumnElement[bool]]:
    """Return the conditions of the selection alone, other than its dates."""
    found: list[ColumnElement[bool]] = []
    if selection.regions:
        found.append(_in_regions(source, selection.regions, selection.region_level))
    if selection.industries:
        found.append(_any_level(source, INDUSTRY_COLUMNS, selection.industries))
    for column, wanted in (
        ("entity_type", selection.entity_types),
        ("size_class", selection.size_classes),
        ("tier", selection.tiers),
    ):
        if wanted:
            found.append(source.c[column].in_(wanted))
    if selection.tags:
        found.append(or_(*[source.c.tags.contains(f";{tag};", autoescape=True) for tag in selection.tags]))
    if selection.banks:
        found.append(source.c.bank.in_(selection.banks))
    return found


def _in_regions(source: FromClause, codes: tuple[str, ...], level: int | None) -> ColumnElement[bool]:
    """One column is a third of the work of three; the unclassified are at no level, and looked for at the first."""
    if level and codes and all(codes):
        return source.c[REGION_COLUMNS[level - 1]].in_(codes)
    return _any_level(source, REGION_COLUMNS, codes)


def _any_level(source: FromClause, columns: Iterable[str], codes: tuple[str, ...]) -> ColumnElement[bool]:
    """A row belongs to a region or industry if any of its levels is the one asked for; "" asks for the unclassified."""
    first, *deeper = columns
    named = tuple(code for code in codes if code)
    tests = [source.c[first].in_(codes), *(source.c[column].in_(named) for column in deeper if named)]
    return or_(*tests)
