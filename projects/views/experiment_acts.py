"""The last step of the path and the acts on an experiment."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects.forms.experiments import JustifyForm
from projects.models import GuardrailResult
from projects.question import METRICS, VALIDATIONS, digest_of
from projects.rules import experiments as rules
from projects.selectors import experiments as selectors
from projects.services import experiments, guardrails
from projects.views.experiment_steps import explained
from projects.views.experiments import found
from projects.views.findings import with_mends


@require_safe
@login_required
def experiment_checks(request: HttpRequest, pk: str) -> HttpResponse:
    """What the checks found, what to do about it, and the start."""
    experiment = found(request, pk)
    if experiment.job_id:
        return redirect("projects:experiment_detail", pk=experiment.pk)
    if not experiment.question:
        return redirect("projects:experiment_question", pk=experiment.pk)
    results = GuardrailResult.objects.filter(experiment=experiment, stage="pre_train").current()
    rows = list(results.select_related("experiment__use_case", "justified_by"))
    job = experiment.check_job
    is_checked = experiment.checked_digest == digest_of(experiment)
    is_checking = bool(job and not job.is_over and not is_checked)
    asked = experiment.question
    context = {
        "experiment": experiment,
        "metric_words": METRICS[asked["task"]][asked["metric"]],
        "test_words": VALIDATIONS[asked["validation"]["kind"]],
        "steps": selectors.path_of(experiment, "experiment_checks"),
        "findings": [] if is_checking else with_mends(request.user, rows),  # soon there are others
        "passed": sum(not row.is_alerted for row in rows),
        "is_checked": is_checked,
        "is_checking": is_checking,
        "has_failed": bool(job and job.state == "failed" and not is_checked),
        "may_check": rules.may_check(request.user, experiment),
        "may_start": rules.may_start(request.user, experiment),
        **explained("experiment_checks"),
    }
    return render(request, "projects/experiment_checks.html", context)


@require_POST
@login_required
def experiment_check(request: HttpRequest, pk: str) -> HttpResponse:
    """Let the checks look at the question."""
    experiment = found(request, pk)
    guardrails.request_checks(experiment, by=request.user)
    return redirect("projects:experiment_checks", pk=experiment.pk)


@require_POST
@login_required
def experiment_justify(request: HttpRequest, pk: str) -> HttpResponse:
    """Say why a finding is right as it is."""
    visible = GuardrailResult.objects.visible_to(request.user)
    result = get_object_or_404(visible.select_related("experiment__use_case"), pk=pk)
    form = JustifyForm(request.POST)
    page = redirect(
        "projects:experiment_detail" if result.experiment.job_id else "projects:experiment_checks",
        pk=result.experiment_id,
    )
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("text", [])))
        return page
    try:
        guardrails.justify(result, form.cleaned_data["text"], by=request.user)
        messages.success(request, _("Your words are kept for the reviewer."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return page


@require_POST
@login_required
def experiment_start(request: HttpRequest, pk: str) -> HttpResponse:
    """Freeze the question and search."""
    experiment = found(request, pk)
    experiments.start(experiment, by=request.user)
    return redirect("projects:experiment_detail", pk=experiment.pk)


@require_POST
@login_required
def experiment_cancel(request: HttpRequest, pk: str) -> HttpResponse:
    """End the search and throw its result away."""
    experiment = found(request, pk)
    experiments.cancel(experiment, by=request.user)
    messages.success(request, _("The experiment stops; its result is thrown away."))
    return redirect("projects:experiment_detail", pk=experiment.pk)


@require_POST
@login_required
def experiment_stop_early(request: HttpRequest, pk: str) -> HttpResponse:
    """End the search and keep the best."""
    experiment = found(request, pk)
    experiments.stop_early(experiment, by=request.user)
    messages.success(request, _("The search ends now; the best so far is kept."))
    return redirect("projects:experiment_detail", pk=experiment.pk)


@require_POST
@login_required
def experiment_copy(request: HttpRequest, pk: str) -> HttpResponse:
    """A new draft with the same question."""
    draft = experiments.copy_draft(found(request, pk), by=request.user)
    return redirect("projects:experiment_question", pk=draft.pk)
