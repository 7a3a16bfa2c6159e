"""Near-duplicate texts among refusals: what was written for this case, and what was pasted.

Texts are reduced to what could have been written by hand (NFKC, no digits, spaces, punctuation or names of banks;
the enterprise's own name is taken out before). Equal ones are counted; the few that are left over are compared with
RapidFuzz, whose similarity is one minus the Indel distance over the two lengths. Each is compared only with texts that
share one of its rarest pairs of characters, as a similar text must, and only until enough twins are found: the cost
grows with the number of texts and not with its square.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

SIMILAR = 0.85
TWINS = 3
_DROPPED = re.compile(r"[\W\d_]+")
_CHUNK = 64
# A bank or branch by the end of its name: two to four characters before it, as in 工商银行 or 城关支行.
_BANK_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?:农村商业银行|商业银行|农商银行|村镇银行|银行|农商行|信用社|分行|支行)")


def normalised(text: str) -> str:
    """Return ``text`` without digits, spaces and punctuation, in one width and lower case."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).lower()


def unnamed(text: str) -> str:
    """Return a normalised text without the names of banks and branches; one that is nothing else stays."""
    return _BANK_NAME.sub("", text) or text


def templated(texts: "pd.Series[str]", cases: "pd.Series[int]", similar: float = SIMILAR) -> "pd.Series[bool]":
    """Return for each normalised text whether at least ``TWINS`` other cases have it or nearly the same.

    ``texts`` are normalised, and ``cases`` tells how often each occurs; an empty one is missing, not templated. Index
    of ``texts``.
    """
    counts = cases[texts != ""].groupby(texts[texts != ""]).sum()
    known = np.asarray(counts.index, dtype=object)
    n: NDArray[np.int64] = np.asarray(counts, dtype=np.int64)
    enough = n > TWINS
    others: NDArray[np.int64] = n - np.int64(1)
    if (~enough).any():
        others = others + _near(known, n, ~enough, similar)
    judged = pd.Series(others >= TWINS, index=counts.index, dtype=bool)
    return texts.map(judged).eq(True)


def _near(
    texts: NDArray[np.object_], n: NDArray[np.int64], asked: NDArray[np.bool_], similar: float
) -> NDArray[np.int64]:
    """Return how many cases have a text that is not the same but similar, for the texts ``asked`` about (else 0).

    The count may stop short once it has reached ``TWINS``.
    """
    grams = [sorted({text[i : i + 2] for i in range(len(text) - 1)} or {text}) for text in texts]
    frequency = Counter(gram for found in grams for gram in found)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(grams):
        for gram in found:
            holders[gram].append(number)
    lengths = np.asarray([len(text) for text in texts])
    near = np.zeros(len(texts), dtype=np.int64)
    for number in map(int, np.flatnonzero(asked)):
        rarest = sorted(grams[number], key=lambda gram: (frequency[gram], gram))
        kept = rarest[: _needed(len(texts[number]), len(rarest), similar)]
        near[number] = _twins(number, [holders[gram] for gram in kept], texts, n, lengths, similar)
    return near


def _needed(length: int, grams: int, similar: float) -> int:
    """Return how many of a text's rarest pairs of characters a similar text must share at least one of.

    Each inserted or deleted character changes two pairs, and a similar text is at most (2 ÷ similar − 1) times as long
    (Ukkonen 1992, Theor. Comput. Sci. 92:191–211).
    """
    edits = int((1.0 - similar) * length * 2.0 / similar)
    return min(2 * edits + 1, grams)


def _twins(
    number: int, lists: Sequence[Sequence[int]], texts: NDArray[np.object_], n: NDArray[np.int64],
    lengths: NDArray[np.int64], similar: float,
) -> int:  # fmt: skip
    reach = similar / (2.0 - similar)
    low, high = lengths[number] * reach, lengths[number] / reach
    seen = {number}
    total: int = 0
    for holders in lists:
        fresh = [i for i in holders if i not in seen and low <= lengths[i] <= high]
        seen.update(fresh)
        for start in range(0, len(fresh), _CHUNK):
            part = fresh[start : start + _CHUNK]
            # The cut-off sets every lower score to 0.
            alike = process.cdist(
                [texts[number]], texts[part], scorer=Indel.normalized_similarity, score_cutoff=similar
            )
            total += sum(int(cases) for cases in n[part][alike[0] > 0])
            if total + n[number] > TWINS:
                return total
    return total
