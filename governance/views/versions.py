"""Acts on versions and models: buttons, and the page of a take-over."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.forms.registry import TakeOverForm
from governance.models import Model, ModelVersion
from governance.rules import versions as rules
from governance.services import aliases, deployments, models, rehearsals, version_life
from governance.views.answers import attempt, attempt_or_tell
from governance.views.models import visible
from portal.core.models import User
from portal.core.verdicts import require
from projects.models import Trial


def review_acts(version: ModelVersion, reason: str, user: User) -> dict[str, tuple[Callable[[], Any], Any]]:
    """What is done with the review and the life of a version."""
    return {
        "withdraw": (lambda: models.withdraw(version, by=user), _("Withdrawn.")),
        "rehearse": (lambda: rehearsals.again(version, by=user), _("It is tried once more.")),
        "take-review": (lambda: version_life.take_review(version, by=user), _("You review it. The author was told.")),
        "lift-block": (
            lambda: version_life.lift_block(version, reason=reason, by=user),
            _("It may go on; your reason stands on top of its review."),
        ),
        "revoke": (lambda: models.revoke(version, reason=reason, by=user), _("The approval is revoked.")),
        "archive": (lambda: version_life.archive(version, reason=reason, by=user), _("Archived.")),
        "delete": (lambda: version_life.delete(version, by=user), _("Deleted.")),
    }  # fmt: skip


def service_acts(version: ModelVersion, reason: str, user: User) -> dict[str, tuple[Callable[[], Any], Any]]:
    """What is done with its roles and names."""
    made = {
        "promote": (
            lambda: deployments.promote(version, reason=reason, by=user),
            _("It is champion now."),
        ),
        "request-promotion": (
            lambda: deployments.request_promotion(version, reason=reason, by=user),
            _("Asked. A risk officer decides."),
        ),
        "alias": (lambda: aliases.give(version, name=reason, by=user), _("It has this name now.")),
    }
    for role in ("challenger", "shadow"):
        made[role] = (
            lambda role=role: deployments.enter(version, role=role, reason=reason, by=user),
            _("It runs beside the champion now."),
        )
    return made


@require_POST
@login_required
def version_act(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """One button of the page of a version."""
    version = visible(request, pk)
    model = version.model_id
    reason = request.POST.get("reason", "")[:2000]
    call, done = (review_acts(version, reason, request.user) | service_acts(version, reason, request.user))[
        act
    ]
    took = attempt_or_tell(request, call, done)
    if act == "delete" and took:
        return redirect("governance:model_detail", pk=model)
    if act == "rehearse":
        return redirect("governance:version_submit", pk=pk)
    asked = version.requests.filter(state="open").first() if act == "take-review" else None
    if asked:
        return redirect("governance:approval_detail", pk=asked.pk)
    return redirect("governance:version_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def version_take_over(request: HttpRequest, pk: str) -> HttpResponse:
    """Go on with somebody's version: choose the candidate, say why."""
    version = visible(request, pk)
    trials = (
        Trial.objects.filter(experiment=version.trial.experiment_id, is_baseline=False)
        .exclude(bundle_digest="")
        .order_by("-is_best", "number")
    )
    form = TakeOverForm(
        request.POST if request.method == "POST" else None, trials=trials, initial={"trial": version.trial_id}
    )
    verdict = rules.may_take_over(request.user, version)
    if request.method == "POST":
        require(verdict)
        if form.is_valid():
            done, new = attempt(
                form, lambda: version_life.take_over(version, **form.cleaned_data, by=request.user)
            )
            if done:
                messages.success(request, _("It is your version now. Look at the card, then submit it."))
                return redirect("governance:version_submit", pk=new.pk)
    context = {"version": version, "form": form, "verdict": verdict}
    return render(request, "governance/version_take_over.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def model_act(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """Take a free name away, or delete a model without versions."""
    model = get_object_or_404(Model.objects.visible_to(request.user).select_related("use_case"), pk=pk)
    name = request.POST.get("name", "")[:60]
    acts = {
        "unname": (lambda: aliases.take(model, name=name, by=request.user), _("The name is free again.")),
        "delete": (lambda: version_life.delete_model(model, by=request.user), _("Deleted.")),
    }
    took = attempt_or_tell(request, *acts[act])
    if act == "delete" and took:
        return redirect("governance:model_list")
    return redirect("governance:model_detail", pk=pk)
