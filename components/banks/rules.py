"""What a city sets for its banks: how long a decision may take, what a reason must say, and from how many on."""

from components.context import Context
from components.reads import rules
from metrics.banks.reasons import TOLERANCE, fewest

FEWEST_PEERS = 5


def generic_codes(context: Context) -> tuple[str, ...]:
    """Return the codes of reasons that fit any refusal."""
    codes = context.profile.codes.get("reject_reason", ())
    return tuple(c.code for c in codes if c.attributes.get("generic") == "true")


def tolerance(context: Context) -> float:
    """Return the share of empty reasons that the city tolerates."""
    return float(context.profile.settings.get("rejection_empty_share", TOLERANCE))


def fewest_refusals(context: Context) -> int:
    """Return below how many refusals a bank's reasons are not judged."""
    return int(context.profile.settings.get("rejection_min_n", fewest()))


def fewest_peers(context: Context) -> int:
    """Return how many other banks a band must be made of, so that nobody can be guessed from it."""
    return int(context.profile.settings.get("peer_min_banks", FEWEST_PEERS))


def decision_days(context: Context) -> int:
    """Return how many days a bank has to decide."""
    return rules(context).decision_days
