"""What a click on a map or a bar does: go down to what was clicked, or show where its figure comes from."""

from collections.abc import Callable

from components import url_state
from components.context import Context
from components.origins import Origin, ask
from components.switch import toggle

_PARAMETER = "click"


def show_click(context: Context, key: str) -> None:
    """Draw the switch under a map or chart that says what a click on it does; the address keeps it."""
    toggle(context.t("点击看来源与明细"), _PARAMETER, key=key)


def is_for_origin() -> bool:
    """Whether a click asks where a figure comes from."""
    return url_state.get(_PARAMETER) == "1"


def clicked(go: Callable[[str], None], origin: Callable[[str], Origin]) -> Callable[[str], None]:
    """Return what follows a click on the area of a code: it goes there, or asks for its origin if that was chosen."""
    if not is_for_origin():
        return go
    return lambda code: ask(origin(code).text())
