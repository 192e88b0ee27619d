"""The fit command: split, type, search, report; restartable after a kill at any moment."""

from __future__ import annotations

import errno
import json
import platform
import shutil
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import ArrowInvalid

from automl.files import plain, read_json, sha256_of, write_json
from automl.guardrails import Policy, policy_in_force
from automl.metrics import METRICS, choose_metric
from automl.question import BadQuestion, Question, Target, read_target
from automl.recipe import apply_recipe, build_recipe
from automl.reference import build_schema
from automl.result import build_result
from automl.search import splits
from automl.search.calibrating import calibrated_unit
from automl.search.checkpoint import Checkpoint, fingerprint
from automl.search.checks import Checks
from automl.search.clock import Clock, OutOfTime, process_started
from automl.search.ensemble import ensemble_unit
from automl.search.ladder import ladder_for, one_part
from automl.search.portfolio import Shape
from automl.search.runner import Study, announce, progress, search
from automl.search.team import Team
from automl.search.training import Plan
from automl.tables import read_parquet, row_count
from automl.texts import note

MIN_ROWS = 20  # below, not even folds can be cut
LIBRARIES = ("lightgbm", "skops.io")
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, ArrowInvalid)  # of what was given

Tell = Callable[..., None]


def say(event: str, **content: Any) -> None:
    """Print one progress event as a JSON line at once."""
    sys.stdout.write(json.dumps(plain({"event": event, **content}), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def fit_command(
    table: Path,
    question: Path,
    workdir: Path,
    threads: int,
    policies: Sequence[Path | None] = (),
    checked: Path | None = None,
) -> int:
    """Run ``fit`` and turn every failure into one ``failed`` event in plain words.

    Parameters
    ----------
    policies : sequence of Path
        Stricter limits of the guardrails; of two the stricter one holds.
    checked : Path, optional
        What the ``check`` command found for this very question and table; those checks are not run again.

    Returns
    -------
    int
        0 when result.json is there, 2 when the question cannot be answered, 1 for other failures.
    """
    warnings.simplefilter("ignore")  # advice to programmers, not to people
    try:
        asked, rules = Question.from_dict(read_json(question)), Policy.from_files(*policies)
        known = read_json(checked).get("guardrails") if checked else None
        started = process_started(asked.budget_seconds)
        with policy_in_force(rules):
            fit(table, asked, workdir, threads, started, checked=known)
        return 0
    except BadQuestion as bad:
        say("failed", **bad.problem)
        return 2
    except MemoryError:
        say("failed", **note("fit_out_of_memory"))
    except OutOfTime:
        say("failed", **note("fit_no_time"))
    except UNREADABLE as error:
        say("failed", **note("fit_files", error=type(error).__name__))
    except OSError as error:
        full = error.errno in FULL_DISK
        say("failed", **note("fit_disk_full" if full else "fit_files", error=type(error).__name__))
    except Exception as error:  # noqa: BLE001 - whoever asked reads one sentence; the rest is for engineers
        traceback.print_exc()
        say("failed", **note("fit_broken", error=type(error).__name__))
    return 1


def fit(
    table: Path,
    question: Question,
    workdir: Path,
    threads: int = 1,
    started: float | None = None,
    tell: Tell = say,
    checked: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Answer a question with models.

    Parameters
    ----------
    table : Path
        Table written by ``ingest``.
    question : Question
        What is asked.
    workdir : Path
        Folder for checkpoint, models and result.json. Called again with the same table and
        question it continues after the last finished trial; with others it starts over.
    threads : int
        Threads of one training.
    started : float, optional
        ``time.monotonic()`` from which the budget counts; default now, libraries being loaded.
    tell : callable
        Takes an event name and its content.
    checked : list of dict, optional
        What the checks before training found for this very question; they are not run again.

    Returns
    -------
    dict
        The content of result.json.

    Raises
    ------
    BadQuestion
        When the table cannot answer the question.
    """
    for library in LIBRARIES:  # once, before the clock starts and before any worker is forked
        import_module(library)
    digest = sha256_of(table)
    owner = fingerprint(digest, question.to_dict())
    checkpoint = Checkpoint(workdir / "checkpoint", owner)
    clock = Clock(question.budget_seconds, checkpoint.spent, started)
    clock.listen()
    done = _finished_before(workdir, owner)
    begin: dict[str, Any] = {"rows": row_count(table), "resumed_trials": len(checkpoint.trials())}
    begin |= {"budget_seconds": question.budget_seconds, "spent_seconds": round(checkpoint.spent, 2)}
    tell("started", **begin)
    if done is not None:
        tell("finished", result="result.json", best_trial=done["best_trial"])
        return done
    frame = read_parquet(table)
    _require_columns(frame, question)
    checks = Checks(frame, question, clock, tell, checked)
    try:
        study, raw = prepare(frame, question, checkpoint, clock, workdir, threads, tell)
        del frame
        _search_all(study, checks.look)
        guardrails = checks.results()
    finally:
        checks.end()
    result = build_result(study, raw, guardrails)
    result |= _origin(digest, owner, clock)
    write_json(workdir / "result.json", result)
    checkpoint.save_clock(clock.elapsed)
    tell("finished", result="result.json", best_trial=result["best_trial"])
    return result


def _origin(digest: str, owner: str, clock: Clock) -> dict[str, Any]:
    """What the result came from and how long it took."""
    return {
        "table_digest": digest,
        "fingerprint": owner,
        "environment": environment(),
        "stopped_early": clock.stop_asked,
        "seconds": round(clock.elapsed, 2),
    }


def _search_all(study: Study, between: Callable[[], None]) -> None:
    """Single models, then a vote of them, then honest probabilities; at least one must be ready."""
    team = Team.of(study)
    try:
        search(study, team, between)
        if study.best() is None:
            raise _why_nothing(study)
        for unit in (ensemble_unit, calibrated_unit):
            made = team.join(unit)
            if made is not None:
                record, study.oofs[made[0]["number"]] = made
                study.records.append(record)
                announce(study, record)
    finally:
        team.end()
    progress(study, "report", 0.97)


def _why_nothing(study: Study) -> Exception:
    """The reason why no model is there: the disk, the memory, the table, or the time."""
    reasons = {record["reason"]["code"]: record["reason"] for record in study.records if record["reason"]}
    if "trial_disk_full" in reasons:
        return OSError(errno.ENOSPC, "no space left")
    if "trial_out_of_memory" in reasons:
        return MemoryError()
    if "trial_failed" in reasons and "trial_out_of_time" not in reasons:
        return BadQuestion("fit_none_trained", error=reasons["trial_failed"]["params"]["error"])
    return OutOfTime()


def _finished_before(workdir: Path, owner: str) -> dict[str, Any] | None:
    try:
        result = read_json(workdir / "result.json")
    except (OSError, ValueError):
        return None
    return result if result.get("fingerprint") == owner else None


def _require_columns(frame: pd.DataFrame, question: Question) -> None:
    if question.target not in frame.columns:
        raise BadQuestion("target_not_there", columns=question.target)
    for name in question.roles:
        if name not in frame.columns:
            raise BadQuestion("role_column_missing", column=name)


def prepare(
    frame: pd.DataFrame,
    question: Question,
    checkpoint: Checkpoint,
    clock: Clock,
    workdir: Path,
    threads: int,
    tell: Tell,
) -> tuple[Study, dict[str, pd.DataFrame]]:
    """Split the rows, settle the recipe on the training rows and set up the search.

    Returns
    -------
    tuple of (Study, dict)
        The study, and the raw ``train`` and ``test`` rows.
    """
    _sweep(workdir / "models")
    target = _readable_target(frame, question)
    known = frame.loc[target.kept].reset_index(drop=True)
    keys = splits.order_or_group(known, question)
    train, test = splits.holdout(target, keys, question)
    y_train = target.values[train]
    _require_learnable(target, y_train, target.values[test])
    parts = splits.folds(y_train, None if keys is None else keys[train], question, target.task)
    raw = {"train": known.iloc[train].reset_index(drop=True), "test": known.iloc[test].reset_index(drop=True)}
    recipe = _useful_recipe(raw["train"], question)
    metric, _ = _metric(target, question)
    plan = Plan(target.task, len(target.classes), recipe, question.seed, threads, clock)
    ready = apply_recipe(raw["train"], recipe)
    shape = _shape(target, y_train, recipe, ready)
    ladder = ladder_for(shape.rows, shape.columns, len(parts), question.budget_seconds, threads)
    return Study(
        question=question,
        plan=plan,
        shape=shape,
        metric=metric,
        train=(ready, y_train),
        test=(apply_recipe(raw["test"], recipe), target.values[test]),
        parts=one_part(parts, question.seed) if ladder else parts,
        checkpoint=checkpoint,
        models=workdir / "models",
        meta=_described(target, question, build_schema(raw["train"], recipe)),
        tell=tell,
        ladder=ladder,
    ), raw


def _described(target: Any, question: Question, schema: Any) -> dict[str, Any]:
    """What every stored model says of itself."""
    return {
        "task": target.task,
        "classes": target.classes,
        "target": question.target,
        "positive_label": target.positive_label,
        "input_schema": schema,
    }


def _sweep(models: Path) -> None:
    """Take away what a killed run was just writing."""
    for unfinished in models.glob(".*.part"):
        shutil.rmtree(unfinished, ignore_errors=True)


def _readable_target(frame: pd.DataFrame, question: Question) -> Target:
    target = read_target(frame[question.target], question)
    if len(target.values) < MIN_ROWS:
        folds = question.validation.folds
        raise BadQuestion("too_few_rows_to_split", rows=len(target.values), folds=folds)
    return target


def _useful_recipe(train: pd.DataFrame, question: Question) -> dict[str, Any]:
    recipe = build_recipe(train, question.features(train))
    if not (recipe["numeric"] or recipe["categorical"]):
        raise BadQuestion("no_features")
    return recipe


def _metric(target: Target, question: Question) -> Any:
    try:
        return choose_metric(target.task, question.metric)
    except KeyError:
        raise BadQuestion("bad_question", field="metric", allowed=", ".join(METRICS[target.task])) from None


def _require_learnable(target: Target, y_train: Any, y_test: Any) -> None:
    if target.task == "binary" and len(np.unique(y_test)) < 2:
        raise BadQuestion("target_rare_in_test", rows=len(y_test))
    if target.task != "regression" and len(np.unique(y_train)) < 2:
        raise BadQuestion("target_one_class", columns="")


def _shape(target: Target, y_train: Any, recipe: dict[str, Any], ready: pd.DataFrame) -> Shape:
    skewed = False
    if target.task == "regression" and y_train.min() >= 0:
        skewed = bool(pd.Series(y_train).skew() > 1)
    return Shape(
        task=target.task,
        rows=len(y_train),
        columns=len(recipe["numeric"]) + len(recipe["categorical"]),
        categories=len(recipe["categorical"]),
        high_cardinality=len(recipe["high_cardinality"]),
        classes=len(target.classes),
        skewed_target=skewed,
        texts=len(recipe["text"]),
        distinct={name: int(ready[name].nunique()) for name in recipe["categorical"]},
    )


def environment() -> dict[str, Any]:
    """Versions that the models depend on."""
    from importlib.metadata import version

    names = ("numpy", "pandas", "scikit-learn", "lightgbm", "scipy", "skops", "pyarrow")
    return {"python": platform.python_version(), "packages": {n: version(n) for n in names}}
