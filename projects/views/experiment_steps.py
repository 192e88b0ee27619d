"""The guided path: one short page per step, a draft kept at each."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from projects.forms import experiments as forms
from projects.models import Experiment
from projects.rules import experiments as rules
from projects.selectors import experiments as selectors
from projects.selectors.question_advice import advice_for
from projects.services import experiments, question_advice
from projects.views.datasets import tell_errors
from projects.views.experiments import found, lesson

WHY = {
    "experiment_data": (gettext_lazy("Which data?"), gettext_lazy("A model knows only what its table shows. Choose the version whose rows look like those you will predict."), "data-quality"),
    "experiment_question": (gettext_lazy("What do you ask?"), gettext_lazy("Say it in words before you say it in columns: a model that answers another question than yours is the most frequent failure."), "framing"),
    "experiment_columns": (gettext_lazy("What may each column be used for?"), gettext_lazy("Only what is known when the prediction is made may be used. Columns that name rows are learned by heart; sensitive ones are kept to check fairness."), "target-leakage"),
    "experiment_metric": (gettext_lazy("What counts as good?"), gettext_lazy("A false alarm and a missed case rarely cost the same. Say what they cost and the limit is set for you."), "metrics"),
    "experiment_validation": (gettext_lazy("How is it put to the test?"), gettext_lazy("The test must look like the use: if you predict next month, test on months that came after."), "validation"),
    "experiment_checks": (gettext_lazy("What may go wrong?"), gettext_lazy("The checks look for the mistakes that make a model good on paper and useless in use: answers that leak, rows that are seen twice, groups that are treated otherwise. What asks for words is read by the reviewer."), "target-leakage"),
    "experiment_budget": (gettext_lazy("How long may it search?"), gettext_lazy("More time tries more candidates; most of the gain comes early."), "automl"),
}  # fmt: skip


def explained(name: str) -> dict[str, Any]:
    """Why a step matters, and its lesson."""
    title, why, code = WHY[name]
    return {"step_title": title, "why": why, "lesson": lesson(code)}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_new(request: HttpRequest) -> HttpResponse:
    """The first step makes the draft."""
    start = {name: request.GET.get(name) for name in ("use_case", "dataset_version")}
    form = forms.DraftForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            experiment = experiments.create_draft(**form.cleaned_data, by=request.user)
            return redirect("projects:experiment_question", pk=experiment.pk)
        except ValidationError as error:
            tell_errors(form, error)
    context = {
        "form": form,
        "has_use_case": form.fields["use_case"].queryset.exists(),  # type: ignore[attr-defined]
        "has_data": form.fields["dataset_version"].queryset.exists(),  # type: ignore[attr-defined]
        "may_launch": rules.may_launch(request.user),
        **explained("experiment_data"),
    }
    return render(request, "projects/experiment_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_data(request: HttpRequest, pk: str) -> HttpResponse:
    """Another version of the data."""
    experiment = found(request, pk)
    start = {"dataset_version": experiment.dataset_version_id}
    form = forms.VersionChoiceForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            experiments.choose_version(experiment, form.cleaned_data["dataset_version"], by=request.user)
            return redirect("projects:experiment_question", pk=experiment.pk)
        except ValidationError as error:
            tell_errors(form, error)
    return shown(request, experiment, form, "experiment_data")


def shown(request: HttpRequest, experiment: Experiment, form: Any, name: str, **more: Any) -> HttpResponse:
    """A step as a page; 422 when what was entered needs another look."""
    context = {
        "experiment": experiment,
        "form": form,
        "steps": selectors.path_of(experiment, name),
        "verdict": rules.may_edit(request.user, experiment),  # type: ignore[arg-type]
        "advice": advice_for(experiment, name),
        "step_name": name,
        **explained(name),
        **more,
    }
    return render(request, "projects/experiment_step.html", context, status=422 if form.errors else 200)


def step(
    request: HttpRequest, pk: str, name: str, form_class: type[forms.StepForm], **more: Any
) -> HttpResponse:
    """Show one step of the question, or keep what was entered and go on."""
    experiment = found(request, pk)
    if name != "experiment_question" and not experiment.question:
        return redirect("projects:experiment_question", pk=experiment.pk)
    form = form_class(request.POST or None, experiment=experiment)
    if request.method == "POST" and form.is_valid():
        words = form.words() if isinstance(form, forms.QuestionForm) else {}
        try:
            experiments.update_question(experiment, form.asked(), by=request.user, **words)
            if isinstance(form, forms.QuestionForm):
                question_advice.request_advice(experiment, by=request.user)  # type: ignore[arg-type]
            return redirect(selectors.next_step(experiment, name))
        except ValidationError as error:
            tell_errors(form, error)
    return shown(request, experiment, form, name, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_question(request: HttpRequest, pk: str) -> HttpResponse:
    """Target, what a row is, when it is predicted."""
    return step(request, pk, "experiment_question", forms.QuestionForm)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_columns(request: HttpRequest, pk: str) -> HttpResponse:
    """A role for every column, suggested by the profile."""
    hint = _("The roles are suggested from the profile. Change what you know better.")
    return step(request, pk, "experiment_columns", forms.ColumnsForm, hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_metric(request: HttpRequest, pk: str) -> HttpResponse:
    """What counts as good."""
    return step(request, pk, "experiment_metric", forms.MetricForm)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_validation(request: HttpRequest, pk: str) -> HttpResponse:
    """How it is tested."""
    return step(request, pk, "experiment_validation", forms.ValidationForm)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def experiment_budget(request: HttpRequest, pk: str) -> HttpResponse:
    """How long it searches."""
    return step(request, pk, "experiment_budget", forms.BudgetForm)
