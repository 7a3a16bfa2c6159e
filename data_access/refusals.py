"""What is true of the reason of each refusal, derived at import so that a page only has to count.

Reasons are judged word by word: a text may hold nothing, or nothing but phrases that fit any refusal, or be pasted. A
wording is judged once, however often it was used, and again only after the wordings in the store have changed.
Whether a code is generic is the city's decision and left to the queries.
"""

from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, delete, func, insert, select

from data_access.importing.bulk import insert_rows
from data_access.rows import current
from data_access.schema import DIMENSIONS, bank_progress, import_tables, refusal_wordings, refusals_table
from data_access.wording import normalised, templated, unnamed

# What stands in a cell to say that nothing stands there.
PLACEHOLDERS = frozenset({"", "无", "暂无", "空", "其他", "其它", "不详", "na", "none", "null", "x"})
# Phrases that fit any refusal; a city adds its own through codes it marks as generic.
GENERIC = (
    "不符合我行准入", "不符合准入", "不符合条件", "不符合要求", "不符合我行要求",
    "不符合政策", "综合评分不足", "综合评分不够", "评分不足", "综合评审未通过",
    "综合评估不通过", "系统审批不通过", "审批未通过", "审批不通过", "暂不需要",
    "暂不符合", "未达到准入标准", "不予准入", "准入条件", "条件",
)  # fmt: skip
# What no text contains, for an enterprise that is not on the register.
_NO_NAME = "\n\n\n"
_LONGEST_FIRST = sorted((normalised(phrase) for phrase in GENERIC), key=len, reverse=True)


def judged(wordings: pd.DataFrame) -> pd.DataFrame:
    """Return ``wordings`` (``wording`` and ``cases``, how often it was used) with what is true of each.

    Added: ``length`` (characters beyond digits, punctuation and generic phrases), ``is_blank`` (says nothing at all)
    and ``is_templated`` (at least three other refusals have the same or nearly the same words).
    """
    text = wordings["wording"].map(normalised)
    is_blank = text.isin(PLACEHOLDERS)
    length = text.map(_without_generic).str.len().where(~is_blank, 0).astype("int64")
    is_templated = templated(text.map(unnamed).where(~is_blank, ""), wordings["cases"])
    return wordings.assign(length=length, is_blank=is_blank, is_templated=is_templated)


def fill_refusals(connection: Connection) -> None:
    """Fill the empty table ``refusals`` from the current decisions, judging their wordings anew where needed."""
    _judge_wordings(connection)
    d, w, b = _decisions(), refusal_wordings, bank_progress
    granted = _granted(d)
    dims = [b.c[name] for name in (*DIMENSIONS, "tags")]
    e = current("enterprises")
    named = [d.c[name] for name in ("decision_id", "enterprise_id", "bank", "decided_on", "failed_standard")]
    given = [
        (func.trim(func.coalesce(d.c[column], "")) != "").label(f"has_{element}")
        for element, column in (("remedy", "remedy"), ("condition", "reapply_condition"), ("person", "officer"))
    ]
    said = [
        func.coalesce(w.c.length, 0).label("length"), func.coalesce(w.c.is_blank, True).label("is_blank"),
        func.coalesce(w.c.is_templated, False).label("is_templated"),
    ]  # fmt: skip
    joined = (
        d.join(b, and_(b.c.enterprise_id == d.c.enterprise_id, b.c.bank == d.c.bank))
        .outerjoin(e, e.c.enterprise_id == d.c.enterprise_id)
        .outerjoin(w, w.c.wording == _wording(d, e))
        .outerjoin(granted, granted.c.decision_id == d.c.decision_id)
    )
    code = func.coalesce(d.c.reject_code, "").label("code")
    query = select(*named, *dims, code, *given, *said, granted.c.granted_on).select_from(joined)
    query = query.where(d.c.outcome == "rejected")
    connection.execute(insert(refusals_table).from_select([c.name for c in query.selected_columns], query))


def _judge_wordings(connection: Connection) -> None:
    d, w, e = _decisions(), refusal_wordings, current("enterprises")
    wording = _wording(d, e)
    used = select(wording.label("wording"), func.count().label("cases"))
    used = used.select_from(d.outerjoin(e, e.c.enterprise_id == d.c.enterprise_id))
    used = used.where(d.c.outcome == "rejected", d.c.reject_text.is_not(None)).group_by(wording)
    now, known = _pairs(connection, used), _pairs(connection, select(w.c.wording, w.c.cases))
    if set(now) == set(known):
        return
    connection.execute(delete(w))
    frame = judged(pd.DataFrame(sorted(now), columns=["wording", "cases"]))
    insert_rows(connection, w, pa.Table.from_pandas(frame, preserve_index=False))


def _pairs(connection: Connection, query: Select[str, int]) -> list[tuple[str, int]]:
    return [(str(wording), int(cases)) for wording, cases in connection.execute(query)]


def _wording(decisions: FromClause, enterprises: FromClause) -> ColumnElement[str]:
    """Return a refusal's text without the name of the enterprise, which makes a pasted text look like its own."""
    name = func.coalesce(func.nullif(enterprises.c.name, ""), _NO_NAME)
    return func.replace(decisions.c.reject_text, name, "")


def _decisions() -> Any:  # noqa: ANN401 - a subquery, whose columns are those of the import table
    table = import_tables["decisions"]
    return select(table).where(table.c.superseded_by.is_(None)).subquery("d")


def _granted(refused: Any) -> Any:  # noqa: ANN401 - a subquery
    """For each refusal the first day from then on which any bank granted the same enterprise credit."""
    later = _decisions().alias("later")
    afterwards = and_(
        later.c.enterprise_id == refused.c.enterprise_id, later.c.outcome == "approved",
        later.c.decided_on >= refused.c.decided_on,
    )  # fmt: skip
    first = func.min(later.c.decided_on).label("granted_on")
    joined = select(refused.c.decision_id, first).select_from(refused.join(later, afterwards))
    return joined.where(refused.c.outcome == "rejected").group_by(refused.c.decision_id).subquery("granted")


def _without_generic(text: str) -> str:
    for phrase in _LONGEST_FIRST:
        text = text.replace(phrase, "")
    return text
