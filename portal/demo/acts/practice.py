"""Exercises in sandboxes, really done, and mentors who really look at them."""

import tempfile
from pathlib import Path
from typing import Any

from portal.core.models import Job, User
from portal.demo.acts.experiments import work_through
from portal.demo.book import Scene
from portal.demo.stage import BrokenStory, Stage, act
from projects.models import DatasetVersion, GuardrailResult
from projects.services import datasets, experiments, guardrails
from training.models import Exercise, ExerciseWork, Review
from training.services import exercises, reviews


@act("practise", trains=True)
def practise(stage: Stage, scene: Scene) -> None:
    """Begin an exercise, do what is told in its sandbox, and have it checked."""
    person, told = stage.person(scene.subject), scene.told
    work = exercises.start(Exercise.objects.for_list().get(code=told["exercise"]), by=person)
    if not work.version.table["supplied"]:
        bring(work)
    work_through(Job.Queue.QUICK)
    version = DatasetVersion.objects.select_related("dataset").get(dataset__use_case=work.use_case)
    if "meanings" in told:
        datasets.describe(version.dataset, dictionary=told["meanings"], by=person)
    if "question" in told:
        ask(work, version, told)
    work = exercises.check(work, written=told.get("written"), by=person)
    if bool(work.passed_at) is not told.get("passes", True):
        states = {each["code"]: each["state"] for each in work.findings}
        raise BrokenStory(f"{person} and {work.exercise.code}: {states}")


def bring(work: ExerciseWork) -> None:
    """The learner downloads the table of the exercise and uploads it."""
    with tempfile.TemporaryDirectory() as folder:
        datasets.create(
            name=work.exercise.title,
            file=exercises.table(work.version, Path(folder)),
            use_case=work.use_case,
            by=work.user,
        )


def ask(work: ExerciseWork, version: DatasetVersion, told: dict[str, Any]) -> None:
    """A question with its checks and, where told, a search."""
    draft = experiments.create_draft(
        use_case=work.use_case,  # type: ignore[arg-type]  # the sandbox is there
        dataset_version=version,
        title=told["title"],
        by=work.user,
    )
    question: dict[str, Any] = dict(told["question"])
    if "roles" in question:
        suggested = {
            each["name"]: each.get("suggested_role", "feature") for each in version.columns_described
        }
        suggested.pop(question["target"], None)
        question["roles"] = suggested | question["roles"]
    experiments.update_question(
        draft, question, row_meaning=told.get("row"), predicted_when=told.get("when"), by=work.user
    )
    guardrails.request_checks(draft, by=work.user)
    work_through(Job.Queue.QUICK)
    draft.refresh_from_db()
    waiting = GuardrailResult.objects.filter(experiment=draft).open()
    for result in waiting.filter(severity=GuardrailResult.Severity.JUSTIFY):
        guardrails.justify(result, told["reason"], by=work.user)
    if told.get("search"):
        experiments.start(draft, by=work.user)
        work_through()


def work_of(person: User, code: str) -> ExerciseWork:
    """The round of this person."""
    return ExerciseWork.objects.for_list().open().get(user=person, exercise__code=code)


@act("ask_mentor", trains=True)
def ask_mentor(stage: Stage, scene: Scene) -> None:
    """Ask for coaching or an assessment."""
    person, told = stage.person(scene.subject), scene.told
    work = work_of(person, told["exercise"])
    review = reviews.ask(work, mode=told["mode"], wish=told["wish"], by=person)
    stage.keep("review", f"{scene.subject}:{told['exercise']}:{told['mode']}", review)


def review_of(stage: Stage, told: dict[str, Any], mode: str) -> Review:
    """The request of a learner."""
    key = stage.made[f"review:{told['of']}:{told['exercise']}:{mode}"]
    return Review.objects.for_list().get(pk=key)


@act("coach", trains=True)
def coach(stage: Stage, scene: Scene) -> None:
    """A mentor takes a request and writes."""
    person = stage.person(scene.subject)
    review = reviews.claim(review_of(stage, scene.told, Review.Mode.COACHING), by=person)
    reviews.say(review, text=scene.told["text"], by=person)


@act("calibrate", trains=True)
def calibrate(stage: Stage, scene: Scene) -> None:
    """A mentor marks the samples of an exercise, one criterion a level off."""
    person = stage.person(scene.subject)
    version = Exercise.objects.for_list().get(code=scene.told["exercise"]).version
    for sample in version.samples:
        levels = dict(sample["reference"])
        first = next(iter(levels))
        levels[first] = min(levels[first] + 1, 3)
        reviews.calibrate(version, sample=sample["key"], levels=levels, by=person)


@act("mark_exercise", trains=True)
def mark_exercise(stage: Stage, scene: Scene) -> None:
    """A calibrated mentor marks an assessment."""
    told = scene.told
    review = review_of(stage, told, Review.Mode.ASSESSMENT)
    reviews.mark(review, levels=told["levels"], comment=told["comment"], by=stage.person(scene.subject))
