"""Trials on a Dask cluster of two processes: the same result, and one that takes too much memory is named."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automl.fit import fit
from automl.question import Question
from tests.automl.conftest import clients

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""
THREE = {
    "target": "bought",
    "budget_seconds": 240,
    "max_trials": 3,
    "validation": {"kind": "stratified", "folds": 3},
}


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster in processes of its own, ended when its standard input closes."""
    place = tmp_path_factory.mktemp("cluster")
    (place / "hold.py").write_text(HOLD)
    known = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    held = subprocess.Popen([sys.executable, str(place / "hold.py")], cwd=place, env=known, **pipes)
    assert held.stdout is not None and held.stdin is not None
    yield held.stdout.readline().strip()
    held.stdin.close()
    held.wait(30)


def test_a_cluster_gives_the_same_models_and_drops_what_takes_too_much_memory(
    scheduler: str, tmp_path: Path
) -> None:
    clients(400).to_parquet(tmp_path / "table.parquet", index=False)
    asked = Question.from_dict(THREE)
    here = fit(tmp_path / "table.parquet", asked, tmp_path / "here", tell=lambda *_, **__: None)
    events: list[dict[str, Any]] = []
    far = fit(
        tmp_path / "table.parquet", asked, tmp_path / "far", scheduler=scheduler,
        tell=lambda event, **c: events.append({"event": event, **c}),
    )  # fmt: skip

    assert "cluster" not in {each["event"] for each in events}
    scores = [(t["name"], t["fold_scores"], t["status"]) for t in here["trials"]]
    assert [(t["name"], t["fold_scores"], t["status"]) for t in far["trials"]] == scores
    both = [{t["name"]: t["artifact"]["files"]["model.skops"] for t in r["trials"]} for r in (here, far)]
    assert both[0].keys() == both[1].keys()
    assert far["best_trial"] == here["best_trial"]
    values = [
        next(t for t in r["trials"] if t["number"] == r["best_trial"])["test_metrics"]["roc_auc"]
        for r in (here, far)
    ]
    assert values[0] == values[1]


def test_a_trial_that_takes_too_much_memory_on_the_cluster_is_named_and_the_search_goes_on(
    scheduler: str, tmp_path: Path
) -> None:
    from automl.preparing import Scene
    from automl.search.checkpoint import Checkpoint
    from automl.search.clock import Clock
    from automl.search.cluster import FarTeam
    from automl.search.portfolio import Candidate, portfolio
    from automl.search.trials import run_trial

    clients(400).to_parquet(tmp_path / "table.parquet", index=False)
    asked = Question.from_dict(THREE | {"memory_mb": 700})
    clock, point = Clock(240), Checkpoint(tmp_path / "c", "me")
    scene = Scene(tmp_path / "table.parquet", asked, point, clock, tmp_path, 1, lambda *_, **__: None)
    study, _ = scene.prepared(scene.subject())
    team = FarTeam.at(study, scheduler)
    team.too_large = lambda wanted: None  # type: ignore[method-assign]  # it must be found out by trying
    try:
        huge = Candidate("huge_network", "network", "scaled", {"hidden_layer_sizes": (20_000, 20_000)})
        dropped, fine = run_trial(team, huge, 1), run_trial(team, portfolio(study.shape)[1], 2)
    finally:
        team.end()
    assert dropped["status"] == "failed" and dropped["reason"]["code"] == "trial_out_of_memory"
    assert fine["status"] == "finished" and (study.models / "trial_2" / "model.skops").exists()


def test_training_that_was_given_up_leaves_its_worker_of_the_cluster_free(
    scheduler: str, tmp_path: Path
) -> None:
    from automl.preparing import Scene
    from automl.search.checkpoint import Checkpoint
    from automl.search.clock import Clock
    from automl.search.cluster import FarTeam
    from automl.search.portfolio import Candidate
    from automl.search.units import fold_unit

    clients(20_000).to_parquet(tmp_path / "table.parquet", index=False)
    asked, clock, point = Question.from_dict(THREE), Clock(240), Checkpoint(tmp_path / "c", "me")
    scene = Scene(tmp_path / "table.parquet", asked, point, clock, tmp_path, 1, lambda *_, **__: None)
    study, _ = scene.prepared(scene.subject())
    endless = Candidate("endless", "lightgbm", "ordinal", {"learning_rate": 1e-6, "num_leaves": 255})
    team = FarTeam.at(study, scheduler)
    try:
        for member in team.members:
            member.ask(fold_unit, endless, 0, None)
        time.sleep(3)  # both workers train
        held = team.client.processing()
        for member in team.members:
            member.end()
        team.members[0].ask(
            fold_unit, Candidate("constant", "baseline", "ordinal", is_baseline=True), 0, None
        )
        assert team.members[0].ready(30), "the worker still trains for nobody"
    finally:
        team.end()
    assert sum(len(keys) for keys in held.values()) == 2


def test_without_a_cluster_the_search_says_so_and_trains_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automl.search.cluster.CONNECT_SECONDS", 1)
    clients(200).to_parquet(tmp_path / "table.parquet", index=False)
    events: list[dict[str, Any]] = []
    result = fit(
        tmp_path / "table.parquet", Question.from_dict(THREE | {"max_trials": 2}), tmp_path / "w",
        scheduler="tcp://127.0.0.1:9", tell=lambda event, **c: events.append({"event": event, **c}),
    )  # fmt: skip

    assert [e["code"] for e in events if e["event"] == "cluster"] == ["cluster_absent"]
    assert result["best_trial"] == 2
