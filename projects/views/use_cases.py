"""Pages of the backlog and of one use case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import panels
from portal.core.verdicts import require
from projects import custom_values, rules
from projects.forms import custom_fields as custom_forms
from projects.forms.use_cases import CommentForm, DetailsForm, ProposalForm
from projects.models import UseCase
from projects.selectors import (
    activity,
    comments as talk,
    dependencies,
    next_steps,
    phase_times,
    ranks,
    spells,
    spending,
    squads as squad_reads,
    use_cases as reads,
)
from projects.services import comments, use_cases
from projects.views.answers import carried_out, find, frame, phase_steps, status_of
from projects.views.undos import ways_back
from projects.views.use_case_acts import offered

PROPOSAL = list(ProposalForm.base_fields)
DETAILS = list(DetailsForm.base_fields)

RECENT = 20  # events shown at once


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_new(request: HttpRequest) -> HttpResponse:
    """Propose in two minutes; “keep as a draft” needs the title and problem only, like the rest."""
    form = ProposalForm(request.POST or None)
    made: list[UseCase] = []

    def propose() -> None:
        send = request.POST.get("then") != "draft"
        made.append(use_cases.propose(**form.cleaned_data, submit=send, by=request.user))  # type: ignore[arg-type]

    if request.method == "POST" and carried_out(form, propose):
        if made[0].phase == UseCase.Phase.SUBMITTED:
            messages.success(request, _("Thank you. A portfolio manager answers; you will be told here."))
        return redirect("projects:use_case_detail", pk=made[0].pk)
    context = {"form": form, "may_propose": rules.use_cases.may_propose(request.user)}
    return render(request, "projects/use_case_new.html", context, status=status_of(form))


@require_safe
@login_required
def use_case_similar(request: HttpRequest) -> HttpResponse:
    """A fragment: use cases like what is being typed."""
    text = f"{request.GET.get('title', '')} {request.GET.get('problem', '')}"[:2000]
    found = [use_case for use_case, _likeness in reads.similar_to(text, user=request.user)]  # type: ignore[arg-type]
    context = {"found": found, "typed": request.GET.get("problem", "")[:1000], "draft": draft_named(request)}
    return render(request, "projects/use_case_similar.html", context)


def draft_named(request: HttpRequest) -> dict[str, UUID] | None:
    """The draft that is being written, for the links of the fragment."""
    try:
        return {"pk": UUID(request.GET.get("draft", ""))}
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The use case: where it stands, the next step, what is known, what is said. A POST leaves a comment; a sandbox leads to its exercise."""
    if UseCase.everything.sandboxes_of(request.user).filter(pk=pk).exists():  # type: ignore[arg-type]
        return redirect("training:sandbox", pk=pk)
    use_case = find(request, pk)
    form = CommentForm(request.POST or None)
    act = lambda: comments.add(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect(f"{request.path}#comments")
    covered = squad_reads.coverage_of(use_case)
    context = frame(use_case, "detail") | {
        "form": form,
        "steps": phase_steps(use_case),
        "next": next_steps.next_step(request.user, use_case, covered),  # type: ignore[arg-type]
        "coverage": covered,
        "saved": spending.saved(use_case),
        "support_count": use_case.supports.count(),
        "may_support": rules.supports.may_support(request.user, use_case),  # type: ignore[arg-type]
        "timebox": next_steps.timebox(use_case),
        "acts": offered(request.user, use_case),  # type: ignore[arg-type]
        "may_edit": rules.use_cases.may_edit(request.user, use_case),  # type: ignore[arg-type]
        "panels": [{"title": each.title, "url": each.url(use_case.pk)} for each in panels.panels("use_case")],
        "talk": talk.talk(use_case, request.user),  # type: ignore[arg-type]
        "watching": talk.watch_choices(use_case, request.user, _("What involves me")),  # type: ignore[arg-type]
        "may_comment": rules.use_cases.may_comment(request.user, use_case),  # type: ignore[arg-type]
        "needs": dependencies.needs_of([use_case], request.user).get(use_case.pk, []),  # type: ignore[arg-type]
        "needed_by": dependencies.needed_by(use_case, request.user),  # type: ignore[arg-type]
        "place": ranks.places([use_case], request.user).get(use_case.pk),  # type: ignore[arg-type]
        "undos": ways_back(request.user, use_case),
        "phase_color": UseCase.COLORS[use_case.phase],
        "facts": [*facts(use_case), *own_facts(use_case)],
    }
    return render(request, "projects/use_case_detail.html", context, status=status_of(form))


def facts(use_case: UseCase) -> list[tuple[Any, Any]]:
    """What is known, as pairs."""
    metric = " ".join(
        str(part)
        for part in (use_case.success_metric, f"({use_case.metric_unit})" if use_case.metric_unit else "")
        if part
    )
    goal = f"{use_case.metric_baseline:g} → {use_case.metric_target:g}" if has_goal(use_case) else ""
    return [
        (_("Who decides what today"), use_case.decides_today),
        (_("Decision supported"), use_case.decision_supported),
        (_("Action taken on a prediction"), use_case.action_taken),
        (_("Operational process"), use_case.process),
        (_("Process owner"), use_case.process_owner or ""),
        (_("End users"), use_case.end_users),
        (_("Success metric"), metric),
        (_("From today to target"), goal),
        (_("Kind of AI"), use_case.get_ai_kind_display()),
        (_("Data you think exist"), use_case.data_hint),
        (_("People affected"), use_case.people_affected),
        (_("Make or buy"), use_case.get_make_or_buy_display()),
        (_("Basis of the risk tier"), use_case.risk_basis),
    ]


def own_facts(use_case: UseCase) -> list[tuple[Any, Any]]:
    """What the house asks for besides; two queries at most."""
    fields = custom_values.active()
    people = custom_values.people_named([use_case], fields)
    return [(each.label, custom_values.shown(each, use_case.custom.get(each.key), people)) for each in fields]


def has_goal(use_case: UseCase) -> bool:
    """Baseline and target are both known."""
    return use_case.metric_baseline is not None and use_case.metric_target is not None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what is known; what people entered comes back when something is wrong with it."""
    use_case = find(request, pk)
    may_edit = rules.use_cases.may_edit(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_edit)
    form = DetailsForm(request.POST or None, initial={name: getattr(use_case, name) for name in DETAILS})
    own = custom_forms.add_to(form, use_case)
    act = lambda: use_cases.update(use_case, **custom_forms.split(form.cleaned_data, own), by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:use_case_detail", pk=use_case.pk)
    context = frame(use_case, "edit") | {
        "form": form,
        "may_edit": may_edit,
        "own": [form[name] for name in own],
    }
    return render(request, "projects/use_case_edit.html", context, status=status_of(form))


@require_safe
@login_required
def use_case_activity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What happened, newest first; `?part=times` gives the time in each phase alone, as it reads what all others did."""
    use_case = find(request, pk)
    if request.GET.get("part") == "times":
        times = phase_times.compared(use_case, request.user)  # type: ignore[arg-type]
        return render(request, "projects/use_case_time_in_phases.html", {"times": times})
    events = activity.timeline(use_case)
    context = frame(use_case, "activity") | {
        "events": events[:RECENT],
        "older": events[RECENT:],
        "steps": phase_steps(use_case),
    }
    return render(request, "projects/use_case_activity.html", context)


@require_safe
@login_required
def use_case_phases(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Each stay in each phase, with the gate, the day, the people and their words."""
    use_case = find(request, pk)
    context = frame(use_case, "phases") | {"stays": spells.stays(use_case), "steps": phase_steps(use_case)}
    return render(request, "projects/use_case_phases.html", context)
