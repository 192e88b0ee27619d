"""A long-lived scoring process: one JSON request per line in, one JSON answer per line out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from automl.failing import report
from automl.modelstore import ModelRefused
from automl.scoring import INTEGRITY, Scorer
from automl.speaking import say
from automl.texts import note

MAX_ROWS = 10_000


def serve(folder: Path, sha256: str | None, source: TextIO, sink: TextIO) -> int:
    """Answer requests until the input ends.

    The first line is ``{"ready": true, ...}``. A request is ``{"id": ..., "rows": [...]}``; the
    answer carries the same ``id``. A bad request gets an answer too and never ends the process.

    Returns
    -------
    int
        0 at the end of the input, 3 when the model is not the expected one.
    """
    try:
        scorer = Scorer(folder, sha256)
    except ModelRefused:
        say({"ready": False, "ok": False, "errors": [note("model_integrity")]}, sink)
        return INTEGRITY
    say({"ready": True, "task": scorer.task, "classes": scorer.classes}, sink)
    for line in source:
        if line.strip():
            say(_answer(scorer, line), sink)
    return 0


def _answer(scorer: Scorer, line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "ok": False, "errors": [note("bad_request")], "warnings": []}
    key = request.get("id") if isinstance(request, dict) else None
    rows = request.get("rows") if isinstance(request, dict) else None
    if not isinstance(key, (str, int, float, type(None))):
        return {"id": None, "ok": False, "errors": [note("bad_request")], "warnings": []}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return {"id": key, "ok": False, "errors": [note("bad_request")], "warnings": []}
    if len(rows) > MAX_ROWS:
        return {
            "id": key,
            "ok": False,
            "errors": [note("too_many_request_rows", limit=MAX_ROWS)],
            "warnings": [],
        }
    try:
        return {"id": key, **scorer.score(rows)}
    except Exception as error:  # noqa: BLE001 - libraries refuse odd values in many ways; none may end the process
        report(error)
        return {"id": key, "ok": False, "errors": [note("scoring_failed")], "warnings": []}
