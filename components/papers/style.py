"""How official Chinese writes numbers in running text: no separators, no spaces, ten thousands as 万."""

import re

_TEN_THOUSAND = 10_000
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{5,})(?= ?(?:户|笔|件|家|人))")
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3})")
_WIDE = "\u3000-\u9fff\uff00-\uffef“”"
_SPACE = re.compile(rf"(?<=[{_WIDE}]) +| +(?=[{_WIDE}])")


def official(text: str) -> str:
    """Return a Chinese sentence as official papers write it: "累计走访 421,404 户" becomes "累计走访42.14万户".

    Counts from ten thousand on are given in 万 with two decimals; the tables beside the text have them in full.
    """
    return _SPACE.sub("", _SEPARATOR.sub("", _COUNT.sub(_in_ten_thousands, text)))


def _in_ten_thousands(found: re.Match[str]) -> str:
    n = int(found.group().replace(",", ""))
    return f"{n / _TEN_THOUSAND:.2f}万" if n >= _TEN_THOUSAND else str(n)
