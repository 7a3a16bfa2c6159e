"""How cost grows with the number of enterprises: ten times as many may take ten times as long, and send no more."""

import math
from collections.abc import Iterator, Sequence

from benchmarks.results import Result

BYTES = "page, bytes sent"


def measure(results: Sequence[Result]) -> Iterator[Result]:
    """Yield, for what was measured at two sizes, the exponent of time (1 = proportional) and the ratio of bytes."""
    for large in results:
        small = _smaller(results, large)
        if small is None or small.p50_ms <= 0 or large.p50_ms <= 0:
            continue
        ratio = large.p50_ms / small.p50_ms
        if large.unit == "ms":
            exponent = math.log(ratio) / math.log(large.enterprises / small.enterprises)
            yield _growth("time", large, exponent, "exponent")
        elif large.name.startswith(BYTES):
            yield _growth("bytes sent", large, ratio, "ratio")


def _smaller(results: Sequence[Result], large: Result) -> Result | None:
    same = [
        r for r in results if (r.name, r.engine) == (large.name, large.engine) and r.enterprises < large.enterprises
    ]
    return min(same, key=lambda r: r.enterprises, default=None)


def _growth(what: str, of: Result, value: float, unit: str) -> Result:
    value = round(value, 3)
    return Result(f"growth of {what} · {of.name}", of.engine, of.enterprises, value, value, unit)
