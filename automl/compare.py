"""Two models on the same rows: is one better, or was it luck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from automl.explain.subject import Subject, load_on_new_rows, load_subject
from automl.files import read_json, sha256_of, write_json
from automl.metrics import METRICS, choose_metric
from automl.modelstore import ModelRefused
from automl.question import BadQuestion, Question
from automl.scoring import INTEGRITY
from automl.search import splits
from automl.texts import note

Array = NDArray[np.float64]
ROUNDS = 1_000
LEVEL = 0.05


def delong(y: NDArray[Any], first: Array, second: Array) -> dict[str, float]:
    """Compare two AUCs of the same rows (DeLong, DeLong and Clarke-Pearson 1988).

    Parameters
    ----------
    y : ndarray, shape (rows,)
        0 or 1; both must occur.
    first, second : ndarray, shape (rows,)
        Scores of the two models.

    Returns
    -------
    dict
        ``difference`` (first minus second), ``low``, ``high`` (95 %) and ``p``.

    Examples
    --------
    >>> scores = np.array([0.1, 0.4, 0.35, 0.8])
    >>> delong(np.array([0, 0, 1, 1]), scores, scores)["p"]
    1.0
    """
    positive, negative = y == 1, y == 0
    m, n = int(positive.sum()), int(negative.sum())
    over_positives, over_negatives, areas = [], [], []
    for score in (first, second):
        ranks = stats.rankdata(score)
        inside_positive = stats.rankdata(score[positive])
        inside_negative = stats.rankdata(score[negative])
        over_positives.append((ranks[positive] - inside_positive) / n)
        over_negatives.append(1 - (ranks[negative] - inside_negative) / m)
        areas.append((ranks[positive].sum() - m * (m + 1) / 2) / (m * n))
    spread = np.cov(over_positives) / m + np.cov(over_negatives) / n
    variance = float(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
    difference = float(areas[0] - areas[1])
    if not variance > 1e-18:  # the same ranking, or too few rows for any variance
        return {"difference": difference, "low": difference, "high": difference, "p": 1.0}
    error = float(np.sqrt(variance))
    p = float(2 * stats.norm.sf(abs(difference) / error))
    return {
        "difference": difference,
        "low": difference - 1.96 * error,
        "high": difference + 1.96 * error,
        "p": p,
    }


def mcnemar(right_first: NDArray[Any], right_second: NDArray[Any]) -> dict[str, float]:
    """Compare two accuracies of the same rows: exact test of the rows in which only one is right (McNemar 1947).

    >>> mcnemar(np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0]))["p"]
    1.0
    """
    first, second = right_first.astype(bool), right_second.astype(bool)
    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    rows, both = len(first), only_first + only_second
    p = float(stats.binomtest(only_first, both, 0.5).pvalue) if both else 1.0
    difference = (only_first - only_second) / rows
    error = np.sqrt(max(both / rows - difference**2, 0) / rows)
    return {
        "difference": difference,
        "low": difference - 1.96 * error,
        "high": difference + 1.96 * error,
        "p": p,
        "only_first": only_first,
        "only_second": only_second,
    }


def paired_bootstrap(
    task: str, name: str, y: NDArray[Any], first: Array, second: Array, seed: int = 0
) -> dict[str, float]:
    """Compare any metric: both models are scored on the same drawn rows, many times.

    ``p`` is twice the share of rounds on the other side of zero, never below one over the rounds.
    """
    metric = METRICS[task][name]
    rows, ones = len(y), np.ones(len(y))
    rng = np.random.default_rng(seed)
    seen = []
    for _ in range(ROUNDS):
        weight = np.bincount(rng.integers(0, rows, rows), minlength=rows).astype(float)
        seen.append(metric.function(y, first, weight) - metric.function(y, second, weight))
    known = np.array([each for each in seen if np.isfinite(each)])
    difference = metric.function(y, first, ones) - metric.function(y, second, ones)
    if not len(known) or np.all(known == 0):
        return {"difference": difference, "low": difference, "high": difference, "p": 1.0}
    low, high = np.percentile(known, [2.5, 97.5])
    tail = min(float((known <= 0).mean()), float((known >= 0).mean()))
    p = min(1.0, max(2 * tail, 1 / len(known)))
    return {"difference": difference, "low": float(low), "high": float(high), "p": p}


def compare_models(one: Subject, other: Subject, names: tuple[str, str] = ("A", "B")) -> dict[str, Any]:
    """Score two models on the same holdout and test every metric in pairs.

    Returns
    -------
    dict
        ``rows``, ``names``, ``metric`` (the one asked for), ``tests`` (per metric: name, label,
        test, first, second, difference first minus second with 95 % interval, p, better),
        ``agreement`` (classes) or ``distance`` (numbers), and ``sentences``.
    """
    y, task = one.y, one.task
    first, second = one.answers(one.ready), other.answers(other.ready)
    chosen, _ = choose_metric(task, one.question.metric)
    tests = [_tested(task, name, y, first, second, one.question.seed) for name in METRICS[task]]
    found: dict[str, Any] = {
        "rows": len(y),
        "names": list(names),
        "metric": chosen.name,
        "tests": tests,
        "agreement": None,
        "distance": None,
    }
    main = next(each for each in tests if each["name"] == chosen.name)
    sentences = [_verdict(main, names, len(y))]
    if task == "regression":
        found["distance"] = float(np.abs(first - second).mean())
        sentences.append(note("compare_differ", value=f"{found['distance']:.4g}"))
    else:
        found["agreement"] = float((_said(one, first) == _said(other, second)).mean())
        sentences.append(note("compare_agree", percent=round(100 * found["agreement"], 1)))
    return found | {"sentences": sentences}


def _tested(task: str, name: str, y: NDArray[Any], first: Array, second: Array, seed: int) -> dict[str, Any]:
    metric, ones = METRICS[task][name], np.ones(len(y))
    both = metric.function(y, first, ones), metric.function(y, second, ones)
    if name == "roc_auc" and 0 < (y == 1).sum() < len(y):
        test, found = "delong", delong(y, first[:, 1], second[:, 1])
    elif name == "accuracy":
        test, found = "mcnemar", mcnemar(first.argmax(axis=1) == y, second.argmax(axis=1) == y)
    else:
        test, found = "bootstrap", paired_bootstrap(task, name, y, first, second, seed)
    better = None
    if found["p"] < LEVEL and both[0] != both[1]:
        better = 0 if metric.loss(both[0]) < metric.loss(both[1]) else 1
    label = {"name": name, "label": metric.label, "test": test}
    return {**label, "first": both[0], "second": both[1], **found, "better": better}


def _said(subject: Subject, answer: Array) -> NDArray[Any]:
    """The class that each row would be given."""
    if subject.task == "binary":
        return np.asarray(answer[:, 1] >= subject.meta.get("threshold", 0.5))
    return answer.argmax(axis=1)


def _verdict(main: dict[str, Any], names: tuple[str, str], rows: int) -> dict[str, Any]:
    values = {"metric": main["label"], "rows": rows}
    scores = [f"{main['first']:.4g}", f"{main['second']:.4g}"]
    if main["better"] is None:
        return note("compare_same", one=names[0], two=names[1], first=scores[0], second=scores[1], **values)
    best = main["better"]
    told = {"better": names[best], "worse": names[1 - best]}
    return note("compare_better", first=scores[best], second=scores[1 - best], **told, **values)


def _seen(subjects: tuple[Subject, Subject], names: tuple[str, str], apart: str) -> list[dict[str, Any]]:
    """A warning for each model that another test kept rows apart from: it may have learned from rows of this one."""
    others = [
        name for name, each in zip(names, subjects, strict=True) if each.meta.get("apart", apart) != apart
    ]
    return [note("compare_seen", name=name) for name in others]


def compare_command(
    model: tuple[Path, str | None],
    other: tuple[Path, str | None],
    table: Path,
    question: Path,
    out: Path,
    *,
    whole: bool = False,
) -> int:
    """The ``compare`` command: each model with the digest it must have; exit codes as of ``explain``.

    ``whole``: the table holds new rows, each counts whose answer is known; else the holdout is cut off it.
    """
    code = 0
    load = load_on_new_rows if whole else load_subject
    try:
        asked = Question.from_dict(read_json(question))
        one = load(model[0], table, asked, model[1])
        two = load(other[0], table, asked, other[1])
        if any(one.meta.get(name) != two.meta.get(name) for name in ("task", "classes", "target")):
            raise BadQuestion("compare_other_answers")
        names = (str(one.meta.get("name", "A")), str(two.meta.get("name", "B")))
        answer = {"ok": True, "what": "compare", **compare_models(one, two, names)}
        if not whole:
            answer["sentences"] += _seen((one, two), names, splits.identity(sha256_of(table), asked))
    except ModelRefused:
        answer, code = {"ok": False, "problem": note("model_integrity")}, INTEGRITY
    except BadQuestion as bad:
        answer, code = {"ok": False, "problem": bad.problem}, 2
    write_json(out, answer)
    return code
