"""The part of a version's page that measures columns against a chosen target."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from projects.models import DatasetVersion
from projects.rules import datasets as rules
from projects.selectors import relations as selectors
from projects.services import relations
from projects.views.custody import said
from projects.views.datasets import version_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_relations(request: HttpRequest, pk: str) -> HttpResponse:
    """Choose a target; POST has the columns measured, the page asks until they are."""
    version = version_of(request, pk)
    if version.state != DatasetVersion.State.READY:
        raise Http404
    names = [each["name"] for each in version.columns_described]
    asked = request.POST if request.method == "POST" else request.GET
    target = asked.get("target", "")
    problem = ""
    if request.method == "POST":
        try:
            relations.ask(version, target, by=request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            problem = said(error)
    job = selectors.job_of(version, target) if target in names and target not in version.relations else None
    context = {
        "version": version,
        "dataset": version.dataset,
        "names": names,
        "target": target,
        "problem": problem or (job.error_text if job and job.is_over else ""),
        "job": job if job and not job.is_over else None,
        "chart": selectors.relation_chart(version, target),
        "suspicious": selectors.suspicious(version, target),
        "verdict": rules.may_prepare(request.user, version.dataset),  # type: ignore[arg-type]
    }
    part = "HX-Request" in request.headers
    page = "projects/dataset_relations_part.html" if part else "projects/dataset_relations.html"
    return render(request, page, context, status=422 if problem else 200)
