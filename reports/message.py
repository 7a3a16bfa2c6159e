"""The short message (微信快报): what matters as plain text to paste."""

from locales import translator
from reports.edition import CITY, Audience, Edition


def message(edition: Edition, audience: Audience, lang: str) -> str:
    """Return the message: title, number and whom it is about, the overall sentences and the problems, the demo note."""
    t = translator(lang)
    said = [text for section in ("overall", "problems") for text in edition.sentences(audience, section, lang)]
    head = t("【{title} 第{number}期】").format(title=edition.title, number=edition.number)
    note = t("（演示数据）") if edition.facts["is_demo"] else ""
    whom = "" if audience.part == CITY else edition.name(audience.part, audience.code, lang) + t("：")
    joined = "".join(said) if lang == "zh" else " ".join(said)
    return f"{head}{note}\n{whom}{joined}\n"
