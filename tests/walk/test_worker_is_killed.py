"""SIGKILL to the trainer in the middle of an experiment: it goes on after the restart, ends once, and the page says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.walk import step_building as building, step_framing as framing
from tests.walk.stack import Stack
from tests.walk.story import Walk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(500),
]
SCRIPT = """
import json, sys
from portal.core.models import AuditEvent, Job
job = Job.objects.get(kind="experiment.run")
done = AuditEvent.objects.filter(verb="job.done", target_id=str(job.pk)).count()
from projects.models import Experiment
experiment = Experiment.objects.get(job=job)
trials = list(experiment.trials.values_list("number", flat=True))
sys.stdout.write("ACCOUNT" + json.dumps([job.state, job.attempt, done, len(trials), len(set(trials))]))
"""


def account(stack: Stack) -> list[Any]:
    """State, attempts, events of the end, candidates, different candidates."""
    said = stack.manage("shell", "-c", SCRIPT)
    return list(json.loads(said.stdout.rpartition("ACCOUNT")[2]))


def test_an_experiment_survives_its_killed_worker_and_ends_once(
    own_stack: Stack, chromium: Any, shots: Path, tmp_path: Path
) -> None:
    walk = Walk(chromium, own_stack, shots, tmp_path)
    try:
        for step in (
            framing.propose, framing.triage, framing.score, framing.form_squad, framing.write_kill_criterion,
        ):  # fmt: skip
            step(walk)
        framing.pass_gate(walk, "gate-1", "Initialisation")
        walk.stack.give_right("lea", "automl.launch")
        for step in (building.bring_table, building.ask_question, building.check_and_start):
            step(walk)
        lea = walk.who("lea")
        lea.see("same answer for everybody", 90)  # a first candidate: it is in the middle
        assert own_stack.kill_worker("ml") >= 2
        assert lea.main().get_by_text("Register the best model").count() == 0  # it does not claim to be done
        lea.see("Register the best model", 180)
    except BaseException:
        walk.last_pictures()
        raise
    state, attempts, ends, candidates, different = account(own_stack)
    assert (state, ends) == ("done", 1)
    assert attempts == 2
    assert candidates == different
    assert walk.wrong() == []
