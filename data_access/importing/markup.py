"""XML of workbooks, parsed so that a file cannot make the parser fetch or multiply anything."""

from collections.abc import Callable
from xml.parsers import expat

from data_access.importing.report import RefusedError


def parser(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """Return a parser that calls these for every element; it raises ``RefusedError`` at a document type.

    No workbook has one, and entities, which can be nested until they fill the memory or name a file of the server, are
    declared nowhere else.
    """
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartElementHandler, made.EndElementHandler, made.CharacterDataHandler = start, end, text
    made.StartDoctypeDeclHandler = _refuse
    return made


def local(tag: str) -> str:
    """Return an element's name without its prefix."""
    return tag.rpartition(":")[2]


def _refuse(*_declared: object) -> None:
    raise RefusedError("file_entities")
