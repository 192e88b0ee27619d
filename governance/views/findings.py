"""Findings: the list, and one with its acts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from governance.filters import FindingFilter
from governance.forms.acts import FindingActForm
from governance.forms.registry import FindingForm
from governance.models import Finding, ModelVersion
from governance.rules import findings as rules
from governance.selectors.story import story_of
from governance.services import findings
from governance.tables import FindingTable
from governance.views.answers import attempt
from portal.core import clock
from portal.core.models import User
from portal.core.verdicts import require
from projects.models import UseCase


@require_safe
@login_required
def finding_list(request: HttpRequest) -> HttpResponse:
    """What must be put right, by whom, until when."""
    found = FindingFilter(
        request.GET, queryset=Finding.objects.visible_to(request.user).for_list(), request=request
    )
    table = FindingTable(found.qs if found.is_valid() else found.queryset.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "governance/finding_list.html", {"filter": found, "table": table})


def acts(finding: Finding, data: dict[str, Any], user: User) -> dict[str, Callable[[], None]]:
    """The service behind each button."""
    text = data.get("text", "")
    return {
        "start": lambda: findings.start(finding, by=user),
        "resolve": lambda: findings.resolve(finding, resolution=text, by=user),
        "verify": lambda: findings.verify(finding, by=user),
        "reopen": lambda: findings.reopen(finding, reason=text, by=user),
        "accept": lambda: findings.accept(
            finding, reason=text, until=data.get("until") or clock.today(), by=user
        ),
    }


def progress(finding: Finding) -> list[dict[str, Any]]:
    """Raised, worked on, put right, verified: where it stands, with the people."""
    order = ["open", "in_progress", "resolved", "verified"]
    if finding.state == Finding.State.ACCEPTED:
        order = ["open", "accepted"]
    people = {
        "open": finding.raised_by or _("Agora"),
        "in_progress": finding.owner,
        "resolved": finding.resolved_by or "",
        "verified": finding.verified_by or "",
        "accepted": finding.accepted_by or "",
    }
    here = order.index(finding.state)
    is_over = finding.state in {Finding.State.VERIFIED, Finding.State.ACCEPTED}
    states = [
        "done" if n < here or is_over else "current" if n == here else "todo" for n in range(len(order))
    ]
    return [
        {"label": Finding.State(code).label, "state": state, "note": str(people[code]), "url": ""}
        for code, state in zip(order, states, strict=True)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def finding_new(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """Raise a finding on a use case or one of its versions."""
    use_case = get_object_or_404(UseCase.objects.visible_to(request.user), pk=use_case_pk)
    versions = ModelVersion.objects.filter(model__use_case=use_case).select_related("model")
    form = FindingForm(request.POST if request.method == "POST" else None, versions=versions)
    verdict = rules.may_raise(request.user, use_case)
    if request.method == "POST":
        require(verdict)
        if form.is_valid():
            done, finding = attempt(
                form, lambda: findings.raise_finding(use_case, **form.cleaned_data, by=request.user)
            )
            if done:
                messages.success(request, _("Raised. Its owner was told."))
                return redirect("governance:finding_detail", pk=finding.pk)
    context = {"use_case": use_case, "form": form, "verdict": verdict}
    return render(request, "governance/finding_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def finding_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """One finding and what may be done with it."""
    finding = get_object_or_404(
        Finding.objects.visible_to(request.user)
        .for_list()
        .select_related("raised_by", "verified_by", "accepted_by"),
        pk=pk,
    )
    form = FindingActForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done, _nothing = attempt(
            form, acts(finding, form.cleaned_data, request.user)[form.cleaned_data["act"]]
        )
        if done:
            messages.success(request, _("Noted."))
            return redirect("governance:finding_detail", pk=finding.pk)
    verdicts = {
        "start": rules.may_start(request.user, finding),
        "resolve": rules.may_work_on(request.user, finding),
        "verify": rules.may_verify(request.user, finding),
        "accept": rules.may_accept(request.user, finding),
    }
    context = {
        "finding": finding,
        "form": form,
        "color": Finding.COLORS[finding.state],
        "steps": progress(finding),
        "story": story_of(finding),
        "severity_color": Finding.SEVERITY_COLORS[finding.severity],
        **{f"may_{verb}": verdict for verb, verdict in verdicts.items()},
    }
    return render(request, "governance/finding_detail.html", context, status=422 if form.errors else 200)
