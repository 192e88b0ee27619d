"""The result of an experiment as its page shows it: from what it can do to what comes next."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_noop as N_

from projects.models import Experiment, Trial
from projects.question import METRICS, RECOMMENDED_METRIC
from projects.selectors import result_charts as charts, result_words as words
from projects.selectors.groups_of_people import group_view
from projects.sentences import figure, percent, sentence, sentences

FAMILIES = {
    "baseline": N_("Same answer for everybody"),
    "linear": N_("Linear model"),
    "lightgbm": N_("Boosted trees"),
    "extra_trees": N_("Forest of random trees"),
    "random_forest": N_("Random forest"),
    "network": N_("Neural network"),
    "ensemble": N_("Vote of several models"),
    "second_layer": N_("Trees above the answers of several models"),
    "tree": N_("Decision tree"),
    "calibrated": N_("The best one with mended probabilities"),
    "splines": N_("Linear model with curves"),
}


@dataclass(frozen=True)
class Row:
    """One candidate on the leaderboard."""

    trial: Trial
    words: str
    score: float | None
    low: float | None
    high: float | None
    reason: str = ""  # why it was given up or could not be trained


@dataclass(frozen=True)
class Measure:
    """One measure of the best, the simple and the same answer for everybody."""

    label: str
    figures: list[dict[str, Any] | None]


@dataclass(frozen=True)
class Result:
    """Everything the result page shows, computed by the engine."""

    task: str
    sentences: list[str]
    metric: str
    metric_words: str
    why_metric: str
    rows: list[Row]
    best: Row | None
    baseline: Row | None
    simple: Row | None
    price: list[str]
    measures: list[Measure]
    test_rows: int
    importance: dict[str, Any] | None
    perhaps_chance: list[str]
    left_out: list[tuple[str, str]]
    effects: list[dict[str, Any]]
    not_reached: list[str]
    overview: dict[str, Any] | None
    gain: dict[str, Any] | None
    lift: dict[str, Any] | None
    calibration: dict[str, Any] | None
    calibration_error: float | None
    residuals: dict[str, Any] | None
    residual_words: list[str]
    estimates: dict[str, Any] | None
    cohorts: list[str]
    telling: list[dict[str, Any]]
    worst: list[dict[str, Any]]
    confusion: list[tuple[str, list[int]]]
    classes: list[str]
    threshold: dict[str, Any] | None
    fairness: list[dict[str, Any]]
    decision: dict[str, Any] | None
    split: dict[str, Any]
    how_made: list[tuple[str, str]]


def result_of(experiment: Experiment) -> Result:
    """The stored document, arranged."""
    found = experiment.result
    metric, task = found["metric"]["name"], found["task"]
    explained = found.get("explanations") or {}
    rows = leaderboard(experiment, metric)
    label = spoken_metric(task, metric, found["metric"]["label"])
    chosen = {name: first(rows, name) for name in ("is_best", "is_baseline", "is_simple")}
    return Result(
        task=task,
        sentences=words.lasting(found["summary"]),
        metric=label,
        metric_words=str(METRICS.get(task, {}).get(metric, found["metric"]["label"])),
        why_metric=why_metric(experiment),
        rows=rows,
        best=chosen["is_best"],
        baseline=chosen["is_baseline"],
        simple=chosen["is_simple"],
        price=words.price_of_simplicity(found, label),
        measures=measures(task, [chosen["is_best"], chosen["is_simple"], chosen["is_baseline"]]),
        test_rows=found["split"]["test_rows"],
        importance=charts.importance(found["importance"], label),
        perhaps_chance=charts.perhaps_chance(found["importance"]),
        left_out=words.left_out(found),
        effects=[charts.effect(each) for each in explained.get("effects", [])],
        not_reached=explained.get("missing", []),
        overview=overview(explained.get("overview")),
        cohorts=sentences((explained.get("cohorts") or {}).get("sentences", [])),
        telling=[telling(each) for each in explained.get("rows", [])],
        worst=[said(each) for each in explained.get("worst_rows", [])],
        decision=explained.get("decision"),
        split=found["split"],
        how_made=words.how_made(found),
        **judged(found),
    )


def judged(found: dict[str, Any]) -> dict[str, Any]:
    """What the best candidate got right and wrong on the rows kept apart, by kind of answer."""
    confusion, calibration = found.get("confusion") or {}, found.get("calibration")
    return {
        "gain": charts.gain(found.get("gain_lift")),
        "lift": charts.lift(found.get("gain_lift")),
        "calibration": charts.calibration(calibration),
        "calibration_error": (calibration or {}).get("expected_calibration_error"),
        "residuals": charts.residuals(found.get("residuals")),
        "residual_words": words.errors_of_estimates(found.get("residuals")),
        "estimates": charts.estimates(found.get("residuals"), found["target"]),
        "confusion": list(zip(confusion.get("classes", []), confusion.get("matrix", []), strict=False)),
        "classes": confusion.get("classes", []),
        "threshold": found.get("threshold"),
        "fairness": [group_view(report) for report in found.get("fairness") or []],
    }


def why_metric(experiment: Experiment) -> str:
    """Why this measure; one that was recommended was not chosen against the recommendation."""
    found = experiment.result
    name, task = found["metric"]["name"], found["task"]
    if found["why_metric"].get("code") == "metric_asked" and RECOMMENDED_METRIC.get(task) == name:
        return _("Recommended for this question. %(words)s.") % {"words": METRICS[task][name]}
    return sentence(found["why_metric"])


def short_metric(task: str, name: str) -> str:
    """The name of a measure without its explanation."""
    return str(METRICS.get(task, {}).get(name, name)).split(":")[0].strip()


def spoken_metric(task: str, name: str, otherwise: str) -> str:
    """The same; the engine's own word for one that the pages do not know."""
    return short_metric(task, name) if name in METRICS.get(task, {}) else otherwise


def first(rows: list[Row], mark: str) -> Row | None:
    """The first candidate with a mark."""
    return next((row for row in rows if getattr(row.trial, mark)), None)


def family_words(trial: Trial) -> str:
    """What kind of model this is, for people."""
    known = FAMILIES.get(trial.family)
    return _(known) if known else trial.family.replace("_", " ").capitalize()


def leaderboard(experiment: Experiment, metric: str) -> list[Row]:
    """The baseline first, then the best with the simple one beside it, then the others."""
    rows, why = [], words.reasons(experiment.result)
    for trial in experiment.trials.all():
        score = trial.test_metrics.get(metric, {})
        figures = score.get("value"), score.get("low"), score.get("high")
        rows.append(Row(trial, family_words(trial), *figures, reason=why.get(trial.number, "")))
    worst = float("inf")
    sign = 1 if experiment.result["metric"]["direction"] == "minimize" else -1
    return sorted(
        rows,
        key=lambda row: (
            not row.trial.is_baseline,
            not row.trial.is_best,
            not row.trial.is_simple,
            sign * row.trial.cv_score if row.trial.cv_score is not None else worst,
            row.trial.number,
        ),
    )


def measures(task: str, rows: list[Row | None]) -> list[Measure]:
    """Every measure of the task for the candidates that matter, with intervals."""
    present = [row for row in rows if row is not None]
    names = [name for name in METRICS.get(task, {}) if any(name in row.trial.test_metrics for row in present)]
    return [
        Measure(short_metric(task, name), [row.trial.test_metrics.get(name) if row else None for row in rows])
        for name in names
    ]


def overview(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """Mean size of the exact contributions, for experts."""
    if not found or not found["columns"]:
        return None
    top = found["columns"][: charts.MOST_BARS]
    values = [charts.rounded(each["mean_size"]) for each in top]
    return {
        "kind": "bar",
        "horizontal": True,
        "x": [each["column"] for each in top],
        "series": [{"name": _("Mean size of the contribution"), "values": values}],
        "x_label": _("Column"),
        "y_label": _("log-odds") if found["scale"] == "log_odds" else _("unit of the target"),
    }


def telling(found: dict[str, Any]) -> dict[str, Any]:
    """A row worth looking at, and why."""
    known = {
        "highest": _("Highest score"),
        "lowest": _("Lowest score"),
        "limit": _("Closest to the limit"),
        "worst": _("Most wrong"),
    }
    return said(found) | {"why": known.get(found["why"], found["why"])}


def said(found: dict[str, Any]) -> dict[str, Any]:
    """What was true and what was said, as text."""
    is_number = "said" not in found
    return {
        "row": found["row"],
        "truth": figure(found["truth"]) if is_number else found["truth"],
        "said": figure(found["answer"]) if is_number else found["said"],
        "answer": "" if is_number else percent(found["answer"]),
    }
