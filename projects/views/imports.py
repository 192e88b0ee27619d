"""Pages of imports: send, map, try, carry out, read the report."""

import csv
from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.uploads import UploadRefused
from portal.core.verdicts import require
from projects import rules
from projects.forms.backlog import ImportFileForm, MappingForm
from projects.models import CaseImport
from projects.sentences import sentences
from projects.services import imports
from projects.services.exports_backlog import harmless
from projects.services.import_rows import CREATE, ERROR, NEEDED, UNCHANGED, UPDATE, known_fields
from projects.views.answers import carried_out, status_of

PER_PAGE = 50
WAITING = ("reading", "trying", "running")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """One's imports, and a form to send a file."""
    form = ImportFileForm(request.POST or None, request.FILES or None)
    verdict = rules.saved_views.may_import(request.user)
    if request.method == "POST":
        require(verdict)
        made: list[CaseImport] = []

        def send() -> None:
            made.append(imports.send(**form.cleaned_data, by=request.user))

        try:
            if carried_out(form, send):
                return redirect("projects:import_detail", pk=made[0].pk)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
    past = CaseImport.objects.visible_to(request.user).for_list()[:PER_PAGE]
    rows = [(each, CaseImport.COLORS[each.state]) for each in past]
    context = {"form": form, "rows": rows, "verdict": verdict}
    return render(request, "projects/import_list.html", context, status=status_of(form))


def own(request: HttpRequest, pk: UUID) -> CaseImport:
    """One's own import, or 404."""
    return get_object_or_404(CaseImport.objects.visible_to(request.user).for_list(), pk=pk)


def mapping_form(brought: CaseImport, data: Any = None) -> MappingForm:
    """The form with what is known already."""
    initial = {f"map_{name}": column for name, column in brought.mapping.items()} | brought.options
    labels = {name: f"{label} *" if name in NEEDED else label for name, label in known_fields().items()}
    return MappingForm(data, fields=labels, columns=brought.found.get("columns", []), initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the import stands and the one next step; a POST says what the columns are and tries."""
    brought = own(request, pk)
    form = mapping_form(brought, request.POST or None) if brought.found else None

    def try_out() -> None:
        assert form is not None
        imports.try_out(brought, mapping=form.mapping, options=form.cleaned_data, by=request.user)

    if request.method == "POST" and form is not None and carried_out(form, try_out):
        return redirect("projects:import_detail", pk=brought.pk)
    is_stuck = brought.state in WAITING and (brought.job is None or brought.job.is_over)
    context = {
        "brought": brought,
        "form": form,
        "color": CaseImport.COLORS[brought.state],
        "is_waiting": brought.state in WAITING and not is_stuck,
        "is_stuck": is_stuck,
        "problems": sentences(brought.problems),
        "remarks": sentences(brought.found.get("warnings", [])),
        "report": report(brought, request.GET) if brought.report else None,
        "steps": steps(brought.state),
    }
    return render(request, "projects/import_detail.html", context, status=status_of(form) if form else 200)


def steps(state: str) -> list[dict[str, Any]]:
    """The four steps."""
    at = {"reading": 0, "rejected": 0, "mapping": 1, "trying": 2, "tried": 3, "running": 3, "done": 4}[state]
    names = [_("The file is read"), _("Say what the columns are"), _("Try: nothing is written"), _("Import")]
    return [
        {
            "label": name,
            "state": "failed"
            if state == "rejected" and place == 0
            else "done"
            if place < at
            else "current"
            if place == at
            else "todo",
            "note": "",
            "url": "",
        }
        for place, name in enumerate(names)
    ]


def report(brought: CaseImport, params: Any) -> dict[str, Any]:
    """Counts, the reasons that come up most, and a page of rows."""
    words = {CREATE: _("New"), UPDATE: _("Changed"), UNCHANGED: _("The same as before"), ERROR: _("Refused")}
    colors = {CREATE: "green", UPDATE: "blue", UNCHANGED: "grey", ERROR: "red"}
    counts, rows = brought.report["counts"], brought.report["rows"]
    asked = params.get("outcome", "")
    shown = [row for row in rows if row["outcome"] == asked] if asked in words else rows
    shown = sorted(shown, key=lambda row: (row["outcome"] != ERROR, row["row"]))
    reasons = Counter((note["column"], note["text"]) for row in rows for note in row["messages"])
    page = Paginator(shown, PER_PAGE).get_page(params.get("page"))
    return {
        "is_trial": brought.report["is_trial"],
        "tiles": [(name, words[name], counts.get(name, 0)) for name in words],
        "reasons": [(column, text, n) for (column, text), n in reasons.most_common(10)],
        "page": page,
        "rows": [row | {"word": words[row["outcome"]], "color": colors[row["outcome"]]} for row in page],
        "would_change": counts.get(CREATE, 0) + counts.get(UPDATE, 0),
    }


@require_POST
@login_required
def import_run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Carry it out as it was tried."""
    imports.carry_out(own(request, pk), by=request.user)
    return redirect("projects:import_detail", pk=pk)


@require_safe
@login_required
def import_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the step is; once it is over the page loads anew."""
    brought = own(request, pk)
    if brought.state not in WAITING or brought.job is None or brought.job.is_over:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "projects/import_progress.html", {"brought": brought})


@require_safe
@login_required
def import_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report as CSV: row, outcome, number, reference, column, reason."""
    brought = own(request, pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="agora-import-report.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["row", "outcome", "external_id", "ref", "column", "reason"])
    for row in brought.report.get("rows", []):
        for note in row["messages"] or [{"column": "", "text": ""}]:
            cells = [row["row"], row["outcome"], row["key"], row["ref"], note["column"], note["text"]]
            writer.writerow([harmless(cell) for cell in cells])
    return response
