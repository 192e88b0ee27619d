"""What a sandbox showed when its learner asked for a review: plain facts, without the learner's name."""

from collections.abc import Iterable, Mapping
from typing import Any

from training import exercise_facts, own_work
from training.models import ExerciseWork

SHOWN = ("target", "task", "metric", "budget_seconds", "cost_false_positive", "cost_false_negative")


def of(work: ExerciseWork, findings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Checks, written words, and the newest finished experiment (else the newest) with its findings and scores."""
    rounds = list(exercise_facts.candidates(work))
    chosen = next((each for each in rounds if each.scores), rounds[0])
    return {
        "checks": [dict(each) for each in findings],
        "written": dict(work.written),
        **own_work.kept(work),
        "experiment": experiment(chosen) if chosen.experiment else {},
    }


def experiment(facts: exercise_facts.Facts) -> dict[str, Any]:
    """Question, guardrails with their justification, and the scores."""
    asked = facts.experiment
    assert asked is not None  # noqa: S101  the caller looked
    roles: dict[str, list[str]] = {}
    for column, role in facts.roles.items():
        roles.setdefault(role, []).append(column)
    return {
        "title": asked.title,
        "row_meaning": asked.row_meaning,
        "predicted_when": asked.predicted_when,
        "question": {name: facts.question[name] for name in SHOWN if name in facts.question},
        "validation": (facts.question.get("validation") or {}).get("kind", ""),
        "roles": roles,
        "guardrails": [
            {
                "text": each.message,
                "params": each.params,
                "severity": each.severity,
                "justification": each.justification,
            }
            for each in facts.findings
        ],
        "scores": {
            "best": facts.scores.best,
            "baseline": facts.scores.baseline,
            "metric": facts.scores.metric,
        }
        if facts.scores
        else {},
    }
