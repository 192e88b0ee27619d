"""One JSON line at a time on the standard output: what programs read of a command while it runs."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

from automl.files import plain


def say(answer: dict[str, Any], sink: TextIO | None = None) -> None:
    """Write one line at once, in plain ASCII, which every console and every pipe can take.

    When nobody reads any more the work goes on unheard: its files are what counts.

    >>> say({"column": "😀", "value": float("nan")})
    {"column": "\\ud83d\\ude00", "value": null}
    """
    stream = sys.stdout if sink is None else sink
    try:
        stream.write(json.dumps(plain(answer)) + "\n")
        stream.flush()
    except BrokenPipeError:
        if stream is sys.stdout:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
