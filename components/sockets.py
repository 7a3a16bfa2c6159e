"""How the server's connections send: at once.

Streamlit makes its listening socket without naming the protocol, by which asyncio does not know its connections for
TCP and leaves them collecting small messages: until the browser acknowledges the one before, 40 ms on most systems.
A page ends in many small messages, so that every answer came 40 ms later than it was ready.
"""

import socket
from contextlib import suppress
from pathlib import Path

_OPEN_FILES = Path("/dev/fd")


def send_at_once() -> None:
    """Let every connection of the listening sockets of this process send without waiting; elsewhere change nothing.

    A connection takes the option over from the socket that accepts it.
    """
    for number in [int(path.name) for path in _OPEN_FILES.glob("[0-9]*")]:
        # What is no socket, no socket of TCP, or not open any more, refuses.
        with suppress(OSError):
            # Not a copy of it: Python leaves the copy open of whatever proves to be no socket.
            found = socket.socket(fileno=number)
            try:
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            finally:
                found.detach()
