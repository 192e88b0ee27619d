"""An exercise as one learner stands on it: states of its checks, pages of its sandbox, the next step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from projects.models import DatasetVersion, Experiment
from training import exercise_checks, exercise_facts
from training.exercise_checks import FAILED, OPEN, RIGHT, Finding
from training.models import Exercise, ExerciseWork
from training.wording import say

STEPS = ("question", "columns", "metric", "validation", "budget", "checks")


@dataclass(frozen=True)
class CheckRow:
    """One check with what it found; the hint is shown when the step was tried and is not right."""

    code: str
    title: str
    state: str
    found: str
    hint: str
    page: str

    @property
    def icon(self) -> str:
        """Beside the words that say the same."""
        return {RIGHT: "circle-check", "wrong": "x", OPEN: "circle", FAILED: "alert"}[self.state]

    @property
    def color(self) -> str:
        """Of the badge."""
        return {RIGHT: "green", "wrong": "orange", OPEN: "grey", FAILED: "red"}[self.state]


def look(work: ExerciseWork) -> list[dict[str, Any]]:
    """
    Run every check and return what each found, as it is kept: code, state, text, params.

    The checks are run on each experiment of the sandbox; the one that satisfies most of them counts, the
    newest of equals, so that a new try never hides an older one that was right.
    """
    try:
        rounds = [(facts, run_all(work, facts)) for facts in exercise_facts.candidates(work)]
    except Exception:
        exercise_checks.log.exception("the sandbox of exercise work %s cannot be read", work.pk)
        rounds = []
    if not rounds:
        return [kept(check, exercise_checks.failed()) for check in work.version.checks]
    best = max(rounds, key=lambda found: sum(each.state == RIGHT for each in found[1]))[1]
    return [kept(check, finding) for check, finding in zip(work.version.checks, best, strict=True)]


def run_all(work: ExerciseWork, facts: exercise_facts.Facts) -> list[Finding]:
    """Each check of the exercise on one set of facts."""
    return [exercise_checks.run(check, facts) for check in work.version.checks]


def kept(check: Mapping[str, Any], finding: Finding) -> dict[str, Any]:
    """A finding as it is stored: the sentence stays a template, read in the reader's language."""
    return {"code": check["code"], "state": finding.state, "text": finding.text, "params": finding.params}


def rows(work: ExerciseWork, findings: Iterable[Mapping[str, Any]]) -> list[CheckRow]:
    """The checks in the words of the reader."""
    found = {each["code"]: each for each in findings}
    shown = []
    for check in work.version.checks:
        each = found.get(check["code"]) or {"state": OPEN, "text": "", "params": {}}
        text = gettext(each["text"]) % each["params"] if each["text"] else ""
        hint = say(check["hints"]) if each["state"] == "wrong" else ""
        shown.append(
            CheckRow(check["code"], say(check["titles"]), each["state"], text, hint, check.get("page", ""))
        )
    return shown


def are_all_right(findings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing is left."""
    return bool(findings) and all(each["state"] == RIGHT for each in findings)


def address(work: ExerciseWork, page: str) -> str:
    """The portal's own page for this step, opened in the sandbox; where something comes first, that page."""
    own = reverse("training:exercise_detail", args=[work.exercise.code])
    if page in ("", "exercise") or not work.use_case_id or work.cleared_at:
        return own
    newest = DatasetVersion.objects.filter(dataset__use_case=work.use_case_id).order_by("-created_at").first()
    if newest is None:
        return f"{reverse('projects:dataset_new')}?use_case={work.use_case_id}"
    if page in ("table", "profile"):
        return reverse("projects:dataset_version", args=[newest.pk])
    asked = Experiment.objects.filter(use_case=work.use_case_id).order_by("-created_at").first()
    if asked is None:
        if newest.state != DatasetVersion.State.READY:
            return reverse("projects:dataset_version", args=[newest.pk])
        start = reverse("projects:experiment_new")
        return f"{start}?use_case={work.use_case_id}&dataset_version={newest.pk}"
    if asked.job_id or page not in STEPS:
        return reverse("projects:experiment_detail", args=[asked.pk])
    first = page if asked.question else "question"
    return reverse(f"projects:experiment_{first}", args=[asked.pk])


@dataclass(frozen=True)
class Standing:
    """One exercise in a list."""

    exercise: Exercise
    work: ExerciseWork | None
    is_passed: bool

    @property
    def state(self) -> str:
        """new, begun or passed."""
        return "passed" if self.is_passed else "begun" if self.work else "new"

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("training:exercise_detail", args=[self.exercise.code])


def standings(user: Any) -> list[Standing]:
    """Every exercise as the person stands on it; three queries."""
    mine = ExerciseWork.objects.visible_to(user)
    passed = set(mine.passed().values_list("exercise", flat=True))
    begun = {work.exercise_id: work for work in mine.open().select_related("version")}
    return [
        Standing(each, begun.get(each.pk), each.pk in passed)
        for each in Exercise.objects.visible_to(user).for_list()
    ]


def for_lesson(user: Any, code: str) -> tuple[Exercise, str] | None:
    """The exercise whose sandbox a lesson opens, and at which page."""
    for each in Exercise.objects.visible_to(user).for_list():
        if code in each.pages:
            return each, each.pages[code]
    return None
