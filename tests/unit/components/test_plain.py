"""A text of somebody else is shown letter by letter, not as Markdown."""

import re

import pytest

from components.plain import plain


@pytest.mark.parametrize(
    "text",
    ["![](https://example.org/x.png)", "[a](b)", ":red[x]", ":material/add:", "$x$", "`x`", "# x", "<b>", "a_b_c"],
)
def test_nothing_in_it_is_marked_up(text):
    escaped = plain(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)[!\[\]()`$#<>:_*|~]", escaped)


def test_lines_become_one():
    assert plain("a\n\n# b") == r"a \# b"
