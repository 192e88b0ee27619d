"""The life of a version: review, take-over, block, deletion and archive."""

import pytest
from django.core.exceptions import ValidationError

from governance.models import Deployment, ModelVersion
from governance.rules import versions as rules
from governance.services import deployments, models, version_life
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.governance.registry_scene import another, serving
from tests.people import person

pytestmark = pytest.mark.django_db


def test_a_reviewer_begins_and_others_see_who_reads():
    w = f.world()
    for nobody in (w.author, w.owner, w.uploader, person("Strange")):
        with pytest.raises(Refused):
            version_life.take_review(w.version, by=nobody)
    w.version.refresh_from_db()
    assert w.version.status == "submitted"
    version_life.take_review(w.version, by=w.reviewer)
    assert (w.version.status, w.version.in_review_by) == ("in_review", w.reviewer)
    assert not rules.may_take_review(f.reviewer("Ren"), w.version)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    assert w.version.status == "approved"


def test_whoever_takes_over_becomes_author_and_never_decides_on_it():
    w = f.world()
    better = another(w, is_simple=True)
    with pytest.raises(Refused):
        version_life.take_over(w.version, reason="Mine.", by=w.author)
    with pytest.raises(ValidationError):
        version_life.take_over(w.version, reason="  ", by=w.reviewer)
    assert ModelVersion.objects.count() == 1

    new = version_life.take_over(w.version, reason="The simple one does.", trial=better, by=w.reviewer)

    w.version.refresh_from_db()
    w.request.refresh_from_db()
    assert (w.version.status, w.request.state) == ("archived", "changes_requested")
    assert (new.number, new.registered_by, new.trial, new.purpose) == (
        2,
        w.reviewer,
        better,
        f.CARD["purpose"],
    )
    second = f.reviewer("Second Reviewer")
    request = models.submit(new, card=f.CARD, by=w.reviewer)
    for stake in (w.reviewer, w.author):
        with pytest.raises(Refused):
            f.approvals.decide(request, answer="approve", checklist=f.CHECKLIST, by=stake)
    f.approve(request, second)
    new.refresh_from_db()
    assert new.status == "approved"


def test_a_block_is_lifted_by_an_expert_outside_with_a_reason_and_by_nobody_else():
    w = f.world()
    f.guardrail(w.trial.experiment, code="leak", severity="block", is_alerted=True)
    version = models.register(another(w), model=w.model, by=w.author)
    assert version.status == "blocked"
    for nobody in (w.author, w.owner, w.uploader, w.risk):
        with pytest.raises(Refused):
            version_life.lift_block(version, reason="Go on.", by=nobody)
    with pytest.raises(Refused):
        models.submit(version, card=f.CARD, by=w.author)
    version_life.lift_block(version, reason="The column is known at that time.", by=w.reviewer)
    assert version.status == "candidate"
    with pytest.raises(Refused, match="Nobody could decide"):  # the only reviewer let it go on
        models.submit(version, card=f.CARD, by=w.author)
    f.reviewer("Sven Second")
    version.refresh_from_db()
    asked = models.submit(version, card=f.CARD, by=w.author)
    with pytest.raises(Refused, match="in spite of a block"):
        f.approve(asked, w.reviewer)
    assert asked.state == "open" and not asked.decisions.exists()


def test_what_is_referred_to_is_not_deleted_and_says_by_what():
    w = f.world()
    verdict = rules.may_delete(w.author, w.version)
    assert not verdict and "1 request" in str(verdict.reason)
    with pytest.raises(Refused):
        version_life.delete(w.version, by=w.author)
    with pytest.raises(Refused):
        version_life.delete_model(w.model, by=w.owner)
    loose = models.register(another(w), model=w.model, by=w.author)
    with pytest.raises(Refused):
        version_life.delete(loose, by=w.reviewer)
    version_life.delete(loose, by=w.author)
    assert list(ModelVersion.objects.values_list("number", flat=True)) == [1]


def test_nothing_in_service_or_in_review_is_archived():
    w = f.world()
    with pytest.raises(Refused):
        version_life.archive(w.version, reason="Old.", by=w.author)
    serving(w)
    with pytest.raises(Refused):
        version_life.archive(w.version, reason="Old.", by=w.author)
    deployments.end(Deployment.objects.get(), reason="Old.", by=w.owner)
    version_life.archive(w.version, reason="Old.", by=w.author)
    assert w.version.status == "archived" and not rules.may_enter(w.owner, w.version)


def test_an_illegal_second_take_over_leaves_one_version():
    w = f.world()
    version_life.take_over(w.version, reason="Simpler.", by=w.reviewer)
    with pytest.raises((IllegalMove, Refused)):
        version_life.take_over(w.version, reason="Simpler.", by=f.reviewer("Ren"))
    assert ModelVersion.objects.count() == 2
