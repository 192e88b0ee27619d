"""The lists of the training API: what narrows them, and that everything else is refused."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from portal.core import clock
from portal.core.duties import Duty
from tests.people import person
from training.api import filters
from training.api.urls import router
from training.models import (
    Course,
    Exercise,
    ExerciseWork,
    Lesson,
    Path,
    Placement,
    Practice,
    Question,
    RecallCard,
    Review,
)
from training.services import assignments, drafts, notes, office_hours, practices, thanks

from .learners import CITIZEN, OWNER, certified, finish_lesson

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
LISTS = sorted(prefix for prefix, viewset, _name in router.registry if hasattr(viewset, "list"))


def asks(user):
    """A function that reads a list as this person."""
    client = APIClient()
    client.force_authenticate(user)

    def ask(prefix, /, **query):
        answer = client.get(f"/api/{prefix}/", query)
        assert answer.status_code == 200, answer.json()
        return answer.json()["results"]

    ask.raw = lambda prefix, /, **query: client.get(f"/api/{prefix}/", query)
    return ask


@pytest.mark.parametrize("prefix", LISTS)
def test_a_parameter_that_no_list_declares_is_refused_by_name(prefix):
    ask = asks(person(duties=(Duty.COMMUNITY_LEAD,)))

    answer = ask.raw(prefix, colour="blue")

    assert answer.status_code == 400 and "colour" in str(answer.json()), prefix


def test_every_list_of_objects_declares_at_least_one_filter():
    without = {
        prefix
        for prefix, viewset, _name in router.registry
        if hasattr(viewset, "model") and not getattr(viewset, "filterset_class", None)
    }
    assert without == set()


@pytest.mark.parametrize(
    ("prefix", "query"),
    [
        ("attempts", {"state": "lost"}), ("reviews", {"mode": "shouting"}), ("paths", {"level": "high"}),
        ("paths", {"right": "fly"}), ("placements", {"state": "?"}), ("assignments", {"due_before": "soon"}),
        ("publications", {"kind": "song"}), ("question-drafts", {"state": "gone"}), ("exams", {"level": "x"}),
    ],
)  # fmt: skip
def test_a_value_that_a_filter_does_not_know_is_a_400(prefix, query):
    answer = asks(person(duties=(Duty.COMMUNITY_LEAD,))).raw(prefix, **query)

    assert answer.status_code == 400 and next(iter(query)) in str(answer.json())


def test_lessons_are_found_by_words_course_path_and_what_is_finished():
    user = person()
    finish_lesson(user, "1.1")
    ask = asks(user)

    assert {each["course"] for each in ask("lessons", course="C5")} == {"C5"}
    assert [each["code"] for each in ask("lessons", path=OWNER)] == ["1.1", "3.1", "3.3"]
    assert "3.3" in {each["code"] for each in ask("lessons", search="KILL criteri")}
    assert "3.3" in {each["code"] for each in ask("lessons", search="critères d’arrêt")}, "in French as well"
    assert [each["code"] for each in ask("lessons", finished="true")] == ["1.1"]
    assert [each["code"] for each in ask("lessons", finished="false", path=OWNER)] == ["3.1", "3.3"]
    assert ask("lessons", search="no such words") == ask("lessons", course="C99") == []


def test_paths_exams_and_exercises_are_narrowed():
    ask = asks(person())

    assert {each["code"] for each in ask("paths", level=2)} == {"citizen-data-scientist", "certified-builder"}
    assert {each["right"] for each in ask("paths", right="model.approve")} == {"model.approve"}
    assert {each["code"] for each in ask("paths", lesson="10.2")} == {"executive", "expert-reviewer"}
    assert [each["code"] for each in ask("paths", search="sponsors")] == ["executive"]
    assert len(ask("exams", level=3)) == 2 and len(ask("exams", path=OWNER)) == 1
    marked = {each["code"] for each in ask("exercises", assessed="true")}
    assert "decide-on-a-model" in marked and marked.isdisjoint(
        each["code"] for each in ask("exercises", assessed="false")
    )
    one = Exercise.objects.select_related("lesson").first()
    assert one.code in {each["code"] for each in ask("exercises", lesson=one.lesson.code, level=one.level)}


def test_what_is_ones_own_is_narrowed():
    user = person()
    certified(user, OWNER)
    ask = asks(user)
    practices.start(Lesson.objects.get(code="1.1"), by=user)
    Placement.objects.create(user=user, course=Course.objects.get(code="C5"))
    RecallCard.objects.filter(user=user).update(due_at=clock.now() + timedelta(days=9))

    assert len(ask("attempts", exam=OWNER, state="graded", passed="true")) == 1
    assert ask("attempts", passed="false") == ask("attempts", exam=CITIZEN) == []
    assert len(ask("practices", lesson="1.1")) == Practice.objects.count() == 1
    assert ask("practices", path=OWNER) == []
    assert len(ask("placements", course="C5", state="open")) == 1 and ask("placements", course="C6") == []
    assert ask("recall-cards", due="true") == []
    assert len(ask("recall-cards", due="false")) == RecallCard.objects.filter(user=user).count() > 0


def test_reviews_are_narrowed_by_kind_state_result_and_who_asked():
    lead, learner = person(duties=(Duty.COMMUNITY_LEAD,)), person()
    exercise = Exercise.objects.for_list().get(code="decide-on-a-model")
    work = ExerciseWork.objects.create(user=learner, exercise=exercise, version=exercise.version)
    now = clock.now()
    Review.objects.create(work=work, mode="assessment", state="done", since=now, passed=False, wish="A")
    Review.objects.create(
        work=work, mode="assessment", state="waiting", since=now, contested_at=now, wish="B"
    )
    Review.objects.create(work=work, mode="coaching", state="waiting", since=now, wish="C")
    ask = asks(lead)

    def wishes(**query):
        return "".join(sorted(each["wish"] for each in ask("reviews", **query)))

    assert wishes() == "ABC" and wishes(mode="assessment") == "AB" and wishes(state="waiting") == "BC"
    assert (
        wishes(passed="false") == "A"
        and wishes(contested="true") == "B"
        and wishes(contested="false") == "AC"
    )
    assert wishes(exercise="decide-on-a-model") == "ABC" and wishes(exercise="first-table") == ""
    assert wishes(mine="true") == "" and wishes(mine="false") == "ABC"


def test_lists_of_authors_and_leads_are_narrowed():
    lead, learner = person(duties=(Duty.COMMUNITY_LEAD,)), person("Nina Narrow")
    ask, today = asks(lead), clock.today()
    lesson = Lesson.objects.for_list().get(code="1.1")
    notes.report(lesson, text="A figure is unclear.", by=learner)
    for days, path in ((5, OWNER), (50, CITIZEN)):
        assignments.assign(
            Path.objects.get(code=path), people=[learner], due_on=today + timedelta(days=days), by=lead
        )

    assert len(ask("lesson-problems", search="FIGURE", lesson="1.1", state="open")) == 1
    assert ask("lesson-problems", lesson="1.2") == ask("lesson-problems", state="settled") == []
    assert len(ask("assignments", person="narrow")) == 2
    assert (
        len(ask("assignments", due_before=str(today + timedelta(days=9))))
        == len(ask("assignments", path=OWNER))
        == 1
    )
    assert ask("assignments", withdrawn="true") == [] and len(ask("assignments", withdrawn="false")) == 2
    assert len(ask("publications", kind="lesson", name="1.1")) == 1 and ask("publications", name="99.9") == []


def test_office_hours_and_thanks_are_narrowed():
    host, guest = person("Hana Host", duties=(Duty.COMMUNITY_LEAD,)), person()
    now = clock.now()
    office_hours.plan(
        title="Questions on baselines", starts_at=now + timedelta(days=1), minutes=60, place="Room 4", by=host
    )
    thanks.give(host, text="Thank you for the hour.", by=guest)
    ask = asks(guest)

    assert len(ask("office-hours", search="baseline", host="hana", past="false", cancelled="false")) == 1
    assert ask("office-hours", past="true") == ask("office-hours", cancelled="true") == []
    assert len(ask("thanks", received="false")) == 1 and ask("thanks", received="true") == []
    assert len(asks(host)("thanks", received="true")) == 1


def test_drafts_are_found_by_name_state_and_author():
    lead = person("Dora Drafts", duties=(Duty.COMMUNITY_LEAD,))
    drafts.begin(text=drafts.as_yaml(Question.objects.current().get(uid="c6-precision").written), by=lead)
    ask = asks(lead)

    assert len(ask("question-drafts", uid="PRECIS", state="draft", author="dora")) == 1
    assert ask("question-drafts", state="published") == ask("question-drafts", uid="nothing") == []


def test_each_filter_set_says_what_it_narrows_by():
    found = [
        each
        for each in vars(filters).values()
        if isinstance(each, type) and each.__module__ == filters.__name__
    ]
    assert all(each.__doc__ for each in found) and len(found) > 12
