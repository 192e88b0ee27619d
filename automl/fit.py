"""The fit command: split, type, search, report; restartable after a kill at any moment."""

from __future__ import annotations

import errno
import platform
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from automl import speaking
from automl.failing import problem_of, report
from automl.files import read_json, sha256_of, write_json
from automl.guardrails import Policy, policy_in_force
from automl.preparing import Scene
from automl.question import BadQuestion, Question
from automl.result import build_result
from automl.search.calibrating import calibrated_unit
from automl.search.checkpoint import Checkpoint, fingerprint
from automl.search.checks import Checks
from automl.search.clock import Clock, OutOfTime, process_started
from automl.search.ensemble import ensemble_unit, joining_seconds
from automl.search.layers import layering_seconds, second_layer
from automl.search.runner import Study, announce, progress, search
from automl.search.team import Team
from automl.tables import row_count
from automl.texts import note

LIBRARIES = ("lightgbm", "skops.io")

Tell = Callable[..., None]


def say(event: str, **content: Any) -> None:
    """Print one progress event as a JSON line at once."""
    speaking.say({"event": event, **content})


def fit_command(
    table: Path,
    question: Path,
    workdir: Path,
    threads: int,
    policies: Sequence[Path | None] = (),
    checked: Path | None = None,
    scheduler: str | None = None,
) -> int:
    """Run ``fit`` and turn every failure into one ``failed`` event in plain words.

    Parameters
    ----------
    policies : sequence of Path
        Stricter limits of the guardrails; of two the stricter one holds.
    checked : Path, optional
        What the ``check`` command found for this very question and table; those checks are not run again.
    scheduler : str, optional
        Address of a Dask scheduler whose workers train.

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
            fit(table, asked, workdir, threads, started, checked=known, scheduler=scheduler)
        return 0
    except OutOfTime:
        code, problem = 1, note("fit_no_time")
    except Exception as error:  # noqa: BLE001 - whoever asked reads one sentence; the rest is for engineers
        code, problem = problem_of(error, "fit")
        if problem["code"] == "fit_broken":
            report(error)
    say("failed", **problem)
    return code


def fit(
    table: Path,
    question: Question,
    workdir: Path,
    threads: int = 1,
    started: float | None = None,
    tell: Tell = say,
    checked: list[dict[str, Any]] | None = None,
    scheduler: str | None = None,
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
    scheduler : str, optional
        Address of a Dask scheduler whose workers train, such as ``tcp://10.0.0.5:8786``.

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
    tell("started", **_beginning(table, question, checkpoint))
    if done is not None:
        tell("finished", result="result.json", best_trial=done["best_trial"])
        return done
    scene = Scene(table, question, checkpoint, clock, workdir, threads, tell, digest)
    subject = scene.subject()
    checks = Checks(subject, question, clock, tell, checked)
    study = None
    try:
        study, raw = scene.prepared(subject)
        del subject
        _search_all(study, checks.look, scheduler)
        guardrails = checks.results()
    finally:
        _leave(checks, study)
    result = build_result(study, raw, guardrails)
    result |= _origin(digest, owner, clock)
    write_json(workdir / "result.json", result)
    checkpoint.save_clock(clock.elapsed)
    tell("finished", result="result.json", best_trial=result["best_trial"])
    return result


def _beginning(table: Path, question: Question, checkpoint: Checkpoint) -> dict[str, Any]:
    """What is told before anything is read."""
    begin = {"rows": row_count(table), "resumed_trials": len(checkpoint.trials())}
    return begin | {"budget_seconds": question.budget_seconds, "spent_seconds": round(checkpoint.spent, 2)}


def _leave(checks: Checks, study: Study | None) -> None:
    """Leave no process of the search behind, and no file that only it needs."""
    checks.end()
    if study is not None and study.bulk is not None:
        study.bulk.end()


def _origin(digest: str, owner: str, clock: Clock) -> dict[str, Any]:
    """What the result came from and how long it took."""
    return {
        "table_digest": digest,
        "fingerprint": owner,
        "environment": environment(),
        "stopped_early": clock.stop_asked,
        "seconds": round(clock.elapsed, 2),
    }


def _team(study: Study, scheduler: str | None) -> Team:
    """The workers: those of a cluster, or of this machine when none is named, none answers or the table is large."""
    if scheduler and not study.ladder:
        from automl.search.cluster import FarTeam

        try:
            return FarTeam.at(study, scheduler)
        except Exception as error:  # noqa: BLE001 - a cluster fails in many ways; none may cost the search
            study.tell("cluster", **note("cluster_absent", error=type(error).__name__))
    elif scheduler:
        study.tell("cluster", **note("cluster_not_for_large"))
    return Team.of(study)


def _search_all(study: Study, between: Callable[[], None], scheduler: str | None = None) -> None:
    """Single models, then a second layer or a vote, then honest probabilities; at least one must be ready."""
    team = _team(study, scheduler)

    def keep(made: Any) -> None:
        if made is not None:
            record, study.oofs[made[0]["number"]] = made
            study.records.append(record)
            announce(study, record)

    try:
        search(study, team, between)
        if study.best() is None:
            raise _why_nothing(study)
        if layering_seconds(study, team.at_home):
            progress(study, "second_layer", 0.95)
            keep(second_layer(study, team, joining_seconds(study)))
        keep(team.join(ensemble_unit))
        keep(team.join(calibrated_unit))
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
    return result if isinstance(result, dict) and result.get("fingerprint") == owner else None


def environment() -> dict[str, Any]:
    """Versions that the models depend on."""
    from importlib.metadata import version

    names = ("numpy", "pandas", "scikit-learn", "lightgbm", "scipy", "skops", "pyarrow")
    return {"python": platform.python_version(), "packages": {n: version(n) for n in names}}
