"""Mentors: coaching in turn, marking by independent calibrated people, and the certificate that waits for it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import clock
from portal.core.models import Notice
from portal.core.models.credentials import Right
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import SquadMember, UseCase
from tests.people import person
from training import assessing, exercise_rules as rules, exercising, review_desk
from training.exercise_checks import right
from training.models import (
    Attempt,
    CalibrationMark,
    Certificate,
    CertificateTemplate,
    Exercise,
    ExerciseWork,
    Marking,
    Review,
)
from training.services import certificates, exercises, reviews

from .learners import OWNER, finish_lessons, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
GOOD = {"word": 2, "evidence": 2, "conditions": 2, "people": 1}


@pytest.fixture(autouse=True)
def _checks_are_right(monkeypatch):
    """What the checks see is another test's concern; here every sandbox is in order."""
    monkeypatch.setattr(exercising, "run_all", lambda work, facts: [right() for _each in work.version.checks])


def done(user, code="decide-on-a-model"):
    """A round whose checks are all right."""
    work = exercises.start(Exercise.objects.for_list().get(code=code), by=user)
    return exercises.check(work, written={"decision": "Approve. " * 60}, by=user)


def expert():
    """Somebody who reviews models by right."""
    return person(rights=(Right.APPROVE_MODEL,))


def calibrated(version, off=0):
    """An expert who marked the samples, each level so far from the experts."""
    user = expert()
    for sample in version.samples:
        levels = {key: max(0, min(3, level + off)) for key, level in sample["reference"].items()}
        reviews.calibrate(version, sample=sample["key"], levels=levels, by=user)
    return user


def asked(learner, mode="assessment"):
    """A request of this learner."""
    return reviews.ask(done(learner), mode=mode, wish="Is the condition clear?", by=learner)


RUBRIC = {"allowed_gap": 1, "criteria": [{"key": "a", "needs": 2}, {"key": "b", "needs": 1}]}


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ([], 2),
        ([{"a": 2, "b": 1}], 1),
        ([{"a": 2, "b": 1}, {"a": 3, "b": 2}], 0),
        ([{"a": 0, "b": 1}, {"a": 2, "b": 1}], 1),  # two levels apart
        ([{"a": 1, "b": 1}, {"a": 2, "b": 1}], 1),  # near, but one would pass it and the other not
        ([{"a": 0, "b": 1}, {"a": 3, "b": 1}, {"a": 2, "b": 1}], 0),
    ],
)
def test_a_third_marker_is_called_when_two_differ_by_more_than_is_allowed(given, needed):
    assert assessing.markers_needed(given, RUBRIC) == needed


def test_the_median_decides_and_no_criterion_makes_up_for_another():
    levels = assessing.settled([{"a": 0, "b": 3}, {"a": 3, "b": 3}, {"a": 2, "b": 0}])

    assert levels == {"a": 2, "b": 3} and assessing.passes(levels, RUBRIC)
    assert not assessing.passes({"a": 1.5, "b": 3}, RUBRIC)


def test_marks_of_samples_open_the_right_to_mark_and_show_the_deviation():
    review = asked(person())
    version = review.work.version
    beginner, near, far = expert(), calibrated(version, off=1), calibrated(version, off=3)

    assert rules.may_mark(beginner, review).code == "not_calibrated"
    assert rules.may_mark(near, review) and rules.calibration_of(near, version).mean_deviation > 0
    refused = rules.may_mark(far, review)
    assert refused.code == "not_calibrated" and "%" in refused.reason
    with pytest.raises(Refused):
        reviews.mark(review, levels=GOOD, comment="Fine.", by=far)
    with pytest.raises(Refused) as early:
        reviews.calibrate(version, sample="fine", levels=GOOD, by=far)
    assert early.value.verdict.code == "too_early"
    with pytest.raises(Refused):
        reviews.calibrate(version, sample="fine", levels=GOOD, by=person())
    with pytest.raises(ValidationError):
        reviews.calibrate(version, sample="nope", levels=GOOD, by=beginner)
    assert not Marking.objects.exists() and CalibrationMark.objects.filter(marker=far).count() == 3
    with clock.at(clock.now() + timedelta(days=366)):
        assert rules.may_mark(near, review).code in {"not_calibrated", "credential_missing"}


def test_nobody_marks_their_own_work_or_that_of_their_squad():
    learner = expert()
    review = asked(learner)
    version = review.work.version
    for sample in version.samples:
        reviews.calibrate(version, sample=sample["key"], levels=sample["reference"], by=learner)
    mate, lead = calibrated(version), calibrated(version)
    case = UseCase.objects.create(
        ref="UC-1", title="Real", problem="x", submitter=lead, product_owner=lead, phase="development"
    )
    for user, ended in ((learner, None), (mate, clock.today() - timedelta(days=10))):
        SquadMember.objects.create(
            use_case=case,
            user=user,
            role="data_scientist",
            starts_on=clock.today() - timedelta(days=99),
            ends_on=ended,
        )

    assert rules.may_mark(learner, review).code == "own_work"
    for colleague in (mate, lead):
        assert rules.may_mark(colleague, review).code == "not_independent"
        with pytest.raises(Refused):
            reviews.mark(review, levels=GOOD, comment="Fine.", by=colleague)
    assert not Marking.objects.exists()


def test_two_markers_settle_an_assessment_and_the_learner_hears_of_it():
    learner = person()
    review = asked(learner)
    first, second = calibrated(review.work.version), calibrated(review.work.version)

    for bad, field in (
        ({**GOOD, "word": 4}, "word"),
        ({**GOOD, "word": True}, "word"),
        ({**GOOD, "extra": 1}, "extra"),
        ({}, "people"),
    ):
        with pytest.raises(ValidationError) as problem:
            reviews.mark(review, levels=bad, comment="x", by=first)
        assert field in problem.value.message_dict
    reviews.mark(review, levels=GOOD, comment="Name the owner earlier.", by=first)
    review.refresh_from_db()
    assert review.state == "waiting" and review.passed is None
    with pytest.raises(Refused):
        reviews.mark(review, levels=GOOD, comment="Again.", by=first)
    with pytest.raises(Refused):
        reviews.withdraw(review, by=learner)
    reviews.mark(review, levels={**GOOD, "word": 3}, comment="Good.", by=second)

    review.refresh_from_db()
    assert review.state == "done" and review.passed and review.levels["word"] == 2.5
    assert Notice.objects.filter(user=learner, text__contains="assessed and passed").count() == 1
    assert not rules.may_ask(learner, review.work, "assessment")


def test_a_certificate_waits_for_the_assessed_exercise_and_comes_with_it():
    learner = person()
    exercise = Exercise.objects.get(code="decide-on-a-model")
    CertificateTemplate.objects.filter(code=OWNER).update(exercise=exercise)
    finish_lessons(learner, OWNER)
    attempt = take(learner, OWNER)

    assert attempt.passed and not Certificate.objects.exists()
    with pytest.raises(Refused) as refusal:
        certificates.award(attempt, by=None)
    assert refusal.value.verdict.code == "assessment_missing"
    review = asked(learner)
    with pytest.raises(Refused) as refusal:
        certificates.award(Attempt.objects.get(pk=attempt.pk), by=None)
    assert refusal.value.verdict.code == "assessment_pending"
    from training import rules as learning

    assert learning.may_start(learner, attempt.exam).code == "exam.waits_for_assessment"
    for _each in range(2):
        marker = calibrated(review.work.version)
        reviews.mark(review, levels=GOOD, comment="Good.", by=marker)

    certificate = Certificate.objects.get()
    assert certificate.user == learner and certificate.evidence[0]["markers"] == "2"
    assert certificate.valid_from >= attempt.submitted_at
    assert certificates.award_assessed(learner, exercise, by=None) == [certificate]


def test_coaching_goes_in_turns_and_blocks_nothing():
    learner, mentor, stranger = person(), person(), person()
    review = asked(learner, "coaching")
    with pytest.raises(Refused):
        reviews.claim(review, by=mentor)
    done(mentor)
    reviews.claim(review, by=mentor)
    with pytest.raises(Refused):
        reviews.claim(Review.objects.for_list().get(), by=expert())
    for refused in (
        lambda: reviews.say(review, text="Hello", by=stranger),
        lambda: reviews.claim(review, by=learner),
        lambda: reviews.close(review, by=learner),
    ):
        with pytest.raises(Refused):
            refused()
    assert review.posts.count() == 0

    reviews.say(review, text="When is `Debt` known?", by=mentor)
    assert review.state == "with_learner"
    reviews.say(review, text="After the decision!", by=learner)
    assert review.state == "with_mentor"
    reviews.close(review, approves=True, by=mentor)
    assert review.state == "done" and review.passed
    assert asked(learner, "coaching").pk != review.pk


def test_one_request_of_a_kind_at_a_time_and_assessment_only_when_all_is_right(monkeypatch):
    learner = person()
    review = asked(learner)
    with pytest.raises(Refused):
        reviews.ask(review.work, mode="assessment", wish="Again", by=learner)
    for wish in ("  ", "x" * 4001):
        with pytest.raises(ValidationError):
            reviews.ask(review.work, mode="coaching", wish=wish, by=learner)
    with pytest.raises(ValidationError):
        reviews.ask(review.work, mode="exam", wish="Hello", by=learner)
    reviews.withdraw(review, by=learner)
    assert review.state == "withdrawn"
    with pytest.raises(Refused):
        reviews.withdraw(review, by=learner)
    ExerciseWork.objects.update(passed_at=None)
    work = ExerciseWork.objects.for_list().get()
    assert rules.may_ask(learner, work, "assessment").code == "checks_open"
    assert Review.objects.count() == 1


def test_what_a_mentor_leaves_goes_back_to_its_place_and_a_silent_talk_ends():
    learner, mentor = person(), expert()
    review = asked(learner, "coaching")
    reviews.claim(review, by=mentor)
    assert reviews.keep_time() == {"released": 0, "ended": 0}
    with clock.at(clock.now() + timedelta(days=8)):
        assert reviews.keep_time()["released"] == 1 and reviews.keep_time()["released"] == 0
        review = Review.objects.for_list().get()
        assert review.mentor is None and review_desk.promise("coaching", review.created_at).position == 1
        keeper = expert()
        reviews.claim(review, by=keeper)
        reviews.say(review, text="Look at the roles.", by=keeper)
    with clock.at(clock.now() + timedelta(days=40)):
        assert reviews.keep_time()["ended"] == 1
    review = Review.objects.get()
    assert review.state == "done" and review.passed is None
    with pytest.raises(IllegalMove):
        Review.LIFE.move(review, "claim")


def test_the_pages_show_the_evidence_without_the_name_and_keep_what_was_typed(client):
    learner = person("Lea Hidden")
    review = asked(learner)
    marker, stranger = calibrated(review.work.version), person()
    address = reverse("training:review_detail", args=[review.pk])

    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.get(reverse("training:review_list")).status_code == 403
    client.force_login(marker)
    page = client.get(address).content.decode()
    assert "Is the condition clear?" in page and "Lea Hidden" not in page
    desk = client.get(reverse("training:review_list")).content.decode()
    assert address in desk and "Lea Hidden" not in desk
    told = client.get(f"/api/reviews/{review.pk}/").json()
    assert told["learner"] is None and told["can"]["mark"]["allowed"]

    wrong = client.post(
        reverse("training:review_mark", args=[review.pk]), {"word": "9", "comment": "My idea"}
    )
    assert wrong.status_code == 422 and "My idea" in wrong.content.decode() and not Marking.objects.exists()
    ok = client.post(reverse("training:review_mark", args=[review.pk]), {**GOOD, "comment": "My idea"})
    assert ok.url == address and Marking.objects.get().levels == GOOD
    client.force_login(learner)
    assert "1 more person" in client.get(address).content.decode()
    calibrate = reverse("training:calibrate", args=["decide-on-a-model"])
    assert client.get(calibrate).status_code == 403
    client.force_login(expert())
    assert client.post(calibrate, {"sample": "fine", "word": "1"}).status_code == 422
    assert client.post(calibrate, {"sample": "fine", **GOOD}).status_code == 302
    assert "Experts" in client.get(calibrate).content.decode()
