"""Pages on which one asks a trained candidate questions and reads its answers."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.verdicts import require
from projects.forms.explanations import AskForm
from projects.models import Experiment, Explanation
from projects.rules import explanations as rules
from projects.selectors import explanations as selectors
from projects.selectors.results import result_of
from projects.services import explanations
from projects.views.experiments import found

ASKED = (
    Explanation.What.EFFECTS,
    Explanation.What.ROWS,
    Explanation.What.COMPARE,
    Explanation.What.LEARNING,
    Explanation.What.REPORT,
)


def answered(request: HttpRequest, pk: str) -> Explanation:
    """An explanation the person sees, with its experiment."""
    related = (
        "experiment__use_case__product_owner", "experiment__author", "experiment__job", "trial", "other", "job",
        "experiment__dataset_version__dataset__owner",
    )  # fmt: skip
    visible = Explanation.objects.visible_to(request.user).select_related(*related)  # type: ignore[arg-type]
    return get_object_or_404(visible, pk=pk)


@require_safe
@login_required
def explain(request: HttpRequest, pk: str) -> HttpResponse:
    """What can be asked, and what was asked so far."""
    experiment = found(request, pk)
    if experiment.status != "done":
        return redirect("projects:experiment_detail", pk=experiment.pk)
    return asking(request, experiment, {})


def asking(
    request: HttpRequest, experiment: Experiment, forms: dict[str, AskForm], status: int = 200
) -> HttpResponse:
    """The page with one form per question."""
    questions = [
        (
            what,
            forms.get(what) or AskForm(experiment=experiment, what=what),
            rules.may_ask(request.user, experiment, what),
        )
        for what in ASKED
    ]
    context = {
        "experiment": experiment,
        "trail": trail(experiment),
        "questions": questions,
        "result": result_of(experiment),
        "may_see_rows": rules.may_see_rows(request.user, experiment),
        "may_ask_rows": rules.may_ask_rows(request.user, experiment),
        "earlier": Explanation.objects.filter(experiment=experiment).for_list()[:50],
    }
    return render(request, "projects/explain_ask.html", context, status=status)


def trail(experiment: Experiment) -> list[tuple[str, str]]:
    """Where one is."""
    return [
        (_("Experiments"), reverse("projects:experiment_list")),
        (experiment.title, reverse("projects:experiment_detail", args=[experiment.pk])),
    ]


@require_POST
@login_required
def explain_ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Put one question; an answer that is there already is shown at once."""
    experiment = found(request, pk)
    what = request.POST.get("what", "")
    require(rules.may_ask(request.user, experiment, what))
    if what not in ASKED:
        return asking(request, experiment, {}, status=422)
    form = AskForm(request.POST, experiment=experiment, what=what)
    if form.is_valid():
        try:
            asked = explanations.ask(experiment, what=what, by=request.user, **form.question())
        except ValidationError as error:
            spread(form, error)
        else:
            return redirect("projects:explanation_detail", pk=asked.pk)
    return asking(request, experiment, {what: form}, status=422)


def spread(form: Any, error: ValidationError) -> None:
    """Errors of the service at the fields they belong to, or above the form."""
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)


@require_safe
@login_required
def explanation_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """The answer, or how far it is."""
    explanation = answered(request, pk)
    return render(request, "projects/explain_detail.html", context_of(request, explanation))


@require_safe
@login_required
def explanation_live(request: HttpRequest, pk: str) -> HttpResponse:
    """The moving part, asked for every second; once it is over the page loads anew."""
    explanation = answered(request, pk)
    if explanation.job.is_over:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "projects/explain_progress.html", {"explanation": explanation})


def context_of(
    request: HttpRequest, explanation: Explanation, errors: list[str] | None = None
) -> dict[str, Any]:
    """What the page shows; values of rows only to those who see the data."""
    experiment = explanation.experiment
    may_read = rules.may_read(request.user, explanation)
    explain_url = reverse("projects:explain", args=[experiment.pk])
    context: dict[str, Any] = {
        "explanation": explanation,
        "experiment": experiment,
        "trail": [*trail(experiment), (_("Ask the model"), explain_url)],
        "may_read": may_read,
        "may_ask": rules.may_ask(request.user, experiment, explanation.what),
        "errors": errors or [],
    }
    if explanation.job.state == "done" and may_read:
        context["answer"] = selectors.shown(explanation)
    return context


@require_POST
@login_required
def explanation_whatif(request: HttpRequest, pk: str) -> HttpResponse:
    """From the reasons of a row: other values, or the smallest change that leads to another answer."""
    explanation = answered(request, pk)
    require(rules.may_ask_rows(request.user, explanation.experiment))
    rows = explanation.result.get("rows") or []
    number = request.POST.get("row", "")
    row = next((each for each in rows if str(each["row"]) == number), None)
    if row is None:
        problem = [_("This row is not explained here. Open its reasons first.")]
        return render(
            request, "projects/explain_detail.html", context_of(request, explanation, problem), status=422
        )
    what, options = asked_of(request, explanation, row)
    try:
        asked = explanations.ask(
            explanation.experiment, what=what, options=options, trial=explanation.trial, by=request.user
        )
    except ValidationError as error:
        context = context_of(request, explanation, error.messages)
        keep_typed(request, context, row["row"])
        return render(request, "projects/explain_detail.html", context, status=422)
    return redirect("projects:explanation_detail", pk=asked.pk)


def asked_of(
    request: HttpRequest, explanation: Explanation, row: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Which question was sent; only values that differ from the row's own are changes."""
    if request.POST.get("what") == Explanation.What.CHANGE:
        options: dict[str, Any] = {"row": row["row"], "goal": request.POST.get("goal", "")}
        return Explanation.What.CHANGE, options | {"columns": request.POST.getlist("columns")}
    changes = {}
    for field in selectors.fields_of(explanation.experiment, row["values"]):
        typed = request.POST.get(field["key"])
        if typed is not None and typed.strip() != field["value"]:
            changes[field["name"]] = typed.strip()
    return Explanation.What.WHATIF, {"row": row["row"], "changes": changes}


def keep_typed(request: HttpRequest, context: dict[str, Any], row: int) -> None:
    """What was typed stays in the fields."""
    for each in context.get("answer", {}).get("rows", []):
        if each["row"] == row:
            for field in each["fields"]:
                field["value"] = request.POST.get(field["key"], field["value"])
