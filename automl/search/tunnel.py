"""The way out of a wall without network: a port of this machine's own loopback that leads to a socket file."""

from __future__ import annotations

import contextlib
import socket
import threading

PREFIX = "unix:"
BLOCK = 1 << 16


def address_of(scheduler: str) -> str:
    """An address Dask can use: as given, or a fresh local port that leads to the socket file named.

    >>> address_of("tcp://10.0.0.5:8786")
    'tcp://10.0.0.5:8786'
    """
    if not scheduler.startswith(PREFIX):
        return scheduler
    listener = socket.create_server(("127.0.0.1", 0))
    goal = scheduler.removeprefix(PREFIX)
    threading.Thread(target=_accept, args=(listener, goal), daemon=True).start()
    return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def _accept(listener: socket.socket, goal: str) -> None:
    while True:
        near, _ = listener.accept()
        far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            far.connect(goal)
        except OSError:
            near.close()
            continue
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=(one, other), daemon=True).start()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := one.recv(BLOCK):
            other.sendall(block)
    for each in (one, other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
