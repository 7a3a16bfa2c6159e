"""A small single-sign-on gateway: hands requests and WebSockets on, with the person it was started for in a header.

``python tests/gateway.py PORT TARGET_PORT SUBJECT``. It speaks from 127.0.0.2, so that the server can tell it from
everybody else on this machine, and forwards one request for each connection.
"""

import asyncio
import sys
from contextlib import suppress

HERE = "127.0.0.2"
DROPPED = (b"x-remote-user:", b"connection: keep-alive")


async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int, subject: str) -> None:
    """Serve one connection."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        kept = [line for line in lines if not line.lower().startswith(DROPPED)]
        more = [f"X-Remote-User: {subject}".encode()]
        if not any(line.lower().startswith(b"upgrade:") for line in kept):
            more.append(b"Connection: close")
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target, local_addr=(HERE, 0))
        inner_writer.write(b"\r\n".join([first, *kept, *more]) + b"\r\n\r\n")
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until there is no more."""
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def main(port: int, target: int, subject: str) -> None:
    """Serve until the process is ended."""
    server = await asyncio.start_server(lambda r, w: hand_on(r, w, target, subject), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
