"""What the portal adds to the engine: from submit to the first trial, and from the last trial to the page with the result.

python -m benchmarks portal_overhead --turns 3

A portal of its own is started with its workers on data of its own. Each turn trains the same question twice: through
the portal, and by the engine alone behind the same wall; the difference is the portal's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOAL = 5.0
LOOK = 0.05
PATIENCE = 300.0
ASKED = {"budget_seconds": 10, "max_trials": 3}


def main(arguments: list[str]) -> int:
    """Print both figures of every turn and the least of each; 1 when one of those misses the goal."""
    options = argparse.ArgumentParser(prog="python -m benchmarks portal_overhead", description=__doc__)
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--port", type=int, default=8117)
    options.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args(arguments)
    if given.child:
        return measure(given.turns, given.port)
    place = tempfile.mkdtemp(prefix="agora-overhead-")
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL")}
    environment = kept | {"AGORA_VAR": place, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    again = [sys.executable, "-m", "benchmarks", "portal_overhead", "--child"]
    try:
        return subprocess.run(
            [*again, "--turns", str(given.turns), "--port", str(given.port)], env=environment, cwd=ROOT
        ).returncode
    finally:
        shutil.rmtree(place, ignore_errors=True)


def measure(turns: int, port: int) -> int:
    """In a process that shares the data of a portal it starts."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.projects import data_scene

    call_command("migrate", verbosity=0)
    play = data_scene.scene()
    version = data_scene.ready_version(play)
    portal = subprocess.Popen([sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)], cwd=ROOT)
    try:
        await_portal(port)
        found = [one_turn(play, version) for _ in range(turns)]
    finally:
        portal.send_signal(signal.SIGTERM)
        portal.wait(60)
    for turn in found:
        print(json.dumps({name: round(seconds, 2) for name, seconds in turn.items()}))
    least = {name: min(turn[name] for turn in found) for name in ("to_first_trial", "to_page")}
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; goal below {GOAL:.0f} s beyond the engine's own"
    )
    print(
        f"submit to first trial: {least['to_first_trial']:.2f} s more; last trial to page: {least['to_page']:.2f} s more"
    )
    return 0 if max(least.values()) < GOAL else 1


def await_portal(port: int) -> None:
    """Return when the portal answers."""
    import urllib.request

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)  # noqa: S310  our own portal
            return
        except OSError as error:
            if hasattr(error, "code"):  # it answers, whatever it says
                return
            time.sleep(0.5)
    raise SystemExit("The portal did not start.")


def waited(ready: Any, begun: float) -> float:
    """Seconds from a moment until something holds."""
    while not ready():
        if time.monotonic() - begun > PATIENCE:
            raise SystemExit("The experiment did not come so far.")
        time.sleep(LOOK)
    return time.monotonic() - begun


def one_turn(play: Any, version: Any) -> dict[str, float]:
    """The same question through the portal and by the engine alone."""
    from django.test import Client
    from django.urls import reverse

    from portal.core.models import Job
    from projects.models import Experiment
    from projects.services import experiments, guardrails
    from tests.projects import data_scene

    experiment = data_scene.draft(play, version, **ASKED)
    guardrails.request_checks(experiment, by=play.citizen)
    waited(
        lambda: Experiment.objects.filter(pk=experiment.pk).exclude(checked_digest="").exists(),
        time.monotonic(),
    )
    experiment.refresh_from_db()
    for found in experiment.guardrails.filter(is_current=True, is_alerted=True, severity="justify"):
        guardrails.justify(found, "It is known when the prediction is made.", by=play.citizen)
    begun = time.monotonic()
    job = experiments.start(experiment, by=play.citizen)
    first = waited(experiment.trials.exists, begun)
    last_count, last = 0, begun
    while Job.objects.get(pk=job.pk).state in ("queued", "running") and time.monotonic() - begun < PATIENCE:
        count = experiment.trials.count()
        last_count, last = (count, time.monotonic()) if count > last_count else (last_count, last)
        time.sleep(LOOK)
    reader = Client()
    reader.force_login(play.citizen)
    answer = reader.get(
        reverse("projects:experiment_detail", args=[experiment.pk]), headers={"host": "localhost"}
    )
    page = time.monotonic() - last
    assert answer.status_code == 200 and Experiment.objects.get(pk=experiment.pk).result, answer.status_code
    alone = engine_alone(experiment)
    return {
        "portal_first": first, "engine_first": alone[0], "to_first_trial": first - alone[0],
        "portal_last_to_page": page, "engine_last_to_end": alone[1], "to_page": page - alone[1],
    }  # fmt: skip


def engine_alone(experiment: Any) -> tuple[float, float]:
    """Seconds to the first trial, and from the last trial to the end, of the engine behind the same wall."""
    from portal.core import sandbox
    from projects.services import engine, guardrails

    with tempfile.TemporaryDirectory(prefix="agora-alone-") as name:
        place = Path(name)
        table = guardrails.table_of(experiment)
        question = engine.write_json(place / "question.json", experiment.question)
        known = {"guardrails": guardrails.known_findings(experiment)}
        checked = engine.write_json(place / "checked.json", known)
        heard: list[float] = []
        begun = time.monotonic()
        arguments = ["fit", "--table", str(table), "--question", str(question), "--workdir", str(place)]
        ended = sandbox.run(
            [*arguments, "--checked", str(checked), "--memory-mb", str(engine.MEMORY_MB)],
            readable=[table], writable=place, seconds=PATIENCE,
            on_event=lambda event: heard.append(time.monotonic()) if event.get("event") == "trial" else None,
        )  # fmt: skip
        assert ended.code == 0, ended.stderr_tail
        return heard[0] - begun, time.monotonic() - heard[-1]
