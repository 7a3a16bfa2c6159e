"""The short message (微信快报): the overall paragraph as plain text to paste."""

from locales import translator
from reports.edition import Audience, Edition


def message(edition: Edition, audience: Audience, lang: str) -> str:
    """Return the message: title and number, the overall sentences, then what comes next; ends with the demo note."""
    t = translator(lang)
    sections = ("banks", "problems") if audience.part == "bank" else ("overall", "problems")
    said = [text for section in sections for text in edition.sentences(audience, section, lang)]
    head = t("【{title} 第{number}期】").format(title=edition.title, number=edition.number)
    note = t("（演示数据）") if edition.facts["is_demo"] else ""
    joined = "".join(said) if lang == "zh" else " ".join(said)
    return f"{head}{note}\n{joined}\n"
