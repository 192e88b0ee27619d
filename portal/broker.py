"""A message broker made of files, so that one machine needs no broker service.

kombu's own `filesystem` transport loses messages (712 of 9,000 in a race tried before this was written) and a half-written
one ends the worker. This one publishes, claims and returns a message by `rename`, which a file system
does wholly or not at all. A message here is only a doorbell: the job is a row in the database.
"""

import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import kombu.transport
from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

SWEEP_SECONDS = 2.0
STALE_CONTROL_SECONDS = 3600
logger = logging.getLogger(__name__)


class Claims:
    """The messages that one consuming process holds, in a folder locked for as long as it lives.

    A pool child inherits the lock: what it still works on when its parent has died waits for it.
    """

    def __init__(self, held: Path) -> None:
        self.folder = held / uuid.uuid4().hex
        unborn = held / f".{self.folder.name}"  # not swept while it has no lock yet
        unborn.mkdir()
        self.lock = os.open(unborn / ".lock", os.O_CREAT | os.O_RDWR)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        unborn.rename(self.folder)


def write_whole(path: Path, text: str) -> None:
    """Write a file that nobody can see half written, not even after a power cut."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


class Channel(filesystem.Channel):
    """Messages as files: `waiting/<time>_<id>.<queue>.msg`, while worked on in `held/<process>/`."""

    claims: dict[tuple[int, Path], Claims] = {}
    claims_guard = threading.Lock()

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.waiting, self.held = Path(self.data_folder_in), Path(self.processed_folder)
        self.swept_at = 0.0
        for folder in (self.waiting, self.held, self.control_folder):
            folder.mkdir(parents=True, exist_ok=True)

    def own_claims(self) -> Claims:
        key = os.getpid(), self.held  # a forked child needs claims of its own
        with self.claims_guard:
            if key not in self.claims:
                self.claims[key] = Claims(self.held)
            return self.claims[key]

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        write_whole(self.waiting / name, dumps(payload))

    def _waiting_in(self, queue: str) -> Iterator[str]:
        return (name for name in sorted(os.listdir(self.waiting)) if name.partition(".")[2] == f"{queue}.msg")

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._waiting_in(queue))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        self._sweep_now_and_then()
        for name in self._waiting_in(queue):
            claimed = self.own_claims().folder / name
            try:
                (self.waiting / name).rename(claimed)
            except FileNotFoundError:
                continue  # another consumer was faster
            try:
                message = loads(claimed.read_text())
                message["properties"]["delivery_tag"] = name  # so that an answer finds its file
            except (ValueError, KeyError, TypeError):
                logger.error("Dropped the unreadable message %s; its job rings again.", name)
                claimed.unlink()
                continue
            if queue.endswith(".pidbox"):
                claimed.unlink()  # control messages are never acknowledged
            return message
        raise Empty

    def basic_ack(self, delivery_tag: str, *args: Any, **kwargs: Any) -> None:
        super().basic_ack(delivery_tag, *args, **kwargs)
        (self.own_claims().folder / delivery_tag).unlink(missing_ok=True)

    def basic_reject(self, delivery_tag: str, *args: Any, **kwargs: Any) -> None:
        super().basic_reject(delivery_tag, *args, **kwargs)  # with requeue=True this calls _restore
        (self.own_claims().folder / delivery_tag).unlink(missing_ok=True)

    def _restore(self, message: Any) -> None:
        """Give a message back by moving its file; a second copy would do the work twice."""
        name = message.delivery_tag
        (self.own_claims().folder / name).rename(self.waiting / name)

    def _sweep_now_and_then(self) -> None:
        if time.monotonic() - self.swept_at < SWEEP_SECONDS:
            return
        self.swept_at = time.monotonic()
        mine = self.own_claims().folder
        for folder in self.held.iterdir():
            if folder != mine and not folder.name.startswith("."):
                self._take_back(folder)
        oldest = time.time_ns() - STALE_CONTROL_SECONDS * 10**9
        for letter in self.waiting.glob("*.pidbox.msg"):  # control messages to nodes that are gone
            if int(letter.name.partition("_")[0]) < oldest:
                letter.unlink(missing_ok=True)

    def _take_back(self, folder: Path) -> None:
        """Put back what a dead process held: its lock is free. A living one keeps its own."""
        try:
            lock = os.open(folder / ".lock", os.O_RDWR)
        except OSError:
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for message in folder.glob("*.msg"):
                message.rename(self.waiting / message.name)
            (folder / ".lock").unlink()
            folder.rmdir()
        except OSError:
            pass  # it lives, or another process is sweeping it
        finally:
            os.close(lock)

    def _rewrite_table(self, exchange: str, change: Callable[[set[tuple]], object]) -> None:
        """kombu truncates this file before it locks it, so two starting workers could lose a queue."""
        with (self.control_folder / ".lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            table = {tuple(row) for row in self.get_table(exchange)}
            change(table)
            write_whole(self._exchange_file(exchange), dumps(sorted(table)))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = (routing_key or "", pattern or "", queue or "")
        if row not in {tuple(known) for known in self.get_table(exchange)}:
            self._rewrite_table(exchange, lambda table: table.add(row))

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        row = (routing_key or "", pattern or "", queue or "")
        self._purge(queue)
        self._rewrite_table(exchange, lambda table: table.discard(row))


class Transport(filesystem.Transport):
    """What Celery finds under `durablefs://`."""

    Channel = Channel
    driver_type = driver_name = "durablefs"
    default_connection_params: dict[str, Any] = {}

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = virtual.BrokerState()  # kombu shares one among all folders; the files are the truth


kombu.transport.TRANSPORT_ALIASES["durablefs"] = "portal.broker:Transport"
