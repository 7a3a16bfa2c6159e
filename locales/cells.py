"""Texts as cells of a spreadsheet: a text that a program would run as a formula is marked as one, in every file."""

import re

# What a text of ours is given, and what the import takes off again.
GUARD = "'"
# By the list of the Open Worldwide Application Security Project, with the full-width signs that count in East Asia.
STARTS = "=+\\-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"[{STARTS}]")
_NUMBER = re.compile(r"[+-][\d.,]+%?")


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet program runs it as a formula; a number written as text is at no risk."""
    return f"{GUARD}{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
