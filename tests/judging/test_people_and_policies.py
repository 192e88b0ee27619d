"""R3, R4, R7, R14, R15: pinned rules, enough different people, changes kept aside, the short track."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance import policies
from governance.models import (
    ApprovalRequest,
    ModelVersion,
)
from governance.services import approvals, deployments, models, risks
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.models.credentials import Credential
from portal.core.services import people
from portal.core.verdicts import Refused
from projects.models import UseCase
from tests.governance import factories as f
from tests.judging.acts import all_no, answer, decided, fresh, rules, two_reviewers
from tests.judging.world import standing, taken_back
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("way", ["page", "api", "task"])
def test_a_policy_changed_meanwhile_alters_no_open_request(way, court, client):
    with taken_back():
        review = fresh(court)
        rules("high", two_reviewers)
        if way == "task":
            with clock.at(clock.now() + timedelta(days=60)):
                keep_deadlines()
            review.refresh_from_db()
            assert review.state == "expired"  # by its own timetable, not by the newer one
            return
        answer(client, court.judge, review, way)
        review.refresh_from_db()
        assert (review.state, review.decisions.count()) == ("approved", 1)


@pytest.mark.parametrize("way", ["page", "api", "task"])
def test_one_vote_of_two_decides_nothing(way, court, client):
    with taken_back():
        models.withdraw(court.version, by=court.people["author"])
        rules("high", two_reviewers)
        review = models.submit(
            ModelVersion.objects.for_list().get(pk=court.version.pk), card=f.CARD, by=court.people["author"]
        )
        approvals.answer_justification(
            review, guardrail=court.waiting_justification, is_accepted=True, by=court.judge
        )
        answer(client, court.judge, review, "api" if way == "task" else way)
        if way == "task":
            with clock.at(clock.now() + timedelta(days=100)):
                keep_deadlines()
        review.refresh_from_db()
        court.version.refresh_from_db()
        assert (review.state, court.version.status) == ("open", "submitted")


def test_a_step_that_shrank_to_one_sponsor_does_not_make_the_people_fewer_than_the_policy_asks(court):
    """R7: two executives were asked for; the sponsor is one."""

    def three(raw):
        raw["steps"]["G2"], raw["people"]["G2"] = [{"role": "sponsor_or_executive", "quorum": 2}], 3

    with taken_back():
        rules("high", three)
        UseCase.objects.filter(pk=court.use_case.pk).update(sponsor=person("Stan Sponsor"))
        approvals.withdraw(court.request("G2"), by=court.owner)
        with pytest.raises(Refused, match="3 different people"):
            approvals.open_request(
                kind="G2", use_case=UseCase.objects.get(pk=court.use_case.pk), by=court.owner
            )


def test_seats_that_the_same_few_people_would_have_to_fill_do_not_open(court):
    """R4: three steps and three people, but two of the steps know only one and the same person."""

    def crowded(raw):
        raw["steps"]["tier_change"] = ["risk_officer", "executive", "model_reviewer"]

    with taken_back():
        rules("high", crowded)
        only = person("Only One", duties=(Duty.RISK_OFFICER, Duty.EXECUTIVE))
        for each in User.objects.exclude(pk=only.pk):
            kept = each.duties - {Duty.RISK_OFFICER, Duty.EXECUTIVE}
            people.assign_duties(each, duties=kept, by=None)
        approvals.withdraw(court.request("tier_change"), by=court.owner)
        before = ApprovalRequest.objects.count()
        with pytest.raises(Refused, match="Nobody could decide"):
            ask_lower(court)
        assert ApprovalRequest.objects.count() == before


def ask_lower(court):
    """The product owner answers every risk question with no."""
    return risks.assess(
        UseCase.objects.get(pk=court.use_case.pk), answers=all_no(), reason="No persons.", by=court.owner
    )


@pytest.mark.parametrize("way", ["page", "api"])
def test_what_nobody_could_decide_does_not_open_and_names_who_helps(way, court, client):
    with taken_back():
        models.withdraw(court.version, by=court.people["author"])
        nobody_is_certified()
        before = standing()
        client.force_login(court.people["author"])
        if way == "page":
            url = reverse("governance:version_submit", args=[court.version.pk])
            said = client.post(url, f.CARD)
        else:
            url = reverse("api:model_version-submit", args=[court.version.pk])
            said = client.post(url, f.CARD, "application/json")
            assert said.json()["code"] == "approval.no_decider" and "community lead" in said.json()["remedy"]
        assert said.status_code == 403
        assert standing() == before


def nobody_is_certified():
    """Every certificate is taken away."""
    Credential.objects.update(revoked_at=clock.now(), revoked_reason="All of them.")


def test_a_request_whose_deciders_are_gone_ends_unanswered(court):
    with taken_back():
        nobody_is_certified()
        before = decided()
        with clock.at(clock.now() + timedelta(days=60)):
            keep_deadlines()
        court.version.refresh_from_db()
        assert court.request("model_review").state == "expired"
        assert court.version.status == "candidate"
        assert decided()["approved"] == before["approved"]


@pytest.mark.parametrize("way", ["page", "api", "task"])
def test_a_proposed_tier_is_nowhere_in_force_before_it_is_decided(way, court, client):
    """A lower tier waits in the court."""
    with taken_back():
        client.force_login(court.people["member"])
        key = court.use_case.pk
        if way == "task":
            with clock.at(clock.now() + timedelta(days=60)):
                keep_deadlines()
        elif way == "page":
            listed = {
                tier: client.get("/use-cases/", {"risk_tier": tier}).content.decode()
                for tier in ("minimal", "high")
            }
            assert str(key) in listed["high"] and str(key) not in listed["minimal"]
        else:
            assert client.get(f"/api/use-cases/{key}/").json()["risk_tier"] == "high"
            found = client.get("/api/use-cases/", {"risk_tier": "minimal"}).json()["results"]
            assert str(key) not in {each["id"] for each in found}
        court.use_case.refresh_from_db()
        assert (court.use_case.risk_tier, policies.for_use_case(court.use_case).tier) == ("high", "high")


@pytest.mark.parametrize("way", ["page", "api", "task"])
def test_only_a_small_change_goes_the_short_track(way, court, client):
    """At the lowest tier, with a champion, one reviewer where otherwise two are asked; a change with an alert takes the long way."""
    with taken_back():
        second = f.reviewer("Sven Second")
        rules("minimal", two_reviewers)
        w = f.world("minimal")
        for each in (w.reviewer, second):
            f.approve(w.request, each)
        deployments.promote(ModelVersion.objects.for_list().get(pk=w.version.pk), by=w.owner)
        asked = {}
        for name, justify in (("small", False), ("alert", True)):
            version = models.register(
                f.trial(w.use_case, w.author, justify=justify), model=w.model, by=w.author
            )
            asked[name] = submitted(client, w.author, version, "api" if way == "task" else way)
        assert [(each.is_preapproved, each.plan[0].quorum) for each in asked.values()] == [
            (True, 1),
            (False, 2),
        ]
        if way == "task":
            with clock.at(clock.now() + timedelta(days=400)):
                keep_deadlines()
            assert {ApprovalRequest.objects.get(pk=each.pk).state for each in asked.values()} == {"expired"}
            return
        answer(client, w.reviewer, asked["small"], way)
        small = ApprovalRequest.objects.get(pk=asked["small"].pk)
        assert (small.state, small.is_sampled) == ("approved", True)


def submitted(client, author, version, way):
    """Handed in with a whole card; the request."""
    client.force_login(author)
    if way == "page":
        done = client.post(reverse("governance:version_submit", args=[version.pk]), f.CARD)
    else:
        done = client.post(reverse("api:model_version-submit", args=[version.pk]), f.CARD, "application/json")
    assert done.status_code in {201, 302}
    return ApprovalRequest.objects.get(version=version)
