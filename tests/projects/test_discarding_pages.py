# ruff: noqa: F811  the fixture of a neighbour
"""Pages and API of discarding a project that was brought: what they ask, offer, refuse and say."""

import pytest
from django.urls import reverse

from portal.core import job_runner
from projects.models import ImportedProject
from projects.services import imported_projects
from tests.projects.data_scene import near_engine  # noqa: F401  a fixture
from tests.projects.discard_scene import again, discarded, ended, queued
from tests.projects.imported_scene import made, play, sent  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


def test_the_page_asks_discards_says_so_and_the_list_is_empty_again(play, client):
    client.force_login(play.manager)
    brought = sent(play)[0]
    one = reverse("projects:imported_project_detail", args=[brought.pk])
    url = reverse("projects:imported_project_discard", args=[brought.pk])
    page = client.get(one).content.decode()
    assert f'action="{url}"' in page and "This cannot be undone" in page
    assert client.get(url).status_code == 405 and ImportedProject.objects.exists()

    answer = client.post(url, follow=True)

    assert answer.redirect_chain == [(reverse("projects:imported_project_list"), 302)]
    page = answer.content.decode()
    assert "“uc.agora.zip” is discarded" in page and "No project was brought yet" in page
    assert client.get(one).status_code == 404 and client.post(url).status_code == 404
    assert client.post(one, {"product_owner": play.here.pk}).status_code == 404 and discarded() == 1


def test_a_page_that_lost_the_race_says_so(play, client, monkeypatch):
    from projects.views import imported_projects as views

    client.force_login(play.manager)
    brought = sent(play)[0]
    stale = again(brought)
    imported_projects.discard(brought, by=play.manager)
    monkeypatch.setattr(views, "found", lambda _request, _pk: stale)
    answer = client.post(reverse("projects:imported_project_discard", args=[brought.pk]))
    assert answer.status_code == 409 and "discarded a moment ago" in answer.content.decode()
    answer = client.post(
        reverse("projects:imported_project_detail", args=[brought.pk]), {"product_owner": play.here.pk}
    )
    assert answer.status_code == 422 and discarded() == 1 and not ImportedProject.objects.exists()


def test_the_page_says_why_it_stays_and_offers_nothing_to_others(play, client):
    brought = made(play, sent(play)[0])
    url = reverse("projects:imported_project_discard", args=[brought.pk])
    one = reverse("projects:imported_project_detail", args=[brought.pk])
    client.force_login(play.manager)
    page = client.get(one).content.decode()
    assert f'action="{url}"' not in page and "squad there reads its files" in page
    assert client.post(url).status_code == 403
    client.force_login(play.here)
    assert "Discard" not in client.get(one).content.decode()
    assert client.post(url).status_code == 403
    client.force_login(play.stranger)
    assert client.post(url).status_code == 404
    assert again(brought).use_case and not discarded()


def test_the_list_says_which_step_did_not_finish(play, client):
    ended(queued(play), "failed")
    client.force_login(play.manager)
    page = client.get(reverse("projects:imported_project_list")).content.decode()
    assert "This step did not finish" in page and "Being checked" not in page


def test_programs_discard_by_the_same_rule(play, client):
    client.force_login(play.manager)
    brought = queued(play)
    url = reverse("api:imported-project-detail", args=[brought.pk])
    answer = client.delete(url)
    assert answer.status_code == 403 and answer.json()["code"] == "imported_project.busy"
    assert client.get(url).json()["can"]["discard"]["reason"] == "A step of it is under way."
    job_runner.run_until_idle("quick")
    assert client.get(url).json()["can"]["discard"]["allowed"]
    client.force_login(play.stranger)
    assert client.delete(url).status_code == 404 and ImportedProject.objects.count() == 1

    client.force_login(play.manager)
    answer = client.delete(url)
    assert answer.status_code == 204 and not answer.content
    assert client.delete(url).status_code == 404 and client.get(url).status_code == 404
    assert client.get(reverse("api:imported-project-list")).json()["results"] == [] and discarded() == 1


def test_programs_hear_what_stands_against_it(play, client):
    brought = made(play, sent(play)[0])
    url = reverse("api:imported-project-detail", args=[brought.pk])
    for who, code in ((play.manager, "in_use"), (play.here, "discard_not_yours")):
        client.force_login(who)
        answer = client.delete(url)
        assert (answer.status_code, answer.json()["code"]) == (403, f"imported_project.{code}")
    assert again(brought).use_case and not discarded()


def test_the_description_of_the_api_names_the_act(client, play):
    client.force_login(play.manager)
    text = client.get(reverse("api_schema"), {"format": "json"}).json()
    one = text["paths"]["/api/imported-projects/{id}/"]["delete"]
    assert list(one["responses"])[0] == "204" and "Discard" in one["description"]
