"""Names, credit codes, addresses and telephones that nobody has: invented, marked, and outside every real range."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sample_data.cells import Column, coded, hidden, joined, numbered
from sample_data.draws import Bools, Ints
from sample_data.plan import Plan
from sample_data.registry import Registry

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_BODY_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # GB 11714-1997
_CODE_WEIGHTS = np.array([pow(3, n, 31) for n in range(17)])
_MARK = "演示"


def credit_codes(prefixes: Sequence[str], kind: Ints, region: str) -> Column:
    """Return a unified social credit code for every row, empty where ``prefixes[kind]`` is "".

    Both check digits are right; the region part ``region`` is one that no authority has, so that no code can be a
    real enterprise's. The body counts up and so never repeats.
    """
    heads = np.array([[ALPHABET.index(c) for c in (prefix or "91") + region] for prefix in prefixes])
    body = _body(np.arange(1, len(kind) + 1))
    code = np.hstack([heads[kind], body, _body_check(body)[:, None]])
    code = np.hstack([code, (-(code @ _CODE_WEIGHTS) % 31)[:, None]])
    letters = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)[code]
    empty = np.array([not prefix for prefix in prefixes])[kind]
    return hidden(_fixed_width(letters), empty)


def _body(numbers: Ints) -> Ints:
    """Return eight characters for each number: "M" and seven digits."""
    digits = numbers[:, None] // 10 ** np.arange(6, -1, -1) % 10
    return np.hstack([np.full((len(numbers), 1), ALPHABET.index("M")), digits])


def _body_check(body: Ints) -> Ints:
    """Return the check character of GB 11714 as a place in the alphabet: 11 − Σ mod 11, with 10 = X and 11 = 0."""
    # In GB 11714 a letter counts 10 for A … 35 for Z, so M, the only letter here, counts 22.
    values = np.where(body == ALPHABET.index("M"), 22, body)
    check = 11 - values @ _BODY_WEIGHTS % 11
    return np.where(check == 10, ALPHABET.index("X"), np.where(check == 11, 0, check))


def _fixed_width(letters: NDArray[np.uint8]) -> Column:
    rows, width = letters.shape
    offsets = (np.arange(rows + 1) * width).astype(np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)))


def enterprise_names(plan: Plan, registry: Registry, rng: np.random.Generator) -> Column:
    """Return names like 演示星渊水产商行: the mark, two invented syllables, a trade and a legal form."""
    words, rows = plan.words, len(registry)
    trades = [plan.words["trades"].get(section, ["综合"]) for section in registry.sections] + [["综合"]]
    forms = [words["forms"][t.code] for t in plan.entity_types]
    return joined(
        _MARK,
        coded(rng.integers(len(words["first"]), size=rows), words["first"]),
        coded(rng.integers(len(words["second"]), size=rows), words["second"]),
        _one_of(trades, registry.section, rng),
        _one_of(forms, registry.entity_type, rng),
    )


def _one_of(lists: Sequence[Sequence[str]], which: Ints, rng: np.random.Generator) -> Column:
    """Return for each row one entry of the list it names (-1 is the last list)."""
    lengths, flat = np.array([len(entries) for entries in lists]), [word for entries in lists for word in entries]
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return coded(first[which] + (rng.random(len(which)) * lengths[which]).astype(np.int64), flat)


def addresses(registry: Registry, rng: np.random.Generator) -> Column:
    """Return addresses in a street that exists nowhere; the town where it is known."""
    towns = [node.label.zh for node in registry.places.towns]
    town = coded(np.where(registry.town < 0, len(towns), registry.town), [*towns, ""])
    return joined(town, "演示路", numbered("", rng.integers(1, 999, len(registry)), 1), "号")


def contact_names(plan: Plan, rng: np.random.Generator, count: int) -> Column:
    """Return contacts as 甲某某: no person's name."""
    return joined(coded(rng.integers(len(plan.words["surnames"]), size=count), plan.words["surnames"]), "某某")


def telephones(plan: Plan, rng: np.random.Generator, empty: Bools) -> Column:
    """Return eleven-digit numbers of a range in which no telephone is, with empty cells where ``empty`` is true."""
    return hidden(numbered(plan.phone_prefix, rng.integers(10**8, size=len(empty)), 8), empty)
