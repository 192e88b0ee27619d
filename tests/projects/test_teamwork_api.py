"""Squads, trust, hypotheses, cycles and discussion over the API: same services, same refusals."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core import clock
from projects.models import Story
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager
from tests.projects.test_trust import TEXTS, table

pytestmark = pytest.mark.django_db


def day(offset):
    """A day as text."""
    return (clock.today() + timedelta(days=offset)).isoformat()


@pytest.fixture
def scene(client):
    """A use case in development, its owner, and a way to ask."""
    use_case = in_phase("development")
    client.force_login(use_case.product_owner)

    def ask(method, name, status, body=None, **parts):
        url = reverse(f"api:use-case-{name}", kwargs={"pk": use_case.pk, **parts})
        answer = getattr(client, method)(url, body or {}, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    use_case.ask = ask
    return use_case


def test_members_are_changed_and_told_why_not(scene):
    ana = person("Ana")
    member = scene.ask("post", "members", 201, {"user": ana.pk, "role": "designer", "allocation": 80})

    problem = scene.ask("post", "members", 400, {"user": ana.pk, "role": "end_user", "allocation": 30})
    assert "20 %" in str(problem)
    changed = scene.ask(
        "patch", "member", 200, {"allocation": 10, "backup": scene.sponsor.pk}, part=member["id"]
    )
    assert (changed["allocation"], changed["backup"]) == (10, scene.sponsor.pk)
    scene.ask("patch", "member", 400, {"role": "mentor"}, part=member["id"])
    scene.ask("patch", "member", 400, {"ends_on": day(-9)}, part=member["id"])
    shown = scene.ask("get", "squad", 200)
    assert shown["members"][0]["allocation"] == 10
    assert shown["can"]["waive_size"]["allowed"] is False


def test_sizes_and_parts(scene, client):
    part = in_backlog(scene.product_owner)
    scene.ask("post", "size-waiver", 403, {"reason": "x", "until": day(9)})
    made = scene.ask("post", "parts", 201, {"part": str(part.pk)})
    scene.ask("post", "parts", 400, {"part": str(part.pk)})
    assert [each["part"] for each in scene.ask("get", "parts", 200)["parts"]] == [str(part.pk)]
    scene.ask("delete", "part", 204, part=made["id"])
    client.force_login(scene.sponsor)
    assert scene.ask("post", "size-waiver", 201, {"reason": "x", "until": day(9)})["reason"] == "x"
    assert scene.ask("get", "squad", 200)["waiver"]["until"] == day(9)


def test_responsibilities_and_the_contract(scene, client):
    voice, ana = join(scene, "end_user").user, person("Ana")
    body = {"area": "operation", "accountable": ana.pk, "responsible": [ana.pk]}
    shown = scene.ask("post", "raci", 200, body)
    assert {each["area"]: each["accountable"] for each in shown["areas"]}["operation"] == ana.pk
    scene.ask("post", "raci", 400, body | {"responsible": []})

    scene.ask("post", "contract", 400, TEXTS | {"intended_use": ""})
    assert scene.ask("post", "contract", 201, TEXTS)["version"] == 1
    scene.ask("post", "contract-sign", 400, {"version": 2, "capacity": "end_user"})
    scene.ask("post", "contract-sign", 403, {"version": 1, "capacity": "end_user"})
    client.force_login(voice)
    scene.ask("post", "contract-sign", 201, {"version": 1, "capacity": "end_user"})
    shown = scene.ask("get", "contract", 200)
    assert (shown["is_signed"], shown["in_force"]) == (False, None)
    assert shown["can"]["sign_end_user"]["allowed"] is False


def test_hypotheses(scene, client):
    analyst, version = join(scene, "data_analyst").user, table(scene)
    made = scene.ask("post", "hypotheses", 201, {"statement": "One in ten leaves."})
    answer = {"is_true": False, "version": str(version.pk), "column": "left", "finding": "10 of 100."}
    scene.ask("post", "hypothesis-answer", 403, answer, part=made["id"])
    client.force_login(analyst)
    scene.ask("post", "hypothesis-answer", 400, answer | {"column": "id"}, part=made["id"])
    assert scene.ask("post", "hypothesis-answer", 200, answer, part=made["id"])["state"] == "refuted"
    [shown] = scene.ask("get", "hypotheses", 200)
    assert shown["chart"]["series"][0]["values"] == [90, 10]
    assert scene.ask("post", "hypothesis-reopen", 200, part=made["id"])["state"] == "open"
    scene.ask("post", "hypothesis-withdraw", 403, part=made["id"])


def test_cycles_and_stories(scene):
    plan = {"goal": "See it", "starts_on": day(0), "ends_on": day(9)}
    cycle = scene.ask("post", "cycles", 201, plan)
    assert scene.ask("post", "cycles", 400, plan)["errors"][0]["field"] == "starts_on"
    assert scene.ask("patch", "cycle", 200, {"goal": "Use it"}, part=cycle["id"])["goal"] == "Use it"
    story = scene.ask("post", "stories", 201, {"title": "Show why", "cycle": cycle["id"]})
    assert scene.ask("patch", "story", 200, {"title": "Why"}, part=story["id"])["cycle"] == cycle["id"]
    assert scene.ask("post", "story-move", 200, {"action": "begin"}, part=story["id"])["state"] == "doing"
    scene.ask("post", "story-move", 409, {"action": "begin"}, part=story["id"])
    closed = scene.ask(
        "post", "cycle-close", 200, {"is_accepted": True, "outcome": "Good."}, part=cycle["id"]
    )
    assert (closed["demo"], closed["can"]["close"]["allowed"]) == ("accepted", False)
    assert [each["cycle"] for each in scene.ask("get", "stories", 200)] == [None]
    assert len(scene.ask("get", "cycles", 200)) == 1
    scene.ask("delete", "story", 204, part=story["id"])
    assert not Story.objects.exists()


def test_discussion_and_watching(scene, client):
    made = scene.ask("post", "comments", 201, {"text": "Hello"})
    assert scene.ask("patch", "comment", 200, {"text": "Better"}, part=made["id"])["text"] == "Better"
    assert scene.ask("post", "comment-react", 200, {"kind": "agree"}, part=made["id"])["stands"] is True
    scene.ask("post", "comment-react", 400, {"kind": "rage"}, part=made["id"])
    [said] = scene.ask("get", "comments", 200)
    assert said["reactions"] == {"agree": [str(scene.product_owner)]}
    assert scene.ask("post", "watch", 200, {"level": "none"}) == {"level": "none"}
    scene.ask("post", "watch", 400, {"level": "loud"})
    client.force_login(person())
    scene.ask("patch", "comment", 403, {"text": "Forged"}, part=made["id"])
    scene.ask("post", "comment-withdraw", 403, part=made["id"])
    assert scene.ask("get", "watch", 200) == {"level": ""}


def test_squads_and_peoples_time(scene, client):
    ana = join(scene, "designer", allocation=40).user
    squads, load, staffing = (reverse(f"api:squad-{name}") for name in ("list", "load", "staffing"))

    assert client.get(squads).json()["results"][0]["use_case"] == str(scene.pk)
    assert client.get(load).json()["people"][0]["person"] == ana.pk
    [found] = client.get(staffing, {"role": "designer"}).json()
    assert (found["person"], found["free"]) == (ana.pk, 60)
    assert client.get(staffing, {"first": day(5), "last": day(1)}).status_code == 400
    client.force_login(person())
    assert client.get(load).json()["people"] == []
    assert client.get(staffing).status_code == 403
    client.force_login(manager())
    assert client.get(load).json()["can"]["see_everybody"]["allowed"] is True
