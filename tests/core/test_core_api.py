"""The API of the floor, as programs use it."""

import pytest
from django.urls import reverse

from portal.core.models import ApiToken, Job, Notice
from portal.core.services import jobs, notices, people, tokens
from tests.people import person

pytestmark = pytest.mark.django_db


def bearer(user, scope="write"):
    return {
        "headers": {"authorization": f"Bearer {tokens.create(name='test', scope=scope, days=1, by=user)[1]}"}
    }


def test_without_a_token_the_api_answers_401_as_a_problem(client):
    answer = client.get(reverse("api:me"))

    assert answer.status_code == 401
    assert answer["content-type"] == "application/problem+json"
    assert answer.json()["request_id"]


def test_a_token_tells_who_one_is_and_what_one_may(client):
    anna = person("Anna", duties=("auditor",), rights=("automl.launch",))

    me = client.get(reverse("api:me"), **bearer(anna)).json()

    assert (me["email"], me["duties"], me["rights"]) == (anna.email, ["auditor"], ["automl.launch"])


def test_a_read_token_changes_nothing(client):
    anna = person("Anna")
    job = jobs.enqueue("demo.probe", payload={}, label="Probe", by=anna)

    answer = client.post(reverse("api:job-cancel", args=[job.pk]), **bearer(anna, "read"))

    assert answer.status_code == 403
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_revoked_token_and_a_closed_account_are_refused_on_the_next_request(client):
    anna = person("Anna")
    key = bearer(anna)
    assert client.get(reverse("api:me"), **key).status_code == 200

    tokens.revoke(ApiToken.objects.get(user=anna), by=anna)
    assert client.get(reverse("api:me"), **key).status_code == 401

    key = bearer(anna)
    people.deactivate(anna, by=None)
    assert client.get(reverse("api:me"), **key).status_code == 401


def test_a_strangers_job_is_as_if_it_did_not_exist(client):
    anna, bo = person("Anna"), person("Bo")
    job = jobs.enqueue("demo.probe", payload={}, label="Secret plan", by=anna)
    key = bearer(bo)

    hidden = client.get(reverse("api:job-detail", args=[job.pk]), **key)
    unknown = client.get(reverse("api:job-detail", args=["00000000-0000-4000-8000-000000000000"]), **key)

    assert hidden.status_code == unknown.status_code == 404
    strip = lambda answer: {**answer.json(), "request_id": ""}  # noqa: E731
    assert strip(hidden) == strip(unknown)
    assert client.get(reverse("api:job-list"), **key).json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"name": "x", "name": "y"}', "duplicate key"),
        ('{"name": NaN}', "not a JSON number"),
        ('{"name": "a\\u0000b"}', "NUL"),
        ("[" * 80 + "]" * 80, "too deeply"),
        ("{", "not valid JSON"),
    ],
)
def test_ambiguous_json_is_a_400_that_says_why(client, body, said):
    answer = client.post(reverse("api:token-list"), body, content_type="application/json", **bearer(person()))

    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_an_unknown_field_and_a_wrong_value_are_named(client):
    answer = client.post(
        reverse("api:token-list"),
        {"name": "ci", "scope": "all", "owner": 1},
        content_type="application/json",
        **bearer(person()),
    )

    assert answer.status_code == 400
    assert "owner" in {error["field"] for error in answer.json()["errors"]}


def test_an_unknown_parameter_is_refused(client):
    answer = client.get(reverse("api:job-list") + "?colour=red", **bearer(person()))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "colour"


@pytest.mark.parametrize("query", ["?name=%00", "?name=a%00b"])
def test_nul_in_the_address_is_a_400(client, query):
    assert client.get(reverse("api:person-list") + query, **bearer(person())).status_code == 400


def test_a_wrong_method_is_a_405(client):
    assert client.delete(reverse("api:me"), **bearer(person())).status_code == 405


def test_a_notice_is_read_in_the_readers_language_and_by_its_reader_only(client):
    anna, bo = person("Anna"), person("Bo")
    notices.tell([anna, bo], text="Hello %(name)s", by=bo, name="Anna")
    notice = Notice.objects.get(user=anna)

    assert client.post(reverse("api:notice-read", args=[notice.pk]), **bearer(bo)).status_code == 404
    assert Notice.objects.unread().count() == 1
    answer = client.post(reverse("api:notice-read", args=[notice.pk]), **bearer(anna))
    assert answer.json()["text"] == "Hello Anna"
    assert not Notice.objects.unread().exists()


def test_the_directory_asks_the_same_number_of_queries_for_one_and_for_many(
    client, django_assert_num_queries
):
    anna = person("Anna", duties=("auditor",))
    key = bearer(anna)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(reverse("api:person-list"), **key)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("api:person-list"), **key)
    for number in range(6):
        person(f"Person {number}", duties=("executive",))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("api:person-list"), **key)

    assert len(few) == len(many)
