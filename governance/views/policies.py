"""Policies: what is in force, drafts, what differs, who is held to which."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance import policies
from governance.forms.policies import DraftForm, PolicyTextForm, UpgradeForm
from governance.models import ApprovalRequest, PolicyVersion
from governance.rules import policies as rules
from governance.selectors import approvals as approval_reads, policies as selectors
from governance.services import pins, policies as services
from governance.views.answers import attempt, attempt_or_tell
from governance.views.gates import visible as visible_case
from portal.core.verdicts import require

EFFECT_COLORS = {"tightened": "orange", "loosened": "blue", "changed": "grey"}
EFFECTS = {
    "tightened": gettext_lazy("tightened"),
    "loosened": gettext_lazy("loosened"),
    "changed": gettext_lazy("changed"),
}


def visible(request: HttpRequest, pk: str) -> PolicyVersion:
    """The version, or 404."""
    return get_object_or_404(PolicyVersion.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def policy_list(request: HttpRequest) -> HttpResponse:
    """Per tier: the version in force, drafts, and what was before."""
    rows = list(selectors.counted())
    tiers = [
        {
            "label": label,
            "rows": [(each, PolicyVersion.COLORS[each.state]) for each in rows if each.tier == tier],
        }
        for tier, label in PolicyVersion.Tier.choices
    ]
    return render(
        request, "governance/policy_list.html", {"tiers": tiers, "may_draft": rules.may_draft(request.user)}
    )


def steps_of(policy: PolicyVersion) -> list[tuple[str, list[dict[str, Any]], int]]:
    """Kind, its steps with their names, and the days."""
    found = selectors.read(policy)
    if found is None:
        return []
    labels = approval_reads.LABELS | approval_reads.ROLE_WORDS
    return [
        (
            ApprovalRequest.Kind(kind).label,
            [{**step, "label": labels.get(step["role"])} for step in steps],
            found.days[kind],
        )
        for kind, steps in found.steps.items()
    ]


@require_safe
@login_required
def policy_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """What it asks, who is held to it, who would be stopped."""
    policy = visible(request, pk)
    asked = policy.requests.order_by("-created_at").first()
    context = {
        "policy": policy, "color": PolicyVersion.COLORS[policy.state], "steps": steps_of(policy),
        "stopped": selectors.would_be_stopped(policy, request.user), "passed": selectors.passed_without(policy, request.user),
        "held": selectors.held_to(policy, request.user), "asked": asked, "draft_form": DraftForm(),
        "may_draft": rules.may_draft(request.user), "may_edit": rules.may_edit(request.user, policy),
        "may_propose": rules.may_propose(request.user, policy), "may_drop": rules.may_drop(request.user, policy),
    }  # fmt: skip
    return render(request, "governance/policy_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def policy_edit(request: HttpRequest, pk: str) -> HttpResponse:
    """The text of a draft; every mistake comes back with its place."""
    policy = visible(request, pk)
    require(rules.may_edit(request.user, policy))
    form = PolicyTextForm(
        request.POST if request.method == "POST" else None,
        initial={"text": policy.text, "summary": policy.summary},
    )
    if request.method == "POST" and form.is_valid():
        done, _made = attempt(form, lambda: services.edit(policy, **form.cleaned_data, by=request.user))
        if done:
            messages.success(
                request, _("The draft is kept. Look at what differs before you ask for its publication.")
            )
            return redirect("governance:policy_diff", pk=policy.pk)
    return render(
        request,
        "governance/policy_edit.html",
        {"policy": policy, "form": form},
        status=422 if form.errors else 200,
    )


@require_safe
@login_required
def policy_diff(request: HttpRequest, pk: str) -> HttpResponse:
    """Place by place, against the version it is based on."""
    policy = visible(request, pk)
    before = policy.based_on or policy
    found = selectors.changes(before, policy)
    context = {
        "policy": policy, "before": before, "color": PolicyVersion.COLORS[policy.state],
        "changes": [(each, EFFECT_COLORS[each.effect], EFFECTS[each.effect]) for each in found],
        "counts": {name: sum(each.effect == name for each in found) for name in EFFECT_COLORS},
        "may_propose": rules.may_propose(request.user, policy),
    }  # fmt: skip
    return render(request, "governance/policy_diff.html", context)


@require_POST
@login_required
def policy_act(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """Begin a draft from it, ask for its publication, or drop it."""
    policy = visible(request, pk)
    if act == "draft":
        return begin(request, policy)
    if act == "propose":
        ok = attempt_or_tell(
            request,
            lambda: services.propose(policy, by=request.user),
            _("Asked. Somebody who did not write it decides."),
        )
        asked = policy.requests.open().first() if ok else None
        return (
            redirect("governance:approval_detail", pk=asked.pk)
            if asked
            else redirect("governance:policy_detail", pk=pk)
        )
    attempt_or_tell(request, lambda: services.drop(policy, by=request.user), _("The draft is dropped."))
    return redirect("governance:policy_list")


def begin(request: HttpRequest, policy: PolicyVersion) -> HttpResponse:
    """A draft, then its text."""
    require(rules.may_draft(request.user))
    form = DraftForm(request.POST)
    if form.is_valid():
        done, made = attempt(
            form,
            lambda: services.draft(based_on=policy, version=form.cleaned_data["version"], by=request.user),
        )
        if done:
            return redirect("governance:policy_edit", pk=made.pk)
    context = {"policy": policy, "form": form}
    return render(request, "governance/policy_draft.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def policy_case(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """Which version a use case is held to, what the newer one changes, and moving to it."""
    use_case = visible_case(request, use_case_pk)
    form = UpgradeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(rules.may_upgrade(request.user, use_case))
        if form.is_valid():
            done, _pin = attempt(
                form, lambda: pins.upgrade(use_case, reason=form.cleaned_data["reason"], by=request.user)
            )
            if done:
                messages.success(request, _("It follows the newest policy now."))
                return redirect("governance:policy_case", use_case_pk=use_case.pk)
    held, now = policies.pinned(use_case), policies.for_tier(use_case.risk_tier).row
    found = selectors.changes(held, now) if held and now and held.pk != now.pk else []
    context = {
        "use_case": use_case, "held": held, "now": now, "form": form,
        "changes": [(each, EFFECT_COLORS[each.effect], EFFECTS[each.effect]) for each in found],
        "may_upgrade": rules.may_upgrade(request.user, use_case),
    }  # fmt: skip
    return render(request, "governance/policy_case.html", context, status=422 if form.errors else 200)
