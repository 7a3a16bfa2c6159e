"""The rules between rows and tables: references, keys and events that occur twice, values that must be unique.

Every rule is a query over the staged rows and the current rows of the store; rows of tables that were loaded earlier
in the same import are current rows by then.
"""

from collections.abc import Collection, Iterable, Iterator

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    update,
)

from data_access.importing.again import BroughtBack
from data_access.importing.findings import NO_ROWS, Finding, Findings, Rows, held_rows
from data_access.importing.scoping import outside
from data_access.importing.specs import ColumnSpec
from data_access.importing.staging import CODE, POSITION, SHEET, Stage
from data_access.importing.tables import TABLES
from data_access.importing.twins import Place, Telling, agreeing
from data_access.rows import current

_UNKNOWN, _MISMATCH, _EARLIER = range(3)


def link(stage: Stage, telling: Telling, findings: Findings, back: BroughtBack, known: Collection[int]) -> Rows:
    """Resolve references and apply every rule between rows; held rows leave the stage.

    What lies outside the importer's scope goes first, so that no later rule tells of it. ``back`` tells which rows
    were held before and come back. Returns the positions of rows that have nothing new: they merely repeat another
    row of this import, or are of a sheet in ``known``, whose file was imported before, and went in then; they have
    left the stage, too.
    """
    _enterprises_by_code(stage)
    _apply(stage, findings, outside(stage, telling.scope))
    gone_in = _gone_in(stage, back, known) if known else NO_ROWS
    stage.drop(gone_in)
    _apply(stage, findings, _references(stage))
    _apply(stage, findings, _keys_again(stage, back))
    repeated = _repeated_keys(stage, telling.place, findings)
    for rule in (_taken_values, _repeated_events):
        # A row held now no longer makes room for another one, so that one is looked at again.
        while _apply(stage, findings, rule(stage, back, telling)):
            pass
    return np.union1d(gone_in, repeated)


def _apply(stage: Stage, findings: Findings, found: Iterable[Finding]) -> bool:
    """Add findings and take the held rows out; tell whether there were any."""
    found = list(found)
    findings.add(found)
    held = held_rows(found)
    stage.drop(held)
    return bool(held.size)


def _gone_in(stage: Stage, back: BroughtBack, known: Collection[int]) -> Rows:
    """Return the rows of files imported before that are not held: what changed them since is not to be undone.

    Nor are they judged by the rules between rows again, which their old values may break by now.
    """
    stored = current(stage.spec.name)
    there = stage.positions(stage.rows.c[SHEET].in_(known), stage.rows.join(stored, stage.same_key(stored)))
    return np.setdiff1d(there, np.union1d(back.closed, np.array(list(back.still_open), dtype=np.int64)))


# ---- references ----------------------------------------------------------------------------------------------------


def _enterprises_by_code(stage: Stage) -> None:
    """Replace a credit code, written where the enterprise's id belongs, by the id."""
    rows = stage.rows
    if not stage.connection.scalar(select(exists(select(rows.c[POSITION]).where(rows.c[CODE].is_not(None))))):
        return
    known = current("enterprises")
    stage.connection.execute(
        update(rows).where(rows.c[CODE] == known.c.credit_code).values(enterprise_id=known.c.enterprise_id)
    )


def _references(stage: Stage) -> Iterator[Finding]:
    for column in stage.spec.columns:
        if column.references:
            yield from _reference(stage, column)


def _reference(stage: Stage, column: ColumnSpec) -> Iterator[Finding]:
    """Yield what is wrong with one reference: no such row, a row of another enterprise, or a later row."""
    to, rows = TABLES[column.references], stage.rows
    known = current(to.name)
    key = known.c[to.key[0]]
    unknown = and_(rows.c[column.name].is_not(None), key.is_(None))
    mismatch: ColumnElement[bool] = false()
    earlier: ColumnElement[bool] = false()
    if not column.required and "enterprise_id" in known.c and "enterprise_id" in rows.c:
        mismatch = known.c.enterprise_id != rows.c.enterprise_id
    if to.happened_on and stage.spec.happened_on:
        earlier = rows.c[stage.spec.happened_on] < known.c[to.happened_on]
    kind = case((unknown, _UNKNOWN), (mismatch, _MISMATCH), else_=_EARLIER)
    joined = rows.outerjoin(known, key == rows.c[column.name])
    query = select(rows.c[POSITION], kind).select_from(joined).where(or_(unknown, mismatch, earlier))
    found = np.array(stage.connection.execute(query).all(), dtype=np.int64).reshape(-1, 2)
    rules = ("reference_unknown" if column.required else "reference_orphan", "reference_mismatch", "before_reference")
    for number, rule in enumerate(rules):
        positions = np.unique(found[found[:, 1] == number, 0])
        yield Finding(rule, column.name, positions, {"table": to.name})


# ---- what occurs twice ---------------------------------------------------------------------------------------------


def _keys_again(stage: Stage, back: BroughtBack) -> Iterator[Finding]:
    """Yield the rows that were held for another row's key, come back under it, and still differ from that row."""
    if not back.same_key:
        return
    stored = current(stage.spec.name)
    differing = stage.positions(or_(false(), *stage.differs(stored)), stage.rows.join(stored, stage.same_key(stored)))
    rows = np.intersect1d(differing, np.array(list(back.same_key), dtype=np.int64))
    yield Finding("key_twice", stage.spec.key[0], rows, details=[back.same_key[row] for row in rows.tolist()])


def _later_with_same_key(stage: Stage) -> Subquery:
    """Return the staged rows that share the key of an earlier one, and the position of the first."""
    position = stage.rows.c[POSITION]
    first = func.min(position).over(partition_by=[stage.rows.c[name] for name in stage.spec.key]).label("first")
    numbered = select(position, first).subquery()
    return select(numbered).where(numbered.c[POSITION] > numbered.c.first).subquery()


def _repeated_keys(stage: Stage, place: Place, findings: Findings) -> Rows:
    """Hold rows that share a key with an earlier one but differ from it; return those that do not differ."""
    later = _later_with_same_key(stage)
    if not stage.connection.scalar(select(exists(select(later.c[POSITION])))):
        return NO_ROWS
    first, again = stage.rows.alias("first_row"), stage.rows.alias("again")
    joined = later.join(first, first.c[POSITION] == later.c.first).join(again, again.c[POSITION] == later.c[POSITION])
    differs = case((or_(false(), *stage.differs(first, again)), 1), else_=0)
    query = select(later.c[POSITION], later.c.first, differs).select_from(joined)
    found = np.array(stage.connection.execute(query).all(), dtype=np.int64).reshape(-1, 3)
    differing = found[found[:, 2] == 1]
    places = [place(int(position)) for position in differing[:, 1]]
    _apply(stage, findings, [Finding("key_twice", stage.spec.key[0], differing[:, 0], details=places)])
    repeated = np.sort(found[found[:, 2] == 0, 0])
    stage.drop(repeated)
    return repeated


def _taken_values(stage: Stage, back: BroughtBack, telling: Telling) -> Iterator[Finding]:
    """Yield the rows whose unique value another row has, in this import or in the store."""
    for column in stage.spec.columns:
        if column.is_unique:
            rule = Finding("value_taken", column.name, NO_ROWS)
            yield agreeing(stage, rule, [column.name], back, telling, nulls_agree=False)


def _repeated_events(stage: Stage, back: BroughtBack, telling: Telling) -> Iterator[Finding]:
    """Yield the rows that report an event which another row reports under another key."""
    if names := stage.spec.one_event:
        rule = Finding("event_twice", stage.spec.happened_on, NO_ROWS, {"columns": ",".join(names)})
        yield agreeing(stage, rule, names, back, telling, nulls_agree=True)
