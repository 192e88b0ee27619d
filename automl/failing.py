"""Why a command could not do its work: one sentence for whoever asked, the rest for engineers."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Any

from automl.texts import note

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = "can't start new thread"  # what Python says when even the stack of a thread does not fit


def problem_of(error: Exception, command: str = "command") -> tuple[int, dict[str, Any]]:
    """The exit code and the sentence of an error.

    Parameters
    ----------
    command : str
        ``fit`` where the sentence may speak of training, else ``command``.

    Returns
    -------
    tuple of (int, dict)
        2 with the reason when the question has no answer, else 1.
    """
    name = type(error).__name__
    if is_memory(error):
        return 1, note(f"{command}_out_of_memory")
    asking = sys.modules.get("automl.question")  # not imported here: there may be no memory for it
    if asking is not None and isinstance(error, asking.BadQuestion):
        return 2, dict(error.problem)  # type: ignore[attr-defined]
    if isinstance(error, OSError) and error.errno in FULL_DISK:
        return 1, note("fit_disk_full", error=name)
    if isinstance(error, (OSError, UnicodeDecodeError)) or _is_of_a_file(error):
        return 1, note("fit_files", error=name)
    return 1, note(f"{command}_broken", error=name)


def is_memory(error: BaseException) -> bool:
    """Whether memory was too small; a library that does not even load says so in words of its own."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    text = str(error)
    loading = isinstance(error, ImportError) and ("failed to map" in text or "allocate" in text)
    return loading or (isinstance(error, RuntimeError) and NO_ROOM in text)


def _is_of_a_file(error: Exception) -> bool:
    """A value error of pyarrow or json: a damaged file."""
    return isinstance(error, ValueError) and type(error).__module__.startswith(("json", "pyarrow"))


def report(error: BaseException) -> None:
    """For engineers: the kind of an error on the standard error, or all of it where they ask for it."""
    if os.environ.get("AUTOML_TRACEBACK"):
        traceback.print_exception(error)
    else:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
