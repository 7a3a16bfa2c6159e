"""The page of import tables is the specs', and it is current."""

import re

from data_access.importing import FILE_TYPES
from data_access.importing import __main__ as command
from data_access.importing.handbook import DOCUMENT, handbook
from data_access.importing.messages import RULES
from data_access.importing.tables import TABLES


def test_the_document_is_current(zhanjiang):
    assert DOCUMENT.read_text("utf-8") == handbook(zhanjiang), "run python -m data_access.importing document"


def test_every_table_column_and_rule_is_in_it(zhanjiang):
    text = handbook(zhanjiang)
    for spec in TABLES.values():
        section = text.split(f"### {spec.title} {spec.title_en}\n")[1].split("\n### ")[0]
        assert all(f"| {column.header} | `{column.name}` |" in section for column in spec.columns)
    assert all(f"| `{rule}` |" in text for rule in RULES)


def test_the_command_writes_it(tmp_path, monkeypatch, zhanjiang):
    monkeypatch.setenv("ZHANRONG_PROFILE", str(zhanjiang.folder))
    monkeypatch.setattr(command, "DOCUMENT", tmp_path / "data.md")
    assert command.main(["document"]) == 0
    assert (tmp_path / "data.md").read_text("utf-8") == handbook(zhanjiang)


def test_the_page_names_every_kind_of_file_the_import_reads():
    files = DOCUMENT.read_text("utf-8").split("\n## Files\n")[1].split("\n- ")[1]
    assert set(re.findall(r"\.(\w+)", files)) | {"parquet"} == set(FILE_TYPES)
    assert "Parquet" in files
