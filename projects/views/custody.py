"""Acts on a dataset: who answers for it, and how carefully it is kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.forms.datasets import ClassForm, PeopleForm
from projects.services import custody
from projects.views.expectations import dataset_of


def said(error: ValidationError) -> str:
    """All sentences of a refusal."""
    return " ".join(error.messages)


@require_POST
@login_required
def dataset_people(request: HttpRequest, pk: str) -> HttpResponse:
    """Name the steward, or hand the dataset over."""
    dataset = dataset_of(request, pk)
    form = PeopleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a colleague of the list."))
        return redirect("projects:dataset_detail", pk=pk)
    custody.name_people(dataset, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("They answer for this dataset now."))
    if dataset.owner_id != request.user.pk and not type(dataset).objects.visible_to(request.user).filter(
        pk=pk
    ):
        return redirect("projects:dataset_list")  # handed over: it may not be ours to see any more
    return redirect("projects:dataset_detail", pk=pk)


@require_POST
@login_required
def dataset_classify(request: HttpRequest, pk: str) -> HttpResponse:
    """Answer how carefully the dataset is kept."""
    dataset = dataset_of(request, pk)
    form = ClassForm(request.POST)
    form.full_clean()
    try:
        custody.classify(
            dataset,
            classification=request.POST.get("classification", ""),
            reason=form.cleaned_data.get("reason", request.POST.get("reason", "")),
            by=request.user,  # type: ignore[arg-type]
        )
        messages.success(request, _("The classification is kept."))
    except ValidationError as error:
        messages.error(request, said(error))
    return redirect("projects:dataset_detail", pk=pk)
