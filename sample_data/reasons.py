"""What banks write when they refuse: complete reasons, short ones, and the same empty phrase over and over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np

_NUMBERS = {
    "small": (2, 9),
    "days": (12, 95),
    "amount": (3, 88),
    "month": (1, 6),
    "share": (22, 86),
    "high": (71, 97),
    "serial": (1000, 9999),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal as the bank's file carries it; None is an empty cell, ``signed`` says whether it names the officer."""

    code: str | None
    text: str | None
    standard: int | None = None
    remedy: str | None = None
    condition: str | None = None
    signed: bool = False


@dataclass(frozen=True)
class Clerk:
    """Somebody who writes refusals from the phrases of the plan (``reasons`` in ``demo.toml``)."""

    phrases: Mapping[str, Any]
    rng: np.random.Generator

    def write(self, style: str, care: float = 0.5) -> Reason:
        """Return a refusal.

        "good" has every element and tells the case, "pasted" has every element and the same paragraphs for everybody,
        "fair" has some of them, the more the more ``care`` (0 to 1) is taken, "thin" one phrase for everybody.
        """
        match style:
            case "good":
                return self._good()
            case "pasted":
                return self._good(pasted=True)
            case "fair" if not self._sometimes(0.10):
                return self._fair(care)
            case _:
                return self._thin()

    def _good(self, *, pasted: bool = False) -> Reason:
        case = self._drawn(self.phrases["cases"])
        if self._sometimes(0.08):  # nobody is thorough every time
            return Reason(case["code"], case["short"], case["standard"], signed=True)
        told = self._one(self.phrases["standard"]) if pasted else self._told(case)
        condition = f"{self._one(case['conditions'])}可再申请"
        text = f"第{case['standard']}项标准未达到：{told}"
        return Reason(case["code"], text, case["standard"], self._one(case["remedies"]), condition, signed=True)

    def _fair(self, care: float) -> Reason:
        case = self._drawn(self.phrases["cases"])
        text = case["short"]
        if self._sometimes(0.5 + 0.45 * care):
            told = self._told(case) if self._sometimes(0.45 + 0.5 * care) else self._one(case["facts"])
            text = f"{text}：{told}"
        return Reason(
            case["code"],
            text,
            case["standard"] if self._sometimes(0.65) else None,
            self._one(case["remedies"]) if self._sometimes(0.2 + 0.6 * care) else None,
            f"{self._one(case['conditions'])}可再申请" if self._sometimes(0.6 * care) else None,
            signed=self._sometimes(0.75),
        )

    def _told(self, case: Mapping[str, Any]) -> str:
        """Return what was found in this case, in words that hardly another case has."""
        return "；".join((self._one(case["facts"]), self._one(case["details"]), self._one(self.phrases["found"])))

    def _thin(self) -> Reason:
        text = self._drawn(self.phrases["generic"])["text"]
        code = "other" if text in {"其他", ""} else "score"
        return Reason(None if not text and self._sometimes(0.5) else code, text or None, signed=self._sometimes(0.2))

    def _sometimes(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def _drawn(self, entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        shares = np.cumsum([entry["share"] for entry in entries])
        return entries[int(np.searchsorted(shares, self.rng.random() * shares[-1], side="right"))]

    def _one(self, texts: Sequence[str]) -> str:
        """Return one of the texts with its numbers filled in."""
        text = texts[int(self.rng.integers(len(texts)))]
        names = sorted({name for _, name, _, _ in Formatter().parse(text) if name})
        return text.format(**{name: int(self.rng.integers(*_NUMBERS[name])) for name in names})
