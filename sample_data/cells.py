"""Arrays into typed columns: codes, dates, numbers and texts, with empty cells where there is nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sample_data.days import NEVER
from sample_data.draws import Bools, Ints

_EPOCH = date(1970, 1, 1)
Column = Any  # a pyarrow array; the library comes without types


def coded(index: NDArray[np.integer[Any]], codes: Sequence[str]) -> Column:
    """Return a text column that holds ``codes[i]`` for each i, and nothing for -1."""
    keys = pa.array(index.astype(np.int32), mask=index < 0)
    return pa.DictionaryArray.from_arrays(keys, pa.array(list(codes), pa.string()))


def dates(days: Ints, start: date) -> Column:
    """Return a date column of days since ``start``; ``NEVER`` becomes an empty cell."""
    return pa.array((days + (start - _EPOCH).days).astype(np.int32), pa.date32(), mask=days == NEVER)


def whole(values: NDArray[Any], empty: Bools | None = None) -> Column:
    """Return a column of whole numbers, with empty cells where ``empty`` is true."""
    return pa.array(values.astype(np.int64), pa.int64(), mask=empty)


def decimal(values: NDArray[Any], empty: Bools | None = None) -> Column:
    """Return a column of decimal numbers, with empty cells where ``empty`` is true."""
    return pa.array(values.astype(np.float64), pa.float64(), mask=empty)


def yes_no(values: Bools, empty: Bools | None = None) -> Column:
    """Return a column of yes and no, with empty cells where ``empty`` is true."""
    return pa.array(values, pa.bool_(), mask=empty)


def texts(values: Sequence[str | None]) -> Column:
    """Return a text column."""
    return pa.array(values, pa.string())


def numbered(prefix: str, numbers: NDArray[np.integer[Any]], width: int = 7) -> Column:
    """Return identifiers: a prefix and a number with leading zeros; -1 becomes an empty cell."""
    digits = pc.utf8_lpad(pa.array(numbers.astype(np.int64), mask=numbers < 0).cast(pa.string()), width, "0")
    return joined(prefix, digits)


def joined(*parts: Column | str) -> Column:
    """Return the parts put together, row by row; a part is a column or one text for all rows."""
    plain = [part.dictionary_decode() if isinstance(part, pa.DictionaryArray) else part for part in parts]
    return pc.binary_join_element_wise(*plain, "")


def hidden(values: Column, where: Bools) -> Column:
    """Return the column with empty cells where ``where`` is true."""
    return pc.if_else(pa.array(where), pa.scalar(None, values.type), values)
