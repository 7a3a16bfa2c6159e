"""What meetings led to, where financial officers are, and what publicity reached: M63 to M69.

A meeting is judged by what followed within ``FOLLOW_UP_DAYS``, from the banks that were there; one whose days are
not yet over is shown and left out of every rate. Intent, approval and loan are three amounts that are never added. In
whatever covers several meetings an enterprise counts once and so does an approval that follows two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

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
    register = events[["event_id", "event_type", "theme", "held_on", "region_1", "state"]]
    a = attendances.merge(register.rename(columns={"region_1": "held_in"}), on="event_id")
    small = a["msme"] == 1
    a = a.assign(small=small, large=a["msme"] == 0, unsaid=a["msme"].isna(), stating=small & (a["intent"] > 0))
    pairs = pd.MultiIndex.from_frame(a[["event_id", "enterprise_id"]])
    for kind, name in (("approval", "won"), ("loan", "borrowed")):
        had = outcomes.loc[outcomes["kind"] == kind, ["event_id", "enterprise_id"]]
        a[name] = pairs.isin(pd.MultiIndex.from_frame(had)) & small
    a["due"] = a["stating"] & (a["state"] == State.MATURE)
    a["converted"] = a["due"] & a["won"]
    kept = ["event_id", "enterprise_id", "event_type", "theme", "held_in", "region_1", "small", "large", "due"]
    return Followed(a, outcomes.merge(a[kept], on=["event_id", "enterprise_id"]))


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
    a, o, keys = followed.attendances, followed.records, list(by)
    if not keys:
        a, o, keys = a.assign(whole=""), o.assign(whole=""), ["whole"]
    found = _people(a, keys).join([_sums(a, keys), _amounts(o, keys)], how="left").fillna(0.0)
    found["conversion"] = intent_conversion(found["converted"].to_numpy(), found["due"].to_numpy())
    found["fulfilment"] = intent_fulfilment(found["due_approved"].to_numpy(), found["due_intent"].to_numpy())
    return found.reset_index().drop(columns=[] if by else ["whole"])


def _people(a: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count enterprises, each once in a group."""
    flags = {
        "small": "msme", "large": "others", "unsaid": "unknown", "stating": "stating", "won": "approved",
        "borrowed": "borrowers", "due": "due", "converted": "converted",
    }  # fmt: skip
    each = a.groupby([*keys, "enterprise_id"])[list(flags)].any()
    grouped = each.groupby(level=keys)
    counted = grouped.sum().astype("float64").rename(columns=flags)
    return counted.assign(firms=grouped.size().astype("float64"))


def _sums(a: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add up what is stated at each meeting: attendances and intents."""
    intent = a["intent"]
    parts = a.assign(intent_all=intent, intent=intent.where(a["small"]), due_intent=intent.where(a["due"]))
    grouped = parts.groupby(keys)
    sessions = grouped["event_id"].nunique().astype("float64")
    sums = grouped[["intent", "intent_all", "due_intent"]].sum()
    return sums.assign(attendances=grouped.size().astype("float64"), sessions=sessions)


def _amounts(o: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add up approvals and loans, each record once in a group."""
    approval = o["kind"] == "approval"
    kept = {
        "approved_amount": approval & o["small"], "loan_amount": ~approval & o["small"],
        "due_approved": approval & o["due"], "approved_others": approval & o["large"],
    }  # fmt: skip
    sums = {}
    for name, rows in kept.items():
        once = o.loc[rows, [*keys, "record_id", "amount"]].drop_duplicates([*keys, "record_id"])
        sums[name] = once.groupby(keys)["amount"].sum()
    return pd.DataFrame(sums).rename_axis(keys)


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
