"""Experiments: a question is checked field by field, started by those who may, and its result is kept once."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from portal.core import filestore, job_runner
from portal.core.models import AuditEvent, Credential, Job, Notice
from portal.core.services import jobs
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Experiment, GuardrailResult, UseCase
from projects.services import experiments, guardrails
from tests.people import person
from tests.projects.data_scene import draft, join, quick_engine, ready_version, scene, table

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


@pytest.fixture(autouse=True)
def _no_heartbeat(settings):
    """The test's own transaction holds the one write lock of SQLite."""
    settings.JOB_HEARTBEAT_SECONDS = 3600


def checked(play, **question):
    """A draft whose checks are done and justified."""
    experiment = draft(play, **question)
    guardrails.request_checks(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()
    for result in GuardrailResult.objects.filter(experiment=experiment).open().filter(severity="justify"):
        guardrails.justify(result, "It is known when we predict.", by=play.citizen)
    return experiment


def test_the_question_is_filled_with_what_the_profile_recommends():
    question = draft(scene()).question

    assert (question["task"], question["metric"]) == ("binary", "roc_auc")
    assert question["validation"] == {"kind": "stratified", "folds": 5, "holdout": 0.2}
    assert question["roles"]["sex"] == "sensitive" and question["roles"]["age"] == "sensitive"
    assert "renews" not in question["roles"]


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ({"target": "nope"}, "target", "not in this table"),
        ({"target": ""}, "target", "Choose the column"),
        ({"task": "poetry"}, "task", "Choose one of"),
        ({"task": "regression"}, "task", "text"),
        ({"target": "region", "task": "binary"}, "task", "3 different"),
        ({"metric": "rmse"}, "metric", "does not fit"),
        ({"roles": {"nope": "feature"}}, "roles", "not in the table"),
        ({"roles": {"age": "king"}}, "roles", "not known"),
        ({"roles": []}, "roles", "object"),
        (
            {"roles": dict.fromkeys(("age", "visits", "region", "sex"), "exclude")},
            "roles",
            "No column is left",
        ),
        ({"validation": {"kind": "time"}}, "validation", "needs a column"),
        ({"validation": {"kind": "magic"}}, "validation", "Choose one of"),
        ({"validation": {"kind": "random", "folds": 1}}, "validation", "between 2 and 20"),
        ({"validation": {"kind": "random", "holdout": float("nan")}}, "validation", "between"),
        ({"budget_seconds": 5}, "budget_seconds", "between 10 and 3600"),
        ({"budget_seconds": "60"}, "budget_seconds", "between"),
        ({"max_trials": 2.5}, "max_trials", "between"),
        ({"cost_false_negative": -1}, "cost_false_negative", "between"),
        ({"positive_label": "maybe"}, "positive_label", "one of"),
        ({"colour": "blue"}, "colour", "not known"),
    ],
)
def test_a_wrong_question_names_its_field_and_changes_nothing(asked, field, words):
    play = scene()
    experiment = draft(play)
    before = dict(experiment.question)

    with pytest.raises(ValidationError) as found:
        experiments.update_question(experiment, asked, by=play.citizen)

    assert words in " ".join(found.value.message_dict[field])
    experiment.refresh_from_db()
    assert experiment.question == before


def test_a_target_with_one_class_is_refused():
    play = scene()
    content = b"a,b,c\n" + b"".join(b"%d,%d,yes\n" % (n, n % 7) for n in range(60))
    with pytest.raises(ValidationError, match="nothing to predict"):
        draft(play, ready_version(play, content), target="c")


def test_a_stranger_neither_drafts_nor_edits():
    play = scene()
    version = ready_version(play)
    with pytest.raises(Refused, match="Only the squad"):
        experiments.create_draft(use_case=play.use_case, dataset_version=version, title="X", by=play.stranger)
    assert not Experiment.objects.exists()
    experiment = draft(play, version)
    with pytest.raises(Refused, match="Only the squad"):
        experiments.update_question(experiment, {"max_trials": 5}, by=play.stranger)
    experiment.refresh_from_db()
    assert experiment.question["max_trials"] == 3


def test_without_the_credential_the_start_is_refused_with_the_way_and_the_draft_stays():
    play = scene()
    experiment = checked(play)
    learner = person("Lea Learner")
    join(play.use_case, learner)

    with pytest.raises(Refused, match="certificate") as refusal:
        experiments.start(experiment, by=learner)

    assert refusal.value.verdict.remedy
    experiment.refresh_from_db()
    assert experiment.job is None and not Job.objects.filter(kind="experiment.run").exists()


def test_a_revoked_credential_counts_at_once():
    play = scene()
    experiment = checked(play)
    Credential.objects.filter(user=play.citizen).delete()
    with pytest.raises(Refused, match="certificate"):
        experiments.start(experiment, by=play.citizen)
    assert not Job.objects.filter(kind="experiment.run").exists()


def test_a_certified_stranger_does_not_start_somebody_elses_experiment():
    play = scene()
    experiment = checked(play)
    with pytest.raises(Refused, match="Only the squad"):
        experiments.start(experiment, by=play.stranger)
    assert not Job.objects.filter(kind="experiment.run").exists()


def test_no_start_before_initialisation():
    play = scene(phase=UseCase.Phase.BACKLOG)
    experiment = checked(play)
    with pytest.raises(Refused, match="phase"):
        experiments.start(experiment, by=play.citizen)
    assert experiment.job is None


def test_no_start_before_the_checks_and_none_when_the_question_changed_since():
    play = scene()
    experiment = draft(play)
    with pytest.raises(Refused, match="have not looked"):
        experiments.start(experiment, by=play.citizen)
    experiment = checked(play)
    experiments.update_question(experiment, {"max_trials": 4}, by=play.citizen)
    with pytest.raises(Refused, match="have not looked"):
        experiments.start(experiment, by=play.citizen)
    assert not Job.objects.filter(kind="experiment.run").exists()


def test_a_block_is_not_passed():
    play = scene()
    lines = table().decode().splitlines()
    copied = [lines[0] + ",copy"] + [line + "," + line.rpartition(",")[2].upper() for line in lines[1:]]
    version = ready_version(play, "\n".join(copied).encode())
    experiment = draft(play, version)
    guardrails.request_checks(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()

    codes = set(GuardrailResult.objects.filter(experiment=experiment).open().values_list("code", "severity"))
    assert ("target_copy", "block") in codes
    with pytest.raises(Refused, match="blocks"):
        experiments.start(experiment, by=play.citizen)
    assert not Job.objects.filter(kind="experiment.run").exists()


def test_the_search_ends_with_trials_models_result_and_notice():
    play = scene()
    experiment = checked(play)
    experiments.start(experiment, by=play.citizen)
    job_runner.run_until_idle("ml")
    experiment = Experiment.objects.get(pk=experiment.pk)

    assert experiment.status == "done", experiment.job.error_text
    assert experiment.job.isolation
    trials = list(experiment.trials.all())
    assert trials[0].is_baseline and sum(trial.is_best for trial in trials) == 1
    best = next(trial for trial in trials if trial.is_best)
    score = best.test_metrics["roc_auc"]
    assert score["low"] <= score["value"] <= score["high"] and best.at_seconds
    with zipfile.ZipFile(io.BytesIO(filestore.cached(best.bundle_digest).read_bytes())) as archive:
        assert archive.namelist() == ["meta.json", "model.skops", "recipe.json"]
    assert best.model_sha256
    assert GuardrailResult.objects.filter(experiment=experiment, stage="post_train").exists()
    assert experiment.result["summary"] and experiment.result["reference"]
    assert "result" in str(Notice.objects.get(user=play.owner))
    assert AuditEvent.objects.filter(verb="experiment.finished").count() == 1
    with pytest.raises(Refused, match="frozen"):
        experiments.update_question(experiment, {"max_trials": 4}, by=play.citizen)
    with pytest.raises(Refused, match="started already"):
        experiments.start(experiment, by=play.citizen)


def test_two_starts_at_once_leave_one_job():
    play = scene()
    experiment = checked(play)
    twin = Experiment.objects.get(pk=experiment.pk)
    experiments.start(experiment, by=play.citizen)
    with pytest.raises(IllegalMove):
        experiments.start(twin, by=play.citizen)
    assert Job.objects.filter(kind="experiment.run").count() == 1


def test_a_stranger_does_not_cancel_and_the_owner_does():
    play = scene()
    experiment = checked(play)
    experiments.start(experiment, by=play.citizen)
    with pytest.raises(Refused):
        experiments.cancel(experiment, by=play.stranger)
    experiment.job.refresh_from_db()
    assert experiment.job.state == Job.State.QUEUED
    experiments.cancel(experiment, by=play.citizen)
    assert Experiment.objects.get(pk=experiment.pk).status == "cancelled"


def test_stop_early_needs_a_running_search_and_leaves_a_request():
    play = scene()
    experiment = checked(play)
    experiments.start(experiment, by=play.citizen)
    with pytest.raises(Refused, match="nothing to keep"):
        experiments.stop_early(experiment, by=play.citizen)
    jobs.claim("ml")
    experiment = Experiment.objects.get(pk=experiment.pk)
    with pytest.raises(Refused):
        experiments.stop_early(experiment, by=play.stranger)
    assert experiment.stop_requested_at is None
    experiments.stop_early(experiment, by=play.citizen)
    assert Experiment.objects.get(pk=experiment.pk).stop_requested_at


def test_a_copy_is_a_new_draft_with_the_same_question():
    play = scene()
    experiment = draft(play)
    twin = experiments.copy_draft(experiment, by=play.citizen)
    assert twin.pk != experiment.pk and twin.question == experiment.question and twin.status == "draft"
