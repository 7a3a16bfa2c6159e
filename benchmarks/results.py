"""What was measured, beside what it may be: the budgets, the table that is printed and the file that is kept."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).resolve().parent / "latest.json"

CITY = 520_000
# The most that p95 may be, in the unit of the measurement. A name without a budget is measured for information.
BUDGETS: Mapping[str, float] = {
    "ledger search": 200,
    "meeting pack": 10_000,
    "group-by of progress_by": 15,
    "cohorts": 25,
    "page, filter never seen: wall": 100,
    "page, filter never seen: CPU": 100,
    "page, selection cached: wall": 25,
    "browser, click to settled": 350,
    "browser, fresh, warm server: settled": 1500,
    "browser, after process start: LCP": 2500,
    "browser, after process start: settled": 4000,
    "100 sessions, 5 s think time: rerun": 1000,
    "server memory after 50 sessions": 500,
    "import with validation and derivation": 45_000,
    "demo city from nothing": 90_000,
    "growth of time": 1.0,
    "growth of bytes sent": 1.05,  # none, but that larger numbers have more digits
}


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement: median and 95th percentile in ``unit``, which is "ms" unless another is named.

    ``name`` may carry a detail after " · "; what stands before it names the budget.
    """

    name: str
    engine: str
    enterprises: int
    p50_ms: float
    p95_ms: float
    unit: str = "ms"

    @property
    def budget_ms(self) -> float | None:
        """The most that p95 may be; None where there is no budget: at more than a city's size only growth has one."""
        kind = self.name.partition(" · ")[0]
        return BUDGETS.get(kind) if self.enterprises <= CITY or kind.startswith("growth") else None

    @property
    def within(self) -> bool:
        """Whether p95 keeps to the budget; True where there is none."""
        return self.budget_ms is None or self.p95_ms <= self.budget_ms


def percentiles(samples: Sequence[float]) -> tuple[float, float]:
    """Return median and 95th percentile of ``samples``: the smallest sample that so many of them do not exceed."""
    ordered = sorted(samples)

    def below(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return below(0.5), below(0.95)


def result(name: str, engine: str, enterprises: int, samples: Sequence[float], unit: str = "ms") -> Result:
    """Return the measurement that ``samples`` make."""
    p50, p95 = percentiles(samples)
    return Result(name, engine, enterprises, round(p50, 3), round(p95, 3), unit)


def write(results: Iterable[Result], path: Path = LATEST) -> None:
    """Write ``results`` as JSON; what ``path`` holds of other names, engines and sizes stays."""
    old = json.loads(path.read_text("utf-8")) if path.exists() else []
    new = [{**asdict(entry), "budget_ms": entry.budget_ms} for entry in results]
    replaced = {_identity(entry) for entry in new}
    kept = [entry for entry in old if _identity(entry) not in replaced]
    merged = sorted([*kept, *new], key=_identity)
    path.write_text(json.dumps(merged, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _identity(entry: Mapping[str, object]) -> tuple[str, str, int]:
    return str(entry["name"]), str(entry["engine"]), int(str(entry["enterprises"]))


HEADER = ("what", "engine", "enterprises", "median", "p95", "budget", "unit", "")


def table(results: Iterable[Result]) -> str:
    """Return ``results`` as a table for the terminal, one line each, a missed budget marked."""
    rows = [HEADER, *map(_row, results)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADER))]
    return "\n".join("  ".join(_cell(row[i], widths[i], i) for i in range(len(HEADER))).rstrip() for row in rows)


def summary(results: Sequence[Result]) -> str:
    """Return in a sentence how many budgets were kept."""
    budgeted = [entry for entry in results if entry.budget_ms is not None]
    return f"{sum(entry.within for entry in budgeted)} of {len(budgeted)} budgets kept"


def _cell(text: str, width: int, column: int) -> str:
    return text.rjust(width) if 2 <= column <= 5 else text.ljust(width)


def _row(entry: Result) -> tuple[str, ...]:
    budget = "" if entry.budget_ms is None else f"{entry.budget_ms:,g}"
    verdict = "" if entry.within else "over budget"
    size = f"{entry.enterprises:,}"
    return (entry.name, entry.engine, size, _number(entry.p50_ms), _number(entry.p95_ms), budget, entry.unit, verdict)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
