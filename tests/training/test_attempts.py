"""Exams: drawn, saved, graded once, with the exact rules for passing and trying again."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.core import clock
from portal.core.models import AuditEvent, Credential
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.verdicts import Refused
from tests.people import person
from tests.training.learners import (
    CITIZEN,
    OWNER,
    REVIEWER,
    answer_all,
    begin,
    certified,
    finish_lesson,
    finish_lessons,
    take,
)
from training import scoring
from training.models import Attempt, Certificate, Exam
from training.services import attempts, certificates, lessons

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def ready(path=CITIZEN):
    user = person()
    finish_lessons(user, path)
    return user


def hours_later(hours):
    return clock.at(clock.now() + timedelta(hours=hours))


def test_the_exam_waits_for_every_lesson_of_the_path():
    user = person()
    finish_lesson(user, "1.1")

    with pytest.raises(Refused, match="5 lessons of the path"):
        begin(user)

    assert not Attempt.objects.exists()


def test_a_lesson_is_finished_only_with_its_check_right():
    user = person()
    lesson = Exam.objects.get(code=CITIZEN).path.items.first().lesson

    with pytest.raises(Refused, match="not answered right yet"):
        lessons.complete(lesson, by=user)

    assert not lesson.progress.exists()
    assert finish_lesson(user, lesson.code).version.number == 1
    finish_lesson(user, lesson.code)
    assert lesson.progress.count() == 1


def test_a_check_may_be_tried_again_and_explains_itself():
    user = person()
    lesson = Exam.objects.get(code=CITIZEN).path.items.first().lesson
    question = lesson.questions.get(use="check")
    wrong = next(o["key"] for o in question.content["options"] if o["key"] != question.answer["choice"])

    first = lessons.answer_check(lesson, question, response={"choice": wrong}, by=user)
    second = lessons.answer_check(lesson, question, response={"choice": question.answer["choice"]}, by=user)

    assert (first.is_right, second.is_right, second.tries) == (False, True, 2)
    assert second.explanation


def test_an_exam_question_cannot_be_tried_out_as_a_check():
    user = person()
    lesson = Exam.objects.get(code=CITIZEN).path.items.first().lesson
    question = lesson.questions.filter(use="exam", kind="single").first()

    with pytest.raises(ValidationError):
        lessons.answer_check(lesson, question, response={"choice": question.answer["choice"]}, by=user)


def test_a_right_exam_earns_the_certificate_and_the_right_with_stamped_dates():
    user = ready()

    attempt = take(user)

    assert attempt.passed and attempt.percent == 100
    certificate = Certificate.objects.get(attempt=attempt)
    assert certificate.valid_until - certificate.valid_from == timedelta(days=548)
    assert credentials.holds(user, Right.LAUNCH_AUTOML)
    with clock.at(certificate.valid_until):
        assert not credentials.holds(user, Right.LAUNCH_AUTOML)
    assert AuditEvent.objects.filter(verb="certificate.awarded").count() == 1


def test_the_exam_draws_ten_questions_by_blueprint_and_a_second_start_is_refused():
    user = ready()
    attempt = begin(user)

    assert attempt.answers.count() == 10
    with pytest.raises(Refused, match="under way"):
        begin(user)
    assert Attempt.objects.count() == 1


def test_the_database_itself_refuses_a_second_open_attempt():
    attempt = begin(ready())

    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            exam=attempt.exam, user=attempt.user, seed="x", started_at=clock.now(), deadline=clock.now()
        )


def test_the_seed_reproduces_questions_and_order_of_options():
    one, two = begin(ready(), seed="s"), begin(ready(), seed="s")

    def shape(attempt):
        return [(row.question.uid, row.order) for row in attempt.answers.select_related("question")]

    assert shape(one) == shape(two)


def test_an_answer_is_saved_and_the_last_one_counts():
    attempt = begin(ready())
    row = attempt.answers.filter(question__kind="single").select_related("question").first()
    keys = [option["key"] for option in row.question.content["options"]]

    attempts.answer(attempt, position=row.position, response={"choice": keys[0]}, by=attempt.user)
    attempts.answer(attempt, position=row.position, response={"choice": keys[1]}, by=attempt.user)
    row.refresh_from_db()
    assert row.response == {"choice": keys[1]}

    attempts.answer(attempt, position=row.position, response={}, by=attempt.user)
    row.refresh_from_db()
    assert row.response == {} and row.answered_at is None


@pytest.mark.parametrize(
    "response", [{"choice": "no such"}, {"choices": ["a"]}, {"choice": 3}, [], "a", None]
)
def test_an_answer_that_does_not_fit_is_refused_and_the_saved_one_stays(response):
    attempt = begin(ready())
    row = attempt.answers.filter(question__kind="single").select_related("question").first()
    saved = scoring.right_response("single", row.question.answer)
    attempts.answer(attempt, position=row.position, response=saved, by=attempt.user)

    with pytest.raises(ValidationError):
        attempts.answer(attempt, position=row.position, response=response, by=attempt.user)

    row.refresh_from_db()
    assert row.response == saved


def test_nobody_answers_or_hands_in_for_another():
    attempt = begin(ready())

    with pytest.raises(Refused):
        attempts.answer(attempt, position=1, response={}, by=person())
    with pytest.raises(Refused):
        attempts.submit(attempt, by=person())

    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.OPEN


def test_handing_in_twice_grades_once():
    user = ready()
    attempt = begin(user)
    answer_all(attempt)

    first, second = attempts.submit(attempt, by=user), attempts.submit(attempt, by=user)

    assert (first.percent, second.percent) == (100, 100)
    assert Certificate.objects.count() == Credential.objects.count() == 1
    assert AuditEvent.objects.filter(verb="attempt.graded").count() == 1
    with pytest.raises(Refused, match="graded"):
        attempts.answer(attempt, position=1, response={}, by=user)


def test_after_the_deadline_no_answer_is_taken_and_what_was_saved_is_graded():
    user = ready()
    attempt = begin(user)
    answer_all(attempt, right=lambda row: row.position <= 5)

    with hours_later(1):
        with pytest.raises(Refused, match="time was over"):
            attempts.answer(attempt, position=6, response={}, by=user)
        graded = attempts.submit(attempt, by=user)

    assert graded.percent == 50 and not graded.passed
    assert graded.submitted_at == graded.deadline
    assert not Certificate.objects.exists()


def test_a_forgotten_attempt_is_closed_by_the_portal():
    attempt = begin(ready())

    assert attempts.close_overdue() == 0
    with hours_later(3):
        assert attempts.close_overdue() == 1

    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.GRADED and attempt.passed is False


def test_a_critical_objective_missed_fails_the_exam_whatever_the_total():
    attempt = take(ready(), right=lambda row: row.question.objective.code != "read-leaderboard")

    assert attempt.percent == 80
    assert not attempt.passed
    missed = next(row for row in attempt.per_objective if row["objective"] == "read-leaderboard")
    assert missed["is_critical"] and not missed["is_reached"]


def test_a_must_know_question_missed_fails_the_exam_whatever_the_total():
    user = ready()
    for number in range(40):
        if begin_has_must_know := _seed_with_must_know(user, number):
            attempt = begin_has_must_know
            break
    answer_all(attempt, right=lambda row: not row.question.is_must_know)
    # the critical objective itself stays reachable: only the must-know item is open
    graded = attempts.submit(attempt, by=user)

    assert graded.percent >= 70
    assert graded.must_know_missed
    assert not graded.passed


def _seed_with_must_know(user, number):
    with transaction.atomic():
        attempt = begin(user, seed=f"seed {number}")
        if attempt.answers.filter(question__is_must_know=True).count() == 1:
            return attempt
        transaction.set_rollback(True)
    return None


def test_below_seventy_percent_is_not_passed_and_the_next_time_is_exact():
    user = ready()
    attempt = take(user, right=lambda row: False)

    with pytest.raises(Refused) as refused:
        begin(user)
    assert refused.value.verdict.code == "too_early"
    assert not Certificate.objects.exists()

    with clock.at(attempt.submitted_at + timedelta(hours=24)):
        assert begin(user).pk


def test_three_failures_ask_for_a_week_and_practice_and_are_forgotten_after_thirty_days():
    user = ready()
    start = clock.now()
    for hours in (0, 25, 100):
        with clock.at(start + timedelta(hours=hours)):
            first = Attempt.objects.order_by("started_at").first()
            take(user, right=lambda row: False, seed=f"seed {hours}")
    first = Attempt.objects.order_by("started_at").first()

    with clock.at(start + timedelta(days=9)), pytest.raises(Refused, match="try again from"):
        begin(user)
    with clock.at(start + timedelta(days=20)), pytest.raises(Refused, match="round of practice"):
        begin(user)
    with clock.at(first.started_at + timedelta(days=30)):
        assert begin(user).pk


def test_the_next_attempt_prefers_questions_not_seen_last_time():
    user = ready()
    first = take(user, right=lambda row: False)
    with hours_later(25):
        second = begin(user, seed="another")

    def uids(attempt):
        return set(attempt.answers.values_list("question__uid", flat=True))

    assert len(uids(first) & uids(second)) <= 3


def test_a_valid_certificate_is_renewed_in_its_last_two_months_only():
    user = person()
    certificate = certified(user)

    with pytest.raises(Refused, match="renewed in its last 60 days"):
        begin(user)
    with clock.at(certificate.valid_until - timedelta(days=59)):
        assert take(user, seed="again").passed
    assert Certificate.objects.filter(user=user).count() == 2


def test_the_reviewers_exam_asks_for_a_valid_citizen_certificate():
    user = ready(REVIEWER)

    with pytest.raises(Refused, match="Citizen data scientist"):
        begin(user, REVIEWER)
    assert not Attempt.objects.exists()

    assert certified(user, REVIEWER).template.right == Right.APPROVE_MODEL
    assert credentials.holds(user, Right.APPROVE_MODEL)


def test_the_reviewers_exam_is_closed_to_holders_whose_citizen_certificate_expired():
    user = ready(REVIEWER)
    certificate = certified(user, CITIZEN)

    with clock.at(certificate.valid_until + timedelta(days=1)), pytest.raises(Refused, match="Citizen"):
        begin(user, REVIEWER)


def test_a_revoked_certificate_takes_the_right_back_at_once():
    user, lead = person(), person(duties=("community_lead",))
    certificate = certified(user, OWNER)
    assert credentials.holds(user, Right.OWN_USE_CASE)

    certificates.revoke(certificate, reason="The exam was taken by somebody else.", by=lead)

    certificate.refresh_from_db()
    assert certificate.status == Certificate.Status.REVOKED
    assert not credentials.holds(user, Right.OWN_USE_CASE)


@pytest.mark.parametrize("duties", [(), ("administrator",), ("auditor",)])
def test_only_community_leads_revoke_and_never_their_own(duties):
    lead = person(duties=("community_lead",))
    own = certified(lead, OWNER)

    with pytest.raises(Refused):
        certificates.revoke(own, reason="No.", by=person(duties=duties))
    with pytest.raises(Refused, match="their own"):
        certificates.revoke(own, reason="No.", by=lead)

    own.refresh_from_db()
    assert own.revoked_at is None
    assert credentials.holds(lead, Right.OWN_USE_CASE)


def test_a_revocation_needs_a_reason():
    certificate = certified(person(), OWNER)

    with pytest.raises(ValidationError):
        certificates.revoke(certificate, reason="  ", by=person(duties=("community_lead",)))

    certificate.refresh_from_db()
    assert certificate.revoked_at is None


def test_an_award_is_given_once_and_never_for_a_failed_attempt():
    user = person()
    certificate = certified(user, OWNER)

    assert certificates.award(certificate.attempt, by=None) == certificate
    failed = take(ready(), right=lambda row: False)
    with pytest.raises(Refused):
        certificates.award(failed, by=None)
    assert Certificate.objects.count() == 1
