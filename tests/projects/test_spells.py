"""Phases of a use case: each stay, how it began and ended, and the way there from the line of phases."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core import clock
from projects.selectors import spells
from projects.services import phases, use_cases
from projects.views.answers import phase_steps
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, manager

pytestmark = pytest.mark.django_db


def reopened():
    """Stopped in development and taken up again: two stays in the backlog."""
    use_case = in_phase("initialisation")
    phases.move(
        use_case, "develop", by=None, gate="G2", comment="The sample is good.", evidence={"decided_by": ["Ada", "Bo"]}
    )  # fmt: skip
    with clock.at(clock.now() + timedelta(days=9)):
        phases.stop(use_case, reason="Too dear.", lessons="Ask first.", by=use_case.sponsor)
    with clock.at(clock.now() + timedelta(days=20)):
        phases.reopen(use_case, reason="Cheaper now.", by=manager())
    use_case.refresh_from_db()
    return use_case


def test_every_stay_stands_with_its_way_in_and_out():
    found = {each.phase: each for each in spells.stays(reopened())}

    assert list(found) == ["submitted", "backlog", "initialisation", "development", "stopped"]
    [development] = found["development"].spells
    assert (development.entered.gate, development.entered.deciders) == ("G2", ("Ada", "Bo"))
    assert (development.days, development.left.comment, development.left.by.display_name) == (
        9,
        "Too dear.",
        "Sponsor",
    )
    first, second = found["backlog"].spells
    assert first.left.gate == "G1" and second.left is None and second.entered.comment == "Cheaper now."
    assert [phase for phase, each in found.items() if each.is_current] == ["backlog"]


def test_the_line_of_phases_leads_to_where_it_has_been_and_marks_where_it_is(client):
    use_case = reopened()
    page = reverse("projects:use_case_phases", args=[use_case.pk])
    steps = {str(each["label"]): each for each in phase_steps(use_case)}
    assert [name for name, each in steps.items() if each["url"]] == [
        "Submitted", "Backlog", "Initialisation", "Development",
    ]  # fmt: skip
    assert steps["Development"]["url"] == f"{page}#development" and steps["Production"]["url"] == ""

    client.force_login(person())
    told = client.get(reverse("projects:use_case_detail", args=[use_case.pk])).content.decode()
    [current] = re.findall(r'<li class="is-current" aria-current="step">.*?</li>', told, re.DOTALL)
    assert f"{page}#backlog" in current
    shown = client.get(page).content.decode()
    gate = reverse("governance:gate_detail", args=[use_case.pk, "G2"])
    told = client.get(f"/api/use-cases/{use_case.pk}/history/").json()
    assert [each["decided_by"] for each in told if each["to"] == "development"] == [["Ada", "Bo"]]
    for words in ('id="development"', "decided by Ada, Bo", "The sample is good.", "2 stays", gate):
        assert words in shown


def test_a_draft_has_no_history_yet_and_the_hidden_stays_hidden(client):
    author = person("Ana")
    draft = use_cases.propose(title="Hail", problem="Too late.", submit=False, by=author)
    secret = in_backlog(is_confidential=True)
    client.force_login(author)
    assert (
        "Still a draft" in client.get(reverse("projects:use_case_phases", args=[draft.pk])).content.decode()
    )
    assert client.get(reverse("projects:use_case_phases", args=[secret.pk])).status_code == 404
