"""What the pages of the community gather; nobody is ranked, everybody reads their own part only."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.waiting import Waiting
from projects.models import SquadMember, UseCase
from training.models import (
    HelpAnswer,
    HelpQuestion,
    LessonProblem,
    MentorOffer,
    Mentorship,
    OfficeHour,
    Thanks,
)
from training.registers import assigned_rows

FEW = 5


@dataclass(frozen=True)
class CommunityPage:
    """The one page from which everything is reached."""

    requests: list[Mentorship]
    mentors: list[MentorOffer]
    hours: list[OfficeHour]
    mine: set[Any]
    questions: list[HelpQuestion]
    offer: MentorOffer | None
    mentorships: list[Mentorship] = field(default_factory=list)
    waiting: list[Mentorship] = field(default_factory=list)


def community_page(user: User) -> CommunityPage:
    """What waits for one, who has room, when the next office hours are, what is still open."""
    ours = Mentorship.objects.filter(mentor=user) | Mentorship.objects.filter(learner=user)
    rows = list(ours.for_list().filter(state__in=["asked", "active"]))
    hours = list(OfficeHour.objects.visible_to(user).coming().for_list()[:FEW])
    offers = MentorOffer.objects.visible_to(user).for_list()
    return CommunityPage(
        requests=[each for each in rows if each.state == "asked" and each.mentor_id == user.pk],
        mentors=list(
            offers.filter(is_open=True)
            .exclude(mentor=user)
            .with_room()
            .order_by("mentor__display_name")[:FEW]
        ),
        hours=hours,
        mine=seats_of(user, hours),
        questions=list(HelpQuestion.objects.visible_to(user).for_list().filter(accepted__isnull=True)[:FEW]),
        offer=offers.filter(mentor=user).first(),
        mentorships=[each for each in rows if each.state == "active"],
        waiting=[each for each in rows if each.state == "asked" and each.learner_id == user.pk],
    )


def seats_of(user: User, hours: list[OfficeHour]) -> set[Any]:
    """Which of these one has a seat in."""
    keys = [each.pk for each in hours]
    return set(OfficeHour.objects.filter(pk__in=keys, seats__user=user).values_list("pk", flat=True))


def projects_to_supervise(user: User) -> Any:
    """Projects one works on that are not over."""
    squads = SquadMember.objects.current().filter(user=user).values("use_case")
    alive = [UseCase.Phase.SUBMITTED, UseCase.Phase.BACKLOG, *UseCase.ACTIVE]
    mine = UseCase.objects.filter(pk__in=squads) | UseCase.objects.filter(product_owner=user)
    seen = UseCase.objects.visible_to(user).values("pk")
    return mine.filter(pk__in=seen, phase__in=alive).distinct().order_by("title")


def seen_case(user: User, mentorship: Mentorship) -> UseCase | None:
    """The supervised project, while the reader sees it."""
    if mentorship.use_case_id is None:
        return None
    return UseCase.objects.visible_to(user).filter(pk=mentorship.use_case_id).first()


@dataclass(frozen=True)
class Contribution:
    """One kind of help one gave, in a sentence, with the way to it."""

    text: str
    url: str


def contributions(user: User) -> list[Contribution]:
    """What one gave, counted from what happened, for oneself alone."""
    answers = HelpAnswer.objects.filter(author=user)
    visible = HelpQuestion.objects.visible_to(user)
    helped = HelpQuestion.objects.filter(accepted__author=user, pk__in=visible.values("pk")).count()
    mentored = Mentorship.objects.filter(
        mentor=user, state__in=["active", "ended"], accepted_at__isnull=False
    )
    held = OfficeHour.objects.filter(host=user, cancelled_at__isnull=True)
    reported = LessonProblem.objects.filter(reporter=user, state=LessonProblem.State.SETTLED)
    found = [
        (answers.count(), _("Questions of colleagues you answered: %(n)s"), "training:help_list"),
        (helped, _("Answers of yours that helped: %(n)s"), "training:help_list"),
        (
            mentored.values("learner").distinct().count(),
            _("People you accompanied: %(n)s"),
            "training:mentor_list",
        ),
        (held.count(), _("Office hours you held or will hold: %(n)s"), "training:office_hour_list"),
        (reported.count(), _("Problems in lessons you helped to repair: %(n)s"), "training:problem_list"),
    ]
    return [Contribution(text % {"n": n}, reverse(url)) for n, text, url in found if n]


def thanks_of(user: User) -> dict[str, list[Thanks]]:
    """What one received and what one gave, newest first."""
    rows = list(Thanks.objects.visible_to(user).for_list()[:200])
    return {
        "received": [each for each in rows if each.receiver_id == user.pk],
        "given": [each for each in rows if each.giver_id == user.pk],
    }


def supervision(use_case: UseCase) -> list[Mentorship]:
    """Who supervises a project now."""
    return list(Mentorship.objects.active().filter(use_case=use_case).for_list())


def waiting_for(user: User, enrolled: Any) -> list[Waiting]:
    """Requests to be a mentor, and paths one is asked to follow and has not begun."""
    asked = Mentorship.objects.asked().filter(mentor=user).for_list()
    found = [
        Waiting(
            title=_("%(person)s asks you to be their mentor") % {"person": each.learner},
            detail=each.aim,
            url=reverse("training:mentorship_detail", args=[each.pk]),
            since=each.created_at,
            action=_("Answer"),
            icon="squads",
        )
        for each in asked
    ]
    for row in assigned_rows(user):
        if row.assignment.path_id not in enrolled:
            found.append(
                Waiting(
                    title=_("You were asked to learn: %(path)s") % {"path": row.assignment.path.title},
                    detail=row.label,
                    url=row.url,
                    since=row.assignment.created_at,
                    action=_("Look at this path"),
                    icon="learning",
                    urgent=row.is_late,
                )
            )
    return found


def mentor_counts() -> dict[str, int]:
    """How many mentors, places and people accompanied; for the overview of the community lead."""
    offers = MentorOffer.objects.filter(is_open=True, mentor__is_active=True)
    states = dict(Mentorship.objects.values_list("state").annotate(n=Count("pk")).order_by())
    return {
        "mentors": offers.count(),
        "places": sum(offers.values_list("capacity", flat=True)),
        "active": states.get("active", 0),
        "asked": states.get("asked", 0),
    }
