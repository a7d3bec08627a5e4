"""Finds TCP ports on loopback that nobody uses."""

import random
import socket

LOOPBACK = "127.0.0.1"

FREE_PORTS = range(20_000, 32_000)
"""Below the range from which systems take the ports of outgoing connections: a server that restarts finds
its port still free."""

TRIES_MAX = 200
"""Of 12,000 ports some hundreds may be in use; 200 misses in a row mean that something else is wrong."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now (a connection in TIME_WAIT does not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose_port(wanted: int = 0, *, taken: set[int] | None = None) -> int:
    """The wanted port if it is free, else any free one that is not in `taken`."""
    if wanted and is_free(wanted) and wanted not in (taken or ()):
        return wanted
    for _ in range(TRIES_MAX):
        port = random.choice(FREE_PORTS)
        if port not in (taken or ()) and is_free(port):
            return port
    raise OSError(f"no free port between {FREE_PORTS.start} and {FREE_PORTS.stop}")


def answers(port: int, send: bytes = b"", expect: bytes = b"", *, timeout_seconds: float = 1.0) -> bool:
    """Whether a server on this port accepts a connection and, when `expect` is given, begins its answer with
    it."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout_seconds) as connection:
            connection.sendall(send)
            return connection.recv(len(expect)).startswith(expect) if expect else True
    except OSError:
        return False
