"""The computed part of a model card: figures copied from the result of the experiment."""

from typing import Any

from projects.models import Trial


def compute(trial: Trial) -> dict[str, Any]:
    """Figures of a trial beside its baseline, with what they rest on."""
    experiment = trial.experiment
    result: dict[str, Any] = experiment.result or {}
    data = experiment.dataset_version
    baseline = experiment.trials.filter(is_baseline=True).exclude(pk=trial.pk).first()
    card = {
        "trial": {
            "number": trial.number,
            "name": trial.name,
            "family": trial.family,
            "is_best": trial.is_best,
        },
        "task": result.get("task", ""),
        "target": result.get("target") or experiment.question.get("target", ""),
        "classes": result.get("classes", []),
        "positive_label": result.get("positive_label"),
        "metric": result.get("metric", {}),
        "metrics": trial.test_metrics,
        "cv_score": trial.cv_score,
        "cv_std": trial.cv_std,
        "baseline": {"name": baseline.name, "metrics": baseline.test_metrics} if baseline else {},
        "split": result.get("split", {}),
        "data": {
            "name": str(data),
            "rows": data.rows,
            "columns": data.columns,
            "classification": data.dataset.classification,
        },
        "row_meaning": experiment.row_meaning,
        "predicted_when": experiment.predicted_when,
        "seed": result.get("seed"),
        "speed_ms_per_1000": trial.predict_ms_per_1000,
        "size_bytes": trial.size_bytes,
        "input_schema": result.get("input_schema", []),
        "summary": result.get("summary", []) if trial.is_best else [],
    }
    if trial.is_best:  # these reports of the engine are about the best trial only
        card["importance"] = (result.get("importance") or [])[:15]
        card["fairness"] = result.get("fairness") or []
    return card


def value_of(metrics: dict[str, Any], name: str) -> float | None:
    """The figure of one metric, whichever of the engine's two forms it has."""
    found = metrics.get(name)
    if isinstance(found, dict):
        found = found.get("value")
    return float(found) if isinstance(found, int | float) else None


VALUES = ("example", "categories", "min", "max")


def without_values(card: dict[str, Any]) -> dict[str, Any]:
    """The card for readers who may not see the data: names and kinds of columns, none of the values in them."""
    schema = [
        {name: each[name] for name in each if name not in VALUES} for each in card.get("input_schema", [])
    ]
    return {**card, "input_schema": schema}
