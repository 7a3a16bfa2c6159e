"""Whether the dashboard can serve: for a load balancer or a watchdog."""

import logging

from components import startup
from components.context import latest_day
from data_access.settings import load_settings

logger = logging.getLogger("zhanrong")


def state() -> dict[str, object]:
    """Return ``status`` ("ok" or "failing"), ``store`` (whether it can be read), ``version`` and ``as_of`` of the data.

    Never raises and names no path: the address is open to everybody.
    """
    try:
        city = startup.open_city(load_settings())
        version, coverage = city.store.version(), city.store.coverage()
    except Exception as error:  # noqa: BLE001 - any failure means that it cannot serve
        logger.error("health: %s", type(error).__name__)  # noqa: TRY400 - the message may name a path
        return {"status": "failing", "store": False, "version": None, "as_of": None}
    as_of = latest_day(city.profile, coverage).isoformat() if coverage else None
    return {"status": "ok", "store": True, "version": version, "as_of": as_of}
