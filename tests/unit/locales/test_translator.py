"""The translator and the catalogues: complete, and with the same placeholders as the Chinese text."""

import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from locales import N_, catalogue_path, languages, translator


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_chinese_is_its_own_translation() -> None:
    assert translator("zh")("走访户数") == "走访户数"


def test_a_language_without_catalogue_reads_chinese() -> None:
    assert translator("xx")("走访户数") == "走访户数"


def test_english_translates_and_leaves_unknown_text_alone() -> None:
    t = translator("en")
    assert t("必填项为空") == "A required cell is empty"
    assert t("从未翻译过的文字") == "从未翻译过的文字"
    assert t("") == ""


def test_marking_changes_nothing() -> None:
    assert N_("走访户数") == "走访户数"


def test_english_quotes_are_straight() -> None:
    """A Chinese font, which stands first, draws the curly ones as wide as a character."""
    with catalogue_path("en").open("rb") as file:
        curly = [str(message.string) for message in read_po(file) if re.search("[“”‘’]", str(message.string))]
    assert not curly


def test_english_is_a_language() -> None:
    assert languages()[0] == "zh"
    assert "en" in languages()


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "zh"])
def test_every_translation_keeps_the_placeholders(lang: str) -> None:
    with catalogue_path(lang).open("rb") as file:
        messages = [m for m in read_po(file) if m.id and m.string]
    wrong = [m.id for m in messages if _placeholders(str(m.id)) != _placeholders(str(m.string))]
    assert not wrong
