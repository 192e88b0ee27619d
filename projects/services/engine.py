"""Calling the engine for a job: walled in, its progress reported, its end put into words."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop as N_

from portal.core import engine_pool, sandbox
from portal.core.job_runner import JobRun
from portal.core.services.jobs import JobFailed

MEMORY_MB = 4096
ANSWER_SECONDS = 120.0
CHILDREN = 2  # that stay in a worker, each with a model
LATE = N_("The model could not answer within the limits of time and memory. Ask about fewer columns.")
LARGEST_ANSWER = 64 * 1024 * 1024
CRASHED = N_(
    "The file could not be read within the limits of time and memory. Send fewer rows or columns, or save it as CSV."
)

pool = engine_pool.Pool(CHILDREN)


def call(
    run: JobRun,
    arguments: Sequence[str],
    *,
    readable: Sequence[Path],
    writable: Path,
    seconds: float,
    on_event: Callable[[dict[str, Any]], None] | None = None,
    must_stop: Callable[[], bool] | None = None,
    grace: float = sandbox.GRACE_SECONDS,
) -> sandbox.Outcome:
    """Run one engine command for a job; raises `Cancelled` or `Fenced` when the job must end."""
    outcome = sandbox.run(
        [*arguments, "--memory-mb", str(MEMORY_MB)],
        readable=readable,
        writable=writable,
        seconds=seconds,
        on_event=on_event,
        must_stop=must_stop or (lambda: run.must_stop),
        grace=grace,
    )
    run.note_isolation(outcome.isolation)
    run.check()
    return outcome


def ask(
    run: JobRun, key: tuple[str, ...], layout: engine_pool.Layout, request: dict[str, Any]
) -> dict[str, Any]:
    """
    The answer of a child of this worker that stays and holds what `key` names.

    A child that is late or broke is ended, the next question begins a new one. Raises `NotReady` when
    it would not serve, `Cancelled` or `Fenced` when the job must end.
    """

    def limited(place: Path) -> tuple[list[str], list[Path]]:
        arguments, readable = layout(place)
        return [*arguments, "--memory-mb", str(MEMORY_MB)], readable

    run.note_isolation(sandbox.isolation())
    try:
        return pool.answer(
            key, limited, request, seconds=ANSWER_SECONDS, must_stop=lambda: bool(run.must_stop)
        )
    except engine_pool.Busy:
        run.check()
        raise JobFailed(LATE) from None


def answer(path: Path) -> dict[str, Any]:
    """What the child wrote, if it wrote an object of a sane size; the child is not trusted."""
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_ANSWER:
            raise ValueError
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        raise JobFailed(
            N_("The engine gave no usable answer. Try again, or ask an IT engineer to look at it.")
        ) from None
    return dict(found)


def write_json(path: Path, content: dict[str, Any] | list[Any]) -> Path:
    """A file for the child, complete or not there at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content))
    part.replace(path)
    return path
