"""Pages: what is expected of a dataset, and what changed between two versions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.forms.expectations import LIMIT_FIELDS, ExpectationForm, rule_tabs
from projects.models import Dataset, DatasetVersion
from projects.rules import datasets as rules
from projects.selectors import changes as difference, expectations as selectors
from projects.services import expectations
from projects.views.datasets import tell_errors, version_of


def dataset_of(request: HttpRequest, pk: str) -> Dataset:
    """A dataset the person sees."""
    return get_object_or_404(Dataset.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_expectations(request: HttpRequest, pk: str) -> HttpResponse:
    """What is expected, what the newest version keeps, what one might expect; POST expects one thing more."""
    dataset = dataset_of(request, pk)
    version = dataset.versions.ready().first()
    rule = request.GET.get("rule", "range")
    if rule not in LIMIT_FIELDS:
        raise Http404
    columns = [each["name"] for each in version.columns_described] if version else []
    form = ExpectationForm(request.POST or None, rule=rule, columns=columns)
    if request.method == "POST" and form.is_valid():
        try:
            expectations.add(dataset, [form.wanted()], by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("It is expected now; the newest version is being checked."))
            return redirect("projects:dataset_expectations", pk=pk)
        except ValidationError as error:
            tell_errors(form, error)
    context: dict[str, Any] = {
        "dataset": dataset,
        "version": version,
        "expected": selectors.expected(dataset, version, request.user),  # type: ignore[arg-type]
        "offered": selectors.offered(dataset, version),
        "form": form,
        "tabs": rule_tabs(rule),
        "verdict": rules.may_expect(request.user, dataset),  # type: ignore[arg-type]
    }
    return render(request, "projects/dataset_expectations.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def dataset_expect_offered(request: HttpRequest, pk: str) -> HttpResponse:
    """Take the ticked suggestions."""
    dataset = dataset_of(request, pk)
    keys = set(request.POST.getlist("key"))
    offered = selectors.suggestions(dataset, dataset.versions.ready().first())
    chosen = [each for each in offered if selectors.key_of(each) in keys]
    expectations.add(dataset, chosen, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("%(count)s expectations were added.") % {"count": len(chosen)})
    return redirect("projects:dataset_expectations", pk=pk)


@require_POST
@login_required
def dataset_expect_less(request: HttpRequest, pk: str) -> HttpResponse:
    """Take one away."""
    expectations.remove(dataset_of(request, pk), request.POST.get("key", ""), by=request.user)  # type: ignore[arg-type]
    return redirect("projects:dataset_expectations", pk=pk)


@require_safe
@login_required
def dataset_changes(request: HttpRequest, pk: str) -> HttpResponse:
    """What changed from another version to this one; the version before unless another is named."""
    new = version_of(request, pk)
    others = list(new.dataset.versions.ready().exclude(pk=new.pk).for_list())
    asked = request.GET.get("against")
    if new.state != DatasetVersion.State.READY or (asked and asked not in {str(each.pk) for each in others}):
        raise Http404
    old = new.dataset.versions.ready().filter(pk=asked).first() if asked else difference.before(new)
    context = {
        "version": new,
        "dataset": new.dataset,
        "others": others,
        "against": old,
        "found": difference.changes(old, new, request.user) if old else None,  # type: ignore[arg-type]
    }
    return render(request, "projects/dataset_changes.html", context)
