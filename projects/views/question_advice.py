"""The engine's advice beside the steps of the question."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from projects.models import Experiment
from projects.rules import experiments as rules
from projects.selectors.question_advice import PARTS, advice_for
from projects.services import experiments, question_advice
from projects.views.experiments import found


def of_step(request: HttpRequest, pk: str, step: str) -> Experiment:
    """The experiment, when the step is one that has advice."""
    experiment = found(request, pk)
    if step not in PARTS:
        raise Http404
    return experiment


@require_safe
@login_required
def experiment_advice(request: HttpRequest, pk: str, step: str) -> HttpResponse:
    """The card alone, asked for while the engine looks."""
    experiment = of_step(request, pk, step)
    advice = advice_for(experiment, step)
    if advice is None:
        return HttpResponse(status=204)
    context = {
        "experiment": experiment,
        "advice": advice,
        "step_name": step,
        "verdict": rules.may_edit(request.user, experiment),  # type: ignore[arg-type]
    }
    return render(request, "projects/experiment_advice.html", context)


@require_POST
@login_required
def experiment_advise(request: HttpRequest, pk: str, step: str) -> HttpResponse:
    """Let the engine look at the table."""
    experiment = of_step(request, pk, step)
    question_advice.request_advice(experiment, by=request.user)  # type: ignore[arg-type]
    return redirect(f"projects:{step}", pk=experiment.pk)


@require_POST
@login_required
def experiment_take_advice(request: HttpRequest, pk: str, step: str) -> HttpResponse:
    """Ask what is recommended for this step."""
    experiment = of_step(request, pk, step)
    try:
        experiments.take_advice(experiment, [PARTS[step]], by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"projects:{step}", pk=experiment.pk)
