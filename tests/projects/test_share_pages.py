"""Shares of datasets as people and programs meet them: pages, lists, API and tokens."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from portal.core import clock
from portal.core.duties import Duty
from portal.core.services import tokens
from projects.models import Dataset, DatasetShare
from projects.rules import shares as rules
from projects.selectors import shares as selectors
from projects.services import shares
from tests.people import person
from tests.projects.data_scene import lend, quick_engine
from tests.projects.share_scene import day, sees, share, world

__all__ = ["quick_engine"]

DATA = selectors.PLACES["dataset"]


@pytest.mark.django_db
@pytest.mark.parametrize("until", [None, 3])
def test_lists_search_pages_and_api_give_nothing_away_and_a_token_loses_it_at_once(client, until):
    w = world()
    friend = w.reached["person"]
    _token, secret = tokens.create(name="x", scope="write", days=9, by=friend)
    program = APIClient(HTTP_AUTHORIZATION=f"Bearer {secret}")
    client.force_login(friend)
    places = (
        f"/data/{w.data.pk}/", f"/data/{w.data.pk}/sharing/", f"/data/versions/{w.version.pk}/",
        f"/data/versions/{w.version.pk}/download/", f"/data/{w.data.pk}/share/?to=person",
    )  # fmt: skip
    api = (
        f"/api/datasets/{w.data.pk}/",
        f"/api/datasets/{w.data.pk}/who-sees/",
        f"/api/dataset-versions/{w.version.pk}/",
    )

    def is_hidden():
        listed = [
            client.get(each).content.decode() for each in ("/data/", "/data/seen/", "/search/?q=Canary")
        ]
        told = [
            program.get(each).content.decode()
            for each in ("/api/datasets/", "/api/shares/", "/api/shares/seen-by/")
        ]
        gone = {client.get(each).status_code for each in places} | {
            program.get(each).status_code for each in api
        }
        silent = not any("Canary Salaries" in each for each in listed) and not any(
            str(w.data.pk) in each for each in told
        )
        return silent and gone == {404}

    assert is_hidden()
    made = share(w, "person", "view", until and day(until))
    assert [client.get(each).status_code for each in places[:3]] == [200, 200, 200]
    assert client.get(places[3]).status_code == 403, "who may look takes nothing along"
    assert program.get(api[0]).json()["can"]["use"]["allowed"] is False
    assert (
        "Ask" in client.get(places[0]).content.decode()
        and "experiments/new" not in client.get(places[0]).content.decode()
    )
    assert "Canary Salaries" in client.get("/data/").content.decode()
    if until:
        with clock.at(clock.now() + timedelta(days=until + 1)):
            client.force_login(friend)
            gone = [client.get(each).status_code for each in places]
        assert gone == [404] * 5
    shares.end(made, by=w.owner)
    client.force_login(friend)
    answers = [client.get(each).status_code for each in places]
    assert answers == [404] * 5
    assert program.get(api[0]).status_code == 404 and program.get("/api/datasets/").json()["count"] == 0


@pytest.mark.django_db
def test_a_program_shares_changes_and_ends(client):
    w = world("personal")
    friend = w.reached["person"]
    program = APIClient()
    program.force_authenticate(w.owner)
    url = f"/api/datasets/{w.data.pk}/share/"
    body = {"person": friend.pk, "right": "use", "reason": "To compare."}
    refused = program.post(url, body, format="json")
    assert refused.status_code == 403 and refused.json()["code"] == "share.class_needs_day"
    assert program.post(url, body | {"squad": "nothing"}, format="json").status_code == 400
    assert not DatasetShare.objects.exists()
    made = program.post(url, body | {"until": day().isoformat()}, format="json")
    assert made.status_code == 201 and made.json()["kind"] == "person", made.content
    key = made.json()["id"]
    less = {"right": "view", "reason": "A look.", "until": day(2).isoformat()}
    assert program.post(f"/api/shares/{key}/change/", less, format="json").json()["right"] == "view"
    ways = program.get(f"/api/datasets/{w.data.pk}/who-sees/").json()
    assert [each["share"] for each in ways["shares"]] == [key] and not ways["is_open_to_all"]
    assert [each["why"] for each in ways["people"]] == ["Owner", "Steward"]
    seen = program.get(f"/api/shares/seen-by/?person={friend.pk}").json()["results"]
    assert [each["dataset"] for each in seen] == [str(w.data.pk)] and seen[0]["ways"][0]["right"] == "view"
    assert program.get("/api/shares/?running=true").json()["count"] == 1
    assert program.post(f"/api/shares/{key}/end/", {}, format="json").json()["ended_by"] == w.owner.pk
    assert program.get("/api/shares/?running=true").json()["count"] == 0 and not sees(friend, w.data)


@pytest.mark.django_db
def test_the_pages_share_change_and_end_and_say_what_is_wrong(client):
    w = world()
    client.force_login(w.owner)
    chooser = client.get(f"/data/{w.data.pk}/share/").content.decode()
    assert "?to=squad" in chooser and "?to=everyone" not in chooser and "not shared this far" in chooser
    url = f"/data/{w.data.pk}/share/?to=unit"
    assert client.post(url, {"unit": w.line.pk, "right": "use", "reason": ""}).status_code == 422
    assert client.post(f"/data/{w.data.pk}/share/", {}).status_code == 422
    assert not DatasetShare.objects.exists()
    assert client.post(url, {"unit": w.line.pk, "right": "use", "reason": "To compare."}).status_code == 302
    made = DatasetShare.objects.get()
    page = client.get(f"/data/{w.data.pk}/sharing/").content.decode()
    assert "Line" in page and "To compare." in page and "Stan Steward" in page
    change = f"/data/shares/{made.pk}/change/"
    assert client.post(change, {"right": "use", "reason": "x", "until": "2001-01-01"}).status_code == 422
    assert client.post(change, {"right": "view", "reason": "A look.", "until": day(4)}).status_code == 302
    made.refresh_from_db()
    assert (made.right, made.reason, made.until) == ("view", "A look.", day(4))

    client.force_login(w.reached["unit"])
    page = client.get(f"/data/{w.data.pk}/sharing/").content.decode()
    assert "A look." in page and "Change" not in page
    assert client.post(change, {"right": "manage", "reason": "Mine."}).status_code == 403
    assert client.post(f"/data/shares/{made.pk}/end/").status_code == 403
    assert "Canary Salaries" in client.get("/data/seen/").content.decode()
    client.force_login(w.stranger)
    for url in (change, f"/data/shares/{made.pk}/end/"):
        assert client.post(url, {"right": "manage", "reason": "Mine."}).status_code == 404
    made.refresh_from_db()
    assert (made.right, made.ended_at) == ("view", None)
    client.force_login(w.owner)
    assert client.post(f"/data/shares/{made.pk}/end/").status_code == 302 and not sees(
        w.reached["unit"], w.data
    )


@pytest.mark.django_db
def test_what_a_colleague_sees_is_shown_as_far_as_one_may_know(client):
    w = world()
    friend = w.reached["person"]
    share(w, "person", "use", day())
    hidden = Dataset.objects.create(name="Secret", owner=person("Other"), classification="confidential")
    lend(hidden, friend, by=hidden.owner)
    auditor, manager = (
        person("Ada", duties=(Duty.AUDITOR,)),
        person("Portia", duties=(Duty.PORTFOLIO_MANAGER,)),
    )
    wanted = {friend: {w.data, hidden}, auditor: {w.data, hidden}, w.owner: {w.data}, manager: set()}
    for reader, expected in wanted.items():
        assert rules.may_look_up(reader, friend)
        assert set(selectors.seen_by(friend, reader, DATA)) == expected, reader
    with pytest.raises(AssertionError):
        assert rules.may_look_up(w.stranger, friend)
    client.force_login(w.stranger)
    assert client.get(f"/data/seen/?person={friend.pk}").status_code == 403
    assert client.get(f"/api/shares/seen-by/?person={friend.pk}").status_code == 403


@pytest.mark.django_db
def test_lists_and_pages_ask_as_often_for_many_shares_as_for_one(client):
    w = world()
    client.force_login(w.owner)

    def cost(number):
        for _each in range(number):
            lend(w.data, person(), by=w.owner)
            data = Dataset.objects.create(name="More", owner=w.stranger, classification="confidential")
            shares.share(data, **w.receivers["unit"], right="use", reason="x", by=w.stranger)
            lend(data, w.owner, by=w.stranger)
        found = []
        for url in ("/data/", f"/data/{w.data.pk}/sharing/", "/data/seen/", "/api/shares/"):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    cost(2)
    assert cost(1) == cost(6)
    assert Dataset.objects.visible_to(w.owner).count() == len(set(Dataset.objects.visible_to(w.owner))) == 10
