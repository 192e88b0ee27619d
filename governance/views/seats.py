"""Giving one's seat on, and the emergency override."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.forms.policies import DelegationForm, OverrideForm
from governance.models import ApprovalRequest, Delegation, Override
from governance.rules import delegations as rules, overrides as override_rules
from governance.services import delegations, overrides
from governance.views.answers import attempt, attempt_or_tell
from portal.core import clock
from portal.core.verdicts import require


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delegation_list(request: HttpRequest) -> HttpResponse:
    """Who answers in whose place; and giving one's own seat."""
    user = request.user
    form = DelegationForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        require(rules.may_give(user))
        if form.is_valid():
            done, _made = attempt(form, lambda: delegations.give(**form.cleaned_data, by=user))
            if done:
                messages.success(request, _("Done. Both names stand beside each answer given in your place."))
                return redirect("governance:delegation_list")
    rows = Delegation.objects.visible_to(user).for_list()
    today = clock.today()
    context = {
        "form": form, "may_give": rules.may_give(user),
        "rows": [
            {
                "it": each, "is_mine": each.given_by_id == user.pk, "may_end": rules.may_take_back(user, each),
                "is_over": each.ended_at is not None or each.ends_on < today,
            }
            for each in rows[:100]
        ],
    }  # fmt: skip
    return render(request, "governance/delegation_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def delegation_end(request: HttpRequest, pk: str) -> HttpResponse:
    """Take it back."""
    found = get_object_or_404(Delegation.objects.visible_to(request.user).for_list(), pk=pk)
    attempt_or_tell(
        request, lambda: delegations.take_back(found, by=request.user), _("You answer in person again.")
    )
    return redirect("governance:delegation_list")


@require_POST
@login_required
def override_propose(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask a second person to put a request through."""
    found = get_object_or_404(ApprovalRequest.objects.visible_to(request.user).for_list(), pk=pk)
    require(override_rules.may_propose(request.user, found))
    form = OverrideForm(request.POST)
    text = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt_or_tell(
        request,
        lambda: overrides.propose(found, reason=text, by=request.user),
        _("Proposed. Nothing happens before a second person confirms."),
    )
    return redirect("governance:approval_detail", pk=found.pk)


@require_POST
@login_required
def override_act(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """Confirm it as the second person, or take it back."""
    found = get_object_or_404(Override.objects.visible_to(request.user).for_list(), pk=pk)
    call = {"confirm": overrides.confirm, "drop": overrides.drop}[act]
    words = {"confirm": _("The override is in force."), "drop": _("Taken back.")}
    attempt_or_tell(request, lambda: call(found, by=request.user), words[act])
    return redirect("governance:approval_detail", pk=found.request_id)
