"""A single opening in the engine's wall: the address of a Dask scheduler, reached through a socket file."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from portal.core import sandbox

NAME = "scheduler"
BLOCK = 1 << 16


@contextlib.contextmanager
def opened() -> Iterator[tuple[list[str], list[Path]]]:
    """
    What a search is told of the cluster: options of `fit`, and the place it may read; nothing where none is named.

    Behind bubblewrap the child has no network. It gets a socket file instead, and whatever is said
    there is passed on to the one address of `settings.DASK_SCHEDULER`, by a thread of this process.
    Where only `unshare` stands, no loopback is up, and the search trains on this machine.
    """
    address, degree = settings.DASK_SCHEDULER, sandbox.isolation() if settings.DASK_SCHEDULER else ""
    if degree == "limits":
        yield ["--scheduler", address], []
    elif degree == "bwrap":
        with (
            tempfile.TemporaryDirectory(prefix="agora-relay-") as folder,
            relay(Path(folder) / NAME, address),
        ):
            yield ["--scheduler", f"unix:{folder}/{NAME}"], [Path(folder)]
    else:
        yield [], []


@contextlib.contextmanager
def relay(place: Path, address: str) -> Iterator[None]:
    """Pass on what arrives at a socket file to an address `tcp://host:port`, as long as the block lasts."""
    parts = urlsplit(address)
    goal = parts.hostname or "", parts.port or 8786
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    open_ones: set[socket.socket] = set()
    try:
        listener.bind(str(place))
        listener.listen(64)
        threading.Thread(target=accept, args=(listener, goal, open_ones), daemon=True).start()
        yield
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in list(open_ones):
            hang_up(each)


def accept(listener: socket.socket, goal: tuple[str, int], open_ones: set[socket.socket]) -> None:
    """One connection of our own for each that arrives; a scheduler that is away hangs up at once."""
    while True:
        try:
            near, _from = listener.accept()
        except OSError:
            return
        try:
            far = socket.create_connection(goal, timeout=10)
        except OSError:
            near.close()
            continue
        far.settimeout(None)
        open_ones |= {near, far}
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=pump, args=(one, other, open_ones), daemon=True).start()


def pump(one: socket.socket, other: socket.socket, open_ones: set[socket.socket]) -> None:
    """Pass on until one side hangs up; then both do."""
    try:
        while block := one.recv(BLOCK):
            other.sendall(block)
    except OSError:
        pass
    for each in (one, other):
        open_ones.discard(each)
        hang_up(each)


def hang_up(each: socket.socket) -> None:
    """End a connection, whatever is under way on it."""
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
