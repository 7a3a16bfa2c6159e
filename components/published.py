"""What only a bulletin can say of the city."""

from components.context import Context
from data_access.profile import Published


def published_rank(context: Context) -> Published | None:
    """Return the city's rank in its province as last published by the as-of date, None if it never was."""
    known = [(p.as_of, p) for p in context.profile.published if p.unit == "rank" and p.as_of]
    reached = [one for one in known if one[0] <= context.filters.as_of]
    return max(reached, key=lambda one: one[0])[1] if reached else None
