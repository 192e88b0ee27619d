"""A learner contests a result: another calibrated marker marks, blind to the first marks, and that result counts."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.people import person
from training import exercise_rules as rules, exercising
from training.exercise_checks import right
from training.models import Certificate, CertificateTemplate, Exercise, Marking, Review
from training.services import reviews

from .learners import OWNER, finish_lessons, take
from .test_reviews import GOOD, asked, calibrated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
BAD = {"word": 1, "evidence": 2, "conditions": 2, "people": 1}
REASON = "The word of the decision stands in the first line."


@pytest.fixture(autouse=True)
def _checks_are_right(monkeypatch):
    """What the checks see is another test's concern."""
    monkeypatch.setattr(exercising, "run_all", lambda work, facts: [right() for _each in work.version.checks])


def failed(learner):
    """An assessment that two markers found not good enough, and the two."""
    review = asked(learner)
    markers = [calibrated(review.work.version) for _each in range(2)]
    for marker in markers:
        reviews.mark(review, levels=BAD, comment="The word is missing.", by=marker)
    review.refresh_from_db()
    assert review.state == "done" and review.passed is False
    return review, markers


def told(user, words):
    """How many notices of somebody hold these words."""
    return Notice.objects.filter(user=user, text__contains=words).count()


def test_another_marker_decides_a_contested_result_and_the_certificate_comes():
    learner = person()
    CertificateTemplate.objects.filter(code=OWNER).update(
        exercise=Exercise.objects.get(code="decide-on-a-model")
    )
    finish_lessons(learner, OWNER)
    take(learner, OWNER)
    review, (first, second) = failed(learner)
    third = calibrated(review.work.version)
    assert told(learner, "You can contest this for") == 1 and not Certificate.objects.exists()

    reviews.contest(review, reason=f"  {REASON} ", by=learner)

    review.refresh_from_db()
    assert (review.state, review.passed, review.levels, review.objection) == ("waiting", None, {}, REASON)
    assert AuditEvent.objects.filter(verb="review.contested").count() == 1
    assert (
        told(first, "were contested")
        == told(second, "were contested")
        == told(third, "waits for a new marker")
        == 1
    )
    assert review in Review.objects.waiting_for(third) and review not in Review.objects.waiting_for(first)
    for marker in (first, second):
        with pytest.raises(Refused) as refusal:
            reviews.mark(review, levels=GOOD, comment="Changed my mind.", by=marker)
        assert refusal.value.verdict.code == "exercise.marked_before"
    assert Marking.objects.count() == 2

    reviews.mark(review, levels=GOOD, comment="It stands there.", by=third)

    review.refresh_from_db()
    assert (review.state, review.passed, review.levels) == ("done", True, GOOD)
    assert review.first_result["levels"] == BAD and told(learner, "marked anew and passed") == 1
    assert told(first, "was marked anew") == 1 and told(third, "was marked anew") == 0
    assert Certificate.objects.get().user == learner


def test_a_worse_new_result_replaces_the_first_too_and_cannot_be_contested_again():
    learner = person()
    review, _markers = failed(learner)
    third = calibrated(review.work.version)
    reviews.contest(review, reason=REASON, by=learner)
    reviews.mark(review, levels={**BAD, "evidence": 0}, comment="No.", by=third)

    review.refresh_from_db()
    assert (
        review.passed is False and review.levels["evidence"] == 0 and told(learner, "This result stands") == 1
    )
    with pytest.raises(Refused) as refusal:
        reviews.contest(review, reason="Once more.", by=learner)
    assert refusal.value.verdict.code == "contest.done"
    review.refresh_from_db()
    assert review.objection == REASON and review.state == "done"
    assert rules.may_ask(learner, review.work, "assessment"), "the way of a new assessment stays open"


@pytest.mark.parametrize("levels", [GOOD, {**GOOD, "people": 3}])
def test_one_new_marker_is_enough_however_far_from_the_first(levels):
    learner = person()
    review, _markers = failed(learner)
    reviews.contest(review, reason=REASON, by=learner)

    reviews.mark(review, levels=levels, comment="Good.", by=calibrated(review.work.version))

    review.refresh_from_db()
    assert review.state == "done" and review.levels == levels


def test_only_the_learner_contests_and_only_a_negative_result_in_time_with_a_reason():
    learner = person()
    review, (first, _second) = failed(learner)
    for user in (person(), first, person(duties=(Duty.COMMUNITY_LEAD,))):
        with pytest.raises(Refused):
            reviews.contest(review, reason=REASON, by=user)
    for reason in ("", "   ", "x" * 4001):
        with pytest.raises(ValidationError) as problem:
            reviews.contest(review, reason=reason, by=learner)
        assert "reason" in problem.value.message_dict
    with clock.at(review.since + timedelta(days=15, seconds=1)), pytest.raises(Refused) as refusal:
        reviews.contest(review, reason=REASON, by=learner)
    assert refusal.value.verdict.code == "contest.too_late" and refusal.value.verdict.url
    with clock.at(review.since + timedelta(days=15)):
        assert rules.may_contest(learner, review)

    passed, waiting = person(), person()
    good = asked(passed)
    for _each in range(2):
        reviews.mark(good, levels=GOOD, comment="Good.", by=calibrated(good.work.version))
    good.refresh_from_db()
    for one, user in ((good, passed), (asked(waiting), waiting), (asked(person(), "coaching"), waiting)):
        assert not rules.may_contest(user, one)
        with pytest.raises(Refused):
            reviews.contest(one, reason=REASON, by=user)
    assert not Review.objects.filter(contested_at__isnull=False).exists()
    assert not AuditEvent.objects.filter(verb="review.contested").exists()


def test_who_has_asked_for_a_new_assessment_does_not_contest_the_old_one():
    learner = person()
    review, _markers = failed(learner)
    reviews.ask(review.work, mode="assessment", wish="Better now?", by=learner)

    assert rules.may_contest(learner, review).code == "contest.under_way"
    with pytest.raises(Refused):
        reviews.contest(review, reason=REASON, by=learner)
    review.refresh_from_db()
    assert review.state == "done" and not review.is_contested


def test_of_two_clicks_one_contests_and_the_other_is_told():
    learner = person()
    review, _markers = failed(learner)
    stale = Review.objects.get(pk=review.pk)
    reviews.contest(review, reason=REASON, by=learner)

    with pytest.raises(IllegalMove):
        reviews.contest(stale, reason="The second click.", by=learner)

    assert Review.objects.get(pk=review.pk).objection == REASON


def test_where_nobody_can_mark_it_the_community_leads_hear_of_it():
    lead, learner = person(duties=(Duty.COMMUNITY_LEAD,)), person()
    review, _markers = failed(learner)

    reviews.contest(review, reason=REASON, by=learner)

    assert told(lead, "Nobody can mark the contested assessment") == 1


def test_pages_and_api_keep_the_first_marks_from_the_new_marker(client):
    learner = person()
    review, _markers = failed(learner)
    third = calibrated(review.work.version)
    page, api = reverse("training:review_detail", args=[review.pk]), f"/api/reviews/{review.pk}/"
    client.force_login(learner)
    assert "What did the markers overlook?" in client.get(page).content.decode()
    address = reverse("training:review_contest", args=[review.pk])
    refused = client.post(address, {"reason": " "})
    assert refused.status_code == 422 and not Review.objects.get(pk=review.pk).is_contested
    assert (
        client.post(f"{api}contest/", {"reason": REASON, "mood": "bad"}, "application/json").status_code
        == 400
    )
    assert client.post(address, {"reason": REASON}).url == page
    mine = client.get(page).content.decode()
    assert "waits for a new marker" in mine and "The first result" in mine and "1 more person" in mine
    assert client.get(api).json()["first_levels"] == BAD

    client.force_login(third)
    seen = client.get(page).content.decode()
    assert REASON in seen and "The first result" not in seen and "The word is missing." not in seen
    found = client.get(api).json()
    assert (found["levels"], found["passed"], found["marks"], found["first_levels"]) == ({}, None, [], None)
    assert found["objection"] == REASON and found["can"]["mark"]["allowed"]
    assert (
        client.post(
            f"{api}mark/", {"levels": GOOD, "comment": "It stands there."}, "application/json"
        ).status_code
        == 200
    )
    assert "Contested, and marked anew" in client.get(page).content.decode()
    client.force_login(learner)
    assert (
        client.get(api).json()["passed"] is True and not client.get(api).json()["can"]["contest"]["allowed"]
    )


def test_the_api_contests_as_the_page_does(client):
    learner = person()
    review, _markers = failed(learner)
    client.force_login(learner)

    answer = client.post(f"/api/reviews/{review.pk}/contest/", {"reason": REASON}, "application/json")

    assert answer.status_code == 200 and answer.json()["state"] == "waiting" and answer.json()["contested_at"]
