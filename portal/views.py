"""The home page: what waits for this person, gathered from every app."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

import governance.selectors.home
import projects.selectors.home
import training.overseeing
import training.selectors
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.waiting import Waiting
from projects.models import UseCase


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Greets the person and shows their next steps: the urgent, then the oldest, last what can wait."""
    user: Any = request.user
    context = {
        "waiting": waiting_for(user),
        "areas": areas_for(user),
    }
    return render(request, "core/home.html", context)


def waiting_for(user: User) -> list[Waiting]:
    """What every app has for this person."""
    found = [
        *projects.selectors.home.waiting_for(user),
        *governance.selectors.home.waiting_for(user),
        *training.selectors.waiting_for(user),
        *stuck_learners(user),
    ]
    return sorted(found, key=lambda item: (not item.urgent, item.can_wait, item.since or clock.now()))


def stuck_learners(user: User) -> list[Waiting]:
    """For community leads: how many learners do not get on, and who has been stuck longest."""
    stuck = training.overseeing.stuck_learners() if user.has_duty(Duty.COMMUNITY_LEAD) else []
    if not stuck:
        return []
    title = ngettext("%(count)s learner is stuck", "%(count)s learners are stuck", len(stuck))
    return [
        Waiting(
            title % {"count": len(stuck)},
            f"{stuck[0].user} · {stuck[0].path.title}",
            reverse("training:overview"),
            stuck[0].since,
            _("See who"),
            "school",
        )
    ]


def areas_for(user: User) -> list[dict[str, Any]]:
    """Four doors; whoever has a duty finds its own first."""
    if user.has_duty(Duty.COMMUNITY_LEAD):
        return [learning(user), use_cases(user), building(user), steering(user)]
    shared = [use_cases(user), building(user), learning(user)]
    own = steering(user)
    return [own, *shared] if user.duties else [*shared, own]


def use_cases(user: User) -> dict[str, Any]:
    """The backlog: triage for those who triage, proposing for everybody."""
    area = {
        "icon": "backlog",
        "title": _("Use cases"),
        "figure": UseCase.objects.visible_to(user).active().count(),
        "figure_label": _("being worked on"),
    }
    if user.has_duty(Duty.PORTFOLIO_MANAGER):
        more = {
            "text": _("Answer proposals and name product owners."),
            "action": _("Open the triage"),
            "url": reverse("projects:triage"),
        }
    else:
        more = {
            "text": _("Something at work that data could do better? Two minutes are enough."),
            "action": _("Propose a use case"),
            "url": reverse("projects:proposal_begin"),
        }
    return area | more


def building(user: User) -> dict[str, Any]:
    """Experiments for those who may launch them, the way there for the others."""
    area = {"icon": "flask", "title": _("Build")}
    if credentials.holds(user, Right.LAUNCH_AUTOML):
        return area | {
            "text": _("Bring a table, ask a question, let the platform look for a model."),
            "action": _("Start an experiment"),
            "url": reverse("projects:experiment_new"),
        }
    return area | {
        "text": _("A short course and an exam open the right to build models."),
        "action": _("See the way there"),
        "url": reverse("training:right", args=[Right.LAUNCH_AUTOML]),
    }


def learning(user: User) -> dict[str, Any]:
    """The paths; how everybody gets on for who runs the training."""
    area = {"icon": "school", "title": _("Learn")}
    if user.has_duty(Duty.COMMUNITY_LEAD):
        return area | {
            "text": _("Who learns what, who is stuck, and which question is too hard?"),
            "action": _("See how people get on"),
            "url": reverse("training:overview"),
        }
    return area | {
        "text": _("Short lessons with real examples; each certificate opens a right."),
        "action": _("My learning"),
        "url": reverse("training:home"),
    }


def steering(user: User) -> dict[str, Any]:
    """Where this person watches over things."""
    if user.has_duty(Duty.MODEL_REVIEWER):
        return {
            "icon": "checklist",
            "title": _("Supervise"),
            "text": _("Models wait for an independent look."),
            "action": _("Open the inbox"),
            "url": reverse("governance:inbox"),
        }
    if user.has_duty(Duty.AUDITOR):
        return {
            "icon": "history",
            "title": _("Audit"),
            "text": _("Who did what, when, and is the chain whole?"),
            "action": _("Read the audit trail"),
            "url": reverse("governance:audit_list"),
        }
    if user.has_duty(Duty.ADMINISTRATOR):
        return colleagues()
    if user.has_duty(Duty.IT_ENGINEER):
        return {
            "icon": "server",
            "title": _("System"),
            "text": _("Workers, queues and jobs at a glance."),
            "action": _("See the system"),
            "url": reverse("core:status"),
        }
    if user.has_duty(Duty.EXECUTIVE, Duty.PORTFOLIO_MANAGER, Duty.FINANCE_CONTROLLER, Duty.RISK_OFFICER):
        return {
            "icon": "chart",
            "title": _("Steer"),
            "text": _("What the portfolio is really worth, and what it asks of you."),
            "action": _("Open the portfolio"),
            "url": reverse("governance:portfolio"),
        }
    return in_production()


def colleagues() -> dict[str, Any]:
    """Who is here, for administrators."""
    return {
        "icon": "people",
        "title": _("People"),
        "text": _("Who is here, and who holds which duty."),
        "action": _("See the people"),
        "url": reverse("core:person_list"),
    }


def in_production() -> dict[str, Any]:
    """What serves already, for everybody."""
    return {
        "icon": "rocket",
        "title": _("In production"),
        "text": _("Models that work for colleagues today."),
        "action": _("See them"),
        "url": reverse("governance:deployment_list"),
    }
