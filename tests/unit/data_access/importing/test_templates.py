"""Blank workbooks: recognised by the import as what they are, and with choices, notes and the profile's own words."""

import io
from dataclasses import replace

import openpyxl
import pytest

from data_access.importing.headers import Recogniser
from data_access.importing.reading import read_grids
from data_access.importing.sheets import read_sheets
from data_access.importing.tables import TABLES
from data_access.importing.templates import template_workbook, write_templates
from data_access.profile import Code, Label


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_template_is_recognised_and_holds_no_rows(zhanjiang, tmp_path, lang):
    recogniser = Recogniser(TABLES.values(), zhanjiang)
    paths = write_templates(zhanjiang, tmp_path, lang)
    assert len(paths) == len(TABLES)
    for path, name in zip(paths, TABLES, strict=True):
        sheets, refusals = read_sheets(path, recogniser, None)
        assert [sheet.layout.spec.name for sheet in sheets] == [name]
        assert refusals == []
        assert len(sheets[0].row_numbers) == 0
        assert sheets[0].layout.sources.keys() == {column.name for column in TABLES[name].columns}


def test_a_template_offers_choices_and_explains_its_columns(zhanjiang):
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(zhanjiang, ["visits", "decisions"], "zh")))
    assert book.sheetnames == ["走访记录", "授信决定", "填表说明", "选项"]
    assert book["选项"].sheet_state == "hidden"
    visits, decisions = book["走访记录"], book["授信决定"]
    headers = {cell.value: cell for cell in (*visits[1], *decisions[1])}
    assert headers["授信金额（元）"].comment.text.startswith("金额\n0 至 10,000,000,000")
    assert "“决定结果”为“批准”时必须大于 0" in headers["授信金额（元）"].comment.text
    assert "不晚于今天" in headers["走访日期"].comment.text
    assert visits.column_dimensions["A"].number_format == "@"
    lists = [rule.formula1 for rule in visits.data_validations.dataValidation]
    assert any(formula.startswith("'选项'!$") for formula in lists)
    modes = [cell.value for column in book["选项"].columns for cell in column]
    assert {"现场", "电话"} <= set(modes)


def test_a_template_speaks_the_profiles_language(foreign, tmp_path):
    paths = write_templates(foreign, tmp_path, "en")
    assert "Grids.xlsx" not in {path.name for path in paths}
    headers = read_grids(tmp_path / "Enterprises.xlsx")[0].head(1)[0]
    assert "Parish" in headers
    assert "Quarter" in headers
    assert "Revenue (EUR)" in headers
    assert "Grid" not in headers


def test_a_choice_that_begins_like_a_formula_stays_a_text(zhanjiang):
    hostile = Code("x", Label("=1+1", "=1+1"))
    profile = replace(zhanjiang, codes={**zhanjiang.codes, "visit_mode": (hostile,)})
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(profile, ["visits"], "zh")))
    found = [cell for row in book["选项"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in found] == ["s"]
