"""The desk where a request is read and decided."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance import gates, version_checks
from governance.forms.acts import DecisionForm, DissentForm, SecondLookForm
from governance.forms.policies import OverrideForm
from governance.models import ApprovalRequest, Decision, Override
from governance.rules import (
    approvals as rules,
    dissents as dissent_rules,
    overrides as override_rules,
    second_looks as look_rules,
)
from governance.selectors import approvals as selectors, desk, petitions
from governance.services import answers, approvals, dissents, second_looks
from governance.views.answers import attempt, attempt_or_tell
from portal.core.models import User
from portal.core.verdicts import require
from projects.models import GuardrailResult


def desk_context(request: HttpRequest, asked_for: ApprovalRequest, form: DecisionForm) -> dict[str, Any]:
    """Everything a decider reads."""
    context: dict[str, Any] = {
        "approval": asked_for,
        "color": ApprovalRequest.COLORS[asked_for.state],
        "decisions": [(each, Decision.COLORS[each.answer]) for each in asked_for.decisions.all()],
        "may_decide": rules.may_decide(request.user, asked_for),
        "may_withdraw": rules.may_withdraw(request.user, asked_for),
        "form": form,
        "steps": desk.steps(asked_for),
        "step_rows": selectors.steps(asked_for),
        "dissent": selectors.dissent(asked_for),
        "dissents": asked_for.dissents.all(),
        "may_dissent": dissent_rules.may_dissent(request.user, asked_for),
        "dissent_form": DissentForm(),
        "second_look": getattr(asked_for, "second_look", None),
        "may_look_again": look_rules.may_look_again(request.user, asked_for),
        "look_form": SecondLookForm(),
        "excluded": selectors.excluded(asked_for),
        "preview": petitions.preview(asked_for),
        "override_form": OverrideForm(),
        "may_override": override_rules.may_propose(request.user, asked_for),
        "overrides": overrides_of(asked_for, request.user),
        "is_review": asked_for.kind == ApprovalRequest.Kind.MODEL_REVIEW,
    }
    if asked_for.version:
        context |= desk.version_facts(asked_for.version, request.user) | {
            "justifications": selectors.justifications(asked_for),
            "requirements": version_checks.of_request(asked_for),
        }
    elif asked_for.kind in ApprovalRequest.GATES:
        modes = asked_for.policy.get("requirements", {})
        context["requirements"] = gates.requirements(
            asked_for.use_case, asked_for.kind, modes=modes, waivers=asked_for.waivers
        )
    return context | desk.around(asked_for, request.user)


def overrides_of(asked_for: ApprovalRequest, user: User) -> list[tuple[Any, str, Any, Any]]:
    """Each override with its colour and what the reader may do with it."""
    return [
        (
            each,
            Override.COLORS[each.state],
            override_rules.may_confirm(user, each),
            override_rules.may_drop(user, each),
        )
        for each in Override.objects.for_list().filter(request=asked_for)
    ]


def decision_form(asked_for: ApprovalRequest, data: Any = None) -> DecisionForm:
    """The form of this request's kind."""
    return DecisionForm(
        data,
        is_review=asked_for.kind == ApprovalRequest.Kind.MODEL_REVIEW,
        choices=answers.choices(asked_for),
        owners=User.objects.active().filter(is_service=False),
        tier=asked_for.policy.get("tier", ""),
        initial={"seen_digest": asked_for.subject_digest},
    )


def visible(request: HttpRequest, pk: str) -> ApprovalRequest:
    """The request, or 404."""
    return get_object_or_404(ApprovalRequest.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def approval_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """The desk: guardrails and justifications first, then figures, card, checklist, answer."""
    found = visible(request, pk)
    return render(
        request, "governance/approval_detail.html", desk_context(request, found, decision_form(found))
    )


@require_POST
@login_required
def approval_decide(request: HttpRequest, pk: str) -> HttpResponse:
    """Answer."""
    found = visible(request, pk)
    form = decision_form(found, request.POST)
    if found.state == ApprovalRequest.State.OPEN:
        require(rules.may_decide(request.user, found))  # a refusal is a 403, whatever the form holds
    if form.is_valid():
        done, _decision = attempt(form, lambda: approvals.decide(found, **form.said(), by=request.user))
        if done:
            messages.success(request, _("Your decision stands."))
            return redirect("governance:approval_detail", pk=found.pk)
    found = visible(request, pk)
    return render(request, "governance/approval_detail.html", desk_context(request, found, form), status=422)


@require_POST
@login_required
def justification_answer(request: HttpRequest, pk: str, guardrail_pk: str) -> HttpResponse:
    """Accept or refuse one justification."""
    found = visible(request, pk)
    guardrail = get_object_or_404(
        GuardrailResult, pk=guardrail_pk, experiment=found.version.trial.experiment if found.version else None
    )
    accepted = request.POST.get("accepted") == "yes"
    attempt_or_tell(
        request,
        lambda: approvals.answer_justification(
            found,
            guardrail=guardrail,
            is_accepted=accepted,
            comment=request.POST.get("comment", "")[:2000],
            by=request.user,
        ),
        _("Your answer is noted."),
    )
    return redirect("governance:approval_detail", pk=found.pk)


@require_POST
@login_required
def approval_withdraw(request: HttpRequest, pk: str) -> HttpResponse:
    """Take the question back."""
    found = visible(request, pk)
    attempt_or_tell(request, lambda: approvals.withdraw(found, by=request.user), _("Withdrawn."))
    return redirect("governance:approval_detail", pk=found.pk)


@require_POST
@login_required
def approval_dissent(request: HttpRequest, pk: str) -> HttpResponse:
    """Have a dissenting opinion kept."""
    found = visible(request, pk)
    attempt_or_tell(
        request,
        lambda: dissents.record(found, text=request.POST.get("text", ""), by=request.user),
        _("Your dissenting opinion is kept."),
    )
    return redirect("governance:approval_detail", pk=found.pk)


@require_POST
@login_required
def approval_look_again(request: HttpRequest, pk: str) -> HttpResponse:
    """Say what one saw in a sample of the short track."""
    found = visible(request, pk)
    was_right, remark = request.POST.get("was_right") == "yes", request.POST.get("remark", "")
    attempt_or_tell(
        request,
        lambda: second_looks.look(found, was_right=was_right, remark=remark, by=request.user),
        _("Kept with the request.")
        if was_right
        else _("Kept with the request. A finding was opened with the author of the version."),
    )
    return redirect("governance:approval_detail", pk=found.pk)
