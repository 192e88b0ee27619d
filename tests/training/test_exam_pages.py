"""The pages of an exam: beginning, answering, handing in, the result, and that no key leaves the server."""

from datetime import timedelta

import pytest
from django.utils.formats import date_format

from portal.core import clock
from tests.people import person
from tests.training import learners
from tests.training.learners import CITIZEN, OWNER, answer_all, begin, finish_lessons, take
from tests.training.page_visits import address, count_queries, signed_in, text_of
from training import scoring
from training.models import Attempt, Certificate
from training.services import attempts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


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
