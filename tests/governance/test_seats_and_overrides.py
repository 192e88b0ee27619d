"""Seats handed over and decisions overridden: in both names, with limits, and never more than the giver had."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from governance.models import ApprovalRequest, Decision, Deployment, Finding, ModelVersion, Override
from governance.selectors import approvals as reads
from governance.services import approvals, delegations, deployments, overrides, risks
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models.credentials import Right
from portal.core.services import people
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused, require
from projects.services import squads
from tests.governance import factories as f
from tests.governance.engine_scene import YES, nothing_happened
from tests.people import give, person

pytestmark = pytest.mark.django_db


def away(giver, to):
    """The giver hands their seat over for some days."""
    return delegations.give(
        to=to,
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=5),
        reason="Holidays.",
        by=giver,
    )


def test_a_delegate_decides_under_both_names_and_once_per_seat():
    w = f.world()
    delegate = person("Dana Delegate", rights=(Right.APPROVE_MODEL,))
    with pytest.raises(Refused):
        approvals.decide(w.request, **YES, by=delegate)
    given = away(w.reviewer, delegate)
    assert delegate in reads.steps(w.request)[0].people

    approvals.decide(w.request, **YES, by=delegate)

    decision = Decision.objects.get()
    assert (decision.decided_by, decision.on_behalf_of) == (delegate, w.reviewer)
    with pytest.raises(Refused, match="in your place"):
        require(approvals.rules.one_voice(w.reviewer, ApprovalRequest.objects.get()))
    delegations.take_back(given, by=w.reviewer)


def stand_in_without_certificate(w):
    who = person("Dana Delegate")
    away(w.reviewer, who)
    return who


def delegate_of_the_author(w):
    people.assign_duties(w.author, duties=(Duty.MODEL_REVIEWER,), by=None)
    give(w.author, Right.APPROVE_MODEL)
    who = person("Dana Delegate", rights=(Right.APPROVE_MODEL,))
    away(w.author, who)
    return who


def delegate_of_a_delegate(w):
    first = person("Dana Delegate", duties=(Duty.EXECUTIVE,), rights=(Right.APPROVE_MODEL,))
    away(w.reviewer, first)
    who = person("Dora Second Hop", rights=(Right.APPROVE_MODEL,))
    away(first, who)
    return who


def member_as_delegate(w):
    who = w.squad["data_engineer"]
    give(who, Right.APPROVE_MODEL)
    away(w.reviewer, who)
    return who


def over(w):
    who = person("Dana Delegate", rights=(Right.APPROVE_MODEL,))
    delegations.take_back(away(w.reviewer, who), by=w.reviewer)
    return who


@pytest.mark.parametrize("way", ["service", "page", "api"])
@pytest.mark.parametrize(
    "make",
    [stand_in_without_certificate, delegate_of_the_author, delegate_of_a_delegate, member_as_delegate, over],
)
def test_a_delegation_gives_nothing_that_the_giver_or_the_rules_do_not(make, way, client):
    w = f.world()
    who = make(w)
    client.force_login(who)
    match way:
        case "service":
            with pytest.raises(Refused):
                approvals.decide(w.request, **YES, by=who)
        case "page":
            assert client.post(f"/approvals/{w.request.pk}/decide/", YES).status_code == 403
        case "api":
            url = f"/api/approvals/{w.request.pk}/decide/"
            assert client.post(url, YES, "application/json").status_code == 403
    nothing_happened(w.request)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("change", ["self", "past", "long", "reason", "overlap", "nobody"])
def test_a_delegation_is_short_dated_and_to_another_person(change):
    giver, to, today = f.reviewer(), person(), clock.today()
    said = {"to": to, "starts_on": today, "ends_on": today + timedelta(days=3), "reason": "Away."}
    if change == "overlap":
        delegations.give(**said, by=giver)
    said |= {
        "self": {"to": giver}, "past": {"starts_on": today - timedelta(days=1)}, "long": {"ends_on": today + timedelta(days=91)},
        "reason": {"reason": " "},
    }.get(change, {})  # fmt: skip
    with pytest.raises(Refused if change == "nobody" else ValidationError):
        delegations.give(**said, by=person() if change == "nobody" else giver)


def emergency(w):
    """Two people who may override, and the first step."""
    second = person("Rita Second", duties=(Duty.RISK_OFFICER,))
    return overrides.propose(w.request, reason="The champion fails every single day.", by=w.risk), second


def test_two_people_override_for_some_hours_and_a_high_finding_opens():
    w = f.world()
    override, second = emergency(w)
    nothing_happened(w.request)
    for who, words in (
        (w.risk, "second person"),
        (w.author, "Risk officers and executives"),
        (person("Ada", duties=(Duty.ADMINISTRATOR,)), "Risk officers"),
    ):
        with pytest.raises(Refused, match=words):
            overrides.confirm(override, by=who)
    nothing_happened(w.request)
    overrides.confirm(override, by=second)

    w.version.refresh_from_db()
    assert w.version.is_usable and w.version.valid_until == override.ends_at
    finding = Finding.objects.get()
    assert (finding.severity, finding.request_id) == ("high", w.request.pk)
    assert not Decision.objects.exists()  # shown as what it is, never as votes
    w.version.refresh_from_db()
    deployments.promote(ModelVersion.objects.for_list().get(pk=w.version.pk), by=w.owner)
    with clock.at(clock.now() + timedelta(hours=73)):
        keep_deadlines()
        assert not Deployment.objects.champions().exists()
        assert not ModelVersion.objects.get(pk=w.version.pk).is_usable
        assert Override.objects.get().state == "ended" and overrides.end_overdue() == 0


@pytest.mark.parametrize("change", ["card", "short", "gate", "conflict"])
def test_an_override_has_its_limits(change):
    w = f.world()
    if change == "card":
        override, second = emergency(w)
        ModelVersion.objects.filter(pk=w.version.pk).update(limits="None.")
        with pytest.raises(IllegalMove, match="has changed"):
            overrides.confirm(override, by=second)
    elif change == "short":
        with pytest.raises(ValidationError):
            overrides.propose(w.request, reason="Now!", by=w.risk)
    elif change == "conflict":
        squads.add_member(w.use_case, user=w.risk, role="mentor", by=w.owner)
        with pytest.raises(Refused, match="member of the squad"):
            emergency(w)
    else:
        made = risks.assess(
            w.use_case, answers=dict.fromkeys((each.code for each in risks.risk_questions.load().questions), False),
            reason="No persons.", by=w.owner,
        )  # fmt: skip
        with pytest.raises(Refused, match="can be overridden in an emergency"):
            overrides.propose(made.request, reason="The champion fails every single day.", by=w.risk)
    nothing_happened(w.request)
