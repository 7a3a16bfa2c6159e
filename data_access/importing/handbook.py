"""The page of import tables, ``docs/data.md``, written by ``python -m data_access.importing document``.

What holds for all tables is told in ``introduction.md`` beside this file; tables and rules come from the code.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data_access.importing.explaining import Explainer
from data_access.importing.messages import RULES
from data_access.importing.specs import ColumnSpec, Kind, TableSpec
from data_access.importing.tables import TABLES
from data_access.profile import Profile
from locales import translator

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "data.md"

_INTRODUCTION = Path(__file__).with_name("introduction.md")


def handbook(profile: Profile) -> str:
    """Return the text of ``docs/data.md``; the profile names the choices that rules mention."""
    explain = Explainer(profile, "en")
    tables = [_section(spec, explain) for spec in TABLES.values()]
    return "\n".join([_INTRODUCTION.read_text("utf-8"), _rules(), "## Tables\n", _overview(), *tables])


def _rules() -> str:
    t = translator("en")
    rows = [(f"`{name}`", t(rule.problem), t(rule.remedy), rule.effect.value) for name, rule in RULES.items()]
    return f"## Rules\n\n{_table(('rule', 'what is wrong', 'what to do', 'effect'), rows)}"


def _overview() -> str:
    rows = [
        (
            f"[{spec.title}](#{spec.title}-{spec.title_en.lower().replace(' ', '-')})",
            spec.title_en,
            spec.note_en,
            "、".join(spec.column(name).header for name in spec.key),
        )
        for spec in TABLES.values()
    ]
    return _table(("表", "table", "what", "key"), rows)


def _section(spec: TableSpec, explain: Explainer) -> str:
    rows = [
        (
            column.header,
            f"`{column.name}`",
            column.header_en,
            _kind(column, explain),
            "yes" if column.required else "",
            "; ".join(_notes(spec, column, explain)),
            "、".join(column.synonyms),
        )
        for column in spec.columns
    ]
    titles = ("表头", "column", "English header", "kind", "required", "rules", "同义表头")
    rules = "\n".join(f"- {rule}." for rule in explain.table_rules(spec))
    heading = f"### {spec.title} {spec.title_en}"
    return f"{heading}\n\n{spec.note_en}. Table `{spec.name}`.\n\n{rules}\n\n{_table(titles, rows)}"


def _kind(column: ColumnSpec, explain: Explainer) -> str:
    kind = explain.kind(column)
    if column.codes:
        return f"{kind}: list `{column.codes}`"
    return f"{kind}, level {column.level}" if column.level else kind


def _notes(spec: TableSpec, column: ColumnSpec, explain: Explainer) -> Iterator[str]:
    if column.note_en:
        yield column.note_en
    yield from explain.rules(spec, column)
    if column.personal:
        yield "personal information"
    if column.kind is Kind.RATE:
        yield "per cent"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
