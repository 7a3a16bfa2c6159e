"""Texts of the interface can be found by the extraction, and none is left in one language only."""

import ast
import re

import pytest

from tests.architecture import tree

INTERFACE = tree.code("components", "pages", "charts") + tree.files("app.py", "asgi.py")
# Papers also hold the names of fonts and forms of numbers, which are not texts.
PAPERS = tree.code("reports")


def calls_inside_f_strings(module):
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            for call in ast.walk(node):
                name = getattr(getattr(call, "func", None), "id", "") or getattr(
                    getattr(call, "func", None), "attr", ""
                )
                if isinstance(call, ast.Call) and name == "t":
                    yield call.lineno


@pytest.mark.parametrize("path", INTERFACE + PAPERS, ids=tree.relative)
def test_no_text_hides_in_an_f_string(path):
    # Babel reads an f-string as one token before Python 3.12, so that a text inside would never be translated.
    assert list(calls_inside_f_strings(tree.syntax(path))) == []


@pytest.mark.parametrize("path", INTERFACE, ids=tree.relative)
def test_every_chinese_text_is_marked_for_translation(path):
    marked, found = set(), {}
    for node in ast.walk(tree.syntax(path)):
        if isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in {
            "t",
            "N_",
        }:
            marked |= {id(argument) for argument in node.args}
    documented = {id(n.value) for n in ast.walk(tree.syntax(path)) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree.syntax(path)):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in marked | documented and re.search(r"[\u4e00-\u9fff]{2,}", node.value):
            found[node.lineno] = node.value
    allowed = {
        "app.py": {"湛融 Zhanrong"},
        "components/tools.py": {"中文"},
        "components/papers/words.py": {"一二三四五六七八九十"},
        "components/frame.py": set(found.values()),
    }
    assert set(found.values()) - allowed.get(tree.relative(path), set()) == set()
