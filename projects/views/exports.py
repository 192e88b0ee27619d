"""Pages on which a model is taken along."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from projects.downloads import ZIP, on_page
from projects.models import Experiment, Export, Trial
from projects.rules import exports as rules
from projects.selectors import exports as selectors
from projects.services import exports


def found(request: HttpRequest, pk: str) -> Trial:
    """A candidate of an experiment the person sees."""
    related = (
        "experiment__use_case__product_owner",
        "experiment__author",
        "experiment__job",
        "experiment__dataset_version__dataset__owner",
    )
    trials = Trial.objects.visible_to(request.user).select_related(*related)  # type: ignore[arg-type]
    return get_object_or_404(trials.defer("experiment__dataset_version__profile"), pk=pk)


def context_of(request: HttpRequest, trial: Trial) -> dict[str, Any]:
    """The formats with their state."""
    shapes = selectors.shapes(request.user, trial)  # type: ignore[arg-type]
    return {
        "trial": trial,
        "experiment": trial.experiment,
        "shapes": shapes,
        "is_busy": any(shape.is_busy for shape in shapes),
        "may_export": rules.may_export(request.user, trial),  # type: ignore[arg-type]
    }


@require_safe
@login_required
def export_list(request: HttpRequest, pk: str) -> HttpResponse:
    """Every format of a candidate, what it is for and how far it is."""
    trial = found(request, pk)
    others = trial.experiment.trials.exclude(bundle_digest="").exclude(is_baseline=True)
    context = context_of(request, trial) | {"others": others}
    return render(request, "projects/export_list.html", context)


@require_safe
@login_required
def export_shapes(request: HttpRequest, pk: str) -> HttpResponse:
    """The moving part alone: asked for again while something is built, and shown on other pages."""
    return render(request, "projects/export_shapes.html", context_of(request, found(request, pk)))


@require_safe
@login_required
def export_panel(request: HttpRequest, pk: str) -> HttpResponse:
    """On the page of an experiment: the forms of its best model; nothing while there is none."""
    experiments = Experiment.objects.visible_to(request.user).defer("result")  # type: ignore[arg-type]
    experiment = get_object_or_404(experiments, pk=pk)
    best = experiment.trials.filter(is_best=True).first()
    if best is None:
        return HttpResponse(status=204)
    return render(request, "projects/export_shapes.html", context_of(request, found(request, str(best.pk))))


@require_POST
@login_required
def export_build(request: HttpRequest, pk: str) -> HttpResponse:
    """Have one format built."""
    trial = found(request, pk)
    try:
        exports.request(trial, format=request.POST.get("format", ""), by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("projects:export_list", pk=trial.pk)


@require_safe
@login_required
def export_download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The file; the trail keeps who took it."""
    export = get_object_or_404(Export.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]
    back = reverse("projects:export_list", args=[export.trial_id])
    return on_page(
        request, partial(exports.download, export, by=request.user), name=exports.file_name(export), kind=ZIP, back=back
    )  # fmt: skip
