"""Every rule has its words in every language, and what fills them is put into the reader's language."""

import ast
import re
from pathlib import Path

import pytest

from data_access import importing
from data_access.importing.messages import RULES, Describer
from data_access.importing.report import Step, StepCode
from locales import languages, translator

SOURCE = "\n".join(path.read_text("utf-8") for path in Path(importing.__file__).parent.glob("*.py"))


def test_every_rule_is_found_somewhere_and_every_found_rule_is_known():
    texts = {node.value for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Constant)}
    trees = {f"{kind}_{fault}" for kind in ("region", "industry") for fault in ("unknown", "ambiguous", "elsewhere")}
    assert RULES.keys() - texts - trees == set()
    used = set(re.findall(r'(?:Finding|RefusedError|Unreadable|Refusal)\(\s*(?:[\w.]+, "", )?"(\w+)"', SOURCE))
    assert used <= RULES.keys()


@pytest.mark.parametrize("lang", languages())
def test_every_text_is_translated(lang):
    t = translator(lang)
    texts = [text for rule in RULES.values() for text in (rule.problem, rule.remedy)]
    assert [text for text in texts if lang != "zh" and t(text) == text] == []


def test_names_are_put_into_the_readers_language(zhanjiang):
    detail = {"when": "outcome", "equals": "approved"}
    chinese, english = (
        Describer(zhanjiang, lang).message("not_positive", detail, "decisions") for lang in ("zh", "en")
    )
    assert str(chinese) == "“决定结果”为“批准”时应大于 0。请填写金额"
    assert str(english) == 'This should be above 0 where "Outcome" is "Approved". Enter the amount'


def test_choices_tables_and_columns_are_listed(zhanjiang):
    english = Describer(zhanjiang, "en")
    assert "On site, Telephone" in english.message("code_unknown", {"codes": "visit_mode"}, "visits").remedy
    missing = english.message("columns_missing", {"table": "visits", "columns": "mode,result"})
    assert missing.problem == 'It looks like "Visits", but required columns are missing: Mode, Result'
    assert "Visits, Loans" in english.message("table_ambiguous", {"tables": "visits,loans"}).problem
    assert Describer(zhanjiang, "zh").message("event_twice", {"columns": "bank,mode"}, "visits").problem == (
        "与另一行是同一件事（参与银行、走访方式 都相同）"
    )


def test_steps_name_their_file_or_table(zhanjiang):
    describe = Describer(zhanjiang, "zh")
    assert describe.step(Step(StepCode.READING, "a.xlsx")) == "读取 a.xlsx"
    assert describe.step(Step(StepCode.LOADING, "visits")) == "写入 走访记录"
    assert describe.step(Step(StepCode.DONE)) == "完成"
