"""Looking at the work of learners: asking, coaching in turn, marking by independent people, keeping time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import Credential, User
from portal.core.models.credentials import Right
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from training import assessing, exercise_rules as rules, exercising, review_evidence
from training.exercise_rules import CONTEST_DAYS
from training.models import CalibrationMark, ExerciseVersion, ExerciseWork, Marking, Review, ReviewPost
from training.models.reviews import LONGEST_WORDS
from training.services import certificates

MENTOR_DAYS, LEARNER_DAYS, NUDGE_DAYS = 7, 28, 3
State = Review.State


def words(name: str, text: str) -> str:
    """The text without spaces around it; empty or too long is an error at its field."""
    text = text.strip()
    if not text:
        raise ValidationError({name: _("Write something here.")})
    if len(text) > LONGEST_WORDS:
        raise ValidationError({name: _("Use %(n)s characters or fewer.") % {"n": LONGEST_WORDS}})
    return text


@transaction.atomic
def ask(work: ExerciseWork, *, mode: str, wish: str, by: User) -> Review:
    """
    Ask for a look. What the sandbox shows now is kept with it, so that everybody judges the same thing.

    An assessment is refused when a check is no longer right.
    """
    if mode not in Review.Mode.values:
        raise ValidationError({"mode": _("Choose coaching or assessment.")})
    require(rules.may_ask(by, work, mode))
    said = words("wish", wish)
    findings = exercising.look(work)
    if mode == Review.Mode.ASSESSMENT and not exercising.are_all_right(findings):
        raise ValidationError({"mode": _("A check is not right any more. Check your work again first.")})
    try:
        with transaction.atomic():
            review = Review.objects.create(
                work=work,
                mode=mode,
                wish=said,
                since=clock.now(),
                evidence=review_evidence.of(work, findings),
            )
    except IntegrityError:
        raise IllegalMove(_("You have asked already; it is under way.")) from None
    audit.record("review.asked", review, by=by, exercise=work.exercise.code, mode=mode)
    return review


def moved(review: Review, action: str, *, by: User | None, **also: Any) -> Review:
    """One step of the state table, noted in the trail."""
    before, after = Review.LIFE.move(review, action, since=clock.now(), **also)
    audit.record(f"review.{PAST[action]}", review, by=by, before=before, after=after)
    return review


PAST = {
    "claim": "claimed", "release": "released", "reply": "answered", "answer": "continued",
    "approve": "closed", "settle": "settled", "withdraw": "withdrawn", "contest": "contested",
}  # fmt: skip


@transaction.atomic
def claim(review: Review, *, by: User) -> Review:
    """Take a request out of the queue."""
    require(rules.may_claim(by, review))
    list(User.objects.select_for_update().filter(pk=by.pk).values_list("pk", flat=True))
    require(rules.may_claim(by, review))
    return moved(review, "claim", by=by, mentor=by, first_seen_at=review.first_seen_at or clock.now())


@transaction.atomic
def release(review: Review, *, by: User) -> Review:
    """Give it back to the queue, where it stands at its old place."""
    require(rules.may_release(by, review))
    return moved(review, "release", by=by, mentor=None)


@transaction.atomic
def say(review: Review, *, text: str, by: User) -> ReviewPost:
    """One message; it passes the turn to the other, who is told."""
    require(rules.may_talk(by, review))
    post = ReviewPost.objects.create(review=review, author=by, text=words("text", text))
    is_mentor = by.pk == review.mentor_id
    action = "reply" if is_mentor else "answer"
    if Review.LIFE.allows(review, action):
        moved(review, action, by=by)
    else:
        audit.record("review.continued", review, by=by, after=review.state)
    other = review.work.user if is_mentor else review.mentor
    tell([other], review, N_("%(person)s wrote about “%(title)s”."), by=by, person=by)
    return post


@transaction.atomic
def close(review: Review, *, approves: bool = False, by: User) -> Review:
    """The mentor ends the conversation; whether they approve is said, and blocks nothing."""
    require(rules.may_close(by, review))
    moved(review, "approve", by=by, passed=approves or None)
    tell([review.work.user], review, N_("The coaching on “%(title)s” has ended."), by=by)
    return review


@transaction.atomic
def withdraw(review: Review, *, by: User) -> Review:
    """The learner takes the request back."""
    require(rules.may_withdraw(by, review))
    moved(review, "withdraw", by=by)
    tell([review.mentor], review, N_("%(person)s took back the request on “%(title)s”."), by=by, person=by)
    return review


def checked_levels(version: ExerciseVersion, levels: Any) -> dict[str, int]:
    """One level of the rubric for each criterion. Raises `ValidationError` naming each wrong one."""
    criteria = {each["key"]: len(each["levels"]) for each in version.rubric["criteria"]}
    if not isinstance(levels, dict):
        raise ValidationError({"levels": _("Give a level for each criterion.")})
    problems = {key: _("There is no such criterion.") for key in levels if key not in criteria}
    for key, count in criteria.items():
        level = levels.get(key)
        if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level < count:
            problems[key] = _("Choose one of the levels.")
    if problems:
        raise ValidationError(problems)
    return {key: levels[key] for key in criteria}


@transaction.atomic
def mark(review: Review, *, levels: dict[str, int], comment: str, by: User) -> Marking:
    """
    Mark a submission by its rubric. The second marking settles it, or calls a third when the two differ.

    Two markers at once are put in a row; a marker marks once.
    """
    review = Review.objects.select_for_update(of=("self",)).for_list().get(pk=review.pk)
    require(rules.may_mark(by, review))
    given = checked_levels(review.work.version, levels)
    marking = Marking.objects.create(
        review=review, marker=by, levels=given, comment=words("comment", comment)
    )
    if review.first_seen_at is None:
        Review.objects.filter(pk=review.pk).update(first_seen_at=clock.now())
    audit.record("review.marked", review, by=by, levels=given)
    settle(review, by=by)
    return marking


def settle(review: Review, *, by: User) -> None:
    """
    When enough have marked: the median, whether it passes, the certificate that waited for it.

    Of a contested review the new marking alone decides, and replaces the first result.
    """
    given = list(review.marked_anew().values_list("levels", flat=True))
    rubric = review.work.version.rubric
    if assessing.markers_needed(given, rubric, is_contested=review.is_contested):
        return
    levels = assessing.settled(given)
    moved(review, "settle", by=by, levels=levels, passed=assessing.passes(levels, rubric))
    tell(
        [review.work.user],
        review,
        RESULTS[review.is_contested, bool(review.passed)],
        by=None,
        days=CONTEST_DAYS,
    )
    if review.is_contested:
        before = [each.marker for each in review.markings.select_related("marker") if each.marker_id != by.pk]
        tell(before, review, N_("The contested assessment of “%(title)s” was marked anew."), by=None)
    if review.passed:
        certificates.award_assessed(review.work.user, review.work.exercise, by=None)


RESULTS = {  # whether it was contested, and whether it passes now
    (False, True): N_("Your work on “%(title)s” was assessed and passed."),
    (False, False): N_(
        "Your work on “%(title)s” was assessed; it does not reach every level yet. You can contest this for %(days)s days."
    ),
    (True, True): N_("Your work on “%(title)s” was marked anew and passed. This replaces the first result."),
    (True, False): N_(
        "Your work on “%(title)s” was marked anew; it does not reach every level yet. This result stands."
    ),
}


@transaction.atomic
def contest(review: Review, *, reason: str, by: User) -> Review:
    """
    Object to a result that does not pass: another calibrated marker marks, without seeing what the first ones gave.

    The first result is put aside until then. Those who marked are told, and those who can mark now; where there is
    nobody, the community leads are.
    """
    require(rules.may_contest(by, review))
    said = words("reason", reason)
    first = {"levels": review.levels, "markings": [str(each.pk) for each in review.markings.all()]}
    try:
        with transaction.atomic():
            moved(
                review, "contest", by=by,
                contested_at=clock.now(), objection=said, first_result=first, levels={}, passed=None,
            )  # fmt: skip
    except IntegrityError:
        raise IllegalMove(_("A new assessment of this work is under way.")) from None
    before = [each.marker for each in review.markings.select_related("marker")]
    tell(before, review, N_("Your marks of “%(title)s” were contested; somebody else marks it now."), by=None)
    able = [each for each in holders() if rules.may_mark(each, review)]
    if able:
        tell(
            able,
            review,
            N_("A contested assessment of “%(title)s” waits for a new marker like you."),
            by=None,
        )
    else:
        leads = list(User.objects.with_duty(Duty.COMMUNITY_LEAD))
        tell(leads, review, N_("Nobody can mark the contested assessment of “%(title)s” yet."), by=None)
    return review


def holders() -> list[User]:
    """Active people with the right to review models."""
    valid = Credential.objects.valid().filter(code=Right.APPROVE_MODEL).values("user")
    return list(User.objects.filter(pk__in=valid, is_active=True))


@transaction.atomic
def calibrate(version: ExerciseVersion, *, sample: str, levels: dict[str, int], by: User) -> CalibrationMark:
    """Mark a sample that experts have marked; what they gave is shown afterwards."""
    if sample not in {each["key"] for each in version.samples}:
        raise ValidationError({"sample": _("There is no such sample.")})
    require(rules.may_calibrate(by, version, sample))
    given = checked_levels(version, levels)
    row = CalibrationMark.objects.create(marker=by, version=version, sample=sample, levels=given)
    audit.record("review.calibrated", version.exercise, by=by, sample=sample, levels=given)
    return row


def tell(people: Sequence[User | None], review: Review, text: str, *, by: User | None, **more: Any) -> None:
    """A word to those concerned, with the way to the review."""
    url = reverse("training:review_detail", args=[review.pk])
    title = review.work.exercise.title
    notices.tell(people, text=text, url=url, icon="comment", by=by, title=title, **more)


def keep_time() -> dict[str, int]:
    """
    What a mentor left for a week goes back to the queue; what a learner left for four weeks ends.

    Safe to run twice.
    """
    now, done = clock.now(), {"released": 0, "ended": 0}
    held = Review.objects.for_list().filter(
        state=State.WITH_MENTOR, since__lt=now - timedelta(days=MENTOR_DAYS)
    )
    for review in held:
        done["released"] += late(
            review, "release", N_("A request you had taken went back to the queue: “%(title)s”.")
        )
    silent = Review.objects.for_list().filter(
        state=State.WITH_LEARNER, since__lt=now - timedelta(days=LEARNER_DAYS)
    )
    for review in silent:
        done["ended"] += late(
            review, "approve", N_("The coaching on “%(title)s” ended: nothing was written for four weeks.")
        )
    return done


def late(review: Review, action: str, text: str) -> int:
    """One step because time has passed; nothing when somebody moved it a moment ago."""
    mentor, also = review.mentor, {"mentor": None} if action == "release" else {}
    try:
        with transaction.atomic():
            moved(review, action, by=None, **also)
            tell([mentor, *([] if action == "release" else [review.work.user])], review, text, by=None)
    except IllegalMove:
        return 0
    return 1
