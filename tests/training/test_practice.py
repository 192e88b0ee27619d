"""Practice, notes, voiding, more time, figures of questions: what they do and what they refuse."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings as profile, strategies as st

from portal.core import clock
from portal.core.models import Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.people import person
from tests.training.learners import CITIZEN, OWNER, answer_all, begin, finish_lessons, form_of, take
from tests.training.studio_scene import address, lead, ready, signed_in
from training import explaining, grading, scoring
from training.models import (
    Assignment,
    Attempt,
    Certificate,
    Lesson,
    LessonNote,
    LessonProblem,
    Path,
    PracticeAnswer,
    Question,
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
)
from training.statistics import Figures, exam_figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]

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
