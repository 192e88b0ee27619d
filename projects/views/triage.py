"""Pages of triage."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import panels
from portal.core.verdicts import require
from projects import rules
from projects.forms.framing import SnoozeForm
from projects.forms.use_cases import AcceptForm, AskForm, DeclineForm, DuplicateForm, EmptyForm
from projects.models import UseCase
from projects.selectors import triage as queue_reads, use_cases as reads
from projects.services import triage as service
from projects.views.answers import carried_out, find, status_of


@require_safe
@login_required
def triage(request: HttpRequest) -> HttpResponse:
    """The queue, oldest first; those that wait for an answer of their author stand below."""
    require(rules.triage.may_triage(request.user))  # type: ignore[arg-type]
    context = {
        "queue": queue_reads.queue(request.user, request.GET.get("page", "1")),
        "days": settings.TRIAGE_DAYS,
    }
    return render(request, "projects/triage.html", context)


def forms_for(request: HttpRequest, use_case: UseCase) -> dict[str, forms.Form]:
    """The answers, the one that was sent filled in."""
    others = (
        UseCase.objects.visible_to(request.user)
        .exclude(pk=use_case.pk)
        .exclude(phase__in=["draft", "duplicate"])
    )  # type: ignore[arg-type]
    makers: dict[str, Any] = {
        "accept": lambda data: AcceptForm(
            data,
            initial={"unit": use_case.unit, "risk_tier": use_case.risk_tier, "sponsor": use_case.sponsor},
        ),
        "ask": lambda data: AskForm(data, auto_id="ask_%s"),
        "duplicate": lambda data: DuplicateForm(data, visible=others, auto_id="duplicate_%s"),
        "decline": lambda data: DeclineForm(data, auto_id="decline_%s"),
        "snooze": lambda data: SnoozeForm(data, auto_id="snooze_%s"),
        "wake": EmptyForm,
    }
    sent = request.POST.get("answer", "")
    return {name: make(request.POST if name == sent else None) for name, make in makers.items()}


CALLS = {
    "accept": service.accept,
    "ask": service.ask,
    "duplicate": service.mark_duplicate,
    "decline": service.decline,
    "snooze": service.snooze,
    "wake": service.wake,
}


RULES = {
    "accept": rules.triage.may_accept,
    "ask": rules.triage.may_ask,
    "duplicate": rules.triage.may_mark_duplicate,
    "decline": rules.triage.may_decline,
    "snooze": rules.triage.may_snooze,
    "wake": rules.triage.may_wake,
}


def onward(request: HttpRequest, use_case: UseCase, sent: str, following: UseCase | None) -> HttpResponse:
    """Say what was done, then the next proposal, or the queue when it was the last."""
    words = {
        "snooze": _("%(ref)s comes back on its day; its author has been told."),
        "wake": _("%(ref)s is back in the queue."),
    }.get(sent, _("%(ref)s is answered; its author has been told."))
    messages.success(request, words % {"ref": use_case.ref})
    if sent != "wake" and following is not None:
        return redirect("projects:triage_decide", pk=following.pk)
    return redirect("projects:triage")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def triage_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One proposal with everything needed to answer it; the next one follows by itself."""
    use_case = find(request, pk)
    require(rules.triage.may_triage(request.user))  # type: ignore[arg-type]
    answers = forms_for(request, use_case)
    line = queue_reads.neighbours(request.user, use_case)
    following = line.following
    sent = request.POST.get("answer", "")
    status = 200
    if request.method == "POST":
        if sent not in answers:
            return redirect("projects:triage_decide", pk=pk)
        require(RULES[sent](request.user, use_case))  # type: ignore[arg-type]
        form = answers[sent]
        if carried_out(form, lambda: CALLS[sent](use_case, **form.cleaned_data, by=request.user)):
            return onward(request, use_case, sent, following)
        status = status_of(form)
    context = {
        "use_case": use_case,
        "answers": answers,
        "sent": sent,
        "may_accept": rules.triage.may_accept(request.user, use_case),  # type: ignore[arg-type]
        "may_ask": rules.triage.may_ask(request.user, use_case),  # type: ignore[arg-type]
        "may_duplicate": rules.triage.may_mark_duplicate(request.user, use_case),  # type: ignore[arg-type]
        "may_decline": rules.triage.may_decline(request.user, use_case),  # type: ignore[arg-type]
        "may_snooze": rules.triage.may_snooze(request.user, use_case),
        "may_wake": rules.triage.may_wake(request.user, use_case),
        "may_edit": rules.use_cases.may_edit(request.user, use_case),
        "line": line,
        "level": queue_reads.level(use_case) if use_case.phase in rules.triage.WAITING else None,
        "support_count": use_case.supports.count(),
        "panels": [{"title": each.title, "url": each.url(use_case.pk)} for each in panels.panels("triage")],
        "similar": [
            each
            for each, _how in reads.similar_to(f"{use_case.title} {use_case.problem}", user=request.user)
            if each.pk != use_case.pk
        ],  # type: ignore[arg-type]
    }
    return render(request, "projects/triage_decide.html", context, status=status)
