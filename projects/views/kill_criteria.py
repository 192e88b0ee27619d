"""The kill criteria of a use case: written before, measured after."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.verdicts import require
from projects import rules
from projects.forms.squads import CriterionForm, ResultForm, WaiveForm
from projects.models import KillCriterion, StopProposal
from projects.selectors import spending
from projects.selectors.next_steps import timebox
from projects.services import kill_criteria
from projects.views.answers import carried_out, find, frame, status_of

COLORS = {"pending": "grey", "met": "green", "missed": "red", "waived": "yellow"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_kill_criteria(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list; a POST writes a new criterion."""
    use_case = find(request, pk)
    may_add = rules.kill_criteria.may_add(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_add)
    form = CriterionForm(request.POST or None)
    act = lambda: kill_criteria.add(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:use_case_kill_criteria", pk=pk)
    context = frame(use_case, "kill_criteria") | {
        "criteria": [
            {"criterion": each, "color": COLORS[each.result]} for each in use_case.kill_criteria.all()
        ],
        "form": form,
        "timebox": timebox(use_case),
        "day_box": spending.day_box(use_case),
        "saving": spending.saving(use_case),
        "stops": [
            {"stop": each, "color": StopProposal.COLORS[each.state]} for each in use_case.stop_proposals.all()
        ],
        "may_add": may_add,
        "may_change": rules.kill_criteria.may_change(request.user, use_case),  # type: ignore[arg-type]
        "may_record": rules.kill_criteria.may_record(request.user, use_case),  # type: ignore[arg-type]
    }
    return render(request, "projects/use_case_kill_criteria.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def kill_criterion(request: HttpRequest, pk: UUID, criterion: UUID) -> HttpResponse:
    """One criterion: rewrite it before the work begins; record or waive its result afterwards."""
    use_case = find(request, pk)
    found = get_object_or_404(KillCriterion, use_case=use_case, pk=criterion)
    found.use_case = use_case
    does = request.POST.get("does", "")
    now = {name: getattr(found, name) for name in kill_criteria.FIELDS}
    data: dict[str, Any] = {does: request.POST}
    answers: dict[str, forms.Form] = {
        "change": CriterionForm(data.get("change"), initial=now),
        "record": ResultForm(
            data.get("record"), initial={"measured_value": found.measured_value, "evidence": found.evidence}
        ),
        "waive": WaiveForm(data.get("waive")),
    }
    calls = {
        "change": kill_criteria.change,
        "record": kill_criteria.record_result,
        "waive": kill_criteria.waive,
    }
    status = 200
    if request.method == "POST" and does in answers:
        sent = answers[does]
        if carried_out(sent, lambda: calls[does](found, **sent.cleaned_data, by=request.user)):
            return redirect("projects:use_case_kill_criteria", pk=pk)
        status = status_of(sent)
        found.refresh_from_db()
        found.use_case = use_case
    context = frame(use_case, "kill_criterion") | {
        "criterion": found,
        "answers": answers,
        "may_change": rules.kill_criteria.may_change(request.user, use_case),  # type: ignore[arg-type]
        "may_record": rules.kill_criteria.may_record(request.user, use_case),  # type: ignore[arg-type]
        "may_waive": rules.kill_criteria.may_waive(request.user, found),  # type: ignore[arg-type]
    }
    return render(request, "projects/use_case_kill_criterion.html", context, status=status)


@require_POST
@login_required
def kill_criterion_remove(request: HttpRequest, pk: UUID, criterion: UUID) -> HttpResponse:
    """Take one away, before the work begins."""
    use_case = find(request, pk)
    found = get_object_or_404(
        KillCriterion.objects.select_related("use_case"), use_case=use_case, pk=criterion
    )
    kill_criteria.remove(found, by=request.user)  # type: ignore[arg-type]
    return redirect("projects:use_case_kill_criteria", pk=pk)
