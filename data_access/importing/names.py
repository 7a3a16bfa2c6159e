"""Names into codes: code lists, banks, and the trees of regions and industries, in the spellings workbooks use."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from data_access.importing.values import BLANKS, Unreadable, key
from data_access.profile import Bank, Code, Label, Node, Profile

# Endings that people leave out or add, longest first.
_REGION_SUFFIXES = (
    "街道办事处", "村民委员会", "居民委员会", "办事处", "村委会", "居委会", "街道办", "街道",
    "社区", "自治县", "网格", "市", "县", "区", "镇", "乡", "村",
)  # fmt: skip
_BANK_REST = re.compile(
    r"(股份)?(有限)?(责任)?(公司)?(.{0,20}(总行|分行|支行|营业部|营业室|分理处|信用社|联社|网点|分公司))?"
)


def _labels(label: Label) -> Iterator[str]:
    yield from filter(None, (label.zh, label.en, label.short_zh, label.short_en))


def money_units(profile: Profile) -> dict[str, float]:
    """Return what one of each unit of money is in the base unit: the usual Chinese units and the profile's own."""
    own = {key(name): scale for scale, zh, en in profile.currency.units for name in (zh, en) if key(name)}
    return {"元": 1.0, "千元": 1e3, "万元": 1e4, "万": 1e4, "百万元": 1e6, "亿元": 1e8, "亿": 1e8} | own


class CodeBook:
    """One code list: finds a code by itself, its labels or its synonyms."""

    def __init__(self, codes: Sequence[Code]) -> None:
        self._codes = {key(name): c.code for c in codes for name in (*c.synonyms, *_labels(c.label), c.code)}

    def find(self, text: str) -> str | Unreadable | None:
        """Return the code that ``text`` means."""
        found = self._codes.get(key(text))
        return found or (None if text.casefold() in BLANKS else Unreadable("code_unknown"))

    def find_all(self, text: str) -> str | Unreadable | None:
        """Return the codes that ``text`` lists, sorted, in the stored form ";a;b;"."""
        found = [self.find(part) for part in re.split(r"[;；,，、|/]", text) if part.strip()]
        wrong = next((part for part in found if isinstance(part, Unreadable)), None)
        codes = sorted({part for part in found if isinstance(part, str)})
        return wrong or (f";{';'.join(codes)};" if codes else None)


class BankBook:
    """The profile's banks: finds one by code, name or alias, also when a branch is named after the bank."""

    def __init__(self, banks: Iterable[Bank]) -> None:
        self._banks = {key(name): b.code for b in banks for name in (*b.aliases, *_labels(b.label), b.code)}
        self._longest_first = sorted(self._banks, key=len, reverse=True)

    def find(self, text: str) -> str | Unreadable | None:
        """Return the code of the bank that ``text`` names."""
        name = key(text)
        if name in self._banks:
            return self._banks[name]
        if name in BLANKS:
            return None
        for known in self._longest_first:
            if len(known) > 3 and name.startswith(known) and _BANK_REST.fullmatch(name, len(known)):
                return self._banks[known]
        return Unreadable("bank_unknown")


class TreeBook:
    """A tree of regions or industries: finds a node of a level by code or name, below a parent where it is known."""

    def __init__(self, kind: str, nodes: Iterable[Node], *, root: Label | None = None) -> None:
        self.kind = kind
        self._node = {key(node.code): node for node in nodes}
        self._root = tuple(sorted(map(key, _labels(root)), key=len, reverse=True)) if root else ()
        self._named: Mapping[tuple[int, str], list[Node]] = defaultdict(list)
        for node in self._node.values():
            for name in {k for text in (*node.aliases, *_labels(node.label)) for k in self._keys(text)}:
                self._named[node.level, name].append(node)

    def has_level(self, level: int) -> bool:
        """Tell whether the tree has any node at ``level``."""
        return any(node.level == level for node in self._node.values())

    def resolve(self, cells: Sequence[str | None]) -> list[str | Unreadable | None]:
        """Return the codes for the cells of one row, level 1 first; an empty upper level is filled from below it.

        A sheet with one column often names the finer level in it: what is no name of the column's own level, but of
        exactly one node below, is that node.
        """
        found: list[str | Unreadable | None] = []
        parent = ""
        for level, cell in enumerate(self._moved_down(cells), start=1):
            code = None if cell is None or key(cell) in BLANKS else self._find(level, key(cell), parent)
            parent = code if isinstance(code, str) else parent
            found.append(code)
        for ancestor in self._ancestors(parent):
            if found[ancestor.level - 1] is None:
                found[ancestor.level - 1] = ancestor.code
        return found

    def _moved_down(self, cells: Sequence[str | None]) -> Sequence[str | None]:
        """Return the cells with a name or code that stands alone, some levels too high, put at its own level."""
        written = [(level, cell) for level, cell in enumerate(cells, start=1) if cell and key(cell) not in BLANKS]
        if len(written) != 1:
            return cells
        level, cell = written[0]
        own = self._own_level(level, key(cell), len(cells))
        return [cell if number == own else None for number in range(1, len(cells) + 1)] if own > level else cells

    def _own_level(self, level: int, name: str, deepest: int) -> int:
        """Return the level a code is of, or the first from ``level`` on with one such name; ``level`` if none has."""
        for code in self._codes(name):
            if node := self._node.get(code):
                return min(node.level, deepest)
        if self._candidates(level, name, ""):
            return level
        return next((n for n in range(level + 1, deepest + 1) if len(self._candidates(n, name, "")) == 1), level)

    def _find(self, level: int, name: str, parent: str) -> str | Unreadable:
        everywhere = self._candidates(level, name, parent)
        below = [node for node in everywhere if not parent or parent in {n.code for n in self._ancestors(node.code)}]
        if len(below) == 1:
            return below[0].code
        if below:
            return Unreadable(f"{self.kind}_ambiguous")
        return Unreadable(f"{self.kind}_elsewhere" if everywhere else f"{self.kind}_unknown")

    def _candidates(self, level: int, name: str, parent: str) -> list[Node]:
        for code in self._codes(name):
            # The code of a finer level stands for the node above it at this level.
            if at_level := [node for node in self._ancestors(code) if node.level == level]:
                return at_level
        for spelling in (name, *self._without_ancestors(name, parent)):
            for k in self._keys(spelling):
                if found := self._named.get((level, k)):
                    return found
        return []

    def _codes(self, name: str) -> Iterator[str]:
        """Yield the codes that ``name`` may be: itself, or a longer code of a finer level or with filling zeros."""
        yield name
        if self.kind == "industry":
            digits = name.lstrip("abcdefghijklmnopqrst")
            if digits.isascii() and digits.isdigit():
                yield from (digits[:length] for length in range(len(digits), 0, -1))
        elif name.isascii() and name.isdigit():
            yield re.sub("(000)+$", "", name)

    def _keys(self, text: str) -> Iterator[str]:
        """Yield the forms in which a name is compared: as it is, then without its administrative ending."""
        name = key(text)
        yield name
        if self.kind == "region":
            ending = next((s for s in _REGION_SUFFIXES if name.endswith(s) and len(name) > len(s) + 1), "")
            yield name.removesuffix(ending)

    def _without_ancestors(self, name: str, parent: str) -> Iterator[str]:
        """Yield ``name`` without the names of the city and the parent that people write before it."""
        rest = name
        for root in self._root:
            if root in rest[:-1]:
                rest = rest.split(root, 1)[1].lstrip("市/-·")
                yield rest
                break
        for ancestor in reversed(list(self._ancestors(parent))):
            for above in sorted(map(key, (*ancestor.aliases, *_labels(ancestor.label))), key=len, reverse=True):
                if rest.startswith(above) and len(rest) > len(above):
                    rest = rest.removeprefix(above).lstrip("/-·")
                    yield rest
                    break

    def _ancestors(self, code: str) -> Iterator[Node]:
        """Yield the node and the nodes above it, upwards."""
        node = self._node.get(key(code))
        while node:
            yield node
            node = self._node.get(key(node.parent)) if node.parent else None


class Books:
    """Everything that turns a name of the profile, or of the grids in the store, into its code."""

    def __init__(self, profile: Profile, grids: Iterable[Node] = ()) -> None:
        self.codes = {name: CodeBook(codes) for name, codes in profile.codes.items()}
        self.banks = BankBook(profile.banks)
        self.regions = TreeBook("region", (*profile.regions, *grids), root=profile.label)
        self.industries = TreeBook("industry", profile.industries)
        self.units = money_units(profile)

    def code_list(self, name: str) -> CodeBook:
        """Return a code list; one that the profile lacks knows no code."""
        return self.codes.get(name) or CodeBook(())
