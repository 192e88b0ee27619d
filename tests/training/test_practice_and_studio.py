"""Practice, notes, voiding, more time, and the studio: what they do and what they refuse."""

from datetime import timedelta
from fractions import Fraction

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings as profile, strategies as st

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.people import person
from tests.training.learners import CITIZEN, OWNER, answer_all, begin, finish_lessons, form_of, take
from training import explaining, grading, moodle, scoring
from training.models import (
    Assignment,
    Attempt,
    Certificate,
    KeySight,
    Lesson,
    LessonNote,
    LessonProblem,
    LessonVersion,
    Path,
    PracticeAnswer,
    Publication,
    Question,
    QuestionDraft,
    TimeAllowance,
)
from training.registers import cohort
from training.services import (
    allowances,
    assignments,
    curriculum as curricula,
    drafts,
    marking,
    notes,
    practices,
    publications,
)
from training.statistics import Figures, exam_figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def lead(**more):
    return person(duties=("community_lead",), **more)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def ready(path=CITIZEN):
    user = person()
    finish_lessons(user, path)
    return user


def address(name, *args):
    return reverse(f"training:{name}", args=args)


MARKS = st.lists(
    st.builds(
        grading.Mark,
        objective=st.sampled_from("abc"),
        score=st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(4, 5), Fraction(1)]),
        is_critical=st.booleans(),
        is_must_know=st.booleans(),
    ),
    min_size=1,
    max_size=9,
)
TERMS = {"pass_percent": 70, "critical_percent": 60}


@profile(max_examples=150, deadline=None)
@given(MARKS, st.data())
def test_voided_questions_change_a_result_in_no_order_and_never_take_a_pass_away(marks, data):
    def void(marks, places):
        return [
            grading.Mark(m.objective, m.score, m.is_critical, m.is_must_know, n in places)
            for n, m in enumerate(marks)
        ]

    order = data.draw(st.permutations(range(len(marks))))
    first, second = set(order[: len(order) // 2]), set(order)
    steps = [grading.grade(void(marks, places), TERMS) for places in (set(), first, second)]

    assert [each.passed for each in steps] == sorted(each.passed for each in steps)
    assert grading.grade(list(reversed(void(marks, first))), TERMS).passed is steps[1].passed
    assert all(0 <= each.share <= 1 for each in steps)


def test_voiding_a_question_passes_who_failed_by_it_alone_and_harms_nobody():
    failed, passed, author = ready(), ready(), lead()
    attempt = begin(failed)
    row = attempt.answers.select_related("question").filter(question__objective__code="known-when").first()
    answer_all(attempt, right=lambda each: each.question.objective.code != "known-when" or each.pk != row.pk)
    Question.objects.filter(pk=row.question_id).update(is_must_know=True)
    from training.services import attempts

    attempt = attempts.submit(attempt, by=failed)
    assert not attempt.passed
    certificate = take(passed).certificate
    question = Question.objects.get(pk=row.question_id)

    with pytest.raises(Refused):
        marking.void(question, reason="Wrong key.", by=failed)
    with pytest.raises(ValidationError):
        marking.void(question, reason=" ", by=author)
    assert Question.objects.get(pk=question.pk).voided_at is None
    assert marking.void(question, reason="Two options are right.", by=author) == 1

    attempt.refresh_from_db()
    assert attempt.passed and attempt.percent == 100
    assert Certificate.objects.filter(attempt=attempt).count() == 1
    assert Notice.objects.filter(user=failed, text__contains="taken out of the results").exists()
    certificate.refresh_from_db()
    assert certificate.revoked_at is None
    with pytest.raises(Refused, match="voided already"):
        marking.void(question, reason="Again.", by=author)
    assert curricula.load(by=None)["questions"] == 0
    assert not Question.objects.current().filter(uid=question.uid).exists()


def test_more_time_counts_at_once_and_no_reason_is_kept():
    user, author = ready(), lead()
    attempt = begin(user)
    usual = attempt.deadline - attempt.started_at

    with pytest.raises(Refused):
        allowances.allow_time(user, extra_percent=50, by=user)
    with pytest.raises(ValidationError):
        allowances.allow_time(user, extra_percent=301, by=author)
    assert not TimeAllowance.objects.exists()
    allowances.allow_time(user, extra_percent=50, by=author)

    attempt.refresh_from_db()
    assert attempt.deadline - attempt.started_at == usual * 1.5
    assert allowances.time_for(20, user) == timedelta(minutes=30)


def test_an_author_is_never_asked_what_they_have_seen_the_answer_of():
    author = lead()
    finish_lessons(author, CITIZEN)
    bank = Question.objects.current().filter(use="exam", objective__code="known-when")
    seen = list(bank.order_by("uid")[: bank.count() - 2])
    assert drafts.see_keys(seen, by=author) == len(seen)

    asked = set(begin(author).answers.values_list("question__uid", flat=True))
    assert not asked & {each.uid for each in seen}
    Attempt.objects.all().delete()
    drafts.see_keys(bank, by=author)
    with pytest.raises(Refused, match="have not seen as an author"):
        begin(author)
    assert not Attempt.objects.exists()
    with pytest.raises(Refused):
        drafts.see_keys(bank, by=person())


def test_practice_draws_no_exam_question_explains_itself_and_counts_once():
    user = person()
    path = Path.objects.get(code="certified-builder")
    round_of = practices.start(path, asks_certainty=True, seed="s", by=user)
    again = practices.start(path, seed="s", by=person())
    rows = list(round_of.answers.select_related("question"))

    assert {row.question.use for row in rows} <= {"check", "practice"} and len(rows) == 10
    assert [row.question_id for row in rows] == list(again.answers.values_list("question", flat=True))
    row = rows[0]
    right = scoring.right_response(row.question.kind, row.question.key_for(row.order))
    for response, certainty in (({}, "mid"), ({"nonsense": 1}, "mid"), (right, "surely")):
        with pytest.raises(ValidationError):
            practices.answer(round_of, position=1, response=response, certainty=certainty, by=user)
    assert PracticeAnswer.objects.get(pk=row.pk).answered_at is None
    told = practices.answer(round_of, position=1, response=right, certainty="high", by=user)
    assert (told.score, told.mark) == (1, 3)
    assert practices.answer(round_of, position=1, response={}, certainty="low", by=user).mark == 3
    with pytest.raises(Refused):
        practices.answer(round_of, position=2, response=right, by=person())
    met = set(round_of.answers.values_list("question__uid", flat=True))
    fresh = set(practices.start(path, by=user).answers.values_list("question__uid", flat=True))
    assert len(met & fresh) < 10


def test_a_hint_costs_a_quarter_and_only_before_the_answer():
    user = person()
    lesson = Question.objects.current().get(uid="p-leak-word").lesson
    round_of = practices.start(lesson, by=user)
    row = round_of.answers.get(question__uid="p-leak-word")
    practices.hint(round_of, position=row.position, by=user)
    practices.hint(round_of, position=row.position, by=user)

    told = practices.answer(round_of, position=row.position, response={"text": "Leakage"}, by=user)

    assert (told.hints_taken, told.score) == (1, pytest.approx(0.75))
    assert practices.hint(round_of, position=row.position, by=user).hints_taken == 1


def test_the_answers_of_exam_questions_are_explained_by_nothing():
    question = Question.objects.current().filter(use="exam").first()

    with pytest.raises(ValueError, match="not explained"):
        explaining.explain(question, {}, {}, tells_right=True)


def test_each_kind_is_shown_answered_and_explained_without_script():
    user = person()
    client = signed_in(user)
    for code in sorted(set(Question.objects.filter(use="practice").values_list("lesson__code", flat=True))):
        started = client.post(address("lesson_practice", code), {"certainty": "yes"})
        page = started.url
        round_of = user and user.__class__ and practices.Practice.objects.filter(user=user).first()
        for row in round_of.answers.select_related("question"):
            shown = client.get(f"{page}?q={row.position}")
            assert shown.status_code == 200
            answer_url = address("practice_answer", round_of.pk, row.position)
            assert client.post(answer_url, {"certainty": "mid"}).status_code == 422
            fields = form_of(
                row.question.kind, scoring.right_response(row.question.kind, row.question.key_for(row.order))
            )
            done = client.post(answer_url, {**fields, "certainty": "mid"}, follow=True)
            assert "You said “I think so”: 2 points" in done.content.decode(), row.question.uid
        assert (
            "How well you know what you know"
            in client.get(address("practice_result", round_of.pk)).content.decode()
        )


def test_notes_are_ones_own_and_problems_reach_the_authors():
    user, author, lesson = person(), lead(), Lesson.objects.for_list().get(code="5.3")
    client = signed_in(user)
    client.post(address("lesson_note", "5.3"), {"text": "Ask when it is known."})
    assert "Ask when it is known." in client.get(address("lesson_detail", "5.3")).content.decode()
    assert (
        "Ask when it is known." not in signed_in(author).get(address("lesson_detail", "5.3")).content.decode()
    )
    assert client.post(address("lesson_note", "5.3"), {"text": "x" * 10_001}).status_code == 422
    assert LessonNote.objects.get().text == "Ask when it is known."
    client.post(address("lesson_note", "5.3"), {"text": " "})
    assert not LessonNote.objects.exists()

    assert client.post(address("lesson_problem", "5.3"), {"text": ""}).status_code == 422
    for _twice in range(2):
        client.post(address("lesson_problem", "5.3"), {"text": "A figure is wrong."})
    problem = LessonProblem.objects.get(lesson=lesson)
    assert Notice.objects.filter(user=author).count() == 1
    with pytest.raises(Refused):
        notes.settle(problem, reply="No.", by=user)
    notes.settle(problem, reply="Mended, thank you.", by=author)
    assert "Mended, thank you." in client.get(address("problem_list")).content.decode()
    with pytest.raises((Refused, IllegalMove)):
        notes.settle(problem, reply="Twice.", by=author)


QUESTION = """
uid: my-own
kind: single
use: {use}
objective: known-when
stem: {{en: "Q?", fr: "Q ?"}}
options:
  - {{key: a, right: true, en: "Yes", fr: "Oui"}}
  - {{key: b, en: "No", fr: "Non"}}
feedback: {{en: "Because.", fr: "Parce que."}}
"""


def test_an_exam_question_is_published_by_a_second_reader_and_stays_when_files_are_loaded():
    author, second = lead(), lead()
    draft = drafts.begin(text=QUESTION.format(use="exam"), by=author)
    with pytest.raises(ValidationError, match="second reader"):
        drafts.publish(draft, by=author)
    drafts.hand_in(draft, by=author)
    with pytest.raises(Refused, match="second person"):
        drafts.publish(draft, by=author)
    assert not Question.objects.filter(uid="my-own").exists()
    drafts.send_back(draft, remark="Say it shorter.", by=second)
    drafts.hand_in(draft, by=author)

    question = drafts.publish(draft, by=second)

    assert (question.version, question.source) == (1, "studio")
    assert KeySight.objects.filter(uid="my-own").count() == 2
    curricula.load(by=None)
    assert Question.objects.current().filter(uid="my-own").exists()
    with pytest.raises(Refused):
        drafts.begin(text=QUESTION.format(use="practice"), by=person())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: single", "kind: [", "Line "),
        ("kind: single", "kind: essay", "no such kind: essay"),
        ("known-when", "magic", "no such objective: magic"),
        ("use: practice", "use: homework", "use: check, practice, exam"),
        ("right: true, ", "", "exactly one option is right"),
        ('en: "No"', 'en: "None of the above"', "does not survive shuffling"),
        ('fr: "Q ?"', 'de: "Q?"', "no text in fr"),
        ("uid: my-own", "uid: My own!", "small letters"),
        ("options:", "optionen:", "options"),
        ("uid:", "- uid:", ""),
    ],
)
def test_a_draft_with_a_mistake_is_refused_with_where_and_what(old, new, message):
    text = QUESTION.format(use="practice").strip()
    assert old in text
    with pytest.raises(ValidationError) as refused:
        drafts.begin(text=text.replace(old, new, 1), by=lead())
    assert message in " ".join(refused.value.messages)
    assert not QuestionDraft.objects.exists()


def test_a_publication_is_taken_back_to_the_versions_before_it():
    author = lead()
    before = Question.objects.current().get(uid="p-leak-word")
    text = yaml.safe_dump({**before.written, "stem": {"en": "New?", "fr": "Nouveau ?"}}, allow_unicode=True)
    after = drafts.publish(drafts.begin(text=text, note="Clearer words", by=author), by=author)
    publication = Publication.objects.get(note="Clearer words")

    publications.revert(publication, by=author)

    assert Question.objects.current().get(uid="p-leak-word") == before
    assert AuditEvent.objects.filter(verb="publication.reverted").count() == 1
    with pytest.raises(Refused, match="taken back already"):
        publications.revert(publication, by=author)
    curricula.load(by=None)
    assert Question.objects.current().get(uid="p-leak-word") == before and after.version == 2
    first = Publication.objects.filter(note="").last()
    assert first.entries.filter(kind="lesson").count() == 42 and LessonVersion.objects.count() == 42


def test_questions_travel_to_moodle_and_back():
    author = lead()
    bank = list(Question.objects.current().filter(objective__course__code="C5", use="exam"))
    text, left = drafts.take_out(bank, form="moodle", by=author)
    assert {q.uid for q in bank if q.kind == "true_false"} == set(left)

    made, missing = drafts.bring_in(text, form="moodle", objective="known-when", use="practice", by=author)

    assert not missing and len(made) == len(bank) - len(left)
    by_uid = {question.uid: question for question in bank}
    for draft in made:
        again, first = drafts.parsed(draft.text), by_uid[draft.uid]
        assert again.kind == first.kind
        assert again.content["stem"]["fr"].split() == first.content["stem"]["fr"].split()
        texts = {each["text"]["en"] for each in again.content.get("options", [])}
        assert texts == {each["text"]["en"] for each in first.content.get("options", [])}
    text, _left = drafts.take_out(bank[:3], form="yaml", by=author)
    assert [each["uid"] for each in yaml.safe_load(text)] == [each.uid for each in bank[:3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<quiz>", "line 1"),
        ("<html></html>", "not <quiz>"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><quiz/>', "document type"),
        ("x" * 1_000_001, "divide the file"),
    ],
)
def test_what_is_no_moodle_export_is_refused(text, message):
    with pytest.raises(moodle.NotMoodle, match=message):
        moodle.read(text, objective="known-when", use="practice")


def test_figures_of_questions_come_from_first_attempts():
    for number in range(3):
        user = ready(OWNER)
        take(user, OWNER, right=lambda row, n=number: row.position > n, seed="same")
        with clock.at(clock.now() + timedelta(days=1, hours=1)):
            if not Certificate.objects.filter(user=user).exists():
                take(user, OWNER, right=lambda row: False, seed="same")
    row = Attempt.objects.order_by("started_at").first().answers.order_by("position").first()
    figures = Figures([row.question]).of(row.question)

    assert figures.attempts == 3 and figures.facility == pytest.approx(1 / 3)
    assert figures.discrimination == pytest.approx(0.5)
    assert exam_figures(Path.objects.get(code=OWNER).exam).attempts == 3


def test_the_cohort_shows_who_is_late_or_blocked_and_the_learner_is_told():
    author, slow, failing = lead(), person(), ready(OWNER)
    path = Path.objects.get(code=OWNER)
    today = clock.today()
    with pytest.raises(Refused):
        assignments.assign(path, people=[slow], due_on=today, by=slow)
    for people, due_on in (
        ([], today),
        ([slow], today - timedelta(days=1)),
        ([slow], today + timedelta(days=900)),
    ):
        with pytest.raises(ValidationError):
            assignments.assign(path, people=people, due_on=due_on, by=author)
    assert not Assignment.objects.exists()
    for _twice in range(2):
        assignments.assign(path, people=[slow, failing, slow], due_on=today + timedelta(days=3), by=author)
    assert Assignment.objects.count() == 2
    for hours in (0, 25):
        with clock.at(clock.now() + timedelta(hours=hours)):
            take(failing, OWNER, right=lambda row: False, seed=str(hours))

    states = {row.assignment.user: row.state for row in cohort(author)}
    assert states == {slow: "open", failing: "blocked"}
    with clock.at(clock.now() + timedelta(days=5)):
        assert {row.state for row in cohort(author)} == {"late"}
    assert Notice.objects.filter(user=slow, text__contains="follow the path").exists()
    page = signed_in(author).get(address("cohort")).content.decode()
    assert "2 failed attempts" in page


def test_learners_find_the_studio_closed_and_no_key_in_any_page_of_an_exam():
    user = ready()
    client = signed_in(user)
    attempt = begin(user)
    for name, *args in (
        ("studio",),
        ("question_list",),
        ("question_detail", "c5-duplicates"),
        ("cohort",),
        ("register",),
    ):
        assert client.get(address(name, *args)).status_code == 403
    assert client.post(address("question_key", "c5-duplicates")).status_code == 403
    assert client.post(address("question_export"), {"course": "C5"}).status_code == 403
    for row in attempt.answers.select_related("question"):
        page = client.get(f"{address('attempt', attempt.pk)}?q={row.position}").content.decode()
        assert row.question.explanation not in page
        for word in ("right", "correct", "juste"):
            assert f"data-{word}" not in page


def test_an_author_works_in_the_studio_from_page_to_page():
    author = lead()
    client = signed_in(author)
    bank = Question.objects.current().get(uid="c5-duplicates")
    page = client.get(address("question_detail", bank.uid)).content.decode()
    assert "Show the answer" in page and bank.explanation not in page
    client.post(address("question_key", bank.uid))
    assert bank.explanation in client.get(address("question_detail", bank.uid)).content.decode()
    for name in (
        "studio",
        "question_list",
        "publication_list",
        "cohort",
        "register",
        "question_import",
        "draft_new",
    ):
        assert client.get(address(name)).status_code == 200, name
    assert client.get(address("exam_measure", CITIZEN)).status_code == 200
    assert client.get(address("lesson_versions", "5.3")).status_code == 200
    text = QUESTION.format(use="practice")
    seen = client.post(address("draft_new"), {"text": text, "act": "preview"}).content.decode()
    assert "They get" in seen and not QuestionDraft.objects.exists()
    assert client.post(address("draft_new"), {"text": "kind: [", "act": "keep"}).status_code == 422
    kept = client.post(address("draft_new"), {"text": text, "act": "keep"})
    draft = QuestionDraft.objects.get()
    assert client.get(kept.url).status_code == 200
    client.post(address("draft_act", draft.pk, "publish"))
    assert Question.objects.current().get(uid="my-own").source == "studio"
    client.post(address("question_edit", "my-own"))
    assert QuestionDraft.objects.filter(state="draft").count() == 1
    assert b"System" in client.get(address("register") + "?format=csv").content
