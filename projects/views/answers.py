"""What every page of use cases shares: finding the thing, carrying out one act, the frame around it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from portal.core.states import IllegalMove
from projects.models import UseCase
from projects.rules.ways import address

PATH = ("submitted", "backlog", "initialisation", "development", "production", "retired")


def find(request: HttpRequest, pk: UUID) -> UseCase:
    """The use case, or 404 for what the reader does not see."""
    return get_object_or_404(UseCase.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]


def carried_out(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Run one service call; what it finds wrong becomes errors of the form and nothing is lost."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as problem:
        found = getattr(problem, "message_dict", None) or {"": problem.messages}
        for name, messages in found.items():
            for message in messages:
                form.add_error(name if name in form.fields else None, message)
        return False
    except IllegalMove as problem:
        form.add_error(None, str(problem))
        return False
    return True


def status_of(form: forms.Form) -> int:
    """422 for a form sent with errors."""
    return 422 if form.is_bound and form.errors else 200


def frame(use_case: UseCase, active: str) -> dict[str, Any]:
    """Title, trail and tabs of every page about one use case."""
    here = PART_OF.get(active, active)
    activity = reverse("projects:use_case_activity", args=[use_case.pk])
    tabs = [
        *own_tabs(use_case, here),
        *other_tabs(use_case),
        tab(_("Activity"), activity, here == "activity"),
    ]
    trail = [(_("Backlog"), reverse("projects:use_case_list"))]
    if active != "detail":
        trail.append((str(use_case), reverse("projects:use_case_detail", args=[use_case.pk])))
    return {"use_case": use_case, "tabs": tabs, "trail": trail}


# Pages below a tab of their own.
PART_OF = {
    "kill_criterion": "kill_criteria", "stop_proposal": "kill_criteria", "squad_member": "squad", "squad_size": "squad",
    "squad_parts": "squad", "raci": "readiness", "contract": "readiness", "usage_report": "dossier",
    "hypothesis": "hypotheses", "cycle": "cycles", "cycle_form": "cycles", "story": "cycles", "edit": "detail", "phases": "activity",
}  # fmt: skip


def own_tabs(use_case: UseCase, here: str) -> list[dict[str, Any]]:
    """Overview, framing, squad, work and gates; several pages of one kind stand below their tab."""
    groups: list[tuple[Any, list[tuple[str, Any]]]] = [
        (_("Overview"), [("detail", "")]),
        (_("Framing"), [
            ("score", _("Score")), ("make_or_buy", _("Make or buy")), ("kill_criteria", _("Kill criteria")),
            ("standards", _("Standards")),
        ]),
        (_("Squad"), [("squad", "")]),
        (_("Work"), [("hypotheses", _("Hypotheses")), ("cycles", _("Cycles"))]),
        (_("Gates"), [("readiness", _("Readiness")), ("dossier", _("Dossier")), ("plan", _("Planned gates")), ("dependencies", _("Dependencies"))]),
    ]  # fmt: skip
    tabs = []
    for label, pages in groups:
        children = [
            tab(name, reverse(f"projects:use_case_{page}", args=[use_case.pk]), page == here)
            for page, name in pages
        ]
        group = tab(label, children[0]["url"], any(each["active"] for each in children))
        tabs.append(group | {"children": children if len(children) > 1 else []})
    return tabs


def other_tabs(use_case: UseCase) -> list[dict[str, Any]]:
    """Data, experiments, models and value have pages of their own, narrowed to this use case."""
    lists = (
        ("projects:dataset_list", _("Data")),
        ("projects:experiment_list", _("Experiments")),
        ("governance:model_list", _("Models")),
    )
    tabs = [
        tab(label, f"{there}?use_case={use_case.pk}", False)
        for route, label in lists
        if (there := address(route))
    ]
    value = address("governance:value_detail", use_case.pk)
    return [*tabs, tab(_("Value"), value, False)] if value else tabs


def tab(label: Any, url: str, active: bool) -> dict[str, Any]:  # noqa: FBT001
    """One tab."""
    return {"label": label, "url": url, "active": active}


def phase_steps(use_case: UseCase) -> list[dict[str, Any]]:
    """The phases as a stepper, each with the day it was last entered; where it has been leads to what was decided there."""
    history = reverse("projects:use_case_phases", args=[use_case.pk])
    entered = {event.to_phase: event.at for event in use_case.phase_events.all()}
    reached = [phase for phase in PATH if phase in entered]
    ended_at = reached[-1] if use_case.phase in ("declined", "duplicate", "stopped") and reached else ""
    here = PATH.index(use_case.phase) if use_case.phase in PATH else -1
    steps = []
    for index, phase in enumerate(PATH):
        if phase == ended_at:
            state, at = "failed", use_case.phase_since
        elif phase == use_case.phase:
            state, at = "current", entered.get(phase)
        else:
            state, at = (
                ("done" if phase in entered and (here > index or ended_at) else "todo"),
                entered.get(phase),
            )
        note = formats.date_format(at, "j M Y") if at and state != "todo" else ""
        url = f"{history}#{phase}" if phase in entered else ""
        steps.append({"label": UseCase.Phase(phase).label, "state": state, "note": note, "url": url})
    return steps
