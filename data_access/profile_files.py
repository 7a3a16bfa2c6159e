"""The CSV files of a profile folder: how they are read, and how a wrong cell is reported."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class ProfileError(Exception):
    """A profile folder cannot be used; the message names file, row, column and value, and what to write there."""


def rows(folder: Path, name: str, *, optional: bool = False) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the folder by header; none for an ``optional`` file that is not there."""
    path = folder / name
    if not path.exists():
        if optional:
            return []
        raise ProfileError(f"{path}: 没有这个文件")
    return list(csv.DictReader(io.StringIO(_text(path), newline="")))


def _text(path: Path) -> str:
    """Return the text of a CSV file in UTF-8, or in GB18030 as spreadsheet programs in China save it."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ProfileError(f"{path}: 既不是 UTF-8 也不是 GB18030 编码，请另存为 CSV UTF-8")


def checked(
    folder: Path, name: str, build: Callable[[Mapping[str, str]], T], *, optional: bool = False
) -> tuple[T, ...]:
    """Return one object for each row; a wrong cell is reported with its file, row and what was expected."""
    built = []
    for number, row in enumerate(rows(folder, name, optional=optional), start=2):
        try:
            built.append(build(row))
        except KeyError as error:
            raise ProfileError(f"{folder / name}: 第 {number} 行缺少列 {error.args[0]}") from error
        except ValueError as error:
            raise ProfileError(f"{folder / name}: 第 {number} 行：{error}") from error
    return tuple(built)
