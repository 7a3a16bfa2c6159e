"""Why an edition cannot be written or opened, in the reader's language, with the remedy."""

from data_access.editions import EditionError
from locales import Translator


def edition_sentence(error: EditionError, t: Translator) -> str:
    """Return what a reader is told."""
    known = {
        "number": t("这个期号已经用过：换一个期号。已冻结的一期不会改动"),
        "title": t("请填写标题"),
        "missing": t("没有这一期：先冻结一期，或从列表里选择"),
        "changed": t("这一期的内容与冻结时不符，可能被人在库中改动过：不再据此出材料，请从备份恢复"),
        "counts": t("这一期冻结时没有另存隐去小数目的一份，您的角色不能打开：请专班重新冻结一期"),
        "audience": t("没有这个对象：用 city、region:代码 或 bank:代码"),
    }
    return known.get(error.code, error.code)
