"""Comparing versions: the choice, and the answer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from governance.forms.registry import CompareForm
from governance.models import Model, VersionComparison
from governance.rules import versions as rules
from governance.selectors import comparisons as selectors
from governance.services import comparisons
from governance.views.answers import attempt
from portal.core.verdicts import require


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def version_compare(request: HttpRequest, pk: str) -> HttpResponse:
    """Choose two to four versions of a model."""
    model = get_object_or_404(Model.objects.visible_to(request.user).select_related("use_case"), pk=pk)
    versions = model.versions.select_related("model")
    form = CompareForm(
        request.POST if request.method == "POST" else None,
        versions=versions,
        tables=selectors.tables_for(request.user, model),
        initial={"base": selectors.first_base(model)},
    )
    verdict = rules.may_compare(request.user, model)
    if request.method == "POST":
        require(verdict)
        if form.is_valid():
            done, made = attempt(form, lambda: comparisons.ask(model, **form.cleaned_data, by=request.user))
            if done:
                return redirect("governance:comparison_detail", pk=made.pk)
    context = {"model": model, "form": form, "verdict": verdict, "enough": versions.count() > 1}
    return render(request, "governance/version_compare.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def comparison_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """What the engine found; the page asks again by itself until it is there."""
    found = get_object_or_404(VersionComparison.objects.visible_to(request.user).for_list(), pk=pk)
    return render(
        request, "governance/comparison_detail.html", {"comparison": found, **selectors.view_of(found)}
    )
