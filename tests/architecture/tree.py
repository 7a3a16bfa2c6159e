"""The project's own files, as the tests of its shape see them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pages", "components", "charts", "reports", "metrics", "data_access", "sample_data", "locales")
TOOLS = ("benchmarks", "scripts")
_SKIPPED = {".venv", ".git", "var", "node_modules", "__pycache__"}


@dataclass(frozen=True)
class Function:
    """A function's place and its length in lines, decorators and docstring left out."""

    place: str
    lines: int


def files(*patterns: str) -> list[Path]:
    """Return the project's files that match one of the glob ``patterns``, caches and environments left out."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if path.is_file() and not _SKIPPED & set(path.relative_to(ROOT).parts))


def text_files() -> list[Path]:
    """Return every file under version control that holds text, or that would be added to it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.decode().splitlines()]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8192]]


def code(*folders: str) -> list[Path]:
    """Return the Python files of ``folders``."""
    return files(*(f"{folder}/**/*.py" for folder in folders))


def product_code() -> list[Path]:
    """Return every Python file but the tests."""
    return [*files("*.py"), *code(*PACKAGES, *TOOLS)]


def relative(path: Path) -> str:
    """Return ``path`` as it is written in the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def syntax(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imports(path: Path) -> set[str]:
    """Return the modules that ``path`` imports, with every parent: ``a.b`` gives a.b and a."""
    names: set[str] = set()
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names | {name.split(".")[0] for name in names}


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of ``path`` with its length."""
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            has_docstring = ast.get_docstring(node) is not None and first.end_lineno is not None
            documented = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
            yield Function(
                f"{relative(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1 - documented
            )


def headings(markdown: str) -> set[str]:
    """Return the anchors that a reader of ``markdown`` can jump to, as GitHub makes them."""
    titles = re.findall(r"^#+\s+(.+)$", markdown, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}
