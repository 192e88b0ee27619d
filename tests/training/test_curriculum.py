"""Loading the curriculum from files: idempotent, versioned, and clear about what is wrong."""

import shutil
from collections import Counter

import pytest
import yaml
from django.core.management import call_command

from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from tests.people import person
from tests.training import learners
from training import content_files, rules, scoring, selectors
from training.content_files import CurriculumError
from training.models import Certificate, Exam, Lesson, LessonVersion, Path, PathLesson, Question
from training.services import curriculum as curricula

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path):
    """A copy of the content that a test may change."""
    return shutil.copytree(content_files.ROOT, tmp_path / "content")


def change_yaml(path, change):
    entries = yaml.safe_load(path.read_text())
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True))


def test_loading_twice_changes_nothing_the_second_time(curriculum):
    before = {
        model: model.objects.count() for model in (Lesson, LessonVersion, Question, Path, PathLesson, Exam)
    }
    events = AuditEvent.objects.count()

    again = curricula.load(by=None)

    assert curriculum["lessons"] == 42 and curriculum["paths"] >= 7
    assert not any(again.values())
    assert before == {model: model.objects.count() for model in before}
    assert AuditEvent.objects.count() == events


def test_the_command_says_what_it_did(db, capsys):
    call_command("load_curriculum")
    assert " questions" in capsys.readouterr().out

    call_command("load_curriculum")
    assert "nothing new" in capsys.readouterr().out


def test_a_changed_question_becomes_a_new_version_and_the_old_one_stays(curriculum, files):
    old = Question.objects.current().get(uid="c6-precision")
    change_yaml(
        files / "questions" / "C6.yaml",
        lambda entries: next(e for e in entries if e["uid"] == "c6-precision").update(number=0.14),
    )

    assert curricula.load(by=None, root=files)["questions"] == 1

    new = Question.objects.current().get(uid="c6-precision")
    old.refresh_from_db()
    assert (old.version, old.is_current, old.answer["number"]) == (1, False, "0.13")
    assert (new.version, new.answer["number"]) == (2, "0.14")


def test_a_changed_lesson_gets_a_new_version_under_the_same_code(curriculum, files):
    text = files / "lessons" / "en" / "5.3.md"
    text.write_text(text.read_text() + "\nOne more line.\n")

    curricula.load(by=None, root=files)

    lesson = Lesson.objects.for_list().get(code="5.3")
    assert lesson.version.number == 2
    assert LessonVersion.objects.filter(lesson=lesson).count() == 2


def test_a_question_taken_out_is_retired_and_not_deleted(curriculum, files):
    change_yaml(
        files / "questions" / "C6.yaml",
        lambda entries: entries.remove(next(e for e in entries if e["uid"] == "c6-precision")),
    )

    curricula.load(by=None, root=files)

    assert Question.objects.filter(uid="c6-precision", is_current=False).exists()
    assert not Question.objects.current().filter(uid="c6-precision").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e: e.pop("feedback"), "c6-precision: feedback is missing; add it"),
        (lambda e: e["stem"].pop("fr"), "no text in fr"),
        (lambda e: e.update(kind="essay"), "no such kind: essay"),
        (lambda e: e.update(objective="magic"), "no such objective: magic"),
        (lambda e: e.update(uid="c6-threshold"), "a uid stands twice: c6-threshold"),
        (lambda e: e.update(lesson="9.9"), "no such lesson: 9.9"),
    ],
)
def test_a_faulty_question_is_refused_by_name_and_nothing_is_written(db, files, change, message):
    change_yaml(
        files / "questions" / "C6.yaml",
        lambda entries: change(next(e for e in entries if e["uid"] == "c6-precision")),
    )

    with pytest.raises(CurriculumError, match=message):
        curricula.load(by=None, root=files)

    assert not Question.objects.exists() and not Path.objects.exists()


def test_a_lesson_without_translation_is_refused(db, files):
    (files / "lessons" / "fr" / "5.3.md").unlink()

    with pytest.raises(CurriculumError, match="lessons/fr/5.3.md"):
        curricula.load(by=None, root=files)


def test_a_bank_smaller_than_the_blueprint_is_refused(db, files):
    def drain(entries):
        entries[:] = [
            entry for entry in entries if entry["objective"] != "metric-cost" or entry["use"] == "check"
        ]

    change_yaml(files / "questions" / "C6.yaml", drain)

    with pytest.raises(CurriculumError, match="holds 0 questions for “metric-cost”, 2 are drawn"):
        curricula.load(by=None, root=files)


def test_only_the_portal_and_community_leads_publish(db):
    with pytest.raises(Refused, match="community lead"):
        curricula.load(by=person(duties=("administrator",)))

    assert not Path.objects.exists()


def test_keys_of_options_tell_nothing_about_the_answer(curriculum):
    right_places = Counter()
    for question in Question.objects.filter(kind="single"):
        keys = [each["key"] for each in question.content["options"]]
        right_places[keys.index(question.answer["choice"])] += 1
        assert all(len(key) == 8 for key in keys)
        assert not {"right", "answer", "choice"} & set(question.content)
    assert max(right_places.values()) < sum(right_places.values()) * 0.6


def test_every_right_response_is_worth_the_whole_point(curriculum):
    for question in Question.objects.all():
        response = scoring.right_response(question.kind, question.answer)
        assert scoring.score(question.kind, response, question.answer) == 1, question.uid


def test_each_lesson_shows_its_check_in_both_languages(curriculum):
    for lesson in Lesson.objects.for_list():
        uids = list(lesson.questions.filter(use="check").values_list("uid", flat=True))
        assert uids, lesson.code
        for body in lesson.version.bodies.values():
            assert all(f"[[check: {uid}]]" in body for uid in uids)


def test_the_three_levels_are_walked_in_order_to_their_certificates(curriculum):
    learner = person()
    levels = ("ai-aware", "certified-builder", "expert-reviewer")
    for code in levels[1:]:
        assert not rules.may_start(learner, Exam.objects.for_list().get(code=code))

    for code in levels:
        learners.finish_lessons(learner, code)
        learners.assessed(learner, code)
        assert learners.take(learner, code).passed, code

    held = {"usecase.own", "automl.launch", "model.approve"}
    assert {each.credential.code for each in Certificate.objects.filter(user=learner)} == held


def test_the_short_path_to_experiments_stays_as_short_as_it_was(curriculum):
    path = Path.objects.get(code="citizen-data-scientist")
    codes = list(path.items.order_by("position").values_list("lesson__code", flat=True))
    assert codes == ["1.1", "5.1", "5.3", "6.1", "6.2", "6.3"]
    first = selectors.way_to("automl.launch", person())[0]
    assert first.path == path
