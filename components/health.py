"""Whether the dashboard can serve: for a load balancer or a watchdog."""

import logging

from components import startup
from data_access.settings import load_settings

logger = logging.getLogger("zhanrong")


def state() -> dict[str, str]:
    """Return ``status``: "ok", or "failing" if the store cannot be read.

    Never raises, and says nothing more: the address is open to everybody.
    """
    try:
        startup.open_city(load_settings()).store.version()
    except Exception as error:  # noqa: BLE001 - any failure means that it cannot serve
        logger.error("health: %s", type(error).__name__)  # noqa: TRY400 - the message may name a path
        return {"status": "failing"}
    return {"status": "ok"}
