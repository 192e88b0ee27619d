"""Pages on which a whole use case is taken along."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.core.models import Job
from projects.downloads import MAKE_AGAIN, ZIP, on_page
from projects.models import ImportedProject, ProjectBundle, UseCase
from projects.rules import bundles as rules
from projects.selectors.bundle_data import may_take_bundle
from projects.services import bundles

MOST = 20


def found(request: HttpRequest, pk: UUID) -> UseCase:
    """A use case the person sees."""
    visible = UseCase.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]
    return get_object_or_404(visible, pk=pk)


def context_of(request: HttpRequest, use_case: UseCase) -> dict[str, Any]:
    """One's bundles of it, the newest first, with what may be done with each."""
    made = list(ProjectBundle.objects.visible_to(request.user).filter(use_case=use_case).for_list()[:MOST])  # type: ignore[arg-type]
    rows = [
        {
            "bundle": each,
            "is_busy": not each.job.is_over,
            "color": "grey" if each.is_over else Job.COLORS.get(each.status, "grey"),
            "may_take": may_take_bundle(request.user, each) if each.file_digest else None,  # type: ignore[arg-type]
        }
        for each in made
    ]
    return {
        "use_case": use_case,
        "rows": rows,
        "is_busy": any(row["is_busy"] for row in rows),
        "may_export": rules.may_export_project(request.user, use_case),  # type: ignore[arg-type]
        "days": bundles.KEPT.days,
    }


@require_safe
@login_required
def bundle_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a bundle holds, one's own ones, and how far they are."""
    return render(request, "projects/bundle_list.html", context_of(request, found(request, pk)))


@require_safe
@login_required
def bundle_rows(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The moving part alone, asked for again while something is being made."""
    return render(request, "projects/bundle_rows.html", context_of(request, found(request, pk)))


@require_safe
@login_required
def bundle_panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On the page of a use case: the way to it, or why not; and where it was brought from."""
    use_case = found(request, pk)
    verdict = rules.may_export_project(request.user, use_case)  # type: ignore[arg-type]
    brought = ImportedProject.objects.visible_to(request.user).filter(use_case=use_case).first()
    context = {"use_case": use_case, "may_export": verdict, "brought": brought}
    return render(request, "projects/bundle_panel.html", context)


@require_POST
@login_required
def bundle_make(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have one made."""
    bundles.request(found(request, pk), by=request.user)  # type: ignore[arg-type]
    return redirect("projects:bundle_list", pk=pk)


@require_safe
@login_required
def bundle_download(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The zip; the trail keeps who took it."""
    visible = ProjectBundle.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]
    bundle = get_object_or_404(visible, pk=pk)
    take = partial(bundles.download, bundle, by=request.user)
    back = reverse("projects:bundle_list", args=[bundle.use_case_id])
    return on_page(request, take, name=bundles.file_name(bundle), kind=ZIP, back=back, damaged=MAKE_AGAIN)
