"""Exercises: published from files, begun in a sandbox, checked, and cleared away."""

import gzip
import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import Refused, require
from projects.models import Dataset, DatasetVersion, Experiment
from projects.services import sandboxes
from training import exercise_rules as rules, exercising
from training.exercise_files import ExerciseFile
from training.models import Exercise, ExerciseVersion, ExerciseWork, Lesson
from training.wording import say

TABLES = Path(__file__).resolve().parents[1] / "content" / "tables"
LONGEST_NUMBER, LONGEST_TEXT = 40, 4_000
LONGEST = {"number": LONGEST_NUMBER, "item": 80, "text": LONGEST_TEXT}
IDLE_DAYS = 30


def load(files: list[ExerciseFile], done: Counter[str], *, by: User | None) -> None:
    """Exercises; a new version for each changed file, and those that left the files are taken back."""
    lessons = {lesson.code: lesson for lesson in Lesson.objects.all()}
    for file in files:
        placed = {
            "lesson": lessons[str(file.lesson)],
            "level": file.level,
            "position": file.position,
            "pages": {str(code): page for code, page in file.pages.items()},
            "is_active": True,
        }
        exercise, _is_new = Exercise.objects.update_or_create(code=file.code, defaults=placed)
        last = exercise.versions.order_by("-number").first()
        if last is None or last.digest != file.digest:
            publish(exercise, file, by=by)
            done["exercises"] += 1
    Exercise.objects.exclude(code__in=[file.code for file in files]).update(is_active=False)


def publish(exercise: Exercise, file: ExerciseFile, *, by: User | None) -> None:
    """Write the next version and make it the present one; work under way keeps the version it began with."""
    last = exercise.versions.aggregate(last=Max("number"))["last"] or 0
    exercise.version = ExerciseVersion.objects.create(
        exercise=exercise, number=last + 1, digest=file.digest, **file.content
    )
    exercise.save(update_fields=["version"])
    audit.record("exercise.published", exercise, by=by, version=last + 1, digest=file.digest)


def start(exercise: Exercise, *, by: User) -> ExerciseWork:
    """
    Make a sandbox for the learner, with the table where the exercise supplies it.

    Safe to call twice, also at the same moment: whoever has an open sandbox of the exercise gets that one.
    """
    require(rules.may_start(by, exercise))
    mine = ExerciseWork.objects.for_list().open().filter(user=by, exercise=exercise)
    if present := mine.first():
        return present
    try:
        with transaction.atomic():
            work = begin(exercise, by=by)
    except IntegrityError:
        return mine.get()
    return work


def begin(exercise: Exercise, *, by: User) -> ExerciseWork:
    """The work first, since its constraint lets one through; then the sandbox and its table."""
    version = exercise.version
    assert version is not None  # noqa: S101  visible exercises have a text
    work = ExerciseWork.objects.create(user=by, exercise=exercise, version=version)
    if not version.table:  # a portfolio shows real work and needs no sandbox
        audit.record("exercise.started", exercise, by=by, version=version.number)
        return work
    title = _("Practice: %(title)s") % {"title": exercise.title}
    work.use_case = sandboxes.create(title=title, problem=version.goal, by=by)
    work.save(update_fields=["use_case"])
    if version.table["supplied"]:
        with tempfile.TemporaryDirectory() as folder:
            sandboxes.bring(
                work.use_case,
                name=_("Practice: %(title)s") % {"title": say(version.table["titles"])},
                file=table(version, Path(folder)),
                description=say(version.table["titles"]),
                source=version.table["source"],
                by=by,
            )
    audit.record("exercise.started", exercise, by=by, version=version.number, sandbox=work.use_case.ref)
    return work


def table(version: ExerciseVersion, folder: Path) -> Path:
    """The table of an exercise as a CSV file in `folder`."""
    path = folder / f"{version.table['name']}.csv"
    with gzip.open(TABLES / f"{version.table['name']}.csv.gz") as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


def checked_words(work: ExerciseWork, written: dict[str, Any]) -> dict[str, str]:
    """What the learner wrote, field by field. Raises `ValidationError` naming what is unknown or too long."""
    known = {each["key"]: each["kind"] for each in work.version.fields}
    problems = {}
    for key, text in written.items():
        longest = LONGEST[known.get(key, "text")]
        if key not in known:
            problems[key] = _("This exercise does not ask for it.")
        elif not isinstance(text, str):
            problems[key] = _("Write it as text.")
        elif len(text) > longest:
            problems[key] = _("Use %(n)s characters or fewer.") % {"n": longest}
    if problems:
        raise ValidationError(problems)
    return {key: text.strip() for key, text in written.items()}


@transaction.atomic
def check(work: ExerciseWork, *, written: dict[str, Any] | None = None, by: User) -> ExerciseWork:
    """
    Keep what was written, look at the sandbox, and keep what each check found.

    Once passed stays passed. Safe to call as often as one likes.
    """
    require(rules.may_check(by, work))
    said = checked_words(work, written or {})
    work = ExerciseWork.objects.select_for_update(of=("self",)).for_list().get(pk=work.pk)
    work.written = {**work.written, **said}
    work.findings, work.checked_at = exercising.look(work), clock.now()
    is_first = work.passed_at is None and exercising.are_all_right(work.findings)
    if is_first:
        work.passed_at = work.checked_at
    work.save(update_fields=["written", "findings", "checked_at", "passed_at"])
    states = Counter(each["state"] for each in work.findings)
    audit.record("exercise.checked", work.exercise, by=by, work=work.pk, **states)
    if is_first:
        audit.record("exercise.passed", work.exercise, by=by, work=work.pk, version=work.version.number)
    return work


@transaction.atomic
def clear(work: ExerciseWork, *, by: User | None) -> ExerciseWork:
    """Throw the sandbox away; what was found and passed stays, and a new one may be begun. Safe to call twice."""
    if by is not None:
        require(rules.may_clear(by, work))
    work = ExerciseWork.objects.select_for_update(of=("self",)).for_list().get(pk=work.pk)
    if work.cleared_at:
        return work
    sandbox, work.use_case, work.cleared_at = work.use_case, None, clock.now()
    work.save(update_fields=["use_case", "cleared_at"])
    if sandbox:
        sandboxes.clear(sandbox, by=by)
    audit.record("exercise.cleared", work.exercise, by=by, work=work.pk)
    return work


def last_touched(work: ExerciseWork) -> datetime:
    """When anything last happened in a sandbox."""
    moments = [work.created_at, work.checked_at]
    for model, path in (
        (Dataset, "use_case"),
        (DatasetVersion, "dataset__use_case"),
        (Experiment, "use_case"),
    ):
        found = model.objects.filter(**{path: work.use_case_id})  # type: ignore[attr-defined]
        moments.append(found.aggregate(last=Max("created_at"))["last"])
    return max(moment for moment in moments if moment)


def clear_idle() -> int:
    """
    Clear sandboxes in which nothing happened for thirty days, and tell their learners; returns how many.

    One in which something still runs is left for the next time.
    """
    cleared, before = 0, clock.now() - timedelta(days=IDLE_DAYS)
    old = ExerciseWork.objects.for_list().open().filter(created_at__lt=before, use_case__isnull=False)
    old = old.select_related("user")
    for work in old:
        if last_touched(work) >= before:
            continue
        try:
            clear(work, by=None)
        except Refused:
            continue
        notices.tell(
            [work.user],
            text=N_("Your sandbox of “%(title)s” was cleared away: nothing happened in it for a month."),
            url=f"/learning/exercises/{work.exercise.code}/",
            icon="lesson",
            by=None,
            title=work.exercise.title,
        )
        cleared += 1
    return cleared
