"""Who may work on exercises, and who may look at, coach and mark the work of others."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import Credential, User
from portal.core.models.credentials import Right
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import SquadMember, UseCase
from projects.rules import sandboxes
from training import assessed, assessing, own_work, rules
from training.models import (
    CalibrationMark,
    Exercise,
    ExerciseVersion,
    ExerciseWork,
    Marking,
    Review,
)

CALIBRATION_DAYS = 365
AGAIN_DAYS = 7
CONTEST_DAYS = 15
MOST_CLAIMS = 4


def may_start(user: User, exercise: Exercise) -> Verdict:
    """Every person who changes things; an exercise is open before its lesson, for those who like to begin by doing."""
    return first_no(rules.may_learn(user, exercise.lesson), sandboxes.may_practise(user))


def may_check(user: User, work: ExerciseWork) -> Verdict:
    """The learner, while the sandbox is there."""
    return first_no(is_learner(user, work), is_there(work))


def is_learner(user: User, work: ExerciseWork) -> Verdict:
    """The person whose work it is."""
    return (
        YES
        if work.user_id == user.pk
        else no(_("This is the work of somebody else."), code="exercise.work_somebody_else")
    )


def is_there(work: ExerciseWork) -> Verdict:
    """The sandbox was not cleared away."""
    if work.cleared_at is None and (work.use_case_id or not work.version.table):
        return YES
    return no(_("This sandbox was cleared away."), _("Begin a new one."), code="cleared")


def may_clear(user: User, work: ExerciseWork) -> Verdict:
    """The learner, when nothing of the sandbox runs."""
    if not (verdict := may_check(user, work)):
        return verdict
    if work.use_case is None:
        return no(_("A portfolio is kept; change its pieces instead."), code="exercise.portfolio_is_kept")
    return sandboxes.may_clear(user, work.use_case)


def may_ask(user: User, work: ExerciseWork, mode: str = Review.Mode.COACHING) -> Verdict:
    """Coaching at any time; assessment once every check is right. One of a kind at a time."""
    if not (verdict := may_check(user, work)):
        return verdict
    if work.reviews.under_way().filter(mode=mode).exists():
        return no(_("You have asked already; it is under way."), code="under_way")
    if mode == Review.Mode.ASSESSMENT:
        if not work.version.is_assessed:
            return no(
                _("This exercise is not marked by people."),
                _("Ask for coaching instead."),
                code="exercise.not_marked_by_people",
            )
        if work.passed_at is None:
            return no(
                _("An assessment begins when every check is right."),
                _("Check your work, and mend what is not."),
                code="checks_open",
            )
        if assessed.assessment_of(user, work.exercise):
            return no(
                _("This exercise was assessed and passed already."), code="exercise.assessed_passed_already"
            )
    return YES


def may_mentor(user: User) -> Verdict:
    """Whoever reviews models by right, or has done an exercise: others of it may be coached."""
    if not (verdict := rules.may_learn(user, None)):
        return verdict
    if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR) or holds_review(user):
        return YES
    if ExerciseWork.objects.passed().filter(user=user).exists():
        return YES
    return no(
        _("Mentors have done an exercise themselves, or review models by right."),
        _("Do an exercise"),
        reverse("training:exercise_list"),
        "no_mentor",
    )


def holds_review(user: User) -> bool:
    """Whether the person reviews and approves models by right."""
    return Credential.objects.valid().filter(user=user, code=Right.APPROVE_MODEL).exists()


def is_other(user: User, review: Review) -> Verdict:
    """Nobody looks at their own work."""
    if review.work.user_id == user.pk:
        return no(_("Nobody reviews their own work."), _("Somebody else does."), code="own_work")
    return YES


def may_claim(user: User, review: Review) -> Verdict:
    """A coach takes a waiting request: somebody else, who knows the exercise, with few of them in hand."""
    if review.mode != Review.Mode.COACHING:
        return no(
            _("An assessment is marked by several people; nobody takes it alone."),
            code="exercise.assessment_marked_by_several_people",
        )
    if not (verdict := first_no(rules.may_learn(user, None), is_other(user, review))):
        return verdict
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if review.state != Review.State.WAITING:
        return no(_("Somebody has taken this already."), code="taken")
    done = ExerciseWork.objects.passed().filter(user=user, exercise=review.work.exercise_id).exists()
    if not (done or holds_review(user)):
        return no(
            _("Coaches have done the exercise themselves, or review models by right."),
            _("Do the exercise"),
            reverse("training:exercise_detail", args=[review.work.exercise.code]),
            "no_mentor",
        )
    held = Review.objects.filter(mentor=user, state=Review.State.WITH_MENTOR).count()
    if held >= MOST_CLAIMS:
        return no(
            _("You have %(n)s requests in hand; that is enough.") % {"n": held},
            _("Answer one of them first."),
            code="exercise.have_requests_in_hand_enough",
        )
    return YES


def may_talk(user: User, review: Review) -> Verdict:
    """Mentor and learner of a coaching, in turn; the learner may also add a word before the answer."""
    if review.mode != Review.Mode.COACHING:
        return no(
            _("An assessment is no conversation; the markers write their comment."),
            code="exercise.assessment_no_conversation_markers_write",
        )
    if review.state in (Review.State.DONE, Review.State.WITHDRAWN):
        return no(
            _("This conversation has ended."),
            _("Ask again for another look."),
            code="exercise.conversation_has_ended",
        )
    if user.pk in (review.mentor_id, review.work.user_id):
        return YES
    return no(_("Only the mentor and the learner write here."), code="exercise.talk_not_yours")


def may_close(user: User, review: Review) -> Verdict:
    """The mentor ends a coaching; approving is optional."""
    if review.mentor_id == user.pk and review.state in (Review.State.WITH_MENTOR, Review.State.WITH_LEARNER):
        return YES
    return no(_("Only the mentor of a conversation under way closes it."), code="exercise.close_not_yours")


def may_release(user: User, review: Review) -> Verdict:
    """The mentor gives a request back to the queue."""
    if review.mentor_id == user.pk and review.state == Review.State.WITH_MENTOR:
        return YES
    return no(_("Only the mentor who has it in hand gives it back."), code="exercise.release_not_yours")


def may_withdraw(user: User, review: Review) -> Verdict:
    """The learner, until somebody has marked it."""
    if review.work.user_id != user.pk:
        return no(_("Only whoever asked takes it back."), code="exercise.withdraw_not_yours")
    if review.state in (Review.State.DONE, Review.State.WITHDRAWN):
        return no(_("This has ended already."), code="exercise.has_ended_already")
    if review.markings.exists():
        return no(
            _("Somebody has marked it already; wait for the result."),
            code="exercise.somebody_has_marked_already_wait",
        )
    return YES


def may_contest(user: User, review: Review) -> Verdict:
    """The learner, once, within fifteen days of a result that does not pass, while no other assessment is there."""
    return first_no(
        rules.may_learn(user, None), is_learner(user, review.work), is_negative(review), is_the_last_word(review),
        is_in_time(review),
    )  # fmt: skip


def is_negative(review: Review) -> Verdict:
    """A result that does not pass, not contested yet."""
    if review.mode != Review.Mode.ASSESSMENT:
        return no(_("Coaching gives no result that could be contested."), code="contest.of_coaching")
    if review.is_contested:
        return no(
            _("This result was contested already; what the new marker gives stands."), code="contest.done"
        )
    if review.state != Review.State.DONE:
        return no(_("There is no result yet."), _("Wait until all have marked."), code="contest.no_result")
    if review.passed:
        return no(_("This was passed; there is nothing to contest."), code="contest.of_a_pass")
    return YES


def is_the_last_word(review: Review) -> Verdict:
    """The same exercise was neither passed in another assessment, nor is it being marked again."""
    if assessed.assessment_of(review.work.user, review.work.exercise):
        return no(
            _("This exercise was assessed and passed already."), code="exercise.assessed_passed_already"
        )
    if review.work.reviews.under_way().filter(mode=review.mode).exclude(pk=review.pk).exists():
        return no(_("A new assessment of this work is under way."), code="contest.under_way")
    return YES


def is_in_time(review: Review) -> Verdict:
    """Fifteen days from the result."""
    if clock.now() <= contest_until(review):
        return YES
    return no(
        _("A result can be contested for %(days)s days; this one could be until %(moment)s.")
        % {"days": CONTEST_DAYS, "moment": rules.moment(contest_until(review))},
        _("Go on working, and ask for a new assessment."),
        reverse("training:exercise_detail", args=[review.work.exercise.code]),
        "contest.too_late",
    )


def contest_until(review: Review) -> datetime:
    """The last moment at which a settled result may be contested."""
    return review.since + timedelta(days=CONTEST_DAYS)


def may_mark(user: User, review: Review) -> Verdict:
    """Independent, by right, calibrated, once."""
    if review.mode != Review.Mode.ASSESSMENT:
        return no(_("Coaching is not marked."), code="exercise.coaching_not_marked")
    return first_no(
        rules.may_learn(user, None), is_other(user, review), has_right(user), is_apart(user, review),
        has_not_marked(user, review), is_open(review), is_calibrated(user, review.work.version),
    )  # fmt: skip


def has_right(user: User) -> Verdict:
    """The right to review models; auditors mark nothing."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if holds_review(user):
        return YES
    return no(
        _("Marking asks for the right to review models."),
        _("See how to earn it"),
        reverse("training:right", args=[Right.APPROVE_MODEL]),
        "credential_missing",
    )


def is_apart(user: User, review: Review) -> Verdict:
    """Not of the same squad, whoever leads or owns it, now or in the last ninety days."""
    if own_work.involved(review.evidence, user):
        return no(
            _("You had a part in the work that is shown here."),
            _("Somebody who had none marks it."),
            code="exercise.part_in_the_work",
        )
    if share_a_squad(user.pk, review.work.user_id):
        return no(
            _("You work or worked lately in a squad with this learner."),
            _("Somebody outside marks it."),
            code="not_independent",
        )
    return YES


def share_a_squad(one: int, other: int) -> bool:
    """Whether two people are or were lately members or product owner of the same use case."""
    since = clock.today() - timedelta(days=90)
    lately = SquadMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=since))

    def cases(person: int) -> set[object]:
        joined = lately.filter(user_id=person).values_list("use_case", flat=True)
        owned = UseCase.objects.active().filter(product_owner_id=person).values_list("pk", flat=True)
        return {*joined, *owned}

    return bool(cases(one) & cases(other))


def has_not_marked(user: User, review: Review) -> Verdict:
    """A marker marks once and independently of what the others gave."""
    marked = Marking.objects.filter(review=review, marker=user)
    if marked.exists() and review.is_contested:
        return no(
            _("You marked this before it was contested."),
            _("Somebody else marks it now."),
            code="exercise.marked_before",
        )
    if marked.exists():
        return no(
            _("You have marked this already."),
            _("The result comes when all have marked."),
            code="exercise.have_marked_already",
        )
    return YES


def is_open(review: Review) -> Verdict:
    """It still waits for markers."""
    return (
        YES
        if review.state == Review.State.WAITING
        else no(_("This assessment is settled."), code="exercise.assessment_settled")
    )


def calibration_of(user: User, version: ExerciseVersion) -> assessing.Calibration:
    """How the person marked the samples within a year."""
    return assessing.calibration(version.samples, given_by(user, version))


def given_by(user: User, version: ExerciseVersion) -> dict[str, dict[str, int]]:
    """The newest levels the person gave to each sample, within a year."""
    since = clock.now() - timedelta(days=CALIBRATION_DAYS)
    rows = CalibrationMark.objects.filter(marker=user, version=version, created_at__gt=since)
    return dict(rows.order_by("created_at", "id").values_list("sample", "levels"))


def is_calibrated(user: User, version: ExerciseVersion) -> Verdict:
    """Every sample marked, and near enough to the experts."""
    found = calibration_of(user, version)
    if found.is_calibrated:
        return YES
    url = reverse("training:calibrate", args=[version.exercise.code])
    if not found.is_complete:
        return no(
            _("Before you mark others, mark the samples of this exercise: %(done)s of %(all)s are done.")
            % {"done": found.marked, "all": found.samples},
            _("Mark the samples"),
            url,
            "not_calibrated",
        )
    return no(
        _("Your marks of the samples lie too far from those of the experts: %(share)s %% within one level.")
        % {"share": round(100 * found.share)},
        _("Compare, and mark them again later"),
        url,
        "not_calibrated",
    )


def may_calibrate(user: User, version: ExerciseVersion, sample: str) -> Verdict:
    """By right; a sample again only after a week, and only while one is not calibrated."""
    if not version.is_assessed:
        return no(_("This exercise is not marked by people."), code="exercise.not_marked_by_people")
    if not (verdict := first_no(rules.may_learn(user, None), has_right(user))):
        return verdict
    done = given_by(user, version)
    if sample not in done:
        return YES
    if calibration_of(user, version).is_calibrated:
        return no(
            _("You have marked this sample, and your marks are near enough to those of the experts."),
            code="exercise.have_marked_sample_marks_near",
        )
    if not calibration_of(user, version).is_complete:
        return no(
            _("You have marked this sample."),
            _("Mark the other samples."),
            code="exercise.have_marked_sample",
        )
    last = CalibrationMark.objects.filter(marker=user, version=version, sample=sample).first()
    if last and last.created_at > clock.now() - timedelta(days=AGAIN_DAYS):
        return no(
            _("You have just seen what the experts gave. Mark this sample again from %(moment)s.")
            % {"moment": rules.moment(last.created_at + timedelta(days=AGAIN_DAYS))},
            code="too_early",
        )
    return YES
