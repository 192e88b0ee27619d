"""Who writes, reviews and voids questions, assigns paths and gives more time; each with reason and remedy."""

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from training.models import Assignment, LessonProblem, Publication, Question, QuestionDraft


def may_enter_studio(user: User) -> Verdict:
    """Authors are the community leads; auditors read, without any key."""
    if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
        return YES
    return no(
        _("The studio is for community leads, who write and repair the curriculum."),
        _("See your own learning"),
        reverse("training:home"),
        code="studio.enter_studio_not_yours",
    )


def may_write(user: User, _thing: object = None) -> Verdict:
    """Write drafts, see keys: the community lead."""
    if user.has_duty(Duty.COMMUNITY_LEAD):
        return YES
    return no(
        _("Questions and their answers are for community leads."),
        _("Ask a community lead."),
        code="studio.write_not_yours",
    )


def may_change_draft(user: User, draft: QuestionDraft) -> Verdict:
    """Its author, while it is a draft."""
    if not may_write(user):
        return may_write(user)
    if draft.state != QuestionDraft.State.DRAFT:
        return no(
            _("This draft can no longer be changed."),
            _("Write a new one."),
            code="studio.draft_can_no_longer_changed",
        )
    if draft.author_id != user.pk:
        return no(
            _("A draft is changed by its author."),
            _("Write one of your own."),
            code="studio.change_draft_not_yours",
        )
    return YES


def may_publish_draft(user: User, draft: QuestionDraft) -> Verdict:
    """Checks and practice: the author. Exams: a second person, after it was handed in."""
    if not may_write(user):
        return may_write(user)
    if draft.state not in {QuestionDraft.State.DRAFT, QuestionDraft.State.REVIEW}:
        return no(
            _("This draft is published or dropped already."), code="studio.draft_published_or_dropped_already"
        )
    if draft.state == QuestionDraft.State.REVIEW and draft.author_id == user.pk:
        return no(
            _("An exam question is published by a second person, who has read it."),
            _("Ask another community lead."),
            code="second_reader",
        )
    if draft.state == QuestionDraft.State.DRAFT and draft.author_id != user.pk:
        return no(_("The author has not handed in this draft yet."), code="studio.author_has_not_handed_in")
    return YES


def may_void(user: User, question: Question) -> Verdict:
    """The community lead, once."""
    if not may_write(user):
        return may_write(user)
    if question.voided_at:
        return no(_("This question was voided already."), code="studio.question_voided_already")
    return YES


def may_revert(user: User, publication: Publication) -> Verdict:
    """The community lead, once for each publication."""
    if not user.has_duty(Duty.COMMUNITY_LEAD):
        return no(
            _("The curriculum is published by the community lead."),
            _("Ask a community lead."),
            code="studio.revert_not_yours",
        )
    if publication.reverted_by.exists():
        return no(_("This publication was taken back already."), code="studio.publication_taken_back_already")
    return YES


def may_see_cohort(user: User) -> Verdict:
    """The community lead runs it; the auditor reads."""
    if user.has_duty(Duty.COMMUNITY_LEAD, Duty.AUDITOR):
        return YES
    return no(
        _("How others get on is for community leads and auditors."),
        _("See your own learning"),
        reverse("training:home"),
        code="studio.see_cohort_not_yours",
    )


def may_assign(user: User, _thing: object = None) -> Verdict:
    """Assign paths and give more time in exams: the community lead."""
    if user.has_duty(Duty.COMMUNITY_LEAD):
        return YES
    return no(
        _("Only community leads assign paths and give more time."),
        _("Ask a community lead."),
        code="studio.assign_not_yours",
    )


def may_withdraw(user: User, assignment: Assignment) -> Verdict:
    """The community lead, while it stands."""
    if not may_assign(user):
        return may_assign(user)
    return (
        no(_("This assignment was withdrawn already."), code="studio.assignment_withdrawn_already")
        if assignment.withdrawn_at
        else YES
    )


def may_settle(user: User, problem: LessonProblem) -> Verdict:
    """The community lead answers a problem once."""
    if not user.has_duty(Duty.COMMUNITY_LEAD):
        return no(
            _("Problems are answered by community leads."),
            _("Ask a community lead."),
            code="studio.settle_not_yours",
        )
    return (
        no(_("This problem is settled already."), code="studio.problem_settled_already")
        if problem.state == LessonProblem.State.SETTLED
        else YES
    )
