"""Who may take a placement test, each answer with its reason and remedy."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from training import rules
from training.models import Course, Lesson, LessonProgress, Placement, Question

WAIT = timedelta(days=30)


def may_place(user: User, course: Course) -> Verdict:
    """People with something left to waive, once in thirty days, where the course has questions."""
    return first_no(
        rules.may_learn(user, None),
        something_is_left(user, course),
        is_asked(course),
        has_waited(user, course),
    )


def something_is_left(user: User, course: Course) -> Verdict:
    """At least one lesson is neither finished nor waived."""
    done = LessonProgress.objects.filter(user=user).values("lesson")
    if Lesson.objects.visible_to(user).filter(course=course).exclude(pk__in=done).exists():
        return YES
    return no(
        _("You have every lesson of this course behind you."),
        _("My learning"),
        reverse("training:home"),
        "nothing_left",
    )


def is_asked(course: Course) -> Verdict:
    """The bank holds questions on it."""
    bank = Question.objects.current().filter(use=Question.Use.EXAM, objective__course=course)
    return YES if bank.exists() else no(_("There is no placement test for this course."), code="no_bank")


def has_waited(user: User, course: Course) -> Verdict:
    """One test in thirty days: it is no way to learn the questions by heart."""
    last = Placement.objects.visible_to(user).filter(course=course, graded_at__gt=clock.now() - WAIT).first()
    if last is None or last.graded_at is None:
        return YES
    return no(
        _("You can take this test again from %(day)s.") % {"day": rules.day(last.graded_at + WAIT)},
        _("The lessons are open to you"),
        reverse("training:home"),
        "too_early",
    )


def may_submit(user: User, placement: Placement) -> Verdict:
    """Whoever takes it."""
    return (
        YES
        if placement.user_id == user.pk
        else no(_("A test is handed in by the person who takes it."), code="placement.submit_not_yours")
    )
