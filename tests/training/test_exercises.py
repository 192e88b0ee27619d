"""Exercises: a private sandbox on real data, and checks that tell right, wrong, not attempted and our fault apart."""

import gzip
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse

from portal.core import clock, job_runner
from portal.core.models import AuditEvent, Job
from portal.core.verdicts import Refused
from projects.models import Dataset, DatasetVersion, Experiment, GuardrailResult, SquadMember, UseCase
from projects.services import datasets, experiments, guardrails, sandboxes, shares
from tests.people import person
from tests.projects.data_scene import quick_engine
from training import exercise_checks, exercising, selectors
from training.models import Exercise, ExerciseWork, Path
from training.services import enrolments, exercises

from .learners import CITIZEN, finish_lesson

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum", "quick_engine")]


@pytest.fixture(autouse=True)
def _no_heartbeat(settings):
    """The test's own transaction holds the one write lock of SQLite."""
    settings.JOB_HEARTBEAT_SECONDS = 3600


def begin(user, code="known-when"):
    """A sandbox whose table is read."""
    work = exercises.start(Exercise.objects.for_list().get(code=code), by=user)
    job_runner.run_until_idle("quick")
    return work


def states(work):
    """Code of each check to what it says now."""
    return {each["code"]: each["state"] for each in exercising.look(work)}


def ask(work, **question):
    """An experiment of the sandbox with this question."""
    version = DatasetVersion.objects.get(dataset__use_case=work.use_case)
    draft = experiments.create_draft(
        use_case=work.use_case, dataset_version=version, title="Mine", by=work.user
    )
    return experiments.update_question(draft, question, by=work.user)


def roles(work, **given):
    """The suggested roles of the sandbox's table, some of them changed."""
    version = DatasetVersion.objects.get(dataset__use_case=work.use_case)
    found = {each["name"]: each["suggested_role"] for each in version.columns_described}
    return found | given


def test_a_sandbox_is_seen_by_its_learner_alone_and_counts_nowhere():
    learner, other = person("Lea"), person("Otto")
    bosses = [
        person(duties=(duty,)) for duty in ("portfolio_manager", "auditor", "model_reviewer", "risk_officer")
    ]
    work = begin(learner)
    table = Dataset.objects.get(use_case=work.use_case)
    draft = ask(work, target="bikers")

    assert work.use_case.ref.startswith("TRY-") and not UseCase.objects.filter(pk=work.use_case_id).exists()
    for reader in (other, *bosses):
        assert not UseCase.objects.visible_to(reader).exists()
        assert not Dataset.objects.visible_to(reader).filter(pk=table.pk).exists()
        assert not Experiment.objects.visible_to(reader).exists()
    assert Dataset.objects.visible_to(learner).get() == table
    assert Experiment.objects.visible_to(learner).get() == draft
    assert not UseCase.objects.visible_to(learner).exists() and not SquadMember.objects.exists()
    with pytest.raises(Refused):
        shares.share(table, person=other, right="view", reason="Look.", by=learner)
    assert not Dataset.objects.visible_to(other).exists()


def test_starting_twice_gives_the_same_sandbox_and_a_stranger_cannot_use_it():
    learner, other = person(), person()
    work = begin(learner)

    assert exercises.start(work.exercise, by=learner) == work and ExerciseWork.objects.count() == 1
    for refused in (
        lambda: exercises.check(work, by=other),
        lambda: exercises.clear(work, by=other),
        lambda: exercises.start(work.exercise, by=person(duties=("auditor",))),
    ):
        with pytest.raises(Refused):
            refused()
    assert (
        ExerciseWork.objects.get().checked_at is None
        and UseCase.everything.filter(is_sandbox=True).count() == 1
    )


def test_the_checks_tell_not_attempted_wrong_and_right_apart():
    work = begin(person())
    assert set(states(work).values()) == {"open"}

    draft = ask(work, target="bikers")
    seen = exercises.check(work, by=work.user)
    found = {each["code"]: each for each in seen.findings}
    assert found["target"]["state"] == "right" and found["leaks"]["state"] == "wrong"
    assert (
        found["leaks"]["params"] == {"n": 2}
        and found["words"]["state"] == found["checked"]["state"] == "open"
    )
    assert seen.passed_at is None

    everything = dict.fromkeys(roles(work), "exclude") | {"hr": "feature"}
    everything.pop("bikers")
    experiments.update_question(draft, {"roles": everything}, by=work.user)
    assert states(work)["leaks"] == "right" and states(work)["honest"] == "wrong"

    honest = roles(work, casual="exclude", registered="exclude")
    honest.pop("bikers")
    experiments.update_question(
        draft,
        {"roles": honest},
        row_meaning="one hour of a day",
        predicted_when="the evening before",
        by=work.user,
    )
    guardrails.request_checks(draft, by=work.user)
    job_runner.run_until_idle("quick")
    for result in GuardrailResult.objects.filter(experiment=draft).open().filter(severity="justify"):
        assert states(work)["checked"] == "wrong"
        guardrails.justify(result, "It is known the evening before.", by=work.user)

    seen = exercises.check(work, by=work.user)
    assert Counter(each["state"] for each in seen.findings) == {"right": 5} and seen.passed_at

    experiments.update_question(draft, {"roles": honest | {"casual": "feature"}}, by=work.user)
    again = exercises.check(seen, by=work.user)
    assert states(work)["leaks"] == "wrong" and again.passed_at == seen.passed_at
    assert AuditEvent.objects.filter(verb="exercise.passed").count() == 1


def test_what_breaks_on_our_side_is_our_fault_and_never_a_mistake_of_the_learner(monkeypatch, caplog):
    work = begin(person())
    draft = ask(work, target="bikers")
    guardrails.request_checks(draft, by=work.user)
    Job.objects.filter(pk=draft.check_job_id).update(state=Job.State.FAILED)
    assert states(work)["checked"] == "failed"

    def broken(facts, check):
        raise ZeroDivisionError

    monkeypatch.setitem(exercise_checks.KINDS, "target", exercise_checks.Kind(broken))
    seen = exercises.check(work, by=work.user)
    found = {each["code"]: each for each in seen.findings}
    assert found["target"]["state"] == "failed" and found["target"]["text"] == exercise_checks.OUR_FAULT
    assert found["leaks"]["state"] == "wrong" and "check target of an exercise broke" in caplog.text


def test_a_learner_without_any_right_brings_a_table_and_reads_its_figures():
    work = begin(person(), "first-table")
    packed = (exercises.TABLES / "instalment_credit.csv.gz").read_bytes()
    rows = gzip.decompress(packed)
    assert set(states(work).values()) == {"open"}

    def bring(name, content):
        datasets.create(
            name=name, file=ContentFile(content, name="t.csv"), use_case=work.use_case, by=work.user
        )
        job_runner.run_until_idle("quick")

    bring("Half", b"\n".join(rows.splitlines()[:40]))
    assert states(work)["table"] == "wrong"
    bring("Whole", rows)
    version = DatasetVersion.objects.get(dataset__name="Whole")
    datasets.describe(
        version.dataset,
        dictionary={"Seniority": "Years in the job", "Age": "Years", "Home": "Owns or rents"},
        by=work.user,
    )
    seen = exercises.check(work, written={"gaps": "4", "income": "7,4 %", "repeated": "one"}, by=work.user)
    found = {each["code"]: each["state"] for each in seen.findings}
    assert found == {
        "table": "right",
        "gaps": "wrong",
        "income": "right",
        "repeated": "wrong",
        "meanings": "right",
    }
    assert exercises.check(seen, written={"gaps": "5", "repeated": "1"}, by=work.user).passed_at

    for bad in ({"nope": "1"}, {"gaps": "9" * 41}, {"gaps": 5}):
        with pytest.raises(ValidationError) as problem:
            exercises.check(seen, written=bad, by=work.user)
        assert set(problem.value.message_dict) == set(bad)
    assert ExerciseWork.objects.get().written["gaps"] == "5"


def test_practice_searches_without_the_right_but_briefly_and_its_model_stays():
    work = begin(person(), "beat-the-baseline")
    draft = ask(work, target="churn", budget_seconds=300, max_trials=3, metric="roc_auc")
    guardrails.request_checks(draft, by=work.user)
    job_runner.run_until_idle("quick")
    for result in GuardrailResult.objects.filter(experiment=draft).open().filter(severity="justify"):
        guardrails.justify(result, "The charge is the minutes times a price.", by=work.user)
    draft.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        experiments.start(draft, by=work.user)
    assert refusal.value.verdict.code == "sandbox_budget" and draft.job is None


def test_an_idle_sandbox_is_cleared_with_all_rows_and_what_was_passed_stays():
    learner = person()
    work = begin(learner)
    draft = ask(work, target="bikers")
    guardrails.request_checks(draft, by=learner)
    with pytest.raises(Refused) as refusal:
        exercises.clear(work, by=learner)
    assert refusal.value.verdict.code == "sandbox_busy"
    job_runner.run_until_idle("quick")
    ExerciseWork.objects.update(passed_at=clock.now())
    assert exercises.clear_idle() == 0

    with clock.at(clock.now() + timedelta(days=31)):
        assert exercises.clear_idle() == 1 and exercises.clear_idle() == 0
    work.refresh_from_db()
    assert work.use_case is None and work.cleared_at and work.passed_at
    left = [
        UseCase.everything.filter(is_sandbox=True),
        Dataset.objects,
        Experiment.objects,
        GuardrailResult.objects,
    ]
    assert not any(rows.exists() for rows in left)
    assert begin(learner).pk != work.pk


def test_nothing_but_a_sandbox_is_ever_cleared():
    owner = person()
    real = UseCase.objects.create(ref="UC-1", title="Real", problem="x", submitter=owner, product_owner=owner)

    with pytest.raises(Refused):
        sandboxes.clear(real, by=None)
    assert UseCase.objects.filter(pk=real.pk).exists()


def test_a_lesson_opens_the_sandbox_at_its_page(client):
    learner = person()
    client.force_login(learner)
    lesson = client.get(reverse("training:lesson_detail", args=["5.3"]))
    start = reverse("training:exercise_start", args=["known-when"])
    assert start in lesson.content.decode()

    first = client.post(start, {"page": "columns"})
    job_runner.run_until_idle("quick")
    work = ExerciseWork.objects.for_list().get()
    version = DatasetVersion.objects.get(dataset__use_case=work.use_case)
    assert first.url == reverse("projects:dataset_version", args=[version.pk])

    second = client.post(start, {"page": "columns"})
    assert second.url.startswith(reverse("projects:experiment_new"))
    made = client.post(
        second.url, {"title": "Bikes", "use_case": work.use_case_id, "dataset_version": version.pk}
    )
    draft = Experiment.objects.get()
    assert (
        made.url == reverse("projects:experiment_question", args=[draft.pk])
        and draft.use_case == work.use_case
    )
    experiments.update_question(draft, {"target": "bikers"}, by=learner)
    third = client.post(start, {"page": "columns"})
    assert third.url == reverse("projects:experiment_columns", args=[draft.pk])
    page = client.get(third.url).content.decode()
    assert "This is your sandbox" in page
    back = client.get(reverse("projects:use_case_detail", args=[work.use_case_id]), follow=True)
    assert back.redirect_chain[-1][0] == reverse("training:exercise_detail", args=["known-when"])
    client.force_login(person())
    assert client.get(reverse("projects:use_case_detail", args=[work.use_case_id])).status_code == 404
    assert client.get(reverse("training:sandbox", args=[work.use_case_id])).status_code == 404


def test_my_learning_offers_the_exercise_of_the_lesson_just_read_and_none_before_the_exam():
    learner = person()
    enrolments.enrol(Path.objects.get(code=CITIZEN), by=learner)
    for code in ("1.1", "5.1", "5.3"):
        finish_lesson(learner, code)
    assert selectors.my_learning(learner).next.title == "Find what gives the answer away"
    for code in ("6.1", "6.2", "6.3"):
        finish_lesson(learner, code)
    assert selectors.my_learning(learner).next.title.startswith("Take the exam")
    exercises.start(Exercise.objects.for_list().get(code="first-table"), by=learner)
    assert selectors.my_learning(learner).next.action == "Go on with the exercise"
