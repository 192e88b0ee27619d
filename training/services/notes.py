"""Readers' own notes on lessons, and the problems they report."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import rules, studio_rules
from training.models import Lesson, LessonNote, LessonProblem
from training.models.notes import LONGEST_NOTE, LONGEST_PROBLEM


def fitting(text: str, *, field: str, most: int, may_be_empty: bool = False) -> str:
    """The text without its margins, or what is wrong with it."""
    text = text.replace("\x00", "").strip()
    if len(text) > most:
        raise ValidationError({field: _("Use %(most)s characters or fewer.") % {"most": most}})
    if not text and not may_be_empty:
        raise ValidationError({field: _("Write what you want to say.")})
    return text


@transaction.atomic
def write(lesson: Lesson, *, text: str, by: User) -> LessonNote | None:
    """Keep one's own note on a lesson; an empty one is taken away."""
    require(rules.may_learn(by, lesson))
    text = fitting(text, field="text", most=LONGEST_NOTE, may_be_empty=True)
    if not text:
        LessonNote.objects.filter(user=by, lesson=lesson).delete()
        audit.record("lesson_note.removed", lesson, by=by)
        return None
    note, _is_new = LessonNote.objects.update_or_create(
        user=by, lesson=lesson, defaults={"text": text, "edited_at": clock.now()}
    )
    audit.record("lesson_note.written", lesson, by=by)
    return note


@transaction.atomic
def report(lesson: Lesson, *, text: str, by: User) -> LessonProblem:
    """Tell the authors what is wrong in a lesson. The same words sent twice are one report."""
    require(rules.may_learn(by, lesson))
    text = fitting(text, field="text", most=LONGEST_PROBLEM)
    if lesson.version is None:
        raise ValidationError(_("This lesson has not been published yet."))
    same = LessonProblem.objects.filter(reporter=by, lesson=lesson, text=text, state=LessonProblem.State.OPEN)
    if told := same.first():
        return told
    problem = LessonProblem.objects.create(lesson=lesson, version=lesson.version, reporter=by, text=text)
    audit.record("lesson_problem.reported", problem, by=by, lesson=lesson.code)
    leads = User.objects.filter(groups__name=Duty.COMMUNITY_LEAD, is_active=True)
    notices.tell(
        leads,
        text=N_("%(who)s reports a problem in lesson %(lesson)s."),
        url=reverse("training:problem_list"),
        icon="lesson",
        by=by,
        who=by.display_name,
        lesson=lesson.code,
    )
    return problem


@transaction.atomic
def settle(problem: LessonProblem, *, reply: str, by: User) -> LessonProblem:
    """Answer a problem; the reader who reported it is told."""
    require(studio_rules.may_settle(by, problem))
    reply = fitting(reply, field="reply", most=LONGEST_PROBLEM)
    LessonProblem.LIFE.move(problem, "settle", reply=reply, settled_by=by, settled_at=clock.now())
    audit.record("lesson_problem.settled", problem, by=by, lesson=problem.lesson.code)
    notices.tell(
        [problem.reporter],
        text=N_("Your report on lesson %(lesson)s was answered: %(reply)s"),
        url=reverse("training:lesson_detail", args=[problem.lesson.code]),
        icon="lesson",
        by=by,
        lesson=problem.lesson.code,
        reply=reply[:200],
    )
    return problem
