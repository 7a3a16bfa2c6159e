"""What meetings led to, where financial officers are, and what publicity reached: M63 to M69.

A meeting is judged by what followed within ``FOLLOW_UP_DAYS``, from the banks that were there; one whose days are
not yet over is shown and left out of every rate. Intent, approval and loan are three amounts that are never added. In
whatever covers several meetings an enterprise counts once and so does an approval that follows two of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.compute import Array, ratio

FOLLOW_UP_DAYS = 90
# A mean intent is out of line from this many times the median of the other meetings' means.
OUT_OF_LINE = 3.0
# How many of the largest participants explain a total.
LARGEST = 5


class State(StrEnum):
    """Where a meeting stands: yet to come, followed for less than the days it needs, or for all of them."""

    COMING = "coming"
    YOUNG = "young"
    MATURE = "mature"


def with_state(
    events: pd.DataFrame, as_of: date, days: int = FOLLOW_UP_DAYS, *, until: date | None = None
) -> pd.DataFrame:
    """Return ``events`` with ``state`` and ``observed``: the days followed so far, at most ``days`` (NaN: to come).

    ``until`` is the day up to which credit is reported, if that is before the as-of date.
    """
    last = min(as_of, until or as_of)
    held = np.array([day <= as_of for day in events["held_on"]], dtype=np.bool_)
    passed = np.array([max((last - day).days, 0) for day in events["held_on"]], dtype=np.float64)
    states = np.where(~held, State.COMING, np.where(passed < days, State.YOUNG, State.MATURE))
    observed = np.where(held, np.minimum(passed, float(days)), np.nan)
    return events.assign(state=states.astype(object), observed=observed)


@dataclass(frozen=True)
class Followed:
    """Attendances with what is true of each, and the records that followed, both with the columns of their meeting."""

    attendances: pd.DataFrame
    records: pd.DataFrame


def follow(events: pd.DataFrame, attendances: pd.DataFrame, outcomes: pd.DataFrame) -> Followed:
    """Return who attended ``events`` and what followed, ready to be summarised.

    ``events`` is the register with ``with_state``; ``attendances`` and ``outcomes`` as data_access.queries.events
    returns them. The place of a meeting becomes ``held_in``; ``region_1`` is the enterprise's.
    """
    register = events[["event_type", "theme", "held_on", "region_1", "state"]].rename(columns={"region_1": "held_in"})
    a = _beside(attendances, register, _numbered(events, ("event_id",)), ("event_id",))
    small = a["msme"] == 1
    won, borrowed = (_had(a, outcomes, kind) & small for kind in ("approval", "loan"))
    stating = small & (a["intent"] > 0)
    due = stating & (a["state"] == State.MATURE)
    a = a.assign(
        small=small, large=a["msme"] == 0, unsaid=a["msme"].isna(), stating=stating, won=won, borrowed=borrowed,
        due=due, converted=due & won,
    )  # fmt: skip
    kept = a[["event_type", "theme", "held_in", "region_1", "small", "large", "due"]]
    return Followed(a, _beside(outcomes, kept, _numbered(a, _PAIR), _PAIR))


_PAIR = ("event_id", "enterprise_id")


def _tuples(frame: pd.DataFrame, names: Sequence[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(frame[name].tolist() for name in names), strict=True))


def _numbered(frame: pd.DataFrame, names: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """Return the place of each row by what stands in its columns ``names``."""
    return {key: place for place, key in enumerate(_tuples(frame, names))}


def _beside(
    frame: pd.DataFrame, other: pd.DataFrame, numbered: Mapping[tuple[Any, ...], int], names: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of ``frame`` that ``numbered`` knows with the row of ``other`` there: a join of two small frames.

    pandas' own takes five times as long for them.
    """
    places = np.array([numbered.get(key, -1) for key in _tuples(frame, names)], dtype=np.intp)
    rows, found = frame[places >= 0].reset_index(drop=True), other.take(places[places >= 0]).reset_index(drop=True)
    return pd.concat([rows, found], axis=1)


def _had(a: pd.DataFrame, outcomes: pd.DataFrame, kind: str) -> NDArray[np.bool_]:
    """Return which attendances a record of ``kind`` follows."""
    known = set(_tuples(outcomes[outcomes["kind"] == kind], _PAIR))
    return np.array([pair in known for pair in _tuples(a, _PAIR)], dtype=np.bool_)


def summarise(followed: Followed, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return what the meetings of each group brought, or all of them as one row: M63 to M66.

    ``by`` names columns of the meeting (event_id, event_type, theme, held_in) or of the enterprise (region_1).
    Columns ``*by``, ``sessions`` (meetings attended by somebody of the group), ``attendances`` (户次), ``firms`` (户,
    each once), ``msme``, ``others``, ``unknown`` (户: small, not small, not said), and of the small ones:
    ``stating`` (户 with an intent), ``intent`` (yuan), ``approved`` and ``borrowers`` (户 within the follow-up),
    ``approved_amount`` and ``loan_amount`` (yuan, each record once), ``due`` and ``converted`` (户 with an intent at a
    meeting followed to the end, and those of them approved), ``due_intent`` and ``due_approved`` (yuan, likewise),
    ``conversion`` (M65) and ``fulfilment`` (M66) in per cent, NaN without a denominator. ``intent_all`` is
    everybody's, ``approved_others`` of those that are not small. Floats throughout.
    """
    a, o = followed.attendances, followed.records
    # pandas' grouping costs milliseconds a column, whatever the number of rows; numbered groups cost none.
    row_keys = _tuples(a, by) if by else [()] * len(a)
    keys = sorted(key for key in set(row_keys) if not any(pd.isna(part) for part in key))
    place = {key: number for number, key in enumerate(keys)}
    own = _Groups(np.array([place.get(key, -1) for key in row_keys], dtype=np.intp), len(keys))
    records = _Groups(
        np.array([place.get(key, -1) for key in (_tuples(o, by) if by else [()] * len(o))], dtype=np.intp), len(keys)
    )
    found = {name: np.array([key[i] for key in keys], dtype=object) for i, name in enumerate(by)}
    found |= _people(a, own) | _sums(a, own) | _amounts(o, records)
    found["conversion"] = intent_conversion(found["converted"], found["due"])
    found["fulfilment"] = intent_fulfilment(found["due_approved"], found["due_intent"])
    return pd.DataFrame(found).astype({name: a[name].dtype for name in by})


@dataclass(frozen=True, slots=True)
class _Groups:
    """The group of every row by number (-1: none), and how many groups there are."""

    codes: NDArray[np.intp]
    n: int

    def distinct(self, values: NDArray[np.intp], rows: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Count the different ``values`` (numbered from 0) of each group, among ``rows`` if given."""
        first = self.first(values, rows)
        return np.bincount(self.codes[first], minlength=self.n).astype(np.float64)

    def added(self, amounts: NDArray[np.float64], rows: NDArray[np.bool_] | NDArray[np.intp]) -> NDArray[np.float64]:
        """Add up the known ``amounts`` of ``rows`` in each group."""
        codes, known = self.codes[rows], np.nan_to_num(amounts[rows])
        sums = np.bincount(codes[codes >= 0], weights=known[codes >= 0], minlength=self.n)
        return sums.astype(np.float64)  # of no row at all they are whole numbers

    def first(self, values: NDArray[np.intp], rows: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
        """Return the first row of each different value in each group, among ``rows`` if given."""
        kept = np.flatnonzero(self.codes >= 0 if rows is None else (self.codes >= 0) & rows)
        width = int(values.max(initial=0)) + 1
        places: NDArray[np.intp] = kept[np.unique(self.codes[kept] * width + values[kept], return_index=True)[1]]
        return places


def _people(a: pd.DataFrame, groups: _Groups) -> dict[str, NDArray[Any]]:
    """Count enterprises, each once in a group."""
    flags = {
        "small": "msme", "large": "others", "unsaid": "unknown", "stating": "stating", "won": "approved",
        "borrowed": "borrowers", "due": "due", "converted": "converted",
    }  # fmt: skip
    who = pd.factorize(a["enterprise_id"])[0]
    counted = {name: groups.distinct(who, a[flag].to_numpy(dtype=np.bool_)) for flag, name in flags.items()}
    return counted | {"firms": groups.distinct(who)}


def _sums(a: pd.DataFrame, groups: _Groups) -> dict[str, NDArray[Any]]:
    """Add up what is stated at each meeting: attendances and intents."""
    intent, every = a["intent"].to_numpy(dtype=np.float64), np.ones(len(a), dtype=np.bool_)
    rows = {"intent": a["small"].to_numpy(dtype=np.bool_), "intent_all": every, "due_intent": a["due"].to_numpy()}
    sums = {name: groups.added(intent, kept) for name, kept in rows.items()}
    sessions = groups.distinct(pd.factorize(a["event_id"])[0])
    return sums | {"attendances": groups.added(every.astype(np.float64), every), "sessions": sessions}


def _amounts(o: pd.DataFrame, groups: _Groups) -> dict[str, NDArray[Any]]:
    """Add up approvals and loans, each record once in a group."""
    approval = (o["kind"] == "approval").to_numpy(dtype=np.bool_)
    small, large, due = (o[name].to_numpy(dtype=np.bool_) for name in ("small", "large", "due"))
    kept = {
        "approved_amount": approval & small, "loan_amount": ~approval & small, "due_approved": approval & due,
        "approved_others": approval & large,
    }  # fmt: skip
    which, amounts = pd.factorize(o["record_id"])[0], o["amount"].to_numpy(dtype=np.float64)
    return {name: groups.added(amounts, groups.first(which, rows)) for name, rows in kept.items()}


def intent_conversion(converted: Array, due: Array) -> Array:
    """Return M65 in per cent: of the small attendants with an intent, those approved in time; NaN where none is due."""
    return ratio(np.asarray(converted, np.float64), np.asarray(due, np.float64), 100.0)


def intent_fulfilment(approved: Array, intent: Array) -> Array:
    """Return M66 in per cent: what was approved in time ÷ what was intended; NaN where nothing was intended."""
    return ratio(np.asarray(approved, np.float64), np.asarray(intent, np.float64), 100.0)


# ---- amounts out of line --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IntentProfile:
    """How a meeting's intents are spread: ``n`` enterprises, yuan, and shares of the total in per cent.

    ``top`` is how many of the largest ``top_share`` belongs to; ``rest_mean`` the mean without them; ``others`` and
    ``others_share`` the enterprises that are not small and what they intend, ``small_mean`` the mean of the small
    ones (NaN without any); ``above_cap`` how many of the intents exceed the cap of inclusive lending.
    """

    n: int
    total: float
    mean: float
    median: float
    top: int
    top_share: float
    rest_mean: float
    others: int
    others_share: float
    small_mean: float
    above_cap: int


def intent_profile(attendances: pd.DataFrame, cap: float, largest: int = LARGEST) -> IntentProfile | None:
    """Return how the intents of one meeting are spread; None if nobody stated any."""
    stated = attendances[attendances["intent"] > 0].sort_values("intent", ascending=False)
    if stated.empty:
        return None
    amounts = stated["intent"].to_numpy(dtype=np.float64)
    total, top = float(amounts.sum()), min(largest, len(amounts))
    large = (stated["msme"] == 0).to_numpy()
    rest, small = amounts[top:], amounts[(stated["msme"] == 1).to_numpy()]
    return IntentProfile(
        n=len(amounts), total=total, mean=total / len(amounts), median=float(np.median(amounts)), top=top,
        top_share=100.0 * float(amounts[:top].sum()) / total, rest_mean=float(rest.mean()) if len(rest) else np.nan,
        others=int(large.sum()), others_share=100.0 * float(amounts[large].sum()) / total,
        small_mean=float(small.mean()) if len(small) else np.nan,
        above_cap=int((amounts > cap).sum()),
    )  # fmt: skip


def out_of_line(means: "pd.Series[float]") -> NDArray[np.bool_]:
    """Return which meetings' mean intent is ``OUT_OF_LINE`` times the median of the others' means or more.

    False where a mean is unknown or fewer than two others are known.
    """
    values = means.to_numpy(dtype=np.float64)
    found = np.zeros(len(values), dtype=np.bool_)
    for place, value in enumerate(values):
        others = np.delete(values, place)
        others = others[~np.isnan(others)]
        found[place] = len(others) >= 2 and value >= OUT_OF_LINE * np.median(others)
    return found


# ---- what followed where --------------------------------------------------------------------------------------------


def before_and_after(
    daily: pd.DataFrame, held_on: date, start: date, as_of: date, days: int = FOLLOW_UP_DAYS
) -> dict[str, float]:
    """Return what happened in a place in the days before a meeting and after it, from daily counts.

    ``daily`` has ``day`` and ``n``. ``before`` and ``after`` (the day itself is after), ``days_before`` and
    ``days_after``: fewer than ``days`` where the programme began later or the as-of date comes sooner. Says what
    happened at the same time, not what the meeting did.
    """
    day = pd.to_datetime(daily["day"]).dt.date
    first, last = max(start, held_on - timedelta(days)), min(as_of, held_on + timedelta(days - 1))
    before = daily.loc[(day >= first) & (day < held_on), "n"].sum()
    after = daily.loc[(day >= held_on) & (day <= last), "n"].sum()
    return {
        "before": float(before), "after": float(after),
        "days_before": float((held_on - first).days), "days_after": float(max((last - held_on).days + 1, 0)),
    }  # fmt: skip


# ---- officers and publicity -----------------------------------------------------------------------------------------


def staff_coverage(covered: Array, places: Array) -> Array:
    """Return M67 in per cent: places with an officer ÷ places; NaN where there is no place."""
    return ratio(np.asarray(covered, np.float64), np.asarray(places, np.float64), 100.0)


def served_per_officer(served: Array, officers: Array) -> Array:
    """Return M68: enterprises served ÷ officers; NaN without an officer, or where nobody reported whom they served."""
    return ratio(np.asarray(served, np.float64), np.asarray(officers, np.float64))


def reach(publications: pd.DataFrame) -> pd.DataFrame:
    """Return M69 by channel: ``items``, ``copies``, ``views`` (floats; NaN where no item of the channel says)."""
    grouped = publications.groupby("channel", sort=False)
    sums = grouped[["copies", "views"]].sum(min_count=1)
    return sums.assign(items=grouped.size().astype("float64")).reset_index()[["channel", "items", "copies", "views"]]
