"""Questions and answers between colleagues: who sees, answers, accepts, and what is refused."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.core.models import Notice
from portal.core.verdicts import Refused
from tests.people import person
from training.models import HelpAnswer, HelpQuestion, Lesson
from training.services import community

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def asked(user, title="Why?"):
    return community.ask(title=title, text="I **wonder**.", lesson=Lesson.objects.get(code="5.3"), by=user)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_question_is_answered_and_the_asker_says_what_helped():
    asker, helper = person("Ada Asker"), person("Hal Helper")
    question = asked(asker)
    client = signed_in(helper)
    client.post(reverse("training:help_detail", args=[question.pk]), {"text": "Because <script>."})
    answer = question.answers.get()
    assert Notice.objects.filter(user=asker).count() == 1
    with pytest.raises(Refused, match="whoever asked"):
        community.accept(question, answer=answer, by=helper)
    for _twice in range(2):
        signed_in(asker).post(reverse("training:help_accept", args=[question.pk, answer.pk]))
    page = client.get(reverse("training:help_detail", args=[question.pk])).content.decode()
    assert "This helped" in page and "<script>." not in page and "<strong>wonder</strong>" in page
    assert Notice.objects.filter(user=helper).count() == 1
    assert "Answered" in client.get(reverse("training:help_list"), {"state": "answered"}).content.decode()
    assert "Why?" not in client.get(reverse("training:help_list"), {"state": "open"}).content.decode()


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [("", "x", "title"), ("x" * 161, "x", "title"), ("x", "  ", "text"), ("x", "y" * 4001, "text")],
)
def test_an_empty_or_endless_question_is_refused_at_its_field(title, text, field):
    user = person()
    with pytest.raises(ValidationError) as problem:
        community.ask(title=title, text=text, lesson=Lesson.objects.first(), by=user)
    assert list(problem.value.message_dict) == [field]
    assert (
        signed_in(user)
        .post(reverse("training:help_ask"), {"title": title, "text": text, "lesson": "5.3"})
        .status_code
        == 422
    )
    assert not HelpQuestion.objects.exists()


def test_a_question_is_about_exactly_one_thing_and_an_answer_belongs_to_its_question():
    user = person()
    with pytest.raises(ValidationError, match="one lesson or one use case"):
        community.ask(title="x", text="x", by=user)
    one, other = asked(user), asked(user)
    stray = community.answer(other, text="Here.", by=person())
    with pytest.raises(ValidationError, match="another question"):
        community.accept(one, answer=stray, by=user)
    api = signed_in(user)
    told = api.post(
        f"/api/help-questions/{one.pk}/accept/", {"answer": str(stray.pk)}, content_type="application/json"
    )
    assert told.status_code == 404
    one.refresh_from_db()
    assert one.accepted is None


def test_a_list_asks_the_same_number_of_queries_however_long(django_assert_max_num_queries):
    user = person()
    for number in range(8):
        community.answer(asked(user, f"Question {number}"), text="Yes.", by=person())
    assert HelpAnswer.objects.count() == 8
    client = signed_in(user)
    with django_assert_max_num_queries(16):
        page = client.get(reverse("training:help_list"))
    assert page.content.decode().count("1 answer") == 8
