"""The same acts through the API: status and body, refusals with reason and remedy, no key leaves."""

import json

import pytest
from django.test import Client

from portal.core.models.credentials import Right
from portal.core.services import credentials
from tests.people import person
from tests.training.learners import CITIZEN, OWNER, begin, certified, finish_lesson, finish_lessons
from training import scoring
from training.models import Attempt, AttemptAnswer, LessonProgress, Question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


class Caller:
    """A person at the API."""

    def __init__(self, user):
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def get(self, path, **query):
        return self.client.get(f"/api/{path}", query)

    def post(self, path, body=None):
        return self.client.post(f"/api/{path}", json.dumps(body or {}), content_type="application/json")


def test_the_whole_way_from_path_to_right_goes_through_the_api():
    caller = Caller(person())

    assert caller.post(f"paths/{CITIZEN}/enrol/").status_code == 200
    for code in caller.get(f"paths/{CITIZEN}/").json()["lessons"]:
        lesson = caller.get(f"lessons/{code}/").json()
        for check in lesson["checks"]:
            question = Question.objects.current().get(uid=check["uid"])
            body = {
                "question": check["uid"],
                "response": scoring.right_response(question.kind, question.answer),
            }
            assert caller.post(f"lessons/{code}/check/", body).json()["is_right"] is True
        assert caller.post(f"lessons/{code}/complete/").status_code == 200
    started = caller.post(f"exams/{CITIZEN}/start/")
    assert started.status_code == 201 and len(started.json()["questions"]) == 10
    attempt = started.json()["id"]
    for row in AttemptAnswer.objects.filter(attempt=attempt).select_related("question"):
        response = scoring.right_response(row.question.kind, row.question.answer)
        saved = caller.post(f"attempts/{attempt}/answer/", {"position": row.position, "response": response})
        assert saved.status_code == 200 and saved.json()["is_complete"] is True
    result = caller.post(f"attempts/{attempt}/submit/").json()

    assert result["passed"] is True and result["certificate"]
    assert caller.get(f"certificates/{result['certificate']}/").json()["right"] == "automl.launch"
    assert credentials.holds(caller.user, Right.LAUNCH_AUTOML)


def test_a_refusal_carries_reason_remedy_and_address_and_changes_nothing():
    caller = Caller(person())

    refused = caller.post(f"exams/{CITIZEN}/start/")

    assert refused.status_code == 403
    assert refused.json()["code"] == "lessons_open"
    assert "not finished" in refused.json()["reason"]
    assert refused.json()["url"] == f"/learning/paths/{CITIZEN}/"
    can = caller.get(f"exams/{CITIZEN}/").json()["can"]["start"]
    assert can["allowed"] is False and can["reason"] == refused.json()["reason"]
    assert not Attempt.objects.exists()


def test_a_lesson_is_not_completed_before_what_stands_before_it_and_its_check():
    caller = Caller(person())

    assert caller.post("lessons/5.3/complete/").json()["code"] == "prerequisite_missing"
    assert not LessonProgress.objects.exists()
    finish_lesson(caller.user, "5.1")
    assert caller.post("lessons/5.3/complete/").json()["code"] == "check_open"
    assert not LessonProgress.objects.filter(lesson__code="5.3").exists()


def test_questions_of_an_attempt_come_without_keys_and_not_at_all_once_graded():
    user = person()
    finish_lessons(user)
    attempt = begin(user)
    caller = Caller(user)

    body = caller.get(f"attempts/{attempt.pk}/")
    for row in attempt.answers.select_related("question"):
        for words in row.question.feedback.values():
            assert words not in body.content.decode()
    for question in body.json()["questions"]:
        assert set(question) == {
            "position",
            "question",
            "response",
            "is_complete",
            "is_flagged",
            "example",
        }
        for part in question["question"]["options"]:
            assert set(part) == {"key", "text"}
    caller.post(f"attempts/{attempt.pk}/submit/")
    assert caller.get(f"attempts/{attempt.pk}/").json()["questions"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"position": 0, "response": {}},
        {"position": 99, "response": {}},
        {"position": "one", "response": {}},
        {"response": {}},
        {"position": 1, "response": {"nonsense": 1}},
        {"position": 1, "response": "text"},
        {"position": 1, "response": {}, "score": 1},
    ],
)
def test_a_malformed_answer_is_a_400_and_saves_nothing(body):
    user = person()
    finish_lessons(user)
    attempt = begin(user)

    answer = Caller(user).post(f"attempts/{attempt.pk}/answer/", body)

    assert answer.status_code == 400 and answer.json()["errors"]
    assert not attempt.answers.exclude(answered_at=None).exists()


def test_attempts_and_certificates_of_others_do_not_exist():
    certificate = certified(person(), OWNER)
    caller = Caller(person())

    assert caller.get(f"attempts/{certificate.attempt_id}/").status_code == 404
    assert caller.post(f"attempts/{certificate.attempt_id}/submit/").status_code == 404
    assert caller.get(f"certificates/{certificate.pk}/").status_code == 404
    assert caller.get("certificates/").json()["count"] == 0
    assert caller.get("lessons/9.9.9/").status_code == 404


def test_a_lead_lists_filters_and_revokes():
    certificate = certified(person("Ada Holder"), OWNER)
    lead = Caller(person(duties=("community_lead",)))

    assert lead.get("certificates/", holder="ada").json()["count"] == 1
    assert lead.get("certificates/", template=CITIZEN).json()["count"] == 0
    assert lead.get("certificates/", colour="red").status_code == 400
    assert lead.get("certificates/").json()["results"][0]["public_id"] == ""
    assert lead.post(f"certificates/{certificate.pk}/revoke/").status_code == 400
    answer = lead.post(f"certificates/{certificate.pk}/revoke/", {"reason": "A mistake."})
    assert answer.json()["status"] == "revoked"
    assert not credentials.holds(certificate.user, Right.OWN_USE_CASE)


def test_the_holder_shares_and_nobody_else():
    certificate = certified(person(), OWNER)

    lead = Caller(person(duties=("community_lead",)))
    assert lead.post(f"certificates/{certificate.pk}/share/", {"is_public": True}).status_code == 403
    holder = Caller(certificate.user)
    assert (
        holder.post(f"certificates/{certificate.pk}/share/", {"is_public": True}).json()["is_public"] is True
    )


def test_nobody_without_sign_in_reads_the_api():
    for path in ("paths/", "lessons/", "exams/", "attempts/", "certificates/"):
        assert Client().get(f"/api/{path}").status_code == 401


def test_lists_ask_the_same_number_of_queries_for_one_row_and_for_six():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    caller = Caller(person(duties=("community_lead",)))
    certified(person(), OWNER)
    with CaptureQueriesContext(connection) as before:
        caller.get("certificates/")
    for _ in range(5):
        certified(person(), OWNER)
    with CaptureQueriesContext(connection) as after:
        assert caller.get("certificates/").json()["count"] == 6
    assert len(after) == len(before)
