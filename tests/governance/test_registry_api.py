"""The lists of the registry by code: what filters find, who sees what, and how many questions a list asks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.models import ModelVersion
from governance.services import aliases, deployments, documents, models
from portal.core.duties import Duty
from projects.models import UseCase
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


def caller(user):
    client = Client()
    client.force_login(user)
    return client


def keys(client, url, **asked):
    answer = client.get(url, asked)
    assert answer.status_code == 200, answer.content
    return {each["id"] for each in answer.json()["results"]}


@pytest.fixture
def shelf():
    """A model in service with a challenger and a candidate, an edition and a name; and another model that waits for review."""
    w = f.world()
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    w.champion = deployments.promote(w.version, by=w.owner)
    second = models.register(f.trial(w.use_case, w.author), model=w.model, by=w.author)
    f.approve(models.submit(second, card=f.CARD, by=w.author), w.reviewer)
    second.refresh_from_db()
    w.second, w.challenger = second, deployments.enter(second, role="challenger", by=w.owner)
    w.candidate = models.register(f.trial(w.use_case, w.author), model=w.model, by=w.author)
    aliases.give(w.candidate, name="trial-balloon", by=w.owner)
    w.edition = documents.issue(w.version, kind="model_card", by=w.owner)
    w.other = models.register(f.trial(w.use_case, w.author), name="Overtime", by=w.author)
    models.submit(w.other, card=f.CARD | {"purpose": "Forecast of overtime."}, by=w.author)
    return w


def test_each_filter_finds_what_it_says_and_an_unknown_one_is_named(shelf):
    w, client = shelf, caller(shelf.owner)
    here, there = str(w.model.pk), str(w.other.model_id)
    for asked, wanted in (
        ({}, {here, there}), ({"q": "overtime forecast"}, {there}), ({"q": "trial-balloon"}, {here}), ({"q": "no such word"}, set()),
        ({"status": "submitted"}, {there}), ({"status": "approved"}, {here}), ({"tier": "limited"}, {here, there}),
        ({"tier": "high"}, set()), ({"serving": "true"}, {here}), ({"serving": "false"}, {there}),
        ({"use_case": str(w.use_case.pk)}, {here, there}), ({"status": "approved", "serving": "false"}, set()),
    ):  # fmt: skip
        assert keys(client, "/api/models/", **asked) == wanted, asked
    versions = "/api/model-versions/"
    assert keys(client, versions, model=here) == {str(each.pk) for each in (w.version, w.second, w.candidate)}
    assert keys(client, versions, model=here, status="candidate") == {str(w.candidate.pk)}
    assert keys(client, "/api/deployments/", role="challenger") == {str(w.challenger.pk)}
    assert keys(client, "/api/deployments/", over="true") == set()
    deployments.end(w.challenger, reason="Seen enough.", by=w.owner)
    assert keys(client, "/api/deployments/", over="true") == {str(w.challenger.pk)}
    assert keys(client, "/api/documents/", version=str(w.version.pk), kind="model_card") == {
        str(w.edition.pk)
    }
    assert keys(client, "/api/documents/", kind="technical_file") == set()
    for url in (
        "/api/models/",
        versions,
        "/api/deployments/",
        "/api/documents/",
        "/api/comparisons/",
        "/api/drift-reports/",
    ):
        assert client.get(url, {"stauts": "approved"}).status_code == 400, url
    for url, asked in (
        (versions, {"status": "good"}),
        (versions, {"model": "soon"}),
        ("/api/models/", {"serving": "perhaps"}),
    ):
        wrong = client.get(url, asked)
        assert wrong.status_code == 400 and next(iter(asked)) in str(wrong.json()["errors"]), asked


def test_names_service_of_a_day_and_lineage_answer_for_a_model(shelf):
    w, client = shelf, caller(shelf.owner)
    names = client.get(f"/api/models/{w.model.pk}/aliases/").json()
    assert (names["champion"], names["trial-balloon"]) == (str(w.version.pk), str(w.candidate.pk))
    today = w.champion.started_at.date()
    served = client.get(f"/api/models/{w.model.pk}/served/{today}/").json()["served"]
    assert {(each["role"], each["number"]) for each in served} == {("champion", 1), ("challenger", 2)}
    assert client.get(f"/api/models/{w.model.pk}/served/2020-01-01/").json()["served"] == []
    assert client.get(f"/api/models/{w.model.pk}/served/2026-13-45/").status_code == 400
    lineage = client.get(f"/api/model-versions/{w.version.pk}/lineage/").json()
    assert lineage["intact"] is True and len(lineage["steps"]) > 2


def test_what_is_confidential_is_in_no_list_and_behind_no_key(shelf):
    w = shelf
    UseCase.objects.filter(pk=w.use_case.pk).update(is_confidential=True)
    stranger, owner = caller(person("Stranger")), caller(w.owner)
    lists = {
        "models": w.model, "model-versions": w.version, "deployments": w.champion, "documents": w.edition,
        "approvals": w.request,
    }  # fmt: skip
    for name, thing in lists.items():
        assert str(thing.pk) in keys(owner, f"/api/{name}/"), name
        assert keys(stranger, f"/api/{name}/") == set(), name
        assert stranger.get(f"/api/{name}/{thing.pk}/").status_code == 404, name
        about = stranger.get(f"/api/{name}/", {"use_case": str(w.use_case.pk)})
        assert about.status_code == 400 or about.json()["results"] == [], name
    for way in ("aliases", "served/2026-01-01"):
        assert stranger.get(f"/api/models/{w.model.pk}/{way}/").status_code == 404
    for way in ("lineage", "documents"):
        assert stranger.get(f"/api/model-versions/{w.version.pk}/{way}/").status_code == 404
    assert keys(stranger, "/api/models/", q="overtime") == set(), "a search tells nothing either"


def questions(client, url):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(asked), asked.captured_queries


@pytest.mark.parametrize("who", ["owner", "engineer", "reviewer"])
def test_a_list_asks_the_same_number_of_questions_for_those_who_act_on_its_rows(who, shelf):
    """The rules behind `can` look at rows too: for them, what is read once must not be read for each row."""
    w = shelf
    user = {"owner": w.owner, "reviewer": w.reviewer}.get(who) or person("Ida", duties=(Duty.IT_ENGINEER,))
    client, lists = (
        caller(user),
        ("/api/models/", "/api/model-versions/", "/api/deployments/", "/api/documents/"),
    )
    before = {url: questions(client, url) for url in lists}
    for number in range(3):
        version = models.register(f.trial(w.use_case, w.author), name=f"Another {number}", by=w.author)
        f.approve(models.submit(version, card=f.CARD, by=w.author), w.reviewer)
        version = ModelVersion.objects.for_list().get(pk=version.pk)
        deployments.promote(version, by=w.owner)
        documents.issue(version, kind="model_card", by=w.owner)
        more = models.register(f.trial(w.use_case, w.author), model=version.model, by=w.author)
        f.approve(models.submit(more, card=f.CARD, by=w.author), w.reviewer)
    grown = {url: (before[url][0], questions(client, url)[0]) for url in lists}
    assert {url: pair for url, pair in grown.items() if pair[1] > pair[0]} == {}
