"""The pages of training: reading, checking, the exam runner, certificates, and what they refuse."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format

from portal.core import clock
from portal.core.models.credentials import Right
from tests.people import person
from tests.training import learners
from tests.training.learners import (
    CITIZEN,
    OWNER,
    answer_all,
    begin,
    certified,
    finish_lesson,
    finish_lessons,
    take,
)
from training import overseeing, scoring
from training.models import Attempt, Certificate, Enrolment, LessonProgress, Question
from training.services import attempts, certificates, enrolments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def signed_in(user, **more):
    client = Client(**more)
    client.force_login(user)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def without_token(response):
    return re.sub(r'X-CSRFToken": "\w+"', "", response.content.decode())


def address(name, *args):
    return reverse(f"training:{name}", args=args)


def test_my_learning_leads_a_newcomer_to_the_paths():
    page = text_of(signed_in(person()).get(address("home")))

    assert "Choose your first path" in page
    assert "Launch an AutoML experiment" in page and "opens with a certificate" in page


def test_my_learning_shows_the_one_next_lesson():
    user = person()
    client = signed_in(user)
    client.post(address("path_enrol", CITIZEN))
    finish_lesson(user, "1.1")

    page = text_of(client.get(address("home")))

    assert Enrolment.objects.filter(user=user).count() == 1
    assert "Profile before you model" in page and "lesson 2 of 6" in page
    assert "Choose your first path" not in page


def test_the_path_tells_the_conditions_of_the_exam_before_anybody_starts():
    page = text_of(signed_in(person()).get(address("path_detail", CITIZEN)))

    assert "10 questions, 25 minutes" in page and "To pass: 70 %" in page
    assert "you wait 24 hours, after a second 72 hours" in page
    assert "6 lessons of the path are not finished yet" in page


def test_a_lesson_is_read_with_its_outline_and_its_question():
    page = text_of(signed_in(person()).get(address("lesson_detail", "5.3") + f"?path={CITIZEN}"))

    assert "<h1>Target leakage</h1>" in page
    assert "Which columns leak the target?" in page
    assert "Baselines first" in page and "[[check" not in page
    assert "The first two" not in page  # no explanation before an answer


def test_a_lesson_is_found_by_its_slug_and_by_the_topic_a_guardrail_names():
    client = signed_in(person())

    for name in ("target-leakage", "time"):
        assert client.get(address("lesson_detail", name)).url == address("lesson_detail", "5.3")
    assert client.get(address("lesson_detail", "duplicates")).url == address("lesson_detail", "5.1")
    assert client.get(address("lesson_detail", "unheard-of")).status_code == 404


def test_every_topic_of_the_engines_guardrails_leads_to_a_lesson():
    client = signed_in(person())

    for topic in (
        "target-leakage", "target", "validation", "sample-size", "overfitting", "fairness", "regression", "metrics",
        "duplicates", "personal-data", "missing-values", "identifiers", "data-quality", "categories", "calibration",
        "baselines",
    ):  # fmt: skip
        assert client.get(address("lesson_detail", topic)).status_code == 302, topic


def check_fields(code, *, right):
    question = Question.objects.current().get(lesson__code=code, use="check")
    choice = question.answer["choice"]
    keys = [option["key"] for option in question.content["options"]]
    return {"question": question.uid, "choice": choice if right else next(k for k in keys if k != choice)}


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_an_inline_check_answers_at_once_with_and_without_javascript(headers):
    client, url = signed_in(person()), address("lesson_detail", "1.1")

    wrong = client.post(url, check_fields("1.1", right=False), **headers)
    right = client.post(url, check_fields("1.1", right=True), **headers)

    assert wrong.status_code == right.status_code == 200
    assert "Not yet" in text_of(wrong) and "Right" in text_of(right)
    assert ("<html" in text_of(right)) is (not headers)


def test_an_empty_check_says_so_and_an_unknown_question_is_not_found():
    client, url = signed_in(person()), address("lesson_detail", "1.1")

    empty = client.post(url, {"question": check_fields("1.1", right=True)["question"]})

    assert empty.status_code == 422 and "Choose or write an answer first" in text_of(empty)
    assert client.post(url, {"question": "c6-precision", "number": "0.13"}).status_code == 404


def test_a_lesson_is_marked_as_finished_after_its_check_and_leads_to_the_next():
    user = person()
    client, url = signed_in(user), address("lesson_complete", "1.1") + f"?path={CITIZEN}"

    assert client.post(url).status_code == 403
    assert not LessonProgress.objects.exists()

    client.post(address("lesson_detail", "1.1"), check_fields("1.1", right=True))
    assert client.post(url).url.startswith(address("lesson_detail", "5.1"))
    assert LessonProgress.objects.filter(user=user).count() == 1


def test_an_exam_is_refused_with_the_reason_and_begins_when_lessons_are_done():
    user = person()
    client = signed_in(user)

    assert client.post(address("exam_start", CITIZEN)).status_code == 403
    assert not Attempt.objects.exists()

    finish_lessons(user)
    started = client.post(address("exam_start", CITIZEN))
    attempt = Attempt.objects.get()
    assert started.url == address("attempt", attempt.pk)
    assert client.post(address("exam_start", CITIZEN)).url == started.url
    assert Attempt.objects.count() == 1


def running(user=None):
    user = user or person()
    finish_lessons(user)
    return signed_in(user), begin(user)


def form_of(row):
    """The right answer as the fields of the page's form."""
    return learners.form_of(row.question.kind, scoring.right_response(row.question.kind, row.question.answer))


def test_the_whole_exam_is_answered_through_the_forms_and_passed():
    client, attempt = running()

    for row in attempt.answers.select_related("question"):
        page = client.get(address("attempt", attempt.pk) + f"?q={row.position}")
        assert page.status_code == 200 and f"Question {row.position} of 10" in text_of(page)
        saved = client.post(address("attempt_answer", attempt.pk, row.position), {**form_of(row), "go": "1"})
        assert saved.url.endswith("?q=1")
    review = text_of(client.get(address("attempt_submit", attempt.pk)))
    assert "All questions are answered" in review
    result = client.post(address("attempt_submit", attempt.pk), follow=True)

    assert "You passed" in text_of(result)
    assert Certificate.objects.get().attempt_id == attempt.pk


def test_the_review_page_lists_what_is_open():
    client, attempt = running()
    row = attempt.answers.select_related("question").get(position=3)
    client.post(address("attempt_answer", attempt.pk, 3), form_of(row))

    page = text_of(client.get(address("attempt_submit", attempt.pk)))

    assert "9 questions are still open" in page
    assert "?q=4" in page and "?q=3" not in page


def test_an_answer_saved_by_htmx_says_so_and_marks_the_navigator():
    client, attempt = running()
    row = attempt.answers.select_related("question").get(position=1)

    saved = text_of(
        client.post(address("attempt_answer", attempt.pk, 1), form_of(row), HTTP_HX_REQUEST="true")
    )

    assert "Saved" in saved and "1 of 10 answered" in saved and "<html" not in saved


def test_a_wrong_form_keeps_what_was_typed():
    client, attempt = running()
    row = attempt.answers.filter(question__kind="numeric").first()
    if row is None:
        pytest.skip("this draw holds no numeric question")

    answer = client.post(
        address("attempt_answer", attempt.pk, row.position), {"number": "about 3", "go": "1"}
    )

    assert answer.status_code == 422
    assert "Write a number such as" in text_of(answer) and 'value="about 3"' in text_of(answer)


def test_no_key_of_an_exam_leaves_the_server_before_or_after_grading():
    client, attempt = running()
    rows = list(attempt.answers.select_related("question"))
    pages = [text_of(client.get(address("attempt", attempt.pk) + f"?q={row.position}")) for row in rows]
    answer_all(attempt, right=lambda row: row.position > 5)
    attempts.submit(attempt, by=attempt.user)
    pages.append(text_of(client.get(address("attempt_result", attempt.pk))))

    for row in rows:
        for words in row.question.feedback.values():
            assert all(words not in page for page in pages)
    assert all("data-right" not in page and "is_right" not in page for page in pages)


def test_the_result_names_weak_objectives_and_the_exact_next_time():
    user = person(time_zone="UTC")
    finish_lessons(user)
    attempt = take(user, right=lambda row: False)
    page = text_of(signed_in(user).get(address("attempt_result", attempt.pk)))

    assert "Not passed this time" in page
    next_at = attempt.submitted_at + timedelta(hours=24)
    assert f"You can try again from {date_format(next_at, 'DATETIME_FORMAT')}" in page
    assert address("lesson_detail", "5.3") in page
    assert "2 attempts are left" in page


def test_an_attempt_whose_time_is_over_leads_to_handing_in():
    client, attempt = running()

    with clock.at(attempt.deadline + timedelta(minutes=1)):
        client.force_login(attempt.user)
        assert client.get(address("attempt", attempt.pk)).url == address("attempt_submit", attempt.pk)
        assert "The time is over" in text_of(client.get(address("attempt_submit", attempt.pk)))
        assert client.post(address("attempt_answer", attempt.pk, 1), {}).status_code == 403
        assert client.post(address("attempt_submit", attempt.pk)).status_code == 302


@pytest.mark.parametrize("name", ["attempt", "attempt_submit", "attempt_result"])
def test_the_attempt_of_somebody_else_does_not_exist(name):
    _client, attempt = running()
    lead = signed_in(person(duties=("community_lead", "auditor", "administrator")))

    assert lead.get(address(name, attempt.pk)).status_code == 404


def test_strange_question_numbers_are_answered_calmly():
    client, attempt = running()
    url = address("attempt", attempt.pk)

    assert client.get(url + "?q=99").status_code == 404
    assert client.get(url + "?q=²").status_code == 200
    assert client.get(url + "?q=-1").status_code == 200
    assert client.post(address("attempt_answer", attempt.pk, 99), {}).status_code == 404


def test_a_certificate_is_verified_without_signing_in_only_when_public():
    user = person("Ada Holder")
    certificate = certified(user, OWNER)
    url, stranger = reverse("verify:certificate", args=[certificate.public_id]), Client()

    private, unknown = stranger.get(url), stranger.get(reverse("verify:certificate", args=["f" * 32]))
    assert private.status_code == unknown.status_code == 404
    assert without_token(private) == without_token(unknown)

    signed_in(user).post(address("certificate_share", certificate.pk), {"public": "yes"})
    shown = stranger.get(url)
    assert shown.status_code == 200 and "Ada Holder" in text_of(shown) and "Valid until" in text_of(shown)
    assert shown.headers["X-Robots-Tag"] == "noindex"


def test_the_public_page_says_first_that_a_certificate_was_revoked():
    user, lead = person(), person(duties=("community_lead",))
    certificate = certified(user, OWNER)
    certificates.share(certificate, is_public=True, by=user)
    signed_in(lead).post(address("certificate_revoke", certificate.pk), {"reason": "A mistake in the exam."})

    page = text_of(Client().get(reverse("verify:certificate", args=[certificate.public_id])))

    assert "Revoked on" in page and "Valid until" not in page


def test_a_certificate_is_seen_by_its_holder_leads_and_auditors():
    certificate = certified(person(), OWNER)
    url = address("certificate_detail", certificate.pk)

    assert signed_in(certificate.user).get(url).status_code == 200
    assert signed_in(person(duties=("community_lead",))).get(url).status_code == 200
    assert signed_in(person(duties=("auditor",))).get(url).status_code == 200
    assert signed_in(person(duties=("administrator",))).get(url).status_code == 404


def test_only_the_holder_shares_and_only_a_lead_revokes():
    certificate = certified(person(), OWNER)
    lead, auditor = signed_in(person(duties=("community_lead",))), signed_in(person(duties=("auditor",)))

    assert lead.post(address("certificate_share", certificate.pk), {"public": "yes"}).status_code == 403
    assert auditor.post(address("certificate_revoke", certificate.pk), {"reason": "x"}).status_code == 403
    assert lead.post(address("certificate_revoke", certificate.pk), {"reason": ""}).status_code == 422
    certificate.refresh_from_db()
    assert not certificate.is_public and certificate.revoked_at is None


def test_the_page_of_a_right_shows_the_shortest_way_to_it():
    user = person()
    client = signed_in(user)

    page = text_of(client.get(address("right", Right.APPROVE_MODEL)))
    assert "1. Citizen data scientist" in page and "2. Model reviewer" in page
    assert "What a model is" in page

    finish_lessons(user)
    assert "Take the exam" in text_of(client.get(address("right", Right.LAUNCH_AUTOML)))
    take(user)
    assert "You hold this right" in text_of(client.get(address("right", Right.LAUNCH_AUTOML)))
    assert client.get(address("right", "no.such")).status_code == 404


def test_the_overview_is_for_leads_and_auditors_and_names_who_is_stuck():
    slow = person("Slow Learner")
    with clock.at(clock.now() - timedelta(days=20)):
        enrolments.enrol(begin_path(), by=slow)
    certified(person("Quick Learner"), OWNER)

    page = text_of(signed_in(person(duties=("community_lead",))).get(address("overview")))

    with clock.at(clock.now() - timedelta(days=3000)):
        former = certified(person("Former Holder"), OWNER).user
    assert former not in {
        each.user for each in overseeing.stuck_learners()
    }  # expired is to renew, not to be stuck

    assert "Slow Learner" in page and "Nothing done for 20 days" in page and "Quick Learner" in page
    assert signed_in(person()).get(address("overview")).status_code == 403


def begin_path():
    from training.models import Path

    return Path.objects.get(code=CITIZEN)


@pytest.mark.parametrize(
    ("status", "expected"), [("valid", 1), ("expired", 0), ("revoked", 0), ("expiring", 0)]
)
def test_the_overview_filters_by_state(status, expected):
    certified(person("Quick Learner"), OWNER)
    lead = signed_in(person(duties=("community_lead",)))

    assert text_of(lead.get(address("overview"), {"status": status})).count("Quick Learner") == expected


def test_everything_asks_for_a_sign_in_except_verification():
    certificate = certified(person(), OWNER)
    for url in (
        address("home"), address("path_detail", CITIZEN), address("lesson_detail", "1.1"), address("overview"),
        address("exam_detail", CITIZEN), address("certificate_list"), address("right", "automl.launch"),
        address("certificate_detail", certificate.pk), address("attempt", certificate.attempt_id),
    ):  # fmt: skip
        assert Client().get(url).status_code == 302, url


def test_pages_speak_french():
    user = person(language="fr")
    finish_lessons(user)
    attempt = begin(user)
    client = signed_in(user)

    assert "La fuite de cible" in text_of(client.get(address("lesson_detail", "5.3")))
    row = attempt.answers.select_related("question").first()
    page = client.get(address("attempt", attempt.pk) + "?q=1").content.decode()
    assert row.question.content["stem"]["fr"].replace("’", "’")[:30] in page


def count_queries(client, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["overview", "certificate_list", "home"])
def test_pages_ask_the_same_number_of_queries_for_one_row_and_for_six(name):
    lead = person(duties=("community_lead",))
    certified(lead, OWNER)
    certified(person(), OWNER)
    client = signed_in(lead)
    client.get(address(name))
    before = count_queries(client, address(name))

    for _ in range(5):
        user = person()
        certified(user, OWNER)
        enrolments.enrol(begin_path(), by=user)
    finish_lesson(lead, "5.1")

    assert count_queries(client, address(name)) <= before


def test_the_runner_asks_the_same_number_of_queries_for_any_length_of_exam():
    user = person()
    finish_lessons(user)
    finish_lessons(user, OWNER)
    long, short = begin(user), begin(user, OWNER)
    client = signed_in(user)
    client.get(address("attempt", long.pk))

    assert count_queries(client, address("attempt", long.pk)) == count_queries(
        client, address("attempt", short.pk)
    )
