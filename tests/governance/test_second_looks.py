"""One in so many small changes of the short track is read again by a risk officer (R15)."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from governance.models import ApprovalRequest, Finding, ModelVersion, SecondLook
from governance.selectors import home
from governance.services import deployments, models, second_looks
from portal.core.models import AuditEvent, Notice, User
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.judging.acts import rules, two_reviewers

pytestmark = pytest.mark.django_db


@pytest.fixture
def sampled() -> SimpleNamespace:
    """A small change that one reviewer approved and that was drawn."""
    second = f.reviewer("Sven Second")
    rules("minimal", two_reviewers)
    w = f.world("minimal")
    for each in (w.reviewer, second):
        f.approve(w.request, each)
    deployments.promote(ModelVersion.objects.for_list().get(), by=w.owner)
    alike = models.register(f.trial(w.use_case, w.author), model=w.model, by=w.author)
    w.small = models.submit(alike, card=f.CARD, by=w.author)
    f.approve(w.small, w.reviewer)
    return w


def again(w: Any) -> ApprovalRequest:
    return ApprovalRequest.objects.for_list().get(pk=w.small.pk)


def waits(user: User) -> list[str]:
    return [str(each.title) for each in home.waiting_for(user)]


def nothing_was_kept(verb: str = "approval.looked_again") -> None:
    assert not SecondLook.objects.exists()
    assert not AuditEvent.objects.filter(verb=verb).exists()


def test_a_sample_waits_for_the_risk_officer_until_somebody_has_looked(sampled: Any, client: Any) -> None:
    assert "Small change to look at again" in waits(sampled.risk)
    assert "Small change to look at again" not in waits(sampled.reviewer)
    client.force_login(sampled.risk)
    page = client.get(reverse("governance:approval_detail", args=[sampled.small.pk])).content.decode()
    assert "Rightly passed" in page and "Should not have passed" in page

    address = reverse("governance:approval_look_again", args=[sampled.small.pk])
    assert client.post(address, {"was_right": "yes"}).status_code == 302
    kept = SecondLook.objects.get()
    assert (kept.was_right, kept.looked_by, kept.request) == (True, sampled.risk, sampled.small)
    assert "Small change to look at again" not in waits(sampled.risk)
    assert not Finding.objects.exists()
    assert AuditEvent.objects.filter(verb="approval.looked_again").count() == 1


def test_a_doubt_opens_a_high_finding_with_the_author_and_tells_who_approved(
    sampled: Any, client: Any
) -> None:
    client.force_login(sampled.risk)
    body = {"was_right": False, "remark": "The new column is the premium of next year."}
    address = reverse("api:approval-look-again", args=[sampled.small.pk])
    said = client.post(address, body, content_type="application/json")
    assert said.status_code == 200 and said.json()["second_look"]["was_right"] is False
    finding = Finding.objects.get()
    assert (finding.owner, finding.severity, finding.version) == (
        sampled.author,
        "high",
        again(sampled).version,
    )
    assert finding.detail == body["remark"] and finding.raised_by == sampled.risk
    assert Notice.objects.filter(user=sampled.reviewer, text__contains="has doubts").exists()


def test_a_doubt_without_words_is_not_kept(sampled: Any) -> None:
    with pytest.raises(ValidationError, match="Say in at most 4,000 characters"):
        second_looks.look(again(sampled), was_right=False, remark="  ", by=sampled.risk)
    nothing_was_kept()
    assert not Finding.objects.exists()


def test_only_a_risk_officer_without_a_stake_looks_and_only_at_what_was_drawn(sampled: Any) -> None:
    refused = {"reviewer": "second_look.decided", "author": "approval.own_work"}
    for name, code in refused.items():
        with pytest.raises(Refused) as told:
            second_looks.look(again(sampled), was_right=True, by=getattr(sampled, name))
        assert told.value.verdict.code == code
    for request, code in ((again(sampled), "second_look.duty"), (sampled.request, "second_look.not_drawn")):
        with pytest.raises(Refused) as told:
            second_looks.look(request, was_right=True, by=f.reviewer("Rita Reader"))
        assert told.value.verdict.code == code
    nothing_was_kept()


def test_one_look_is_enough_and_of_two_at_once_one_counts(sampled: Any) -> None:
    stale = again(sampled)
    second_looks.look(again(sampled), was_right=True, by=sampled.risk)
    with pytest.raises(IllegalMove):
        second_looks.look(stale, was_right=False, remark="No.", by=sampled.risk)
    with pytest.raises(Refused) as told:
        second_looks.look(again(sampled), was_right=True, by=sampled.risk)
    assert told.value.verdict.code == "second_look.done"
    assert SecondLook.objects.get().was_right and not Finding.objects.exists()
