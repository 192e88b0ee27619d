"""A long-lived explaining process: one question per JSON line in, one answer per JSON line out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from automl.explain.command import answered
from automl.explain.subject import Subject, load_subject
from automl.failing import report
from automl.files import read_json
from automl.modelstore import ModelRefused
from automl.question import BadQuestion, Question
from automl.scoring import INTEGRITY
from automl.speaking import say
from automl.texts import note


def answer_lines(
    model: Path, table: Path, question: Path, sha256: str | None, source: TextIO, sink: TextIO
) -> int:
    """Answer questions until the input ends; model and rows are read once.

    The first line is ``{"ready": true}``. A request is ``{"what": ..., "options": {...}}``, its
    answer what the ``explain`` command would write. A bad request never ends the process.

    Returns
    -------
    int
        0 at the end of the input, 2 when the table does not fit, 3 when the model is not the expected one.
    """
    try:
        subject = load_subject(model, table, Question.from_dict(read_json(question)), sha256)
    except ModelRefused:
        say({"ready": False, "code": INTEGRITY, "problem": note("model_integrity")}, sink)
        return INTEGRITY
    except BadQuestion as bad:
        say({"ready": False, "code": 2, "problem": bad.problem}, sink)
        return 2
    say({"ready": True}, sink)
    for line in source:
        if line.strip():
            say(_answer(subject, line), sink)
    return 0


def _answer(subject: Subject, line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        return answered(subject, str(asked["what"]), dict(asked.get("options") or {}))
    except BadQuestion as bad:
        return {"ok": False, "problem": bad.problem}
    except Exception as error:  # noqa: BLE001 - libraries refuse odd values in many ways; none may end the process
        report(error)
        wrong = {"field": "what, options", "allowed": "README: explain"}
        return {"ok": False, "problem": note("bad_question", **wrong)}
