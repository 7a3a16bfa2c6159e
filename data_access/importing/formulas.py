"""Cells of XLSX workbooks whose formula has no result: error values, and formulas that were never calculated.

The workbook reader hands both over as blank cells. Taken for blanks they would silently lose what the sender meant, so
they are looked for in the sheets' XML. Only a sheet in which one occurs is parsed.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self
from zipfile import ZipFile

from data_access.importing.guards import column_number
from data_access.importing.markup import local, parser

# Stands for the result of a formula that the program which wrote the file never calculated.
UNCALCULATED = "#FORMULA!"

# By row and column, both counted from 0: the text to show in the cell.
Marks = Mapping[int, Mapping[int, str]]

_CHUNK = 1 << 20
# Longer than anything the patterns match, so that nothing is missed between two chunks.
_OVERLAP = 1 << 10
# What an error value, a formula and a formula shared with another cell cannot be written without. Looked for first, as
# fixed strings are found many times faster than patterns.
_ERROR, _FORMULA, _SHARED = (b'"e"', b"'e'"), b"f>", (b"<f ", b":f ")
_NO_RESULT = rb"\s*(?:</(?:\w+:)?c\b|<(?:\w+:)?v\s*(?:/>|>\s*</))"
_FORMULA_ALONE = re.compile(rb"f>" + _NO_RESULT)
_SHARED_ALONE = re.compile(rb"[<:]f [^<>]*/>" + _NO_RESULT)
_COLUMN = re.compile("[A-Za-z]+")
_ID = re.compile("(?:.*:)?id")


class Formulas:
    """The formulas without a result in the sheets of one XLSX file, which stays open for the ``with`` block.

    Raises ``BadZipFile``, ``ExpatError`` or ``KeyError`` where the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._file = ZipFile(path)
        # Some programs write backslashes or another case than the one they refer to.
        self._parts = {_plain(name): name for name in self._file.namelist()}
        self._sheets = self._targets()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def without_result(self, sheet: str) -> Marks:
        """Return where the formulas of the sheet called ``sheet`` have no result, with the text to show there."""
        part = self._sheets[sheet]
        with self._open(part) as file:
            if not _suspect(file):
                return {}
        search = _Search()
        with self._open(part) as file:
            parser(search.start, search.end, search.text).ParseFile(file)
        return search.found

    def _open(self, part: str) -> IO[bytes]:
        return self._file.open(self._parts[_plain(part)])

    def _targets(self) -> dict[str, str]:
        """Return the path of every sheet in the file."""
        targets = {
            about["Id"]: about["Target"] for about in self._elements("xl/_rels/workbook.xml.rels", "Relationship")
        }
        found = {}
        for about in self._elements("xl/workbook.xml", "sheet"):
            target = targets[next(about[name] for name in about if _ID.fullmatch(name))]
            absolute = target.startswith(("/", "xl/"))
            found[about["name"]] = target.lstrip("/") if absolute else f"xl/{target}"
        return found

    def _elements(self, part: str, name: str) -> list[dict[str, str]]:
        """Return the attributes of every element called ``name``."""
        found: list[dict[str, str]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == name:
                found.append(attributes)

        with self._open(part) as file:
            parser(start).ParseFile(file)
        return found


class _Search:
    """Follows the elements of a sheet and collects the cells whose formula has no result."""

    def __init__(self) -> None:
        self.found: dict[int, dict[int, str]] = {}
        self._row = self._column = -1
        self._kind = self._value = ""
        self._seen: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local(tag):
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                place = _COLUMN.match(attributes.get("r", ""))
                self._column = column_number(place[0]) - 1 if place else self._column + 1
                self._kind, self._value, self._seen = attributes.get("t", "n"), "", set()
            case name:
                self._seen.add(name)

    def text(self, text: str) -> None:
        if "v" in self._seen:
            self._value += text

    def end(self, tag: str) -> None:
        if local(tag) != "c":
            return
        value = self._value.strip()
        if self._kind == "e":
            self.found.setdefault(self._row, {})[self._column] = value or UNCALCULATED
        elif "f" in self._seen and not value and not self._is_blank_text():
            self.found.setdefault(self._row, {})[self._column] = UNCALCULATED
        self._seen = set()

    def _is_blank_text(self) -> bool:
        """Tell a formula that was calculated and gave a text, be it the empty one, which is a blank cell."""
        return "is" in self._seen or (self._kind == "str" and "v" in self._seen)


def _suspect(file: IO[bytes]) -> bool:
    """Tell whether a sheet may have a formula without a result, without parsing it."""
    rest = b""
    while chunk := file.read(_CHUNK):
        text = rest + chunk
        if (
            any(error in text for error in _ERROR)
            or (_FORMULA in text and _FORMULA_ALONE.search(text))
            or (any(shared in text for shared in _SHARED) and _SHARED_ALONE.search(text))
        ):
            return True
        rest = chunk[-_OVERLAP:]
    return False


def _plain(path: str) -> str:
    return path.replace("\\", "/").casefold()
