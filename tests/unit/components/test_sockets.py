import os
import socket

import pytest

from components.sockets import send_at_once


@pytest.mark.parametrize("family", [socket.AF_INET, *([socket.AF_INET6] if socket.has_ipv6 else [])])
def test_connections_of_a_listening_socket_send_at_once(family):
    with socket.socket(family) as listening:
        listening.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        listening.listen()
        send_at_once()
        with socket.socket(family) as client:
            client.connect(listening.getsockname())
            connection, _ = listening.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert not client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_is_no_listening_socket_stays_as_it_is(tmp_path):
    with (tmp_path / "file").open("w") as file, socket.socket() as idle, socket.socket(type=socket.SOCK_DGRAM) as udp:
        send_at_once()
        assert not idle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert udp.fileno() >= 0
        file.write("still open")


def test_nothing_is_open_afterwards_that_was_not_before():
    reading, writing = os.pipe()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        send_at_once()
        assert listening.getsockname()
    # A pipe ends when its one writer closes it, unless a copy of the writer is still open.
    os.close(writing)
    os.set_blocking(reading, False)
    assert os.read(reading, 1) == b""
    os.close(reading)
