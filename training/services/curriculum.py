"""Brings the curriculum from its files into the database; safe to run at every start."""

from collections import Counter
from pathlib import Path as FilePath
from typing import Any

from django.db import transaction
from django.db.models import Max

from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from training import content_files, rules
from training.content_files import Curriculum, LessonFile, QuestionFile
from training.models import (
    CertificateTemplate,
    Course,
    Exam,
    Exercise,
    Lesson,
    LessonVersion,
    Objective,
    Path,
    PathLesson,
    Question,
)
from training.services import exercises, prerequisites, publications
from training.services.publications import Change

DEFAULT_WAITS = [24, 72, 168]


@transaction.atomic
def load(*, by: User | None, root: FilePath = content_files.ROOT, note: str = "") -> dict[str, int]:
    """
    Publish what is new or changed, and take back what left the files; return how many of each.

    What was written in the studio or taken back there stays until its file changes again.

    A changed lesson or question becomes a new version: answers given to the old one keep it.
    Raises `CurriculumError` naming the file before anything is written.
    """
    require(rules.may_publish_curriculum(by))
    curriculum = content_files.read(root)
    done: Counter[str] = Counter()
    load_courses(curriculum)
    changes = load_lessons(curriculum.lessons, done, by=by)
    changes += load_questions(curriculum.questions, done, by=by)
    publications.keep(changes, note=note, by=by)
    exercises.load(curriculum.exercises, done, by=by)
    load_paths(curriculum, done, by=by)
    prerequisites.load(curriculum.prerequisites, by=by)
    return dict(done)


def load_courses(curriculum: Curriculum) -> None:
    """Courses and their objectives."""
    for position, entry in enumerate(curriculum.courses):
        course, _is_new = Course.objects.update_or_create(
            code=entry["code"], defaults={"titles": entry["titles"], "position": position}
        )
        Objective.objects.bulk_create(
            [
                Objective(
                    code=each["code"],
                    course=course,
                    labels=each["labels"],
                    is_critical=bool(each.get("critical", False)),
                    lesson_code=str(each["lesson"]),
                )
                for each in entry["objectives"]
            ],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["course", "labels", "is_critical", "lesson_code"],
        )


def load_lessons(files: list[LessonFile], done: Counter[str], *, by: User | None) -> list[Change]:
    """Lessons; a new version for each changed text."""
    courses = {course.code: course for course in Course.objects.all()}
    present = {lesson.code: lesson for lesson in Lesson.objects.select_related("version")}
    newest = {each.lesson_id: each for each in LessonVersion.objects.order_by("number")}
    changes = []
    for file in files:
        placed = {
            "slug": file.slug,
            "course": courses[file.course],
            "position": file.position,
            "topics": file.topics,
            "is_active": True,
        }
        lesson = present.get(file.code) or Lesson(code=file.code)
        for name, value in placed.items():
            setattr(lesson, name, value)
        lesson.save()
        last = newest.get(lesson.pk)
        if last is None or last.digest != file.digest:
            old = lesson.version.number if lesson.version else 0
            publish_lesson(lesson, file, by=by)
            changes.append(Change("lesson", lesson.code, old, lesson.version.number if lesson.version else 0))
    done["lessons"] += len(changes)
    Lesson.objects.exclude(code__in=[file.code for file in files]).update(is_active=False)
    return changes


def publish_lesson(lesson: Lesson, file: LessonFile, *, by: User | None) -> None:
    """Write the next version and make it the present one."""
    last = lesson.versions.aggregate(last=Max("number"))["last"] or 0

    def texts(name: str) -> dict[str, str]:
        return {language: text[name] for language, text in file.texts.items()}

    lesson.version = LessonVersion.objects.create(
        lesson=lesson,
        number=last + 1,
        digest=file.digest,
        titles=texts("title"),
        objectives=texts("objective"),
        bodies=texts("body"),
        minutes=file.minutes,
        try_route=file.try_route,
        try_labels=texts("try_label"),
    )
    lesson.save(update_fields=["version"])
    audit.record("lesson.published", lesson, by=by, version=last + 1, digest=file.digest)


def load_questions(files: list[QuestionFile], done: Counter[str], *, by: User | None) -> list[Change]:
    """The bank; a question whose content changed gets a new version, the old row stays as it is."""
    objectives = {objective.code: objective for objective in Objective.objects.select_related("course")}
    lessons = {lesson.code: lesson for lesson in Lesson.objects.all()}
    rows = Question.objects.order_by("version").only(
        "uid", "version", "digest", "is_current", "source", "voided_at"
    )
    newest = {row.uid: row for row in rows}
    from_files = {row.uid: row for row in rows if row.source == Question.Source.FILES}
    current = {row.uid: row for row in rows if row.is_current}
    changed = [file for file in files if not is_known(file, from_files)]
    gone = set(current) - {file.uid for file in files}
    gone = {uid for uid in gone if current[uid].source == Question.Source.FILES}
    replaced = gone | {file.uid for file in changed}
    Question.objects.current().filter(uid__in=replaced).update(is_current=False)
    Question.objects.bulk_create(
        question_from(file, newest[file.uid].version + 1 if file.uid in newest else 1, objectives, lessons)
        for file in changed
    )
    bring_back(files, current, from_files)
    done["questions"] += len(changed)
    for code in sorted({objectives[file.objective].course.code for file in changed}):
        course = Course.objects.get(code=code)
        uids = [file.uid for file in changed if objectives[file.objective].course.code == code]
        audit.record("course.questions_published", course, by=by, questions=uids)

    def version(uid: str, of: dict[str, Question]) -> int:
        return of[uid].version if uid in of else 0

    new = [
        Change("question", each.uid, version(each.uid, current), version(each.uid, newest) + 1)
        for each in changed
    ]
    return new + [Change("question", uid, current[uid].version, 0) for uid in sorted(gone)]


def is_known(file: QuestionFile, from_files: dict[str, Question]) -> bool:
    """Whether this state of the file was published before."""
    return file.uid in from_files and from_files[file.uid].digest == file.digest


def bring_back(
    files: list[QuestionFile], current: dict[str, Question], from_files: dict[str, Question]
) -> None:
    """A question that had left the files and stands in them again, unchanged; a voided one stays out."""
    again = [
        from_files[file.uid].pk
        for file in files
        if file.uid not in current and is_known(file, from_files) and not from_files[file.uid].voided_at
    ]
    Question.objects.filter(pk__in=again).exclude(uid__in=Question.objects.current().values("uid")).update(
        is_current=True
    )


def question_from(
    file: QuestionFile, version: int, objectives: dict[str, Objective], lessons: dict[str, Lesson]
) -> Question:
    """The row of one question, not yet saved."""
    return Question(
        uid=file.uid,
        version=version,
        kind=file.kind,
        use=file.use,
        objective=objectives[file.objective],
        lesson=lessons[file.lesson],
        is_must_know=file.is_must_know,
        content=file.content,
        answer=file.answer,
        feedback=file.feedback,
        digest=file.digest,
        written=file.written,
    )


def load_paths(curriculum: Curriculum, done: Counter[str], *, by: User | None) -> None:
    """Paths with their lessons, exam and certificate."""
    lessons = {lesson.code: lesson for lesson in Lesson.objects.all()}
    templates: dict[str, CertificateTemplate] = {}
    for position, entry in enumerate(curriculum.paths):
        told = {name: entry[name] for name in ("titles", "audiences", "descriptions")}
        path, is_new = Path.objects.update_or_create(
            code=entry["code"],
            defaults={"level": entry["level"], "position": position, "is_active": True, **told},
        )
        place_lessons(path, [lessons[str(code)] for code in entry["lessons"]])
        load_exam(path, entry["exam"])
        templates[path.code] = load_template(path, entry["certificate"], templates)
        if is_new:
            done["paths"] += 1
            audit.record("path.published", path, by=by, lessons=[str(code) for code in entry["lessons"]])
    Path.objects.exclude(code__in=list(templates)).update(is_active=False)


def place_lessons(path: Path, lessons: list[Lesson]) -> None:
    """The path's lessons in this order."""
    path.items.exclude(lesson__in=lessons).delete()
    PathLesson.objects.bulk_create(
        [
            PathLesson(path=path, lesson=lesson, position=position)
            for position, lesson in enumerate(lessons, start=1)
        ],
        update_conflicts=True,
        unique_fields=["path", "lesson"],
        update_fields=["position"],
    )


def load_exam(path: Path, entry: dict[str, Any]) -> None:
    """The exam's size, time and rules; open attempts keep the rules they began with."""
    blueprint = [{"objective": code, "count": count} for code, count in entry["blueprint"].items()]
    defaults = {
        "path": path,
        "blueprint": blueprint,
        "minutes": entry["minutes"],
        "wait_hours": DEFAULT_WAITS,
    }
    Exam.objects.update_or_create(code=path.code, defaults=defaults)


def load_template(
    path: Path, entry: dict[str, Any], templates: dict[str, CertificateTemplate]
) -> CertificateTemplate:
    """The certificate; a new validity counts for later awards only, since the end is stamped."""
    defaults = {
        "path": path,
        "titles": entry["titles"],
        "demonstrates": entry["demonstrates"],
        "validity_days": entry["validity_days"],
        "right": entry["right"],
        "requires": templates[entry["requires"]] if entry.get("requires") else None,
        "exercise": Exercise.objects.get(code=entry["exercise"]) if entry.get("exercise") else None,
        "portfolio": Exercise.objects.get(code=entry["portfolio"]) if entry.get("portfolio") else None,
    }
    template = CertificateTemplate.objects.filter(code=path.code).first()
    if template is None:
        return CertificateTemplate.objects.create(code=path.code, **defaults)
    before = (template.stamp, template.requires, template.marked)
    for name, value in defaults.items():
        setattr(template, name, value)
    if before != (template.stamp, template.requires, template.marked):
        template.version += 1
    template.save()
    return template
