"""Units of a search on the workers of a Dask cluster, in the place of forked processes.

A unit gets the study once (scattered), answers with what it found, and sends the files of a model
back: no shared disk is needed. The client speaks to the scheduler only.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from automl.limits import limit_growth
from automl.search.clock import OutOfTime, Until
from automl.search.study import Study
from automl.search.team import Team
from automl.search.tunnel import address_of
from automl.search.workers import UnitFailed, outcome

CONNECT_SECONDS = 10
Files = dict[str, bytes]


def wanted_here() -> Callable[[], bool]:
    """Whether the task that asks now is still wanted, as its worker of the cluster knows it.

    A thread cannot be ended from outside: training that was given up would hold its worker for as long as it takes.
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state != "cancelled"

    return wanted


def silent(event: str, **content: Any) -> None:
    """Only the search itself tells anything."""


class FarWorker:
    """One place of a cluster; the same acts as ``workers.Worker``."""

    def __init__(self, client: Any, far: Any, study: Study, memory_mb: int) -> None:
        self.client, self.far, self.study, self.memory_mb = client, far, study, memory_mb
        self.future: Any = None
        self.channel, self._bell = multiprocessing.Pipe(duplex=False)
        self.busy = False
        self.alive = True

    def ask(self, unit: Callable[..., Any], *arguments: Any) -> None:
        """Send a unit to whichever worker of the cluster is free."""
        given = (self.far, unit, arguments, self.study.clock.left, self.memory_mb)
        self.future = self.client.submit(far_unit, *given, pure=False, retries=0)
        self.busy = True
        self.future.add_done_callback(self._ring)

    def _ring(self, future: Any) -> None:
        if future is self.future:
            with contextlib.suppress(OSError):
                self._bell.send_bytes(b"1")

    def ready(self, seconds: float = 0.0) -> bool:
        """Whether there is an answer, or an end, within so many seconds."""
        return bool(self.channel.poll(seconds))

    def answer(self) -> Any:
        """The answer that ``ready`` announced; raises as ``workers.Worker.answer``."""
        self.channel.recv_bytes()
        future, self.future, self.busy = self.future, None, False
        try:
            fine, content, files = future.result(timeout=CONNECT_SECONDS)
        except Exception as error:  # noqa: BLE001 - of the cluster: a worker that was killed, a lost scheduler
            killed = type(error).__name__ == "KilledWorker"
            raise UnitFailed("memory" if killed else "crash", type(error).__name__) from None
        if not fine:
            if content[0] == "time":
                raise OutOfTime
            raise UnitFailed(*content)
        for name, folder in files.items():
            _unpack(self.study.models / name, folder)
        return content

    def end(self) -> None:
        """Give up a unit that is under way; the place itself stays."""
        if self.future is not None:
            with contextlib.suppress(Exception):
                self.client.cancel(self.future, force=True)
        self.future = None
        while self.channel.poll():
            self.channel.recv_bytes()
        self.busy = False


def far_ready() -> None:
    """Load on each worker what units need."""
    import lightgbm  # noqa: F401
    import skops.io  # noqa: F401

    import automl.search.units  # noqa: F401


def far_unit(
    study: Study, unit: Callable[..., Any], arguments: tuple[Any, ...], left: float, memory_mb: int
) -> tuple[bool, Any, dict[str, Files]]:
    """Do one unit on a worker of the cluster; with the answer come the files of models it stored."""
    from threadpoolctl import threadpool_limits

    clock = Until(left, wanted_here())
    with tempfile.TemporaryDirectory(prefix="agora-unit-") as place, grown_by(memory_mb):
        here = replace(study, models=Path(place), plan=replace(study.plan, clock=clock))
        with threadpool_limits(limits=study.plan.threads):
            fine, content = outcome(unit, here, arguments)
        stored = {folder.name: _packed(folder) for folder in Path(place).glob("trial_*")}
    return fine, content, stored


@contextlib.contextmanager
def grown_by(memory_mb: int) -> Iterator[None]:
    """Within, this process may grow by so many megabytes; afterwards as before. Asks for one thread per worker."""
    try:
        import resource
    except ImportError:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit_growth(memory_mb)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _packed(folder: Path) -> Files:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _unpack(folder: Path, files: Files) -> None:
    partial = folder.with_name(f".{folder.name}.far.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in files.items():
        (partial / Path(name).name).write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


class FarTeam(Team):
    """The workers of a cluster, a fold each; models are joined on this machine, after the cluster is left."""

    client: Any = None

    @classmethod
    def at(cls, study: Study, scheduler: str) -> FarTeam:
        """Connect and hand out the study.

        Raises
        ------
        OSError
            When no scheduler or no worker answers in ten seconds.
        """
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)  # what failed is told in words
        client = Client(
            address_of(scheduler), timeout=CONNECT_SECONDS, set_as_default=False, direct_to_workers=False
        )
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            client.run(far_ready)  # before the first trial, whose time says how fast the machines are
            places = sum(client.nthreads().values())
            size = max(1, min(places, len(study.parts)))
            study.plan.share(1)
            bare = replace(study, tell=silent, bulk=None, pipelines={}, oofs={})
            far = client.scatter(bare, broadcast=True, direct=False)
        except BaseException:
            client.close()
            raise
        team = cls(study, size, [None] * size)
        team.client = client
        members: list[Any] = [FarWorker(client, far, study, study.question.memory_mb) for _ in range(size)]
        team.members = members
        return team

    @property
    def at_home(self) -> int:
        """One: the machine that asks may be small."""
        return 1

    @property
    def memory_mb(self) -> int:
        """What one unit may take; each has a machine's share of its own."""
        return self.study.question.memory_mb

    def end(self) -> None:
        """Leave the cluster; what is asked for afterwards is done here."""
        if self.client is not None:
            for member in self.members:
                if member is not None:
                    member.end()
            with contextlib.suppress(Exception):
                self.client.close(timeout=CONNECT_SECONDS)
            self.client = None
            self.members = [None]
            self.size = 1
            return
        super().end()
