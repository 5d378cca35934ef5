"""The socket a server listens on."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


def bound_socket(port: int) -> socket.socket:
    """Return a socket bound to a port of this machine; 0 takes a free one.

    Raises
    ------
    OSError
        When another program has the port.
    """
    # The protocol is named because asyncio asks for it: without it, it leaves small packets of an answer waiting until
    # the first is acknowledged, which takes the other side 40 ms.
    bound = socket.socket(proto=socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except BaseException:
        bound.close()
        raise
    return bound
