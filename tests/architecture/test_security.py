"""The threat model tells the truth: every test it names exists, and every control has one."""

import ast
import re

from tests.architecture import tree

DOCUMENT = (tree.ROOT / "docs/security.md").read_text("utf-8")


def _tests() -> set[str]:
    parsed = [ast.parse(path.read_text("utf-8")) for path in (tree.ROOT / "tests").rglob("test_*.py")]
    return {node.name for file in parsed for node in file.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))
    assert len(named) > 50
    assert named - _tests() == set()


def test_every_threat_has_a_control_and_a_test():
    rows = re.findall(r"^\| (?!threat|---)(.+?) \| (.+?) \| (.*?) \|$", DOCUMENT, re.MULTILINE)
    assert len(rows) > 25
    assert [threat for threat, control, test in rows if not control.strip() or "`test_" not in test] == []


def test_every_sample_of_the_deployment_is_told_of():
    told = DOCUMENT + (tree.ROOT / "docs/deployment.md").read_text("utf-8")
    assert [path.name for path in (tree.ROOT / "deploy").iterdir() if f"deploy/{path.name}" not in told] == []
