"""The one opening in the wall: it leads to the scheduler named and to nothing else, and only where one is named."""

import contextlib
import socket
import subprocess
import sys
import threading

import pytest
from django.conf import settings as configured

from portal.core import sandbox, scheduler_relay

needs_bwrap = pytest.mark.skipif(
    sandbox.isolation() != "bwrap", reason="bubblewrap does not work on this machine"
)
PROGRAM = """
import socket, sys
from automl.search.tunnel import address_of
host, port = address_of(sys.argv[1]).removeprefix("tcp://").split(":")
with socket.create_connection((host, int(port)), 5) as way:
    way.sendall(b"hello")
    assert way.recv(5) == b"HELLO"
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5)
except OSError:
    print("only by the opening")
"""


@pytest.fixture
def scheduler():
    """Something that answers in capitals on a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                with listener.accept()[0] as way:
                    while said := way.recv(100):
                        way.sendall(said.upper())

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@needs_bwrap
def test_a_child_reaches_the_scheduler_by_the_opening_and_nothing_beside_it(scheduler, settings, tmp_path):
    settings.DASK_SCHEDULER = f"tcp://127.0.0.1:{scheduler}"

    with scheduler_relay.opened() as (options, readable):
        command = [
            *sandbox.wall("bwrap", readable, tmp_path),
            sys.executable,
            "-c",
            PROGRAM,
            options[1],
            str(scheduler),
        ]
        ended = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=configured.ROOT)
        place = readable[0]

    assert ended.stdout.decode().strip() == "only by the opening", ended.stderr.decode()
    assert options[0] == "--scheduler" and not place.exists()


def test_without_a_scheduler_nothing_is_opened(settings):
    assert settings.DASK_SCHEDULER == ""
    with scheduler_relay.opened() as (options, readable):
        assert (options, readable) == ([], [])


def test_where_no_loopback_is_up_the_search_stays_on_its_machine(settings, monkeypatch):
    settings.DASK_SCHEDULER = "tcp://10.0.0.5:8786"
    monkeypatch.setattr(sandbox, "isolation", lambda: "unshare")
    with scheduler_relay.opened() as (options, _):
        assert options == []
    monkeypatch.setattr(sandbox, "isolation", lambda: "limits")
    with scheduler_relay.opened() as (options, _):
        assert options == ["--scheduler", "tcp://10.0.0.5:8786"]
