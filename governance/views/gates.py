"""A gate: all it requires at once, and asking to pass it. And the panels on the use case's page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance import gate_facts, gates as requirements
from governance.forms.acts import GateForm, SignForm
from governance.models import (
    ApprovalRequest,
    BenefitLine,
    Deployment,
    GateSignature,
    Model,
    ModelVersion,
    Waiver,
)
from governance.rules import (
    benefits as benefit_rules,
    gates as rules,
    signatures as signature_rules,
    waivers as waiver_rules,
)
from governance.rules.signatures import SIGNED
from governance.selectors import needs, petitions
from governance.services import gates, signatures
from governance.views.answers import attempt, attempt_or_tell
from portal.core.verdicts import Verdict, first_no, require
from projects.models import UseCase


def visible(request: HttpRequest, pk: str) -> UseCase:
    """The use case, or 404."""
    return get_object_or_404(UseCase.objects.visible_to(request.user).for_list(), pk=pk)


def verdict_of(
    request: HttpRequest, use_case: UseCase, gate: str, found: list[requirements.Requirement]
) -> Verdict:
    """Whether the reader may ask now; what may be waived does not count here."""
    must = [each for each in found if each.mode != "waive"]
    return first_no(rules.may_request(request.user, use_case), rules.is_passable(must))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def gate_detail(request: HttpRequest, use_case_pk: str, gate: str) -> HttpResponse:
    """Requirements, request, history of a gate."""
    if gate not in requirements.TITLES:
        raise Http404
    use_case = visible(request, use_case_pk)
    found = requirements.requirements(use_case, gate)
    form = GateForm(
        request.POST if request.method == "POST" else None,
        waivable=[each for each in found if each.mode == "waive" and not each.met],
        asks_course=gate == "G4",
    )
    if request.method == "POST":
        require(rules.may_request(request.user, use_case))
        if form.is_valid():
            done, asked = attempt(
                form,
                lambda: gates.request(
                    use_case,
                    gate=gate,
                    comment=form.cleaned_data["comment"],
                    waivers=form.waivers(),
                    course=form.cleaned_data.get("course", ""),
                    by=request.user,
                ),
            )
            if done:
                messages.success(request, done_words(gate, is_own_act=asked.is_own_act))
                return redirect("governance:approval_detail", pk=asked.pk)
    asked_before = ApprovalRequest.objects.filter(use_case=use_case, kind=gate).for_list()
    context = {
        "use_case": use_case, "gate": gate, "title": requirements.TITLES[gate],
        "requirements": sorted(found, key=lambda each: each.met), "form": form,
        "unmet": sum(each.stops for each in found), "is_ahead": gate in requirements.gates_ahead(use_case),
        "review_due": requirements.review_due(use_case) if gate == "G4" else None,
        "verdict": verdict_of(request, use_case, gate, found),
        "open_request": next((each for each in asked_before if each.state == "open"), None),
        "need": needs.of_gate(use_case, gate, use_case.product_owner) if gate in requirements.gates_ahead(use_case) and use_case.product_owner else None,
        "history": [(each, ApprovalRequest.COLORS[each.state]) for each in asked_before],
    } | signing(request, use_case, gate) | about_waivers(request, use_case, gate)  # fmt: skip
    return render(request, "governance/gate_detail.html", context, status=422 if form.errors else 200)


def signing(request: HttpRequest, use_case: UseCase, gate: str) -> dict[str, object]:
    """What stands beside the product owner's question: signatures, and whether the reader may sign."""
    return {
        "asks_signature": gate in SIGNED and gate in requirements.gates_ahead(use_case),
        "may_sign": signature_rules.may_sign(request.user, use_case, gate),
        "signatures": signed_by(use_case, gate),
        "sign_form": SignForm(),
    }


def signed_by(use_case: UseCase, gate: str) -> list[tuple[GateSignature, bool]]:
    """Each signature, and whether it still stands for what the gate is about."""
    found = list(GateSignature.objects.filter(use_case=use_case, gate=gate).select_related("signed_by"))
    now = gate_facts.digest(use_case, gate) if found else ""
    return [(each, each.subject_digest == now) for each in found]


@require_POST
@login_required
def gate_sign(request: HttpRequest, use_case_pk: str, gate: str) -> HttpResponse:
    """A builder signs beside the product owner."""
    use_case = visible(request, use_case_pk)
    if gate not in requirements.TITLES:
        raise Http404
    form = SignForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    attempt_or_tell(
        request,
        lambda: signatures.sign(use_case, gate=gate, note=note, by=request.user),
        _("You have signed. The product owner is told."),
    )
    return redirect("governance:gate_detail", use_case_pk=use_case.pk, gate=gate)


def about_waivers(request: HttpRequest, use_case: UseCase, gate: str) -> dict[str, Any]:
    """What is let go at this gate now, and whether more could be asked."""
    is_ahead = gate in requirements.gates_ahead(use_case)
    granted = Waiver.objects.filter(use_case=use_case, gate=gate, version=None)
    return {
        "waivers": petitions.waiver_rows(granted, request.user),  # type: ignore[arg-type]
        "waivable": is_ahead and bool(petitions.waivable(use_case, gate)),
        "may_ask_waiver": waiver_rules.may_ask(request.user, use_case),  # type: ignore[arg-type]
    }


def done_words(gate: str, *, is_own_act: bool) -> str:
    """What to say when it was asked, or when the product owner's own act was enough."""
    if not is_own_act:
        return _("Asked. You will be told the decision.")
    return _("The review is kept.") if gate == "G4" else _("The gate is passed.")


@require_safe
@login_required
def intake_panel(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """What gate 0 looks at, beside the answers of triage."""
    use_case = visible(request, use_case_pk)
    context = {"requirements": requirements.requirements(use_case, "G0")}
    return render(request, "governance/intake_panel.html", context)


@require_safe
@login_required
def gate_panel(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """The gate ahead, on the page of the use case."""
    use_case = visible(request, use_case_pk)
    gate = requirements.gate_of(use_case)
    found = requirements.requirements(use_case, gate) if gate else []
    waiting = ApprovalRequest.objects.open().filter(use_case=use_case, kind=gate).first() if gate else None
    context = {
        "use_case": use_case,
        "gate": gate,
        "open_ones": [each for each in found if not each.met],
        "met": [each.label for each in found if each.met],
        "unmet": sum(each.stops for each in found),
        "title": requirements.TITLES.get(gate, ""),
        "open_request": waiting,
    }
    return render(request, "governance/gate_panel.html", context)


@require_safe
@login_required
def model_panel(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """The models of the use case."""
    use_case = visible(request, use_case_pk)
    rows = []
    for model in Model.objects.filter(use_case=use_case).for_list():
        newest = next(iter(model.versions.all()), None)
        serving = next(
            (
                each
                for each in model.deployments.all()
                if each.ended_at is None and each.role == Deployment.Role.CHAMPION
            ),
            None,
        )
        rows.append(
            {
                "model": model,
                "newest": newest,
                "color": ModelVersion.COLORS[newest.status] if newest else "grey",
                "serving": serving,
            }
        )
    return render(request, "governance/model_panel.html", {"use_case": use_case, "rows": rows})


@require_safe
@login_required
def value_panel(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """What the use case is worth."""
    use_case = visible(request, use_case_pk)
    lines = list(BenefitLine.objects.filter(use_case=use_case, ended_on__isnull=True).for_list())
    realised = sum(
        each.amount for line in lines for each in line.measurements.all() if each.state == "verified"
    )
    context = {
        "use_case": use_case,
        "lines": lines,
        "expected": sum(line.yearly_amount for line in lines),
        "realised": realised,
        "may_enter": benefit_rules.may_enter(request.user, use_case),
    }
    return render(request, "governance/value_panel.html", context)
