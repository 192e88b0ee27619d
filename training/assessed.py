"""Whether independent markers have found somebody's exercise good enough for a certificate that asks for it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from training.models import Attempt, Certificate, CertificateTemplate, Exam, Exercise, Review


def assessment_of(user: User, exercise: Exercise) -> Review | None:
    """The first assessment in which independent markers found the person's work good enough."""
    passed = Review.objects.filter(mode=Review.Mode.ASSESSMENT, passed=True)
    return passed.filter(work__user=user, work__exercise=exercise).order_by("since").first()


def has_assessment(user: User, template: CertificateTemplate) -> Verdict:
    """The exercise and the portfolio a certificate asks for were marked by independent people and passed."""
    return first_no(*(is_assessed(user, exercise) for exercise in template.marked))


def is_assessed(user: User, exercise: Exercise) -> Verdict:
    """One of them."""
    if assessment_of(user, exercise):
        return YES
    url = reverse("training:exercise_detail", args=[exercise.code])
    waiting = Review.objects.under_way().filter(mode=Review.Mode.ASSESSMENT, work__exercise=exercise)
    if waiting.filter(work__user=user).exists():
        return no(
            _("Your exercise “%(title)s” is being assessed.") % {"title": exercise.title},
            _("See how far it is"),
            url,
            "assessment_pending",
        )
    return no(
        _("This certificate asks for the assessed exercise “%(title)s”.") % {"title": exercise.title},
        _("Do the exercise"),
        url,
        "assessment_missing",
    )


def waits_for_nothing(user: User, exam: Exam) -> Verdict:
    """An exam passed whose certificate waits for the assessment is not sat again."""
    template = exam.path.template
    if not template.marked:
        return YES
    passed = Attempt.objects.filter(user=user, exam=exam, passed=True)
    given = Certificate.objects.filter(user=user, attempt__isnull=False).values("attempt")
    if not passed.exclude(pk__in=given).exists():
        return YES
    lacks = has_assessment(user, template)
    if lacks:
        return YES
    return no(
        _("You have passed this exam. %(reason)s") % {"reason": lacks.reason},
        lacks.remedy,
        lacks.url,
        "exam.waits_for_assessment",
    )
