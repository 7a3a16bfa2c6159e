"""What a measurement says: percentiles, budgets, growth, and the file that keeps them."""

import json

import pytest

from benchmarks.growth import measure as growth
from benchmarks.results import Result, percentiles, result, summary, table, write


@pytest.mark.parametrize(
    ("samples", "expected"),
    [([7.0], (7, 7)), ([3.0, 1.0, 2.0], (2, 3)), ([float(n) for n in range(1, 101)], (50, 95)), ([1.0, 9.0], (1, 9))],
)
def test_percentiles_are_samples(samples, expected):
    assert percentiles(samples) == expected


def test_the_budget_belongs_to_what_stands_before_the_detail():
    assert Result("group-by of progress_by · tier", "duckdb", 1, 5, 14).budget_ms == 15
    assert Result("daily · visited", "duckdb", 1, 5, 14).budget_ms is None


def test_a_budget_is_for_one_city_and_growth_for_any_size():
    assert Result("group-by of progress_by · tier", "duckdb", 5_200_000, 50, 140).budget_ms is None
    assert Result("growth of time · group-by of progress_by · tier", "duckdb", 5_200_000, 1, 1).budget_ms == 1


def test_the_summary_counts_budgets_only():
    measured = [Result("group-by of progress_by · tier", "duckdb", 1, 5, p95) for p95 in (14, 16)]
    assert summary([*measured, Result("daily · visited", "duckdb", 1, 5, 14)]) == "1 of 2 budgets kept"


def test_a_missed_budget_is_marked():
    kept, missed = (Result("group-by of progress_by · tier", "duckdb", 520_000, 5, p95) for p95 in (15, 15.1))
    lines = table([kept, missed]).splitlines()
    assert "over budget" not in lines[1]
    assert lines[2].endswith("over budget")


def test_growth_is_the_exponent_of_time_and_the_ratio_of_bytes():
    measured = [
        Result("a", "duckdb", 520_000, 10, 12),
        Result("a", "duckdb", 5_200_000, 100, 120),
        Result("a", "postgresql", 5_200_000, 100, 120),
        Result("page, bytes sent · first run", "duckdb", 520_000, 80, 80, "KB"),
        Result("page, bytes sent · first run", "duckdb", 5_200_000, 84, 84, "KB"),
        Result("server memory after 50 sessions", "duckdb", 5_200_000, 84, 84, "MB"),
    ]
    grown = {(r.name, r.engine): r.p50_ms for r in growth(measured)}
    assert grown == {
        ("growth of time · a", "duckdb"): 1.0,
        ("growth of bytes sent · page, bytes sent · first run", "duckdb"): 1.05,
    }


def test_the_file_keeps_what_was_not_measured_again(tmp_path):
    path = tmp_path / "latest.json"
    write([Result("a", "duckdb", 1, 1, 1), Result("b", "duckdb", 1, 1, 1)], path)
    write([result("a", "duckdb", 1, [2.0]), Result("a", "postgresql", 1, 3, 3)], path)
    kept = [(e["name"], e["engine"], e["p50_ms"]) for e in json.loads(path.read_text())]
    assert kept == [("a", "duckdb", 2.0), ("a", "postgresql", 3), ("b", "duckdb", 1)]
    assert set(json.loads(path.read_text())[0]) == {
        "name", "engine", "enterprises", "p50_ms", "p95_ms", "budget_ms", "unit",
    }  # fmt: skip
