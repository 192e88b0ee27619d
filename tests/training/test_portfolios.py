"""The portfolio of level 3: real work by the records, marked like an exercise by people who had no part in it."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core.models.credentials import Right
from portal.core.verdicts import Refused
from projects.models import SquadMember, UseCase
from tests.people import person
from tests.training.learners import OWNER, finish_lessons, take
from training import assessed, exercise_rules as rules, own_work, review_desk
from training.models import Certificate, CertificateTemplate, Exercise, ExerciseWork, Review
from training.services import exercises, reviews

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
CODE, WORDS = "portfolio-of-real-work", "I decided on the split and said why. " * 12
GOOD = {"part": 2, "evidence": 2, "people": 1, "insight": 2}


def portfolio():
    return Exercise.objects.for_list().get(code=CODE)


def case(owner, ref, phase=UseCase.Phase.PRODUCTION):
    return UseCase.objects.create(
        ref=ref,
        title=f"Case {ref}",
        phase=phase,
        product_owner=owner,
        submitter=owner,
        sponsor=person("Sponsor"),
    )


def coaching(mentor, learner):
    """A conversation that the mentor led to its end, by the real services."""
    simple = Exercise.objects.for_list().get(code="first-table")
    ExerciseWork.objects.create(
        user=mentor,
        exercise=simple,
        version=simple.version,
        passed_at=simple.created_at,
        cleared_at=simple.created_at,
    )
    review = reviews.ask(
        exercises.start(simple, by=learner), mode="coaching", wish="Is it enough?", by=learner
    )
    reviews.claim(review, by=mentor)
    reviews.say(review, text="When is the column known?", by=mentor)
    return reviews.close(review, approves=True, by=mentor)


def filled(user):
    """A portfolio of two use cases and a coaching, complete by its checks."""
    first, second = case(user, "UC-9001"), case(user, "UC-9002")
    review = coaching(user, person("Learner"))
    work = exercises.start(portfolio(), by=user)
    keys = [f"use_case:{first.pk}", f"use_case:{second.pk}", f"coaching:{review.pk}"]
    written = {f"piece_{n}": key for n, key in enumerate(keys, 1)} | {f"words_{n}": WORDS for n in (1, 2, 3)}
    return exercises.check(work, written=written, by=user), first


def states(work):
    return {each["code"]: each["state"] for each in work.findings}


def marker():
    """Somebody with the right, who marked the samples as the experts did."""
    user = person(rights=(Right.APPROVE_MODEL,))
    for sample in portfolio().version.samples:
        reviews.calibrate(portfolio().version, sample=sample["key"], levels=sample["reference"], by=user)
    return user


def test_only_finished_work_of_ones_own_can_be_chosen():
    user, other = person(), person()
    mine, joined, idea = (
        case(user, "UC-9001"),
        case(other, "UC-9002"),
        case(user, "UC-9003", UseCase.Phase.BACKLOG),
    )
    theirs = case(other, "UC-9004")
    SquadMember.objects.create(use_case=joined, user=user, role="lead", starts_on="2026-01-01")
    found = own_work.pieces(user)

    assert set(found) == {f"use_case:{mine.pk}", f"use_case:{joined.pk}"}
    work = exercises.start(portfolio(), by=user)
    for stranger in (f"use_case:{theirs.pk}", f"use_case:{idea.pk}", f"version:{uuid.uuid4()}", "nonsense"):
        work = exercises.check(work, written={"piece_1": stranger, "words_1": WORDS}, by=user)
        assert states(work)["own-1"] == "wrong" and work.passed_at is None
    with pytest.raises(ValidationError):
        exercises.check(work, written={"piece_1": "x" * 81}, by=user)


def test_the_same_piece_twice_or_one_kind_only_is_not_enough():
    user = person()
    keys = [f"use_case:{case(user, f'UC-900{n}').pk}" for n in range(3)]
    work = exercises.start(portfolio(), by=user)
    twice = dict(zip(("piece_1", "piece_2", "piece_3"), (keys[0], keys[0], keys[1]), strict=True))
    assert states(exercises.check(work, written=twice, by=user))["varied"] == "wrong"
    alike = dict(zip(("piece_1", "piece_2", "piece_3"), keys, strict=True))
    work = exercises.check(work, written=alike | {f"words_{n}": WORDS for n in (1, 2, 3)}, by=user)
    assert states(work)["varied"] == "wrong" and work.passed_at is None
    with pytest.raises(Refused):
        reviews.ask(work, mode="assessment", wish="Please", by=user)
    assert not Review.objects.filter(work=work).exists()


def test_a_portfolio_has_no_sandbox_and_is_kept():
    user = person()
    before = UseCase.everything.count()
    work, _first = filled(user)
    assert work.use_case is None and work.passed_at and exercises.start(portfolio(), by=user) == work
    assert (
        UseCase.everything.count() == before + 3
    )  # two real ones, and the sandbox of the learner who was coached
    with pytest.raises(Refused, match="portfolio is kept"):
        exercises.clear(work, by=user)
    ExerciseWork.objects.filter(pk=work.pk).update(created_at="2020-01-01T00:00:00Z")
    exercises.clear_idle()
    work.refresh_from_db()
    assert work.cleared_at is None and work.written["words_1"]


def test_markers_see_references_without_names_and_nobody_with_a_part_in_it_marks():
    user = person("Ada Learner")
    work, first = filled(user)
    review = reviews.ask(work, mode="assessment", wish="Is my part clear?", by=user)
    owner_before, uninvolved = marker(), marker()
    assert rules.may_mark(owner_before, review)
    SquadMember.objects.create(
        use_case=first, user=owner_before, role="reviewer", starts_on="2020-01-01", ends_on="2020-02-01"
    )
    review = Review.objects.for_list().get(pk=review.pk)
    Review.objects.filter(pk=review.pk).update(
        evidence=review.evidence | {"people": own_work.kept(work)["people"]}
    )
    review.refresh_from_db()

    with pytest.raises(Refused, match="had a part"):
        reviews.mark(review, levels=GOOD, comment="Good.", by=owner_before)
    assert not review.markings.exists()
    shown = str(review_desk.shown_evidence(review))
    assert "UC-9001" in shown and "first-table" in shown and "Ada" not in shown and "Case UC" not in shown
    assert rules.may_mark(uninvolved, review)


def test_the_certificate_of_level_three_waits_for_exercise_and_portfolio():
    user = person()
    template = CertificateTemplate.objects.get(code="expert-reviewer")
    assert [each.code for each in template.marked] == ["decide-on-a-model", CODE]
    done = {
        "version": template.exercise.version,
        "passed_at": template.created_at,
        "cleared_at": template.created_at,
    }
    other = ExerciseWork.objects.create(user=user, exercise=template.exercise, **done)
    Review.objects.create(work=other, mode="assessment", since=template.created_at, passed=True)
    lacks = assessed.has_assessment(user, template)
    assert not lacks and lacks.url == reverse("training:exercise_detail", args=[CODE])

    work, _first = filled(user)
    review = reviews.ask(work, mode="assessment", wish="Is my part clear?", by=user)
    assert assessed.has_assessment(user, template).code == "assessment_pending"
    for one in (marker(), marker()):
        reviews.mark(Review.objects.for_list().get(pk=review.pk), levels=GOOD, comment="Clear.", by=one)

    review.refresh_from_db()
    assert review.passed and assessed.has_assessment(user, template)


def test_two_markers_who_differ_call_a_third():
    user = person()
    work, _first = filled(user)
    review = reviews.ask(work, mode="assessment", wish="Is my part clear?", by=user)
    poor = GOOD | {"insight": 0}
    for one, levels in ((marker(), GOOD), (marker(), poor)):
        reviews.mark(Review.objects.for_list().get(pk=review.pk), levels=levels, comment="Read it.", by=one)
    review.refresh_from_db()
    assert review.state == Review.State.WAITING and review.passed is None
    reviews.mark(Review.objects.for_list().get(pk=review.pk), levels=GOOD, comment="Clear.", by=marker())
    review.refresh_from_db()
    assert review.passed and review.markings.count() == 3


def test_page_and_api_offer_the_pieces_and_keep_the_choice(client):
    user = person()
    mine = case(user, "UC-9001")
    client.force_login(user)
    page = client.get(reverse("training:exercise_detail", args=[CODE])).content.decode()
    assert "Begin your portfolio" in page and "CSV" not in page
    client.post(reverse("training:exercise_start", args=[CODE]))
    page = client.get(reverse("training:exercise_detail", args=[CODE])).content.decode()
    assert "UC-9001" in page and "What the records show now" in page and "Clear the sandbox" not in page
    key = f"use_case:{mine.pk}"
    client.post(reverse("training:exercise_check", args=[CODE]), {"piece_1": key, "words_1": WORDS})
    told = client.get(f"/api/exercises/{CODE}/").json()["work"]
    assert told["written"]["piece_1"] == key and told["sandbox"] is None
    assert [each["value"] for each in told["asks_for"][0]["choices"]] == [key]
    assert {each["code"]: each["state"] for each in told["checks"]}["own-1"] == "right"
    assert client.get(reverse("training:exercise_table", args=[CODE])).status_code == 404


def test_the_exam_alone_gives_no_certificate_without_the_portfolio():
    user = person()
    template = CertificateTemplate.objects.get(code=OWNER)
    CertificateTemplate.objects.filter(pk=template.pk).update(portfolio=portfolio())
    finish_lessons(user, OWNER)
    assert take(user, OWNER).passed and not Certificate.objects.filter(user=user).exists()
    work, _first = filled(user)
    review = reviews.ask(work, mode="assessment", wish="Is my part clear?", by=user)
    for one in (marker(), marker()):
        reviews.mark(Review.objects.for_list().get(pk=review.pk), levels=GOOD, comment="Clear.", by=one)
    certificate = Certificate.objects.get(user=user)
    assert certificate.evidence[0]["portfolio"] == str(review.pk)
