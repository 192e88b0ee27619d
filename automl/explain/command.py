"""The explain command: one question about a stored model, one JSON answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from automl.explain.cohorts import readable_row
from automl.explain.effects import effect_of
from automl.explain.learning import learning_curve
from automl.explain.reasons import explain_rows
from automl.explain.report import explain_holdout
from automl.explain.subject import Subject, load_subject
from automl.explain.whatif import changed_answer, smallest_change
from automl.files import plain, read_json, sha256_of, write_json
from automl.importance import permutation_importance
from automl.metrics import choose_metric
from automl.modelstore import ModelRefused
from automl.question import BadQuestion, Question
from automl.scoring import INTEGRITY, Scorer
from automl.search import splits
from automl.texts import note

MOST_COLUMNS = 20
MOST_ROWS = 20
REPORT_SECONDS = 60.0

Options = dict[str, Any]


def explain_command(
    model: Path, table: Path, question: Path, what: str, options: Path | None, out: Path, sha256: str | None
) -> int:
    """Answer and write ``out``.

    Returns
    -------
    int
        0 answered (also when the answer is a refusal: see ``ok`` and ``problem``), 2 when the
        question cannot be answered, 3 when the model is not the expected one.
    """
    code = 0
    try:
        if what not in WHATS:
            raise BadQuestion("bad_question", field="what", allowed=", ".join(WHATS))
        asked = Question.from_dict(read_json(question))
        subject = load_subject(model, table, asked, sha256, with_train=what == "learning")
        given = read_json(options) if options else {}
        if not isinstance(given, dict):
            raise BadQuestion("bad_question", field="options", allowed="columns, rows, row, changes, goal")
        answer = answered(subject, what, given)
        if subject.meta.get("apart", apart := splits.identity(sha256_of(table), asked)) != apart:
            answer["warnings"] = [*answer.get("warnings", []), note("explain_other_table")]
    except ModelRefused:
        answer, code = {"ok": False, "problem": note("model_integrity")}, INTEGRITY
    except BadQuestion as bad:
        answer, code = {"ok": False, "problem": bad.problem}, 2
    write_json(out, answer)
    return code


def answered(subject: Subject, what: str, options: Options) -> dict[str, Any]:
    """The answer to one question about a loaded model.

    Raises
    ------
    BadQuestion
        When there is no such question, or what it names is not there.
    """
    if what not in WHATS:
        raise BadQuestion("bad_question", field="what", allowed=", ".join(WHATS))
    return {"ok": True, "what": what, **WHATS[what](subject, options)}


def _effects(subject: Subject, options: Options) -> dict[str, Any]:
    columns = _known_columns(subject, options.get("columns") or list(subject.steps))
    return {"effects": [effect_of(subject, name) for name in columns[:MOST_COLUMNS]]}


def _rows(subject: Subject, options: Options) -> dict[str, Any]:
    wanted = options.get("rows", [0])
    if not isinstance(wanted, list):
        raise BadQuestion("bad_question", field="rows", allowed="a list of whole numbers")
    rows = [_whole("rows", row) for row in wanted][:MOST_ROWS]
    for row in rows:
        _require_row(subject, row)
    explained = explain_rows(subject, subject.raw.iloc[rows])
    return {
        "rows": [
            {"row": row, "values": readable_row(subject, subject.raw.iloc[row]), **each}
            for row, each in zip(rows, explained, strict=False)
        ],
        "input_schema": plain(subject.meta["input_schema"]),
        "locked": subject.locked,
    }


def _whatif(subject: Subject, options: Options) -> dict[str, Any]:
    row = _one_row(subject, options)
    changes = _named(options, "changes")
    _known_columns(subject, changes)
    assert subject.folder is not None
    frame = row.assign(**{name: pd.Series([value], dtype=object) for name, value in changes.items()})
    _, warnings, errors = Scorer(subject.folder).validate(frame)
    if errors:
        return {"ok": False, "problem": errors[0]}
    return changed_answer(subject, row, changes) | {"warnings": warnings, "row": options.get("row")}


def _change(subject: Subject, options: Options) -> dict[str, Any]:
    row = _one_row(subject, options)
    goal = options.get("goal")
    if subject.task == "regression":
        try:
            goal = float(goal)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise BadQuestion("bad_question", field="goal", allowed="a number") from None
    elif goal not in subject.classes:
        raise BadQuestion("bad_question", field="goal", allowed=", ".join(subject.classes))
    allowed = _known_columns(subject, options.get("columns") or list(subject.steps))
    return smallest_change(subject, row, goal, allowed) | {
        "row": options.get("row"),
        "locked": subject.locked,
    }


def _learning(subject: Subject, options: Options) -> dict[str, Any]:
    return learning_curve(subject, _seconds(options, 90.0))


def _report(subject: Subject, options: Options) -> dict[str, Any]:
    metric, _ = choose_metric(subject.task, subject.question.metric)
    seconds = _seconds(options, REPORT_SECONDS)
    importance = permutation_importance(
        subject.pipeline,
        subject.ready,
        subject.y,
        subject.recipe,
        subject.task,
        metric,
        subject.question.seed,
        seconds / 2,
    )
    return {"importance": importance, "explanations": explain_holdout(subject, importance, seconds / 2)}


WHATS: dict[str, Callable[[Subject, Options], dict[str, Any]]] = {
    "effects": _effects,
    "pdp": _effects,
    "ale": _effects,
    "rows": _rows,
    "whatif": _whatif,
    "change": _change,
    "learning": _learning,
    "report": _report,
}


def _known_columns(subject: Subject, names: Any) -> list[str]:
    for name in names:
        if name not in subject.steps:
            raise BadQuestion("whatif_unknown", column=str(name))
    return list(names)


def _whole(field: str, value: Any) -> int:
    try:
        if isinstance(value, bool) or int(value) != float(value):
            raise ValueError(value)
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise BadQuestion("bad_question", field=field, allowed="a whole number") from None


def _named(options: Options, field: str) -> dict[str, Any]:
    """Values by column."""
    given = options.get(field) or {}
    if not isinstance(given, dict):
        raise BadQuestion("bad_question", field=field, allowed="values by column")
    return dict(given)


def _seconds(options: Options, usual: float) -> float:
    given = options.get("seconds", usual)
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 86_400:
        raise BadQuestion("bad_question", field="seconds", allowed="0 to 86400")
    return float(given)


def _require_row(subject: Subject, row: int) -> None:
    if not 0 <= row < len(subject.y):
        raise BadQuestion("row_unknown", row=row, rows=len(subject.y))


def _one_row(subject: Subject, options: Options) -> pd.DataFrame:
    """The holdout row that is asked about, or one that was given with all its values."""
    if options.get("values") is not None:
        given = _named(options, "values")
        missing = [name for name in subject.steps if name not in given]
        if missing:
            raise BadQuestion("missing_column", column=missing[0])
        return pd.DataFrame([{name: given[name] for name in subject.steps}], dtype=object)
    row = _whole("row", options.get("row", 0))
    _require_row(subject, row)
    return subject.raw.iloc[[row]].reset_index(drop=True)
