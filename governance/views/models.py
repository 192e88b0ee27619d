"""The registry: models, their versions, registering and handing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from governance.filters import ModelFilter
from governance.forms.acts import CardForm, ReasonForm, RegisterForm, card_of
from governance.forms.registry import DayForm
from governance.models import Model, ModelVersion, Rehearsal
from governance.rules import (
    models as rules,
    petitions as petition_rules,
    versions as version_rules,
    waivers as waiver_rules,
)
from governance.selectors import comparisons, desk, documents, petitions, registry
from governance.selectors.story import story_of
from governance.services import models
from governance.tables import ModelTable
from governance.views.answers import attempt
from portal.core.verdicts import require
from projects.models import Experiment, Trial


@require_safe
@login_required
def model_list(request: HttpRequest) -> HttpResponse:
    """The registry."""
    found = ModelFilter(
        request.GET, queryset=Model.objects.visible_to(request.user).for_list(), request=request
    )
    table = ModelTable(found.qs if found.is_valid() else found.queryset.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    facets = registry.facets(Model.objects.visible_to(request.user), request.GET.dict())
    return render(request, "governance/model_list.html", {"filter": found, "table": table, "facets": facets})


@require_safe
@login_required
def model_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """A model: what serves, its versions, which version served when."""
    model = get_object_or_404(
        Model.objects.visible_to(request.user).select_related("use_case__product_owner", "created_by"), pk=pk
    )
    day = DayForm(request.GET if request.GET.get("on") else None)
    asked = day.cleaned_data["on"] if day.is_bound and day.is_valid() else None
    history = list(model.deployments.select_related("version", "started_by"))
    context = {
        "model": model,
        "rows": registry.version_rows(model),
        "duels": comparisons.duels(model),
        "history": history,
        "champion": next(
            (each for each in history if each.ended_at is None and each.role == "champion"), None
        ),
        "day": day,
        "asked": asked,
        "served": registry.on_day(model, asked) if asked else [],
        "comparisons": model.comparisons.select_related("base", "job")[:5],
        "aliases": model.aliases.select_related("version"),
        "may_compare": version_rules.may_compare(request.user, model),
        "may_delete": version_rules.may_delete_model(request.user, model),
    }
    return render(request, "governance/model_detail.html", context)


def visible(request: HttpRequest, pk: str) -> ModelVersion:
    """The version, or 404."""
    return get_object_or_404(ModelVersion.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def version_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """A version: where it stands, what it was made of, what was judged."""
    version = visible(request, pk)
    user = request.user
    context = desk.version_facts(version, user) | {
        "requests": version.requests.select_related("requested_by").prefetch_related("decisions__decided_by"),
        "findings": version.findings.select_related("owner"),
        "serving": version.deployments.filter(ended_at__isnull=True).first(),
        "open_request": version.requests.filter(state="open").first(),
        "reason_form": ReasonForm(),
        "sees_trial": Trial.objects.visible_to(user).filter(pk=version.trial_id).exists(),
        "lineage": registry.lineage(version, user),
        "is_intact": registry.is_intact(version),
        "documents": documents.shelf(version),
        "story": story_of(version),
        "aliases": version.aliases.all(),
        "may_archive": version_rules.may_archive(user, version),
        "may_delete": version_rules.may_delete(user, version),
        "may_name": version_rules.may_name(user, version),
        "may_lift_block": version_rules.may_lift_block(user, version),
        "may_enter": version_rules.may_enter(user, version),
        "may_ask_for_block": waiver_rules.may_ask_for_block(user, version),
        "may_retire": petition_rules.may_ask_to_retire(user, version),
        "waivers": petitions.waiver_rows(version.waivers.all(), user),
    }
    return render(request, "governance/version_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def model_register(request: HttpRequest, trial_pk: str) -> HttpResponse:
    """Make a version of a trial."""
    seen = Experiment.objects.visible_to(request.user).values("pk")
    trial = get_object_or_404(
        Trial.objects.select_related(
            "experiment__use_case", "experiment__dataset_version", "experiment__job"
        ),
        pk=trial_pk,
        experiment__in=seen,
    )
    choices = Model.objects.filter(use_case=trial.experiment.use_case)
    form = RegisterForm(
        request.POST if request.method == "POST" else None,
        models=choices,
        initial={"model": choices.first(), "name": trial.experiment.title},
    )
    if request.method == "POST":
        require(rules.may_register(request.user, trial))
        if form.is_valid():
            done, version = attempt(
                form, lambda: models.register(trial, **form.cleaned_data, by=request.user)
            )
            if done:
                messages.success(request, _("Registered. Fill in the card and submit it for review."))
                return redirect("governance:version_submit", pk=version.pk)
    context = {"trial": trial, "form": form, "verdict": rules.may_register(request.user, trial)}
    return render(request, "governance/model_register.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def version_submit(request: HttpRequest, pk: str) -> HttpResponse:
    """Write the card and hand the version in."""
    version = visible(request, pk)
    form = CardForm(request.POST if request.method == "POST" else None, initial=card_of(version))
    if request.method == "POST":
        require(rules.may_submit(request.user, version))
        if form.is_valid():
            card = dict(form.cleaned_data)
            comment = card.pop("comment")
            done, asked = attempt(
                form, lambda: models.submit(version, card=card, comment=comment, by=request.user)
            )
            if done:
                messages.success(request, _("Submitted. A reviewer who did not work on it decides."))
                return redirect("governance:approval_detail", pk=asked.pk)
    last = Rehearsal.objects.of(version).first()
    context = {
        "version": version,
        "form": form,
        "verdict": rules.may_submit(request.user, version),
        "said": last_words(version),
        "rehearsal": last,
        "ready": rules.is_passed(last, version),
    }
    return render(request, "governance/version_submit.html", context, status=422 if form.errors else 200)


def last_words(version: ModelVersion) -> list[tuple[str, str]]:
    """What the last reviewer asked for, with who."""
    last = (
        version.requests.filter(state="changes_requested").prefetch_related("decisions__decided_by").first()
    )
    return [(str(each.decided_by), each.reason) for each in last.decisions.all()] if last else []
