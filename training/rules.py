"""Who may do what in training, each answer with its reason and remedy."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from training import assessed, recall, remedies
from training.models import (
    Attempt,
    Certificate,
    CheckAnswer,
    Exam,
    Lesson,
    LessonProgress,
    LessonReading,
    Path,
    PostponedAct,
    Question,
    RecallCard,
    RecallReview,
)
from training.models.certificates import SOON
from training.waits import Outlook, Try, outlook
from training.ways import Ways


def may_publish_curriculum(user: User | None) -> Verdict:
    """The portal itself (start, demo) or the community lead."""
    if user is None or user.has_duty(Duty.COMMUNITY_LEAD):
        return YES
    return no(
        _("The curriculum is published by the community lead."), _("Ask a community lead."), code="training.publish_curriculum_not_yours",
    )  # fmt: skip


def may_learn(user: User, thing: Path | Lesson | Question | None) -> Verdict:
    """Every person; programs do not learn."""
    if user.is_active and not user.is_service:
        return YES
    return no(_("Lessons and exams are for people; this account is a program's."), code="person.only")


def is_reached(user: User, node: str) -> Verdict:
    """Everything that the graph puts before a lesson or an exam is done; else exactly what is missing."""
    lacks = Ways(user).missing(node)
    if not lacks:
        return YES
    return no(
        _("Before this comes: %(names)s.") % {"names": "; ".join(lack.text for lack in lacks)},
        _("Go there first"),
        lacks[0].url,
        "prerequisite_missing",
    )


def may_complete(user: User, lesson: Lesson) -> Verdict:
    """When what stands before it is done and each inline check was right at least once."""
    if not (reached := is_reached(user, f"lesson:{lesson.code}")):
        return reached
    checks = Question.objects.current().filter(lesson=lesson, use=Question.Use.CHECK)
    right = CheckAnswer.objects.filter(user=user, right_at__isnull=False, question__in=checks).count()
    open_checks = checks.count() - right
    if open_checks <= 0:
        return first_no(may_learn(user, lesson), has_read(user, lesson))
    return first_no(
        may_learn(user, lesson),
        no(
            ngettext(
                "One question in this lesson is not answered right yet.",
                "%(n)s questions in this lesson are not answered right yet.",
                open_checks,
            )
            % {"n": open_checks},
            _("Answer it in the text; you may try as often as you like."),
            code="check_open",
        ),
    )


def reading_left(user: User, lesson: Lesson) -> timedelta:
    """What is missing of a quarter of the reading time, by the server's clock since the lesson was first opened."""
    minutes = lesson.version.minutes if lesson.version else 0
    wanted = timedelta(minutes=minutes) * settings.READING_PERCENT / 100
    opened = (
        LessonReading.objects.filter(user=user, lesson=lesson).values_list("opened_at", flat=True).first()
    )
    since = clock.now() - opened if opened else timedelta(0)
    return max(timedelta(0), wanted - since)


def has_read(user: User, lesson: Lesson) -> Verdict:
    """Nobody finishes a lesson in less than a quarter of its reading time; what was finished once stays so."""
    if not reading_left(user, lesson) or LessonProgress.objects.filter(user=user, lesson=lesson).exists():
        return YES
    return no(
        _("This lesson takes about %(minutes)s minutes to read, and you opened it a moment ago.")
        % {"minutes": lesson.version.minutes if lesson.version else 0},
        _("Read on in your own time: your answers are kept, and the button opens by itself."),
        code="too_quick",
    )


def may_start(user: User, exam: Exam) -> Verdict:
    """Lessons finished, the certificate asked for held, no attempt open, and the waiting time over."""
    return first_no(
        may_learn(user, exam.path),
        no_attempt_open(user, exam),
        not_held_already(user, exam),
        assessed.waits_for_nothing(user, exam),
        holds_what_is_required(user, exam),
        lessons_are_finished(user, exam),
        is_reached(user, f"path:{exam.path.code}"),
        waiting_is_over(user, exam),
    )


def may_start_short(user: User, exam: Exam) -> Verdict:
    """The short exam renews a certificate in its last sixty days; the same waits count for it."""
    return first_no(
        may_learn(user, exam.path),
        no_attempt_open(user, exam),
        holds_what_ends(user, exam),
        holds_what_is_required(user, exam),
        waiting_is_over(user, exam),
    )


def holds_what_ends(user: User, exam: Exam) -> Verdict:
    """A certificate of this path that is valid, and not for long."""
    held = exam.path.template.certificates.valid().latest().filter(user=user).first()
    if held and held.valid_until <= clock.now() + SOON:
        return YES
    return no(
        _("The short exam renews a certificate in its last %(days)s days.") % {"days": SOON.days},
        _("See the whole exam"),
        reverse("training:exam_detail", args=[exam.code]),
        "nothing_to_renew",
    )


def no_attempt_open(user: User, exam: Exam) -> Verdict:
    """One attempt at a time."""
    attempt = exam.attempts.open().filter(user=user).first()
    if attempt is None or attempt.is_over:
        return YES
    return no(
        _("You have an attempt at this exam under way."), _("Go on with it"), reverse("training:attempt", args=[attempt.pk]), "attempt_open",
    )  # fmt: skip


def not_held_already(user: User, exam: Exam) -> Verdict:
    """A certificate is renewed in its last two months, not before."""
    held = exam.path.template.certificates.valid().filter(user=user).order_by("-valid_until").first()
    if held is None or held.valid_until <= clock.now() + SOON:
        return YES
    return no(
        _("You hold this certificate until %(day)s. It can be renewed in its last %(days)s days.")
        % {"day": day(held.valid_until), "days": SOON.days},
        _("See your certificate"),
        reverse("training:certificate_detail", args=[held.pk]),
        "held_already",
    )


def holds_what_is_required(user: User, exam: Exam) -> Verdict:
    """Some exams stand on another certificate."""
    required = exam.path.template.requires
    if required is None or required.certificates.valid().filter(user=user).exists():
        return YES
    return no(
        _("This exam asks for a valid certificate “%(title)s”, which you do not hold.")
        % {"title": required.title},
        _("See how to earn it"),
        reverse("training:path_detail", args=[required.path.code]),
        "certificate_missing",
    )


def lessons_are_finished(user: User, exam: Exam) -> Verdict:
    """Every required lesson of the path."""
    required = exam.path.items.filter(is_required=True, lesson__is_active=True)
    finished = LessonProgress.objects.filter(user=user).values("lesson")
    open_lessons = required.exclude(lesson__in=finished).count()
    if not open_lessons:
        return YES
    return no(
        ngettext(
            "One lesson of the path is not finished yet.",
            "%(n)s lessons of the path are not finished yet.",
            open_lessons,
        )
        % {"n": open_lessons},
        _("Go to the lessons"),
        reverse("training:path_detail", args=[exam.path.code]),
        "lessons_open",
    )


def waiting_is_over(user: User, exam: Exam) -> Verdict:
    """The policy of attempts, with the exact moment."""
    found = attempts_outlook(user, exam)
    if found.next_at is None:
        return remedies.is_remedied(user, exam) if found.needs_remedy else YES
    return no(
        _("You can try again from %(moment)s.") % {"moment": moment(found.next_at)},
        _("Use the time to read again what was weak"),
        reverse("training:path_detail", args=[exam.path.code]),
        "too_early",
    )


def attempts_outlook(user: User, exam: Exam) -> Outlook:
    """How many attempts are used and left, and when the next may begin."""
    graded = exam.attempts.filter(user=user, state=Attempt.State.GRADED)
    rows = graded.values_list("started_at", "submitted_at", "passed")
    return outlook(
        [Try(started, submitted, bool(passed)) for started, submitted, passed in rows if submitted],
        now=clock.now(),
        per_window=exam.attempts_per_window,
        window_days=exam.window_days,
        wait_hours=exam.wait_hours,
    )


def may_answer(user: User, attempt: Attempt) -> Verdict:
    """The person examined, while the time runs."""
    if attempt.user_id != user.pk:
        return no(_("An exam is answered by the person who takes it."), code="training.answer_not_yours")
    result = reverse("training:attempt_result", args=[attempt.pk])
    if attempt.state != Attempt.State.OPEN:
        return no(
            _("This attempt is graded; answers can no longer change."), _("See the result"), result, "graded"
        )
    if attempt.is_over:
        return no(
            _("The time was over at %(moment)s. What you had saved counts.")
            % {"moment": moment(attempt.deadline)},
            _("Hand in and see the result"),
            reverse("training:attempt_submit", args=[attempt.pk]),
            "time_over",
        )
    return YES


def may_submit(user: User, attempt: Attempt) -> Verdict:
    """The person examined; late too, with what was saved."""
    if attempt.user_id == user.pk:
        return YES
    return no(_("An exam is handed in by the person who takes it."), code="training.submit_not_yours")


def may_revoke(user: User, certificate: Certificate) -> Verdict:
    """The community lead, never one's own."""
    if not user.has_duty(Duty.COMMUNITY_LEAD):
        return no(
            _("Only a community lead takes a certificate back."), _("Ask a community lead."), code="training.revoke_not_yours",
        )  # fmt: skip
    if certificate.user_id == user.pk:
        return no(
            _("Nobody decides about their own certificate."), _("Ask another community lead."), code="training.own_certificate",
        )  # fmt: skip
    if certificate.revoked_at:
        return no(
            _("This certificate was taken back already."), code="training.certificate_taken_back_already"
        )
    return YES


def may_share(user: User, certificate: Certificate) -> Verdict:
    """The holder decides whether outsiders can verify it."""
    if certificate.user_id == user.pk:
        return YES
    return no(_("The holder alone decides who may verify a certificate."), code="training.share_not_yours")


def is_holder(user: User | None, certificate: Certificate) -> Verdict:
    """The holder, or the portal itself."""
    if user is None or certificate.user_id == user.pk:
        return YES
    return no(_("Only the holder renews a certificate."), code="training.holder_not_yours")


def may_renew(user: User | None, certificate: Certificate) -> Verdict:
    """In the last sixty days, when spaced review was kept up; otherwise the exam renews it."""
    return first_no(
        is_holder(user, certificate), is_up_for_renewal(certificate), is_recalled_enough(certificate)
    )


def is_up_for_renewal(certificate: Certificate) -> Verdict:
    """Valid, not renewed yet, and near its end."""
    if certificate.status == Certificate.Status.EXPIRING:
        return YES
    if certificate.status == Certificate.Status.VALID:
        return no(
            _("It is valid until %(day)s and can be renewed in its last %(days)s days.")
            % {"day": day(certificate.valid_until), "days": SOON.days},
            code="too_early",
        )
    return no(
        _("A certificate that is not valid any more is earned again by the exam."),
        _("See the exam"),
        reverse("training:exam_detail", args=[certificate.template.path.code]),
        "not_valid",
    )


def recall_standing(certificate: Certificate) -> recall.Standing:
    """How well spaced review was kept up in the second half of the validity."""
    seen: dict[object, list[recall.Seen]] = {}
    for review in RecallReview.objects.filter(card__certificate=certificate):
        row = recall.Seen(review.due_at, review.reviewed_at, review.is_right)
        seen.setdefault(review.card_id, []).append(row)
    return recall.standing(
        [(due_at, seen.get(key, [])) for key, due_at in certificate.cards.values_list("pk", "due_at")],
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        now=clock.now(),
    )


def is_recalled_enough(certificate: Certificate) -> Verdict:
    """80 % of the cards on time and 85 % of the answers right, in the second half."""
    found = recall_standing(certificate)
    if found.is_enough:
        return YES
    return no(
        _(
            "Renewing without an exam asks for 80 %% of the cards on time and 85 %% right answers in the second"
            " half of the validity; you stand at %(on_time)s %% and %(right)s %%."
        )
        % {"on_time": found.on_time_percent, "right": found.accuracy_percent},
        _("Renew by the short exam of 12 questions"),
        reverse("training:exam_detail", args=[certificate.template.path.code]),
        "recall_short",
    )


def may_recall(user: User, card: RecallCard) -> Verdict:
    """The holder, when the card is due and the certificate counts."""
    if card.user_id != user.pk:
        return no(_("These questions are the holder's."), code="training.questions_not_yours")
    if card.certificate and card.certificate.status not in (
        Certificate.Status.VALID,
        Certificate.Status.EXPIRING,
    ):
        return no(
            _("The certificate these questions belong to is not valid any more."),
            code="training.certificate_these_questions_belong_not",
        )
    if card.due_at > clock.now():
        return no(
            _("This question comes back on %(day)s.") % {"day": day(card.due_at)},
            _("Nothing to do until then"),
            reverse("training:recall"),
            "not_due",
        )
    return YES


def may_close(user: User, act: PostponedAct) -> Verdict:
    """Whoever kept it."""
    return (
        YES
        if act.user_id == user.pk
        else no(_("Only whoever kept this closes it."), code="training.close_not_yours")
    )


def may_see_overview(user: User) -> Verdict:
    """The community lead runs training; the auditor reads everything."""
    if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
        return YES
    return no(
        _("The overview of learners is for community leads and auditors."),
        _("See your own learning"),
        reverse("training:home"),
        code="training.overview_not_yours",
    )


def moment(at: object) -> str:
    """Day and time in the zone of the reader."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")  # type: ignore[arg-type]


def day(at: object) -> str:
    """Day in the zone of the reader."""
    return date_format(timezone.localtime(at), "DATE_FORMAT")  # type: ignore[arg-type]
