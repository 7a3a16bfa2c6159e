"""What the project's files say about each other holds: requirements, commands, links, settings, translations."""

import re
import tomllib

import pytest

from pages import PAGES
from scripts.messages import main as messages
from tests.architecture import tree

DOCUMENTS = tree.files("*.md", "docs/**/*.md")
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


def _requirements(name: str) -> dict[str, str]:
    lines = (tree.ROOT / name).read_text().splitlines()
    pinned = [
        re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)(?:; [\w .!=\"]+)?", line)
        for line in lines
        if line and line[0] not in "#-"
    ]
    assert all(pinned), f"{name}: every package is pinned with =="
    return {match[1].lower(): match[2] for match in pinned if match}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_explained(name):
    explained = (tree.ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    assert [package for package in _requirements(name) if f"| `{package}` |" not in explained] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_agrees_with_the_constraints(name):
    constraints = _requirements("constraints.txt")
    assert {p: v for p, v in _requirements(name).items() if constraints.get(p) != v} == {}


def test_nothing_is_explained_that_is_not_required():
    explained = re.findall(r"^\| `([\w.-]+)` \|", (tree.ROOT / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE)
    required = {package for name in REQUIREMENTS for package in _requirements(name)}
    assert {package.lower() for package in explained} - required == set()


def test_every_ruff_exception_has_its_reason():
    lines = (tree.ROOT / "pyproject.toml").read_text().splitlines()
    exceptions = [line for line in lines if re.match(r'\s+"[A-Z]+\d*",(?!\s*")', line)]
    assert exceptions
    assert [line for line in exceptions if not re.search(r",\s+# \w.{10,}", line)] == []


def test_every_command_in_the_documents_exists():
    targets = set(re.findall(r"^([a-z-]+):", (tree.ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        (tree.relative(path), target)
        for path in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {(path, target) for path, target in named if target not in targets} == set()


def test_every_module_started_in_the_documents_exists():
    started = {
        (tree.relative(path), module)
        for path in [*DOCUMENTS, tree.ROOT / "Makefile"]
        for module in re.findall(r"(?:python|\$\(PY\)) -m ([\w.]+)", path.read_text("utf-8"))
    }
    ours = {(path, module) for path, module in started if (tree.ROOT / module.split(".")[0]).is_dir()}
    assert [(path, module) for path, module in sorted(ours) if not _runs(module)] == []


def _runs(module: str) -> bool:
    place = tree.ROOT / module.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__main__.py").is_file()


@pytest.mark.parametrize("document", DOCUMENTS, ids=tree.relative)
def test_every_link_in_the_documents_leads_somewhere(document):
    text = document.read_text("utf-8")
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file) if file else document
        if not target.exists() or (anchor and anchor not in tree.headings(target.read_text("utf-8"))):
            dead.append(link)
    assert dead == []


def test_palettes_have_ten_colours():
    # plotly ignores a categorical palette of fewer, and the other two kinds must have exactly ten.
    config = tomllib.loads((tree.ROOT / ".streamlit/config.toml").read_text("utf-8"))
    palettes = dict(_palettes(config))
    assert palettes
    assert {name: len(colours) for name, colours in palettes.items() if len(colours) != 10} == {}


def _palettes(table, path=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _palettes(value, f"{path}{key}.")
        elif key.startswith("chart") and key.endswith("Colors"):
            yield f"{path}{key}", value


def test_every_text_is_translated(capsys):
    assert messages(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_page_there_is_and_no_other(readme):
    table = re.findall(r"^\| ([\u4e00-\u9fff]+)[^|]* \|", (tree.ROOT / readme).read_text("utf-8"), re.MULTILINE)
    assert [title for title in table if title not in {"页面", "设置"}] == [page.title for page in PAGES]
