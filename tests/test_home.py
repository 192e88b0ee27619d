"""The home page: what waits, for whom, and the door that is one's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from governance.services import findings
from portal import views
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.waiting import Waiting
from projects.services import experiments
from tests.governance import factories
from tests.people import person
from tests.projects import data_scene
from tests.projects.data_scene import quick_engine  # noqa: F401  a fixture
from tests.training.conftest import curriculum  # noqa: F401  a fixture
from training.models import Path
from training.services import enrolments

pytestmark = pytest.mark.django_db


def titles(user: User) -> list[str]:
    """What waits for somebody who has just signed in."""
    return [str(each.title) for each in views.waiting_for(User.objects.get(pk=user.pk))]


def test_a_finding_to_verify_waits_for_whoever_raised_it_and_for_all_who_judge_when_that_person_left() -> (
    None
):
    w = factories.world()
    colleague = person(duties=(Duty.RISK_OFFICER,))
    finding = findings.raise_finding(
        w.use_case, title="Explain it", severity="low", owner=w.author, by=w.reviewer
    )
    findings.resolve(finding, resolution="Explained.", by=w.author)

    assert "Explain it" in titles(w.reviewer)
    assert "Explain it" not in titles(colleague)

    User.objects.filter(pk=w.reviewer.pk).update(is_active=False)
    assert "Explain it" in titles(colleague)
    assert "Explain it" not in titles(w.author)


@pytest.mark.usefixtures("quick_engine")
def test_a_draft_of_a_question_waits_for_its_author_until_it_is_started(client: Client) -> None:
    play = data_scene.scene()
    draft = experiments.create_draft(
        use_case=play.use_case,
        dataset_version=data_scene.ready_version(play),
        title="Who renews",
        by=play.citizen,
    )
    waits = [
        each for each in views.waiting_for(play.citizen) if each.url.endswith(f"/experiments/{draft.pk}/")
    ]

    assert [str(each.detail) for each in waits] == ["Who renews"]
    assert "Finish your question" not in titles(play.owner)
    client.force_login(play.citizen)
    assert client.get(waits[0].url).url == reverse("projects:experiment_question", args=[draft.pk])


@pytest.mark.usefixtures("curriculum")
def test_the_community_lead_is_told_who_is_stuck() -> None:
    lead, learner = person(duties=(Duty.COMMUNITY_LEAD,)), person("Lena Learner")
    assert not any("stuck" in title for title in titles(lead))
    with clock.at(clock.now() - timedelta(days=40)):
        enrolments.enrol(Path.objects.get(code="citizen-data-scientist"), by=learner)

    waits = [each for each in views.waiting_for(lead) if "stuck" in str(each.title)]
    assert [str(each.title) for each in waits] == ["1 learner is stuck"]
    assert "Lena Learner" in waits[0].detail
    assert not any("stuck" in title for title in titles(learner))


def test_the_urgent_comes_first_then_the_oldest_and_last_what_can_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = clock.now()
    ages = {"can wait": 90, "new": 1, "old": 30, "urgent": 0}
    found = [
        Waiting(name, "", "/", now - timedelta(days=age), "", "", name == "urgent", name == "can wait")
        for name, age in ages.items()
    ]
    monkeypatch.setattr("projects.selectors.home.waiting_for", lambda user: found)
    assert titles(person()) == ["urgent", "old", "new", "can wait"]


@pytest.mark.parametrize(
    ("duty", "door"),
    [
        (Duty.ADMINISTRATOR, "core:person_list"),
        (Duty.IT_ENGINEER, "core:status"),
        (Duty.AUDITOR, "governance:audit_list"),
        (Duty.MODEL_REVIEWER, "governance:inbox"),
        (Duty.EXECUTIVE, "governance:portfolio"),
        (Duty.COMMUNITY_LEAD, "training:overview"),
    ],
)
def test_the_first_door_is_that_of_ones_duty(duty: str, door: str, client: Client) -> None:
    user: Any = person(duties=(duty,))
    first = views.areas_for(user)[0]
    waits = views.waiting_for(user)

    assert first["url"] == reverse(door)
    client.force_login(user)
    for url in [first["url"], *(each.url for each in waits)]:
        assert client.get(url).status_code == 200
