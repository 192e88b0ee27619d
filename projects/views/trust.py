"""Pages of readiness: the three checks, who answers for what, and the contract of trust."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.models import User
from portal.core.verdicts import require
from projects import rules
from projects.forms.teamwork import ContractForm, RaciForm, SignForm
from projects.forms.use_cases import ReadinessForm
from projects.models import Area, ReadinessCheck, TrustContract
from projects.selectors import contracts as reads
from projects.services import contracts, raci, readiness
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.deeds import done


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_readiness(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The three checks before production; a POST confirms one."""
    use_case = find(request, pk)
    reader: User = request.user  # type: ignore[assignment]
    sent = ReadinessForm(request.POST or None)
    act = lambda: readiness.confirm(use_case, **sent.cleaned_data, by=reader)  # noqa: E731
    if request.method == "POST" and carried_out(sent, act):
        return redirect("projects:use_case_readiness", pk=use_case.pk)
    found = {check.kind: check for check in use_case.readiness_checks.select_related("confirmed_by")}
    checks = [
        {
            "label": label,
            "kind": kind,
            "done": found.get(kind),
            "stands": rules.readiness.still_stands(found[kind], use_case) if kind in found else None,
            "verdict": rules.readiness.may_confirm(reader, use_case, kind),
            "form": sent
            if sent.is_bound and sent.data.get("kind") == kind
            else ReadinessForm(initial={"kind": kind}, auto_id=f"{kind}_%s"),
        }
        for kind, label in ReadinessCheck.Kind.choices
    ]
    context = frame(use_case, "readiness") | {
        "checks": checks,
        "form": sent,
        "contract": reads.contract_page(use_case, reader),
        "areas": reads.raci_rows(use_case),
    }
    return render(request, "projects/use_case_readiness.html", context, status=status_of(sent))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_raci(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who answers for improvement, operation and monitoring; a POST sets one area."""
    use_case = find(request, pk)
    may_assign = rules.raci.may_assign(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_assign)
    sent = RaciForm(request.POST) if request.method == "POST" else None
    if sent is not None:
        act = lambda: raci.assign(use_case, **sent.cleaned_data, by=request.user)  # noqa: E731
        if carried_out(sent, act):
            messages.success(request, _("The owners are named."))
            return redirect("projects:use_case_raci", pk=pk)
        use_case.refresh_from_db()
    context = frame(use_case, "raci") | {
        "may_assign": may_assign,
        "areas": [area_card(row, sent) for row in reads.raci_rows(use_case)],
        "shared": rules.readiness.responsibility_is_shared(use_case),
        "form": sent if sent is not None and sent.data.get("area") not in Area.values else None,
    }
    return render(request, "projects/raci.html", context, status=status_of(sent) if sent else 200)


def area_card(row: reads.AreaRow, sent: RaciForm | None) -> dict[str, Any]:
    """One area with its form, filled with what holds or with what was sent."""
    if sent is not None and sent.data.get("area") == row.area:
        return {"row": row, "form": sent, "open": "yes"}
    now = {
        "area": row.area,
        "accountable": row.accountable,
        "responsible": row.responsible,
        "consulted": row.consulted,
        "informed": row.informed,
    }
    return {"row": row, "form": RaciForm(initial=now, auto_id=f"{row.area}_%s"), "open": ""}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_contract(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest version with its signatures; a POST writes a new one."""
    use_case = find(request, pk)
    reader: User = request.user  # type: ignore[assignment]
    may_write = rules.contracts.may_write(reader, use_case)
    if request.method == "POST":
        require(may_write)
    page = reads.contract_page(use_case, reader)
    now = {name: getattr(page.contract, name) for name in TrustContract.TEXTS} if page.contract else {}
    form = ContractForm(request.POST or None, initial=now)
    act = lambda: contracts.write(use_case, **form.cleaned_data, by=reader)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        messages.success(request, _("The new version waits for three signatures."))
        return redirect("projects:use_case_contract", pk=pk)
    context = frame(use_case, "contract") | {"page": page, "form": form, "may_write": may_write}
    return render(request, "projects/contract.html", context, status=status_of(form))


@require_POST
@login_required
def contract_sign(request: HttpRequest, pk: UUID, version: int) -> HttpResponse:
    """Give one's word for one version."""
    use_case = find(request, pk)
    contract = get_object_or_404(TrustContract, use_case=use_case, version=version)
    contract.use_case = use_case
    form = SignForm(request.POST)
    if not form.is_valid():
        raise Http404
    act = lambda: contracts.sign(contract, **form.cleaned_data, by=request.user)  # noqa: E731
    if done(request, act):
        messages.success(request, _("Thank you: your signature stands."))
    return redirect("projects:use_case_contract", pk=pk)
