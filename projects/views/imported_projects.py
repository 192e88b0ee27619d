"""Pages on which a project from elsewhere is brought, looked at and carried out."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.uploads import UploadRefused
from portal.core.verdicts import require
from projects.downloads import on_page
from projects.forms.imported_projects import BundleForm, WhoForm
from projects.models import ImportedProject, PartialUpload
from projects.rules import imported_projects as rules
from projects.selectors import imported_projects as selectors
from projects.sentences import sentences
from projects.services import imported_making, imported_projects, partial_uploads
from projects.views.answers import carried_out, status_of

MOST = 50
WAITING = ("reading", "running")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def imported_project_list(request: HttpRequest) -> HttpResponse:
    """What one may see of projects brought from elsewhere, and a form to send one."""
    form = BundleForm(request.POST, request.FILES) if request.method == "POST" else BundleForm()
    verdict = rules.may_import_project(request.user)  # type: ignore[arg-type]
    sent: list[tuple[ImportedProject, bool]] = []
    if request.method == "POST":
        require(verdict)
        try:
            if carried_out(form, lambda: sent.append(taken(request, form))):
                return answered(request, *sent[0])
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
    past = ImportedProject.objects.visible_to(request.user).for_list()[:MOST]  # type: ignore[arg-type]
    rows = [(each, ImportedProject.COLORS[each.state], each.status != each.state) for each in past]
    context = {"form": form, "rows": rows, "verdict": verdict}
    return render(request, "projects/imported_project_list.html", context, status=status_of(form))


def taken(request: HttpRequest, form: BundleForm) -> tuple[ImportedProject, bool]:
    """The file, however it came; one that came in pieces is forgotten once it was taken."""
    key = form.cleaned_data.get("upload")
    if not key:
        return imported_projects.send(file=form.cleaned_data["file"], by=request.user)  # type: ignore[arg-type]
    upload = PartialUpload.objects.visible_to(request.user).filter(pk=key).first()  # type: ignore[arg-type]
    if upload is None:
        raise ValidationError({"file": _("The file is not there any more. Send it again.")})
    with partial_uploads.opened(upload, by=request.user) as file:  # type: ignore[arg-type]
        made = imported_projects.send(file=file, by=request.user)  # type: ignore[arg-type]
    partial_uploads.forget(upload)
    return made


def answered(request: HttpRequest, brought: ImportedProject, is_new: bool) -> HttpResponse:  # noqa: FBT001
    """On to its page; the same bundle a second time says so."""
    if not is_new and brought.state != ImportedProject.State.READING:
        messages.info(request, _("This very bundle was brought before. Here is what became of it."))
    return redirect("projects:imported_project_detail", pk=brought.pk)


def found(request: HttpRequest, pk: UUID) -> ImportedProject:
    """One that the person may see, or 404."""
    return get_object_or_404(ImportedProject.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def imported_project_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is in it and what becomes of it here; a POST says who owns it and carries it out."""
    brought = found(request, pk)
    may_carry_out = rules.may_carry_out(request.user, brought)  # type: ignore[arg-type]
    written = request.POST if request.method == "POST" else None
    form = WhoForm(written, brought=brought) if brought.plan else None

    def carry_out() -> None:
        assert form is not None
        imported_making.carry_out(brought, people=form.cleaned_data, by=request.user)  # type: ignore[arg-type]

    if request.method == "POST":
        require(may_carry_out)
        if form is not None and carried_out(form, carry_out):
            return redirect("projects:imported_project_detail", pk=pk)
    context = context_of(request, brought) | {"form": form, "may_carry_out": may_carry_out}
    status = status_of(form) if form else 200
    return render(request, "projects/imported_project_detail.html", context, status=status)


def context_of(request: HttpRequest, brought: ImportedProject) -> dict[str, Any]:
    """Everything the page shows."""
    is_stuck = brought.status != brought.state
    return {
        "brought": brought,
        "color": ImportedProject.COLORS[brought.state],
        "is_waiting": brought.state in WAITING and not is_stuck,
        "is_stuck": is_stuck,
        "problems": sentences(brought.problems),
        "parts": selectors.parts(brought),
        "people": selectors.names_here(brought),
        "papers": selectors.papers(brought),
        "to_read_only": selectors.to_read_only(brought),
        "may_take_over": rules.may_take_over(request.user, brought),  # type: ignore[arg-type]
        "is_mine": brought.owner_id == request.user.pk,
        "may_discard": rules.may_discard(request.user, brought),  # type: ignore[arg-type]
    }


@require_safe
@login_required
def imported_project_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far the step is; once it is over the page loads anew."""
    brought = found(request, pk)
    if brought.state not in WAITING or brought.job is None or brought.job.is_over:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "projects/imported_project_progress.html", {"brought": brought})


@require_POST
@login_required
def imported_project_take_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make what is left, as far as this person may."""
    imported_making.take_over(found(request, pk), by=request.user)  # type: ignore[arg-type]
    return redirect("projects:imported_project_detail", pk=pk)


@require_POST
@login_required
def imported_project_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put away what has become no use case, and go back to the list."""
    brought = found(request, pk)
    imported_projects.discard(brought, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("“%(name)s” is discarded, with its files.") % {"name": brought})
    return redirect("projects:imported_project_list")


@require_safe
@login_required
def imported_project_file(request: HttpRequest, pk: UUID, sha256: str) -> HttpResponseBase:
    """One file of it, always as a download: words of elsewhere are never a page of ours."""
    brought = found(request, pk)
    path = imported_projects.path_of(brought, sha256)
    if not path:
        raise Http404
    take = partial(imported_projects.file_of, brought, sha256, by=request.user)
    back = reverse("projects:imported_project_detail", args=[brought.pk])
    return on_page(request, take, name=path.replace("/", "-"), back=back)
