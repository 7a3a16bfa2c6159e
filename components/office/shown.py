"""On which page a metric is shown, read from the pages' own code: a list kept by hand would be wrong tomorrow.

A page shows a metric if its module, or a component made for it, names the metric's key. Only sources of this project
are read, once a process.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from data_access.importing.tables import TABLES
from metrics.catalogue import load_catalogue

_ROOT = Path(__file__).resolve().parents[2]
_WORD = re.compile(r"""["']([a-z][a-z0-9_]+)["']""")
_IMPORT = re.compile(r"^\s*from\s+((?:components|pages)[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)", re.MULTILINE)
# The checks of the data name every metric they touch; what reads of the store are for, and what a model rests on, is
# not what is shown.
_PASSED_OVER = re.compile(r"components\.office\.(?!figures)|components\.(reads|inputs|published)$|pages$")


def module_of(render: Callable[..., object]) -> str:
    """Return the module that draws a page; a function of the registry that loads it late names it in its code."""
    if render.__module__ != "pages":
        return render.__module__
    found = re.search(r"from (pages[\w.]+) import (\w+)", inspect.getsource(render))
    return f"{found[1]}.{found[2]}" if found else render.__module__


@cache
def metrics_on(module: str) -> frozenset[str]:
    """Return the keys of the metrics that the page ``module`` shows."""
    known = load_catalogue().keys()
    words = {word for path in _sources(module) for word in _WORD.findall(_text(path))}
    # "visits" is a table as well as a metric; a page that only asks whether it was reported does not show it.
    return frozenset(words & (known - TABLES.keys()))


def shown_on(pages: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for every metric key the pages that show it; ``pages`` maps a page's key to its module."""
    found: dict[str, tuple[str, ...]] = {}
    for page, module in pages.items():
        for key in metrics_on(module):
            found[key] = (*found.get(key, ()), page)
    return found


def _sources(module: str) -> Iterator[Path]:
    """Yield the files of a module, of the packages of components made for it, and of what those import themselves.

    What is common to all pages, such as the frame around a chart, leads everywhere and is followed no further.
    """
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        if name in seen or (_PASSED_OVER.match(name) and name != module):
            continue
        seen.add(name)
        if path := _file(name):
            yield path
            if name == module or name.count(".") > 1:
                waiting += _imported(_text(path))


def _imported(text: str) -> Iterator[str]:
    for package, names in _IMPORT.findall(text):
        yield package
        # "from components.banks import views" imports a module.
        yield from (f"{package}.{name}" for name in re.findall(r"\b[a-z_]\w*\b", names) if _file(f"{package}.{name}"))


@cache
def _file(module: str) -> Path | None:
    path = _ROOT.joinpath(*module.split("."))
    return next((found for found in (path.with_suffix(".py"), path / "__init__.py") if found.is_file()), None)


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")
