"""The rows behind the figures of the meetings: who was there, what was intended, and the credit that followed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from components.campaigns.reading import ANY, Asked, followed, held
from components.context import Context
from data_access.queries.records import attendance_id
from data_access.queries.rowset import COLUMNS
from metrics.campaigns import summarise

Cell = Mapping[str, str]
_PEOPLE = {
    "event.firms": "", "event.others": "large", "event.stating": "stating", "event.due": "due",
    "event.converted": "converted",
}  # fmt: skip
_RECORDS = {
    "event.approved_amount": ("approval", "small"), "event.loan_amount": ("loan", "small"),
    "event.due_approved": ("approval", "due"),
}  # fmt: skip
_SUMMED = ("event_id", "region_1")


def meeting_rows(context: Context, key: str, cell: Cell) -> pd.DataFrame:
    """Return the rows behind a figure of ``components.inputs.MEETINGS`` as a row set has them.

    ``row_id`` is the one by which the ledger knows the row: of a meeting, an enterprise, a record, or an attendance.
    """
    if key in {"event.events", "event.intent"}:
        return _meetings(context, key, cell)
    found = followed(context, _question(cell))
    if found is None:
        return pd.DataFrame(columns=list(COLUMNS))
    if key in _RECORDS:
        kind, whom = _RECORDS[key]
        rows = _kept(found.records, cell)
        rows = rows[(rows["kind"] == kind) & rows[whom]].drop_duplicates("record_id")
        return _frame(rows, rows["record_id"], rows["happened_on"], rows["amount"])
    rows = _kept(found.attendances, cell)
    if key in _PEOPLE:
        flag = _PEOPLE[key]
        rows = (rows[rows[flag]] if flag else rows).drop_duplicates("enterprise_id")
        return _frame(rows, rows["enterprise_id"], None, pd.Series(1.0, index=rows.index))
    weights = pd.Series(1.0, index=rows.index)
    if key in {"event.due_intent", "event.intent_all"}:
        weights = rows["intent"].where(rows["due"] | (key == "event.intent_all"))
    rows, weights = rows[weights.notna()], weights.dropna()
    return _frame(rows, attendance_id(rows["event_id"], rows["enterprise_id"]), None, weights)


def meeting_figure(context: Context, key: str, cell: Cell) -> float:
    """Return the figure as the page of meetings computes it."""
    if key in {"event.events", "event.intent"}:
        return float(_meetings(context, key, cell)["weight"].sum())
    found = followed(context, _question(cell))
    if found is None:
        return 0.0
    by = [name for name in _SUMMED if name in cell]
    frame = _kept(summarise(found, by), {name: cell[name] for name in by})
    return float(frame[key.partition(".")[2]].sum()) if len(frame) else 0.0


def _question(cell: Cell) -> Asked:
    return Asked(cell.get("theme", ANY), cell.get("event_type", ANY))


def _kept(frame: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    for name in _SUMMED:
        if name in cell:
            frame = frame[frame[name] == cell[name]]
    return frame


def _meetings(context: Context, key: str, cell: Cell) -> pd.DataFrame:
    rows = held(context, _question(cell))
    rows = rows[rows["event_id"] == cell["event_id"]] if "event_id" in cell else rows
    rows = rows[rows["intent_amount"].notna()] if key == "event.intent" else rows
    weights = rows["intent_amount"] if key == "event.intent" else pd.Series(1.0, index=rows.index)
    return _frame(rows, rows["event_id"], rows["held_on"], weights)


def _frame(
    rows: pd.DataFrame, ids: "pd.Series[str]", days: "pd.Series[Any] | None", weights: "pd.Series[float]"
) -> pd.DataFrame:
    return pd.DataFrame({
        "row_id": ids, "enterprise_id": rows.get("enterprise_id"), "bank": rows.get("bank"), "happened_on": days,
        "value": float("nan"), "weight": weights.astype("float64"),
    }, columns=list(COLUMNS)).reset_index(drop=True)  # fmt: skip
