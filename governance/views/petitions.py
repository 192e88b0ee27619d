"""Asking for a waiver, for data, for a retirement; and ending what was granted."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance import gates, policies
from governance.forms.petitions import AccessForm, RetirementForm, WaiverForm
from governance.models import ModelVersion, Waiver
from governance.rules import petitions as rules, waivers as waiver_rules
from governance.selectors import petitions as selectors
from governance.services import petitions, waiver_ends
from governance.views.answers import attempt, attempt_or_tell
from portal.core.verdicts import Verdict, require
from projects.forms.datasets import my_use_cases
from projects.models import Artifact, ArtifactShare, Dataset, DatasetShare, UseCase
from projects.services import shares


def asked(
    request: HttpRequest, form: Form, verdict: Verdict, call: Callable[[], Any], context: dict[str, Any]
) -> HttpResponse:
    """The page of a question: who may not ask reads why, who may gets the request that was opened."""
    if request.method == "POST":
        require(verdict)
        if form.is_valid():
            done, made = attempt(form, call)
            if done:
                messages.success(request, _("Asked. You will be told the decision."))
                return redirect("governance:approval_detail", pk=made.pk)
    context |= {"form": form, "verdict": verdict}
    return render(request, "governance/petition.html", context, status=422 if form.errors else 200)


def posted(request: HttpRequest) -> Any:
    """What was sent, or nothing."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def waiver_ask(request: HttpRequest, use_case_pk: str, gate: str) -> HttpResponse:
    """Ask that a requirement of a gate be let go for a time."""
    use_case = get_object_or_404(UseCase.objects.visible_to(request.user).for_list(), pk=use_case_pk)
    if gate not in gates.gates_ahead(use_case):
        raise Http404
    longest = petitions.longest(policies.for_use_case(use_case))
    choices = [(each.code, each.label) for each in selectors.waivable(use_case, gate)]
    form = WaiverForm(
        posted(request), choices=choices, longest=longest, initial={"code": request.GET.get("code")}
    )
    context = {
        "title": _("Ask for a waiver"), "eyebrow": use_case, "back": reverse("governance:gate_detail", args=[use_case.pk, gate]),
        "lead": _("A requirement of %(gate)s is let go until a day. Then it stands again.") % {"gate": gates.TITLES[gate]},
        "nothing": "" if choices else _("Nothing that stands in the way here may be waived."),
    }  # fmt: skip
    verdict = waiver_rules.may_ask(request.user, use_case)
    return asked(
        request, form, verdict,
        lambda: petitions.waive(use_case, gate=gate, **form.cleaned_data, by=request.user), context,
    )  # fmt: skip


def version_of(request: HttpRequest, pk: str) -> ModelVersion:
    """The version, or 404."""
    return get_object_or_404(ModelVersion.objects.visible_to(request.user).for_list(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def block_waiver_ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask an expert that a blocked version may go on for a time."""
    version = version_of(request, pk)
    longest = petitions.longest(policies.for_use_case(version.model.use_case))
    form = WaiverForm(posted(request), choices=None, longest=longest)
    context = {
        "title": _("Ask to go on in spite of a guardrail"), "eyebrow": version,
        "lead": _("A certified reviewer outside the squad decides. After the day the block is back."),
        "back": reverse("governance:version_detail", args=[version.pk]),
    }  # fmt: skip
    verdict = waiver_rules.may_ask_for_block(request.user, version)
    return asked(
        request,
        form,
        verdict,
        lambda: petitions.waive_block(version, **form.cleaned_data, by=request.user),
        context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def retirement_ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask that a version leave service."""
    version = version_of(request, pk)
    form = RetirementForm(posted(request))
    context = {
        "title": _("Ask to retire this model"), "eyebrow": version,
        "lead": _("Once it is decided, whoever uses it is told; after its last day it serves no more and is put away."),
        "back": reverse("governance:version_detail", args=[version.pk]),
    }  # fmt: skip
    verdict = rules.may_ask_to_retire(request.user, version)
    return asked(
        request,
        form,
        verdict,
        lambda: petitions.retire(version, **form.cleaned_data, by=request.user),
        context,
    )


@require_POST
@login_required
def waiver_end(request: HttpRequest, pk: str) -> HttpResponse:
    """Take a waiver back before its day."""
    found = get_object_or_404(Waiver.objects.visible_to(request.user).for_list(), pk=pk)
    reason = request.POST.get("reason", "")[:500]
    attempt_or_tell(
        request, lambda: waiver_ends.end(found, reason=reason, by=request.user), _("The waiver has ended.")
    )
    if found.version_id:
        return redirect("governance:version_detail", pk=found.version_id)
    return redirect("governance:gate_detail", use_case_pk=found.use_case_id, gate=found.gate)


@require_safe
@login_required
def data_access_list(request: HttpRequest) -> HttpResponse:
    """Data and artifacts one may ask for, and what was opened until a day."""
    user = request.user
    context = {
        "rows": selectors.askable(user),  # type: ignore[arg-type]
        "grants": selectors.grants(user),  # type: ignore[arg-type]
    }
    return render(request, "governance/data_access_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def data_access_ask(request: HttpRequest, dataset_pk: str) -> HttpResponse:
    """Ask the owner of a dataset to open it until a day."""
    user: Any = request.user
    dataset = get_object_or_404(Dataset.objects.known_to(user).for_list(), pk=dataset_pk)
    return access_asked(request, dataset, "governance:data_access_list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def artifact_access_ask(request: HttpRequest, artifact_pk: str) -> HttpResponse:
    """Ask the owner of an artifact that one sees to let one use it until a day."""
    artifact = get_object_or_404(Artifact.objects.visible_to(request.user).for_list(), pk=artifact_pk)
    return access_asked(request, artifact, "projects:artifact_detail", artifact.pk)


def access_asked(request: HttpRequest, thing: Any, back: str, *where: Any) -> HttpResponse:
    """The question to who owns a thing."""
    user: Any = request.user
    form = AccessForm(posted(request), use_cases=my_use_cases(user))
    context = {
        "title": _("Ask for access"), "eyebrow": thing, "back": reverse(back, args=where),
        "lead": _("%(owner)s owns it (%(what)s) and decides.")
        % {"owner": thing.owner, "what": thing.get_classification_display()},
    }  # fmt: skip
    verdict = rules.may_ask_for(user, thing)
    return asked(
        request, form, verdict, lambda: petitions.access(thing, **form.cleaned_data, by=user), context
    )


@require_POST
@login_required
def data_grant_end(request: HttpRequest, pk: str) -> HttpResponse:
    """End an access before its day."""
    return grant_end(request, DatasetShare, pk)


@require_POST
@login_required
def artifact_grant_end(request: HttpRequest, pk: str) -> HttpResponse:
    """The same for an artifact."""
    return grant_end(request, ArtifactShare, pk)


def grant_end(request: HttpRequest, model: Any, pk: str) -> HttpResponse:
    """End what a decision gave."""
    found = get_object_or_404(model.objects.visible_to(request.user).on_request().for_list(), pk=pk)
    attempt_or_tell(request, lambda: shares.end(found, by=request.user), _("The access has ended."))
    return redirect("governance:data_access_list")
