"""The pages of training: ways, lessons, checks, certificates, the overview, and what they refuse."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portal.core import clock
from portal.core.models.credentials import Right
from tests.people import person
from tests.training.learners import (
    CITIZEN,
    OWNER,
    begin,
    certified,
    finish_lesson,
    finish_lessons,
    take,
)
from tests.training.page_visits import address, count_queries, signed_in, text_of
from training import overseeing
from training.models import Enrolment, LessonProgress, Question
from training.services import certificates, enrolments

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def without_token(response):
    return re.sub(r'X-CSRFToken": "\w+"', "", response.content.decode())


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
