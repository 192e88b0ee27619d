"""Pages of recipes: steps over a table, looked at while they grow, played into a new version."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.services.jobs import JobFailed
from projects import preparing
from projects.forms.recipes import PlayForm, RecipeForm, StepForm, kind_tabs
from projects.models import Recipe
from projects.rules import datasets as rules
from projects.selectors import recipes as selectors
from projects.services import preparation, recipes
from projects.views.custody import said
from projects.views.datasets import tell_errors, version_of


def recipe_of(request: HttpRequest, pk: str) -> Recipe:
    """A recipe the person sees."""
    found = (
        Recipe.objects.visible_to(request.user).for_list().select_related("preview_job", "dataset__use_case")
    )  # type: ignore[arg-type]
    return get_object_or_404(found, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def recipe_new(request: HttpRequest, pk: str) -> HttpResponse:
    """Begin a recipe on a version; those that stand already are offered."""
    version = version_of(request, pk)
    form = RecipeForm(
        request.POST or None, initial={"name": _("%(name)s, prepared") % {"name": version.dataset}}
    )
    if request.method == "POST" and form.is_valid():
        try:
            recipe = recipes.create(version, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
            return redirect("projects:recipe_detail", pk=recipe.pk)
        except ValidationError as error:
            tell_errors(form, error)
    context = {
        "form": form,
        "version": version,
        "dataset": version.dataset,
        "recipes": selectors.recipes_of(version.dataset, request.user),  # type: ignore[arg-type]
        "verdict": rules.may_prepare(request.user, version.dataset),  # type: ignore[arg-type]
    }
    return render(request, "projects/recipe_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def recipe_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """The steps, the first rows behind them, and a form for the next step."""
    recipe = recipe_of(request, pk)
    kind = request.GET.get("kind", "keep_rows")
    if kind not in preparing.KINDS:
        raise Http404
    start = {"version": request.GET.get("version", "")}
    columns = selectors.columns_of(recipe)
    form = StepForm(request.POST or None, kind=kind, columns=columns, user=request.user, initial=start)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            recipes.add(recipe, form.step(), by=request.user)  # type: ignore[arg-type]
            return redirect("projects:recipe_detail", pk=pk)
        except ValidationError as error:
            tell_errors(form, error)
    context: dict[str, Any] = {
        **shown(request, recipe),
        "form": form,
        "kind": kind,
        "tabs": kind_tabs(kind),
        "newer": selectors.newer_base(recipe),
        "play_form": PlayForm(initial={"name": recipe.name}),
    }
    return render(request, "projects/recipe_detail.html", context, status=422 if form.errors else 200)


def shown(request: HttpRequest, recipe: Recipe) -> dict[str, Any]:
    """What the page and its living part both need."""
    return {
        "recipe": recipe,
        "dataset": recipe.dataset,
        "steps": selectors.steps_of(recipe),
        "preview": selectors.preview_of(recipe, request.user),  # type: ignore[arg-type]
        "verdict": rules.may_edit_recipe(request.user, recipe),  # type: ignore[arg-type]
    }


@require_safe
@login_required
def recipe_live(request: HttpRequest, pk: str) -> HttpResponse:
    """Steps and preview alone; asked for every second until the preview is there."""
    return render(request, "projects/recipe_live.html", shown(request, recipe_of(request, pk)))


@require_POST
@login_required
def recipe_step(request: HttpRequest, pk: str) -> HttpResponse:
    """Take a step away, move it, or take the last change back."""
    recipe = recipe_of(request, pk)
    deed, _sign, place = request.POST.get("deed", "").partition(" ")
    at = int(place) if place.isdecimal() and len(place) < 4 else -1
    revision = request.POST.get("revision", "")
    same = {"by": request.user, "revision": int(revision) if revision.isdecimal() else None}
    try:
        match deed:
            case "remove":
                recipes.remove(recipe, at, **same)  # type: ignore[arg-type]
            case "up" | "down":
                recipes.move(recipe, at, at - 1 if deed == "up" else at + 1, **same)  # type: ignore[arg-type]
            case "undo":
                recipes.undo(recipe, by=request.user)  # type: ignore[arg-type]
            case _:
                messages.error(request, _("There is no such step."))
    except ValidationError as error:
        messages.error(request, said(error))
    return redirect("projects:recipe_detail", pk=pk)


@require_POST
@login_required
def recipe_base(request: HttpRequest, pk: str) -> HttpResponse:
    """Try the recipe on the newest version of its dataset."""
    recipe = recipe_of(request, pk)
    newest = recipe.dataset.versions.ready().first()
    try:
        if newest:
            recipes.base(recipe, newest, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, said(error))
    return redirect("projects:recipe_detail", pk=pk)


@require_POST
@login_required
def recipe_play(request: HttpRequest, pk: str) -> HttpResponse:
    """Make the table."""
    recipe = recipe_of(request, pk)
    try:
        version = recipes.play(recipe, name=request.POST.get("name", "")[:120], by=request.user)  # type: ignore[arg-type]
        return redirect("projects:dataset_version", pk=version.pk)
    except ValidationError as error:
        messages.error(request, said(error))
    return redirect("projects:recipe_detail", pk=pk)


@require_safe
@login_required
def recipe_script(request: HttpRequest, pk: str) -> HttpResponse:
    """The steps as a plain pandas script."""
    recipe = recipe_of(request, pk)
    try:
        code = preparation.take_script(recipe, by=request.user)  # type: ignore[arg-type]
    except JobFailed as failed:
        messages.info(request, str(failed))
        return redirect("projects:recipe_detail", pk=pk)
    headers = {"Content-Disposition": 'attachment; filename="prepare.py"'}
    return HttpResponse(code, content_type="text/x-python; charset=utf-8", headers=headers)
