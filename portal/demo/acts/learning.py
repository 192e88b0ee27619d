"""Lessons and exams, really answered."""

from datetime import timedelta
from typing import Any

from portal.core import clock
from portal.core.models import User
from portal.demo.book import Scene
from portal.demo.stage import BrokenStory, Stage, act
from training import scoring
from training.models import Exam, Path, Question
from training.services import attempts, curriculum, enrolments, lessons

Response = dict[str, Any]


@act("curriculum")
def load_curriculum(stage: Stage, scene: Scene) -> None:
    """The portal publishes its lessons, questions and exams."""
    curriculum.load(by=None)


@act("study")
def study(stage: Stage, scene: Scene) -> None:
    """Take up a path and finish its lessons, or the first few."""
    person = stage.person(scene.subject)
    path = Path.objects.get(code=scene.told["path"])
    enrolments.enrol(path, by=person)
    items = path.items.select_related("lesson__version").order_by("position")
    for item in items[: scene.told.get("lessons", 100)]:
        checks = Question.objects.current().filter(lesson=item.lesson, use=Question.Use.CHECK)
        with clock.at(clock.now() - timedelta(hours=1)):  # read first, finished afterwards
            lessons.begin_reading(item.lesson, by=person)
        for question in checks:
            lessons.answer_check(item.lesson, question, response=right(question), by=person)
        lessons.complete(item.lesson, by=person)


@act("exam")
def exam(stage: Stage, scene: Scene) -> None:
    """Sit an exam: every question answered right, or most of them wrong."""
    person = stage.person(scene.subject)
    passes = scene.told.get("passes", True)
    attempt = sit(Exam.objects.get(path__code=scene.told["path"]), person, passes=passes)
    if attempt.passed is not passes:
        raise BrokenStory(
            f"{person} should {'pass' if passes else 'fail'} {attempt.exam}: {attempt.percent} %"
        )


def sit(chosen: Exam, person: User, *, passes: bool) -> Any:
    """One attempt from start to hand-in."""
    attempt = attempts.start(chosen, by=person, seed=f"demo-{person.pk}-{chosen.code}"[:32])
    rows = list(attempt.answers.select_related("question").order_by("position"))
    for row in rows:
        is_right = passes or row.position <= len(rows) // 2
        response = right(row.question) if is_right else wrong(row.question)
        attempts.answer(attempt, position=row.position, response=response, by=person)
    return attempts.submit(attempt, by=person)


def right(question: Question) -> Response:
    """The answer the key asks for, in the shape a learner sends."""
    return scoring.right_response(question.kind, question.answer)


def wrong(question: Question) -> Response:
    """A plausible mistake; nothing where none is easily made."""
    key, kind = question.answer, Question.Kind
    options = [option["key"] for option in question.content.get("options", [])]
    match question.kind:
        case kind.SINGLE:
            return {"choice": next(option for option in options if option != key["choice"])}
        case kind.NUMERIC:
            return {"number": str(float(key["number"]) * 2 + 100)}
        case kind.ORDERING:
            return {"places": {item: place for place, item in enumerate(reversed(key["order"]), start=1)}}
        case kind.REASONED:
            return {"value": not key["value"], "reason": options[0]}
        case _:
            return {}
