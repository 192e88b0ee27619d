"""Running the checks and writing their results."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd

from automl.guardrails import (  # noqa: F401  - importing a family registers its checks
    algorithm,
    baseline,
    bias,
    calibration,
    columns,
    leakage,
    metric,
    overfitting,
    privacy,
    rows,
    shift,
    target,
    validation,
    values,
)
from automl.guardrails.policy import IN_FORCE, Policy, policy_in_force
from automl.guardrails.registry import CHECKS, SEVERITIES, Alert, Check, Outcome, TableView, limit
from automl.question import Question
from automl.texts import note

SHOWN = 60  # characters of a column's name in a sentence


def check_question(
    frame: pd.DataFrame,
    question: Question,
    *,
    policy: Policy | None = None,
    earlier: pd.DataFrame | None = None,
    looks: int = 0,
) -> list[dict[str, Any]]:
    """Run all checks that need no trained model.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table as ingested.
    question : Question
        What is asked of it.
    policy : Policy, optional
        Stricter limits; default the one in force.
    earlier : pandas.DataFrame, optional
        The version of the table before this one.
    looks : int
        Models of this question that the rows kept apart have already judged.

    Returns
    -------
    list of dict
        One result per alert and one per passed check, the gravest alerts first.
    """
    return check_view(TableView(frame, question, earlier, looks), policy)


def check_view(view: TableView, policy: Policy | None = None) -> list[dict[str, Any]]:
    """Run all checks that need no trained model on what there is to see of a table."""
    with policy_in_force(policy or IN_FORCE.get()):
        return _run("pre_train", view)


def check_result(outcome: Outcome) -> list[dict[str, Any]]:
    """Run all checks on a trained result."""
    return _run("post_train", outcome)


def _run(stage: str, subject: TableView | Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for registered in CHECKS.values():
        if registered.stage == stage:
            found += look(registered, subject)
    order = {name: rank for rank, name in enumerate(SEVERITIES)}
    return sorted(found, key=lambda r: (r["status"] != "alerted", order[r["severity"]]))


def look(registered: Check, subject: TableView | Outcome) -> list[dict[str, Any]]:
    """One check's results; one that breaks on an odd table is named, and the others go on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice to programmers, not to people
            alerts = registered.function(subject)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # the person must learn that nobody looked, not lose all other checks
        broken = Alert(None, (), {"check": registered.code, "error": type(error).__name__}, "warn", None)
        return [_alerted(registered, broken, "check_broken")]
    return [_alerted(registered, alert) for alert in alerts] or [_passed(registered)]


def _short(name: str) -> str:
    return name if len(name) <= SHOWN else name[: SHOWN - 1] + "…"


def _severity(registered: Check, alert: Alert) -> str:
    """The graver of what the check says and what the policy wants at least."""
    own = alert.severity or registered.severity
    least = IN_FORCE.get().severities.get(registered.code, own)
    return min(own, least, key=SEVERITIES.index)


def _alerted(registered: Check, alert: Alert, text_code: str | None = None) -> dict[str, Any]:
    names = ", ".join(_short(n) for n in alert.columns[:5]) + (" …" if len(alert.columns) > 5 else "")
    threshold = alert.threshold if alert.threshold is not None else _limit(registered)
    shown = {
        "value": _rounded(alert.value),
        "threshold": _rounded(threshold),
        "columns": names,
        "count": len(alert.columns),
        **alert.params,
    }
    text = note(text_code or alert.variant or registered.code, **shown)
    return {
        **_frame_of(registered),
        "severity": _severity(registered, alert),
        "certainty": alert.certainty or registered.certainty,
        "status": "alerted",
        "value": alert.value,
        "threshold": threshold,
        "columns": list(alert.columns),
        "message": text["message"],
        "params": text["params"],
        "message_code": text["code"],
    }


def _rounded(value: float | None) -> float | None:
    return round(value, 4) if isinstance(value, float) else value


def _limit(registered: Check) -> float | None:
    return None if registered.threshold is None else limit(registered.code)


def _passed(registered: Check) -> dict[str, Any]:
    text = note("guardrail_passed")
    return {
        **_frame_of(registered),
        "severity": registered.severity,
        "certainty": registered.certainty,
        "status": "passed",
        "value": None,
        "threshold": _limit(registered),
        "columns": [],
        "message": text["message"],
        "params": {},
        "message_code": text["code"],
    }


def _frame_of(registered: Check) -> dict[str, Any]:
    why, fix = note(f"{registered.code}.why"), note(f"{registered.code}.fix")
    return {
        "code": registered.code,
        "family": registered.family,
        "stage": registered.stage,
        "source": registered.source,
        "lesson": registered.lesson,
        "why": why["message"],
        "why_code": why["code"],
        "fix": fix["message"],
        "fix_code": fix["code"],
    }
