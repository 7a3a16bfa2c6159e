"""The shape of the code: who may import what beyond the import contracts, how long things are, what must not occur."""

import csv
import re
import statistics
from pathlib import Path

import pytest

from tests.architecture import tree

MAY_IMPORT_STREAMLIT = ("app.py", "asgi.py", "pages/", "components/", "tests/", "benchmarks/")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def test_no_page_lies_directly_in_the_pages_folder():
    # Streamlit would serve such a file by its own address without app.py, until somebody has opened app.py.
    assert [tree.relative(path) for path in tree.files("pages/*.py")] == ["pages/__init__.py"]


def test_streamlit_stays_in_the_interface():
    users = [tree.relative(p) for p in tree.product_code() if "streamlit" in tree.imports(p)]
    assert [user for user in users if not user.startswith(MAY_IMPORT_STREAMLIT)] == []


def test_nothing_imports_the_entry_points():
    users = [tree.relative(p) for p in tree.product_code() if {"app", "asgi"} & tree.imports(p)]
    assert [user for user in users if user not in {"app.py", "asgi.py"}] == []


def test_only_data_access_writes_sql():
    sql = re.compile(r"\bSELECT\b[^\n]*\bFROM\b|\.(?:execute|exec_driver_sql)\(|\bsqlalchemy\b")
    found = [
        tree.relative(p) for p in tree.code("pages", "components", "charts", "metrics") if sql.search(p.read_text())
    ]
    assert found == []


def test_files_are_short():
    lengths = {tree.relative(path): len(path.read_text("utf-8").splitlines()) for path in tree.product_code()}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_functions_are_short():
    functions = [function for path in tree.product_code() for function in tree.functions(path)]
    assert [f for f in functions if f.lines > LONGEST_FUNCTION] == []
    lengths = [function.lines for function in functions]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=10)[-1] < 30


def test_nine_modules_in_ten_explain_themselves():
    silent = [tree.relative(p) for p in tree.product_code() if not tree.syntax(p).body or not _docstring(p)]
    assert silent == []


def _docstring(path: Path) -> bool:
    first = tree.syntax(path).body[0]
    return isinstance(getattr(getattr(first, "value", None), "value", None), str)


def test_no_place_of_the_demo_city_is_named_in_code():
    with (tree.ROOT / "sample_data/zhanjiang/regions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["level"]) <= 1]
    names = {
        name for row in rows for column in ("name_zh", "name_en", "short_zh", "short_en") if (name := row.get(column))
    }
    found = {
        tree.relative(path): sorted(named)
        for path in tree.product_code()
        if (named := {name for name in names | {"湛江"} if name in path.read_text("utf-8")})
    }
    assert found == {}


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<![\w.])/(?:home|root|Users|work)/\w",  # a path of one machine
        r"\b[Ii]ssue #?\d",  # a tracker's number: say what it was about
        r"\b(?:TODO|FIXME|XXX)\b",
        r"\bNotImplementedError\b",
        r"(?m)^[^#\n]*# noqa(?!: [A-Z]+\d+(?:, [A-Z]+\d+)* - )",  # an exception without its reason
    ],
)
def test_nothing_unfinished_or_of_one_machine_only(pattern):
    this = Path(__file__)
    found = [
        tree.relative(p) for p in tree.text_files() if p != this and re.search(pattern, p.read_text("utf-8", "replace"))
    ]
    assert found == []
