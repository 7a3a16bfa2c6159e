"""Whether a reader may see single rows of a kind: enterprises and what was done for them, or the cases of problems."""

from components.context import Context
from data_access.access.roles import Ability

_CASES = "problems"


def may_list(context: Context, rows: str) -> bool:
    """Return whether the reader may see the rows of a table one by one; ``rows`` is the table's name."""
    return context.access.may(Ability.CASES if rows == _CASES else Ability.ROWS)
