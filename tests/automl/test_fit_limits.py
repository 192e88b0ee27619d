"""A search under limits: of time, of memory, of the disk, and after all kinds of accidents."""

import errno
import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.files import read_json, sha256_of
from automl.fit import fit
from automl.guardrails import check_question
from automl.preparing import Scene
from automl.question import Question
from automl.search import units
from automl.search.checkpoint import Checkpoint, fingerprint
from automl.search.checks import Checks
from automl.search.clock import Clock, OutOfTime
from automl.search.portfolio import Shape, portfolio
from automl.search.runner import search
from automl.search.team import Team
from automl.search.training import Plan
from automl.search.workers import UnitFailed, Worker, finish
from automl.tables import read_parquet
from tests.automl.conftest import Searched, clients
from tests.automl.test_fit import Saved, Scenes, run

PLAIN = {"since": "exclude"}


def slow(subject: Any, seconds: float) -> str:
    """A unit that hears nothing."""
    time.sleep(seconds)
    return "late"


def greedy(subject: Any) -> int:
    """A unit that wants 2 GB."""
    return int(np.ones(2**28).sum())


def killed(subject: Any, number: int) -> None:
    """A unit whose process the system ends."""
    os.kill(os.getpid(), number)


def no_space(*arguments: Any) -> None:
    """A unit that meets a full disk."""
    raise OSError(errno.ENOSPC, "no space left on device")


def test_a_unit_that_is_late_is_ended_with_its_process() -> None:
    worker, clock = Worker(None), Clock(1.0)
    worker.ask(slow, 30.0)

    with pytest.raises(OutOfTime):
        finish(worker, clock)

    assert clock.elapsed < 3 and not worker.alive


@pytest.mark.parametrize(
    ("unit", "arguments", "why"),
    [(greedy, (), "memory"), (killed, (9,), "memory"), (killed, (10,), "crash"), (no_space, (), "disk")],
)
def test_a_unit_that_fails_says_why_and_the_caller_lives(unit: Any, arguments: tuple[int], why: str) -> None:
    worker = Worker(None, memory_mb=300)
    worker.ask(unit, *arguments)

    with pytest.raises(UnitFailed) as failed:
        finish(worker, Clock(30.0))

    assert failed.value.why == why
    worker.end()


def test_a_trial_beyond_its_memory_is_named_and_the_search_goes_on(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = units.train_fold

    def hungry(plan: Any, wanted: Any, *rest: Any) -> Any:
        if wanted.name == "lightgbm":
            os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does when memory is short
        if wanted.name == "extra_trees":
            raise MemoryError
        return usual(plan, wanted, *rest)

    monkeypatch.setattr(units, "train_fold", hungry)
    result, _ = run(saved, tmp_path, clients(300), max_trials=4, roles=PLAIN)

    lost = {t["name"]: t["reason"]["code"] for t in result["trials"] if t["status"] == "failed"}
    assert lost == {"lightgbm": "trial_out_of_memory", "extra_trees": "trial_out_of_memory"}
    assert result["best_trial"] == 2
    assert result["trials"][2]["reason"]["message"] % result["trials"][2]["reason"]["params"]


def test_a_candidate_that_cannot_fit_into_memory_is_not_started() -> None:
    shape = Shape("multiclass", 1_000_000, 50, 0, 0, 10)
    columns = {"numeric": [str(n) for n in range(50)], "categorical": [], "text": []}
    plan = Plan("multiclass", 10, columns, 0, 1, Clock(60))
    question = Question.from_dict({"target": "y", "memory_mb": 2_048})
    team = Team(SimpleNamespace(shape=shape, plan=plan, question=question, beyond=lambda _wanted: False), 1)  # type: ignore[arg-type]
    refused = {c.name: team.too_large(c) for c in portfolio(shape)}

    assert refused["constant"] is None and refused["lightgbm"] is None
    assert refused["random_forest"] is not None
    assert refused["random_forest"]["needed"] > refused["random_forest"]["allowed"] == 2_048


def test_a_model_that_cannot_be_stored_is_named_and_the_search_goes_on(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = units.save_model

    def full(folder: Path, *rest: Any) -> Any:
        if folder.name == "trial_3":
            raise OSError(errno.ENOSPC, "no space left on device")
        return usual(folder, *rest)

    monkeypatch.setattr(units, "save_model", full)
    result, _ = run(saved, tmp_path, clients(300), max_trials=3, roles=PLAIN)

    assert [t["status"] for t in result["trials"]] == ["finished", "finished", "failed"]
    assert result["trials"][2]["reason"]["code"] == "trial_disk_full"


def test_a_full_disk_costs_the_checkpoint_not_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Checkpoint(tmp_path, "me")
    monkeypatch.setattr("automl.search.checkpoint.write_json", no_space)

    kept.save_clock(3.0)

    assert kept.broken


def found_again(done: Searched, work: Path, events: list[Any] | None = None) -> list[dict[str, Any]]:
    """The records of a search for the same, without its report."""
    owner = fingerprint(sha256_of(done.table), done.question.to_dict())
    checkpoint, heard = Checkpoint(work / "checkpoint", owner), [] if events is None else events
    heard.append({"resumed": len(checkpoint.trials()), "spent": checkpoint.spent})
    clock, frame = Clock(done.question.budget_seconds, checkpoint.spent), read_parquet(done.table)
    scene = Scene(done.table, done.question, checkpoint, clock, work, 1, lambda *_, **__: None)
    study, _ = scene.prepared(frame)
    team = Team.of(study)
    try:
        search(study, team)
    finally:
        team.end()
    return study.records


def same(one: list[dict[str, Any]], two: list[dict[str, Any]]) -> bool:
    """The same trials with the same scores; what joins models comes after them."""
    told = [[(t["name"], t["fold_scores"]) for t in each if t["coding"] != "members"] for each in (one, two)]
    return len(told[0]) > 2 and told[0] == told[1]


def begun(table: Path, question: Question, work: Path) -> Any:
    """A search in a process of its own, its libraries loaded, that can be killed."""
    arguments = {"tell": lambda *_, **__: None}
    child = multiprocessing.get_context("fork").Process(
        target=fit, args=(table, question, work), kwargs=arguments
    )
    child.start()
    return child


def killed_when(child: Any, happened: Callable[[], Any]) -> None:
    """Kill a search as soon as something has happened."""
    end = time.monotonic() + 60
    while time.monotonic() < end and child.is_alive() and not happened():
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    child.join()


def test_a_harmed_checkpoint_costs_a_trial_and_changes_nothing(searched: Scenes, tmp_path: Path) -> None:
    done = searched("plain")
    harms = {
        "checkpoint/trial_002.json": b"[1, 2]",
        "checkpoint/trial_oof_002.npy": b"\x93NUMPY",
        "models/trial_2/model.skops": b"PK",
        "checkpoint/state.json": b"{",
    }
    for number, (name, content) in enumerate(harms.items()):
        work = tmp_path / str(number)
        shutil.copytree(done.work, work)
        (work / name).write_bytes(content)

        assert same(found_again(done, work), done.result["trials"]), name


def test_a_killed_search_continues_and_ends_with_the_same_scores(searched: Scenes, tmp_path: Path) -> None:
    done, work = searched("plain"), tmp_path / "work"
    child = begun(done.table, done.question, work)
    killed_when(child, lambda: list((work / "checkpoint").glob("trial_002.json")))
    stamp = (work / "checkpoint" / "trial_001.json").stat().st_mtime_ns
    events: list[dict[str, Any]] = []

    again = found_again(done, work, events)

    assert events[0]["resumed"] >= 2 and events[0]["spent"] > 0
    assert (work / "checkpoint" / "trial_001.json").stat().st_mtime_ns == stamp
    assert same(again, done.result["trials"])


def test_a_search_killed_in_the_middle_of_a_trial_keeps_its_folds(searched: Scenes, tmp_path: Path) -> None:
    done, work = searched("plain"), tmp_path / "w"
    child = begun(done.table, done.question, work)
    killed_when(child, lambda: list((work / "checkpoint").glob("fold_00[23].json")))
    kept = list((work / "checkpoint").glob("fold_*.json"))

    again = found_again(done, work)

    assert kept
    assert same(again, done.result["trials"])


def test_a_killed_search_leaves_no_process_behind(searched: Scenes, tmp_path: Path) -> None:
    done, workers = searched("plain"), set()
    child = begun(done.table, replace(done.question, max_trials=200), tmp_path / "w")
    killed_when(child, lambda: workers.update(_children(child.pid)) or workers)
    end = time.monotonic() + 5
    while time.monotonic() < end and any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.05)

    assert workers
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def _children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(each) for each in listed.read_text().split()}


@pytest.mark.faults  # both cores to itself: it measures time
def test_a_search_keeps_to_its_budget(saved: Saved, tmp_path: Path) -> None:
    frame = pd.concat([clients(1_500, seed) for seed in range(5)], ignore_index=True)
    table, asked = saved(frame, max_trials=60, budget_seconds=14)
    moments: list[float] = []  # of the events; the first comes when the libraries are loaded

    def tell(event: str, **content: Any) -> None:
        moments.append(time.monotonic())

    result = fit(table, Question.from_dict(read_json(asked)), tmp_path / "w", tell=tell)

    assert moments[-1] - moments[0] < 14 * 1.05 + 3
    assert result["best_trial"] != result["baseline_trial"]


def test_the_same_seed_gives_the_same_models_on_one_core_and_on_two(saved: Saved, tmp_path: Path) -> None:
    table, asked = saved(clients(300), max_trials=5, roles=PLAIN, validation={"folds": 3})
    question = Question.from_dict(read_json(asked))

    one, two = (
        fit(table, question, tmp_path / str(threads), threads, tell=lambda event, **c: None)
        for threads in (1, 2)
    )

    assert same(one["trials"], two["trials"])
    assert [t["test_metrics"] for t in one["trials"]] == [t["test_metrics"] for t in two["trials"]]
    assert one["best_trial"] == two["best_trial"]


def test_the_first_candidate_trains_while_the_checks_still_look(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = tmp_path / "trained"
    monkeypatch.setattr("automl.search.checks.check_unit", partial(_after, trained))
    table, asked = saved(clients(200), max_trials=1, roles=PLAIN)
    events: list[str] = []

    def tell(event: str, **content: Any) -> None:
        events.append(event)
        if event == "trial":
            trained.touch()

    result = fit(table, Question.from_dict(read_json(asked)), tmp_path / "w", tell=tell)

    assert [g["code"] for g in result["guardrails"] if g["status"] == "alerted"][0] == "constant_columns"
    assert events.index("trial") < events.index("guardrail")


def _after(sign: Path, subject: Any) -> Any:
    while not sign.exists():
        time.sleep(0.01)
    return [g for g in check_question(*subject) if g["code"] == "constant_columns"]


def test_checks_that_were_made_before_are_not_made_again(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automl.search.checks.check_unit", _endless)
    table, asked = saved(clients(200), max_trials=1, roles=PLAIN)
    known = check_question(clients(200), Question.from_dict(read_json(asked)))

    result = fit(
        table, Question.from_dict(read_json(asked)), tmp_path / "w", tell=lambda *_, **__: None, checked=known
    )

    assert [g for g in result["guardrails"] if g["stage"] == "pre_train"] == known


def test_unfinished_checks_are_said_and_do_not_hold_the_search_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automl.search.checks.check_unit", _endless)
    events: list[str] = []
    clock = Clock(3.0)

    checks = Checks(
        clients(50), Question.from_dict({"target": "bought"}), clock, lambda e, **_: events.append(e)
    )
    checks.look()

    assert clock.elapsed < 1.5 and not events
    assert [g["code"] for g in checks.results()] == ["checks_unfinished"] and events == ["guardrail"]
    assert clock.elapsed < 5 and checks.worker and not checks.worker.alive


def _endless(subject: Any) -> Any:
    time.sleep(60)


def test_a_first_model_is_there_within_seconds(searched: Scenes) -> None:
    done = searched("binary")
    first = next(e for e in done.events if e["event"] == "trial" and not e["is_baseline"])

    assert first["status"] == "finished" and first["at"] < 10
    assert done.result["simple_trial"] == 2


def test_a_stricter_limit_holds_for_the_whole_search_and_of_two_the_stricter(
    saved: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, asked = saved(clients(200), max_trials=1, roles=PLAIN)
    policy, limits = tmp_path / "policy.json", tmp_path / "limits.json"
    policy.write_text('{"too_few_rows": {"threshold": 5000, "severity": "block"}}')
    limits.write_text('{"too_few_rows": 2000}')
    places = ["fit", "--table", str(table), "--question", str(asked), "--workdir", str(tmp_path / "w")]

    assert main([*places, "--policy", str(policy), "--thresholds", str(limits)]) == 0
    found = {g["code"]: g for g in read_json(tmp_path / "w" / "result.json")["guardrails"]}
    assert found["too_few_rows"]["threshold"] == 5000 and found["too_few_rows"]["severity"] == "block"

    for laxer, word in (
        ('{"target_leakage": 0.999}', "stricter only"),
        ("[1]", "wrongly"),
        ("{", "file"),
    ):
        limits.write_text(laxer)
        capsys.readouterr()
        assert main([*places, "--thresholds", str(limits)]) in (1, 2)
        failed = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert failed["event"] == "failed" and word in failed["message"] % failed["params"]
