"""The dossier: what the gates ask to be written, and how much a use case is used."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.models import User
from portal.core.verdicts import require
from projects import rules
from projects.forms.dossiers import FORMS, DossierForm, UsageForm
from projects.models import Dossier
from projects.selectors import dossiers as reads
from projects.services import dossiers
from projects.views.answers import carried_out, find, frame, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_dossier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sections, each with its form; a POST writes one of them."""
    use_case = find(request, pk)
    may_write = rules.dossiers.may_write(request.user, use_case)  # type: ignore[arg-type]
    sent = None
    if request.method == "POST":
        require(may_write)
        sent = FORMS.get(request.POST.get("section", ""), DossierForm)(request.POST)
        if carried_out(sent, lambda: save(use_case, sent, request.user)):
            messages.success(request, _("Written down."))
            return redirect("projects:use_case_dossier", pk=pk)
        if "section" in sent.errors:
            raise Http404
    found = Dossier.objects.filter(use_case=use_case).select_related("data_asked_of", "support_owner").first()
    context = frame(use_case, "dossier") | {
        "sections": [section(each, sent) for each in reads.sections(use_case, found)],
        "may_write": may_write,
        "reports": reads.usage(use_case),
        "usage_chart": reads.usage_chart(use_case),
        "may_report": rules.dossiers.may_report(request.user, use_case),  # type: ignore[arg-type]
    }
    return render(request, "projects/dossier.html", context, status=status_of(sent) if sent else 200)


def save(use_case: Any, sent: DossierForm, user: Any) -> None:
    """One service call with what the section holds."""
    given = {name: value for name, value in sent.cleaned_data.items() if name != "section"}
    dossiers.write(use_case, **given, by=user)


def section(found: reads.Section, sent: DossierForm | None) -> dict[str, Any]:
    """One section with its form, filled with what stands or with what was sent."""
    if sent is not None and sent.data.get("section") == found.name:
        return {"found": found, "form": sent, "open": "yes"}
    start = {"section": found.name, **found.values}
    return {"found": found, "form": FORMS[found.name](initial=start, auto_id=f"{found.name}_%s"), "open": ""}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def usage_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Use and cost of one period."""
    use_case = find(request, pk)
    reader: User = request.user  # type: ignore[assignment]
    may_report = rules.dossiers.may_report(reader, use_case)
    if request.method == "POST":
        require(may_report)
    form = UsageForm(request.POST or None)
    act = lambda: dossiers.report_usage(use_case, **form.cleaned_data, by=reader)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        messages.success(request, _("Thank you: the figures stand."))
        return redirect("projects:use_case_dossier", pk=pk)
    context = frame(use_case, "usage_report") | {"form": form, "may_report": may_report}
    return render(request, "projects/usage_report.html", context, status=status_of(form))
