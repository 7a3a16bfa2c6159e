"""Collecting texts from code, and what counts as a complete catalogue."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from scripts import messages

HEADER = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "zhanrong.po"
    path.write_text(
        HEADER + 'msgid "走访 {n} 户"\nmsgstr "{n} visited"\n\nmsgid "旧"\nmsgstr "old"\n', encoding="utf-8"
    )
    monkeypatch.setattr(messages, "catalogue_path", lambda _lang: path)
    return path


def test_texts_are_found_in_calls_of_t_and_in_marks(tmp_path):
    page = tmp_path / "pages" / "progress" / "overview.py"
    page.parent.mkdir(parents=True)
    page.write_text(
        'TITLE = N_("总览")\ncontext.t("走访 {n} 户").format(n=1)\nt(\n    "一行"\n    "又一行"\n)\nprint("不译")\n'
    )
    found = messages.texts(tmp_path)
    assert found.keys() == {"总览", "走访 {n} 户", "一行又一行"}
    assert found["总览"] == {"pages/progress/overview.py"}


def test_texts_outside_the_interface_are_left_alone(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "x.py").write_text('t("不是界面")')
    assert messages.texts(tmp_path) == {}


@pytest.mark.usefixtures("catalogue")
def test_a_complete_catalogue_has_no_problems():
    assert messages.problems("en", {"走访 {n} 户": {"a.py"}, "旧": {"a.py"}}) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "新"\nmsgstr ""\n', "not translated: 新"),
        ('#, fuzzy\nmsgid "新"\nmsgstr "new"\n', "fuzzy: 新"),
        ('msgid "新 {n}"\nmsgstr "new {m}"\n', "other placeholders"),
    ],
)
def test_an_incomplete_entry_is_named(catalogue, entry, fault):
    catalogue.write_text(HEADER + entry, encoding="utf-8")
    found = {"新": {"a.py"}, "新 {n}": {"a.py"}} if "{n}" in entry else {"新": {"a.py"}}
    assert any(fault in problem for problem in messages.problems("en", found))


@pytest.mark.usefixtures("catalogue")
def test_missing_and_unused_texts_are_named():
    assert messages.problems("en", {"走访 {n} 户": {"a.py"}, "新": {"a.py"}}) == [
        "en: not in the catalogue: 新",
        "en: no longer used: 旧",
    ]


def test_an_update_keeps_translations_adds_new_texts_and_drops_old_ones(catalogue):
    messages.update("en", {"走访 {n} 户": {"pages/a.py"}, "新": {"pages/b.py"}})
    with catalogue.open("rb") as file:
        written = read_po(file)
    assert {str(m.id): m.string for m in written if m.id} == {"走访 {n} 户": "{n} visited", "新": ""}
    assert written.obsolete == {}


def test_an_update_that_finds_nothing_new_changes_nothing(catalogue):
    found = {"走访 {n} 户": {"pages/a.py"}, "旧": {"pages/b.py"}}
    messages.update("en", found)
    once = catalogue.read_bytes()
    messages.update("en", found)
    assert catalogue.read_bytes() == once
