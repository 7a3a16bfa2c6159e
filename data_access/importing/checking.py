"""The rules a row must meet by itself: one pandera schema a table for its columns, then rules between its columns.

Rules between rows and tables need the store and are in ``linking``.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaErrors

from data_access.importing import credit_codes
from data_access.importing.credit_codes import Verdict
from data_access.importing.findings import Finding
from data_access.importing.normalising import rows_where
from data_access.importing.specs import ColumnSpec, Kind, PositiveWhen, TableSpec

_CREDIT_CODE_RULES = {
    Verdict.LENGTH: "credit_code_length",
    Verdict.CHARACTER: "credit_code_character",
    Verdict.CHECK: "credit_code_check",
}
# What pandera calls an empty cell of a column that may not have one.
_RULES_OF_PANDERA = {"not_nullable": "required"}


@lru_cache(maxsize=64)
def schema(spec: TableSpec, today: date) -> pandera.DataFrameSchema:
    """Return the pandera schema of a table: required cells, bounds, dates up to ``today``, credit codes."""
    columns = {}
    for column in spec.columns:
        checks = list(_checks(column, today))
        if checks or column.required:
            columns[column.name] = pandera.Column(nullable=not column.required, checks=checks)
    return pandera.DataFrameSchema(columns)


def _checks(column: ColumnSpec, today: date) -> Iterator[pandera.Check]:
    if column.minimum is not None:
        yield pandera.Check.ge(column.minimum, error="number_too_small")
    if column.maximum is not None:
        yield pandera.Check.le(column.maximum, error="number_too_large")
    if column.kind is Kind.DATE and not column.may_be_future:
        yield pandera.Check.le(pd.Timestamp(today), error="date_in_future")
    if column.kind is Kind.CREDIT_CODE:
        yield pandera.Check(_valid_codes, error="credit_code")


def _valid_codes(codes: "pd.Series[str]") -> "pd.Series[bool]":
    return pd.Series(credit_codes.verdicts(pa.array(codes, pa.string())) == Verdict.VALID, index=codes.index)


def check_columns(columns: Mapping[str, pa.Array], spec: TableSpec, today: date) -> list[Finding]:
    """Return what the table's schema finds, one finding a column and rule."""
    rules = schema(spec, today)
    checked = pa.table({name: columns[name] for name in rules.columns})
    try:
        rules.validate(checked.to_pandas(date_as_object=False), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        grouped = cases.groupby(["column", "check"], sort=False)["index"]
        return [
            finding
            for (name, check), rows in grouped
            for finding in _finding(spec.column(name), str(check), rows.to_numpy(np.int64), columns)
        ]
    return []


def _finding(column: ColumnSpec, check: str, rows: np.ndarray, columns: Mapping[str, pa.Array]) -> Iterator[Finding]:
    if check == "credit_code":
        verdicts = credit_codes.verdicts(columns[column.name].take(pa.array(rows)))
        for verdict, rule in _CREDIT_CODE_RULES.items():
            yield Finding(rule, column.name, rows[verdicts == verdict])
        return
    limit = column.minimum if check == "number_too_small" else column.maximum
    yield Finding(
        _RULES_OF_PANDERA.get(check, check), column.name, rows, {} if limit is None else {"limit": f"{limit:,.15g}"}
    )


def check_rows(columns: Mapping[str, pa.Array], spec: TableSpec, programme_start: date) -> Iterator[Finding]:
    """Yield what the rules between a row's columns find, and dates from before the programme's start."""
    for column in spec.columns:
        for other in column.not_before:
            rows = rows_where(pc.less(columns[column.name], columns[other]))
            yield Finding("date_before", column.name, rows, {"other": other})
        for other in column.not_below:
            rows = rows_where(pc.less(columns[column.name], columns[other]))
            yield Finding("number_below", column.name, rows, {"other": other})
        for other in column.only_with:
            alone = pc.and_(_filled(columns[column.name]), pc.is_null(columns[other]))
            yield Finding("filled_alone", column.name, rows_where(alone), {"other": other})
        if column.since_start:
            yield Finding("date_before_start", column.name, rows_where(pc.less(columns[column.name], programme_start)))
    for rule in spec.positive_when:
        yield _not_positive(columns, rule)


def _filled(values: pa.Array) -> pa.Array:
    """Return which cells tell of something: a no tells of nothing."""
    return pc.fill_null(values, fill_value=False) if pa.types.is_boolean(values.type) else pc.is_valid(values)


def _not_positive(columns: Mapping[str, pa.Array], rule: PositiveWhen) -> Finding:
    positive = pc.fill_null(pc.greater(columns[rule.column], 0.0), fill_value=False)
    wrong = pc.and_(pc.equal(columns[rule.when], rule.equals), pc.invert(positive))
    return Finding("not_positive", rule.column, rows_where(wrong), {"when": rule.when, "equals": rule.equals})
