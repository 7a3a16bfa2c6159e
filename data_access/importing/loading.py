"""Staged rows into the store: new rows go in, changed rows supersede the version before them, equal rows do not."""

from collections.abc import Collection, Mapping

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)

from data_access.importing.report import Counts
from data_access.importing.staging import SHEET, Stage
from data_access.rows import current


def load(stage: Stage, batch_id: int, seen: Collection[int]) -> Mapping[int, Counts]:
    """Write the staged rows as rows of ``batch_id`` and return the counts by sheet number.

    Sheets in ``seen`` belong to files that were loaded before: of them only rows go in which the store has no version
    of, so that an old file that is imported once more does not undo what later files changed.
    """
    counts = _counts(stage, seen)
    if any(count.unchanged for count in counts.values()):
        _drop_unchanged(stage, seen)
    if any(count.changed for count in counts.values()):
        _supersede(stage, batch_id)
    names = [c.name for c in stage.spec.columns]
    rows = select(*(stage.rows.c[name] for name in names), literal(batch_id), null())
    target = stage.target
    stage.connection.execute(insert(target).from_select([*names, "batch_id", "superseded_by"], rows))
    return counts


def _differs(stage: Stage, stored: object) -> ColumnElement[bool]:
    return or_(false(), *stage.differs(stored))  # type: ignore[arg-type]


def _counts(stage: Stage, seen: Collection[int]) -> Mapping[int, Counts]:
    rows, stored = stage.rows, current(stage.spec.name)
    is_new = stored.c.batch_id.is_(None)
    is_changed = and_(not_(is_new), _differs(stage, stored), rows.c[SHEET].not_in(seen))
    query = (
        select(rows.c[SHEET], func.count(), *(func.sum(case((c, 1), else_=0)) for c in (is_new, is_changed)))
        .select_from(rows.outerjoin(stored, stage.same_key(stored)))
        .group_by(rows.c[SHEET])
    )
    return {
        sheet: Counts(added=int(added), changed=int(changed), unchanged=int(number - added - changed))
        for sheet, number, added, changed in stage.connection.execute(query)
    }


def _drop_unchanged(stage: Stage, seen: Collection[int]) -> None:
    stored = current(stage.spec.name)
    same = or_(stage.rows.c[SHEET].in_(seen), not_(_differs(stage, stored)))
    found = exists(select(stored.c.batch_id).where(stage.same_key(stored), same))
    stage.connection.execute(delete(stage.rows).where(found))


def _supersede(stage: Stage, batch_id: int) -> None:
    target = stage.target
    incoming = exists(select(stage.rows.c[SHEET]).where(stage.same_key(target)))
    statement = update(target).where(target.c.superseded_by.is_(None), incoming).values(superseded_by=batch_id)
    stage.connection.execute(statement)
