"""Prerequisites as a graph, the map of a path, and placement tests."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.core import clock
from portal.core.verdicts import Refused
from tests.people import person
from tests.training.conftest import files
from tests.training.learners import CITIZEN, REVIEWER, certified, finish_lesson, finish_lessons
from training import graph, prerequisite_files, scoring, ways
from training.graph import ANY_OF, RECOMMENDS, REQUIRES, Rule
from training.models import Course, LessonProgress, Path, Placement
from training.services import placements

NODES = {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([Rule("a", REQUIRES, ("b",)), Rule("b", REQUIRES, ("a",))], "is a circle"),
        ([Rule("a", REQUIRES, ("a",))], "a → a is a circle"),
        ([Rule("a", RECOMMENDS, ("b",)), Rule("b", REQUIRES, ("a",))], "is a circle"),
        ([Rule("a", REQUIRES, ("z",))], "nobody can reach a"),
        ([Rule("a", ANY_OF, ("b", "c"), 3)], "3 of 2 can never be met"),
        ([Rule("a", ANY_OF, ("b", "c"), 0)], "“least” lies between"),
        ([Rule("a", REQUIRES, ())], "name at least one"),
        ([Rule("z", REQUIRES, ("a",))], "there is no z"),
        ([Rule("a", "after", ("b",))], "no such kind: after"),
        ([Rule("a", REQUIRES, ("b", "b"))], "stands twice"),
    ],
)
def test_each_mistake_in_a_graph_is_named(rules, told):
    assert any(told in each for each in graph.problems(NODES, rules)), list(graph.problems(NODES, rules))


def test_what_hangs_on_something_unreachable_is_unreachable_too_unless_another_way_is_enough():
    rules = [Rule("a", REQUIRES, ("z",)), Rule("b", REQUIRES, ("a",)), Rule("c", ANY_OF, ("a", "d"), 1)]
    found = " ".join(graph.problems(NODES, rules))
    assert "reach a:" in found and "reach b:" in found and "reach c:" not in found


def test_missing_names_exactly_what_is_open_and_how_many_of_a_choice():
    rules = [
        Rule("a", REQUIRES, ("b", "c")),
        Rule("a", ANY_OF, ("b", "c", "d"), 2),
        Rule("a", RECOMMENDS, ("d",)),
    ]
    assert graph.missing("a", rules, {"b"}) == [
        Rule("a", REQUIRES, ("c",), 1),
        Rule("a", ANY_OF, ("c", "d"), 1),
    ]
    assert graph.missing("a", rules, {"b", "c"}) == []
    assert graph.advised("a", rules, {"b", "c"}) == ["d"]


def test_a_map_leaves_out_arrows_that_a_longer_way_implies():
    assert graph.nearest({("a", "b"), ("b", "c"), ("a", "c")}) == {("a", "b"), ("b", "c")}
    assert graph.depths(["a", "b", "c"], {("a", "b"), ("b", "c")}) == {"a": 0, "b": 1, "c": 2}


def test_the_real_curriculum_can_be_walked_whole():
    assert files().prerequisites
    assert list(prerequisite_files.mistakes(files())) == []


@pytest.mark.parametrize(
    "entries",
    [
        {},
        ["x"],
        [{"node": "a", "kind": "requires", "of": "b"}],
        [{"node": "a", "of": ["b"], "colour": 1}],
        [{"node": "a", "kind": "any_of", "of": ["b"], "least": True}],
    ],
)
def test_entries_of_another_shape_are_refused_by_number(entries):
    with pytest.raises(ValueError, match="prerequisites.yaml"):
        prerequisite_files.rules_from(entries)


@pytest.fixture
def learner(curriculum):
    return person()


@pytest.mark.django_db
def test_a_lesson_is_finished_only_after_what_it_requires_and_the_refusal_names_it(learner):
    with pytest.raises(Refused, match="Lesson 5.1"):
        finish_lesson(learner, "5.3")
    assert not LessonProgress.objects.exists()
    finish_lesson(learner, "5.1")
    finish_lesson(learner, "5.3")


@pytest.mark.django_db
def test_the_map_shows_the_state_of_each_step_and_what_is_missing(learner):
    client = Client()
    client.force_login(learner)
    path = Path.objects.get(code=CITIZEN)
    states = {spot.code: spot.state for spot in ways.path_map(path, learner).spots}
    assert states["5.1"] == "available" and states["5.3"] == "locked" and states["Exam"] == "locked"
    finish_lesson(learner, "5.1")
    spots = {spot.code: spot for spot in ways.path_map(path, learner).spots}
    assert spots["5.1"].state == "learnt" and spots["5.3"].state == "available" and spots["5.3"].advised
    page = client.get(reverse("training:path_map", args=[CITIZEN])).content.decode()
    assert "Missing:" in page and "<svg" in page
    nodes = client.get(f"/api/paths/{REVIEWER}/map/").json()["nodes"]
    exam = next(each for each in nodes if each["name"] == f"path:{REVIEWER}")
    assert any("Citizen data scientist" in lack["text"] for lack in exam["missing"])
    certified(learner, CITIZEN)
    spots = ways.path_map(path, learner).spots
    assert {spot.state for spot in spots if not spot.name.startswith("exercise:")} == {"mastered"}
    exercises = {"Find what gives the answer away", "Beat the answer that needs no model"}
    assert {spot.title for spot in spots if spot.state == "available"} == exercises


def answers_to(placement, *, right=lambda n: True):
    return {
        str(question.pk): scoring.right_response(question.kind, question.answer)
        for n, (question, _order) in enumerate(placements.questions_of(placement))
        if right(n)
    }


@pytest.mark.django_db
def test_a_placement_passed_waives_the_course_once_and_what_was_finished_stays_finished(learner):
    course = Course.objects.get(code="C5")
    finish_lesson(learner, "5.1")
    placement = placements.start(course, by=learner, seed="fixed")
    assert placements.start(course, by=learner) == placement
    assert placement.questions == placements.drawn(course, "fixed")
    given = answers_to(placement)
    assert placements.submit(placement, responses=given, by=learner).passed
    assert placements.submit(placement, responses={}, by=learner).percent == 100
    rows = {row.lesson.code: row.is_waived for row in LessonProgress.objects.filter(user=learner)}
    assert rows == {"5.1": False, "5.2": True, "5.3": True, "5.4": True}
    with pytest.raises(Refused, match="behind you"):
        placements.start(course, by=learner)
    finish_lessons(learner, CITIZEN)


@pytest.mark.django_db
def test_a_placement_not_passed_waives_nothing_and_comes_back_after_thirty_days(learner):
    course = Course.objects.get(code="C5")
    placement = placements.start(course, by=learner)
    for bad in ({"x": {}}, [], {str(placements.questions_of(placement)[0][0].pk): {"choice": "nowhere"}}):
        with pytest.raises(ValidationError):
            placements.submit(placement, responses=bad, by=learner)
    with pytest.raises(Refused, match="person who takes it"):
        placements.submit(placement, responses={}, by=person())
    assert Placement.objects.get().state == "open"
    assert (
        placements.submit(
            placement, responses=answers_to(placement, right=lambda n: n > 1), by=learner
        ).passed
        is False
    )
    assert not LessonProgress.objects.exists()
    with pytest.raises(Refused, match="again from"):
        placements.start(course, by=learner)
    with clock.at(clock.now() + timedelta(days=31)):
        assert placements.start(course, by=learner).pk != placement.pk


@pytest.mark.django_db
def test_the_page_of_a_placement_takes_each_answer_under_its_own_name_and_tells_no_key(learner):
    client = Client()
    client.force_login(learner)
    started = client.post(reverse("training:placement_start", args=["C5"]))
    placement = Placement.objects.get()
    page = client.get(started.url).content.decode()
    assert "q1-" in page
    form = {}
    for n, (question, _order) in enumerate(placements.questions_of(placement), start=1):
        for name, value in scoring.right_response(question.kind, question.answer).items():
            inner = {"places": "place_", "pairs": "pair_"}.get(name)
            cells = {f"{inner}{key}": each for key, each in value.items()} if inner else {name: value}
            words = {True: "true", False: "false"}
            form |= {
                f"q{n}-{key}": words.get(each, each) if isinstance(each, bool) else each
                for key, each in cells.items()
            }
    assert client.post(started.url, form).status_code == 302
    assert "the lessons are waived" in client.get(started.url).content.decode()
    told = client.get(f"/api/placements/{placement.pk}/").json()
    assert told["passed"] is True and told["asked"] == []
