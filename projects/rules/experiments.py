"""Who may ask, check, justify, start and stop experiments."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from portal.core import rules as core_rules
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import DatasetVersion, Experiment, GuardrailResult, UseCase
from projects.question import MENDS, ONE_COLUMN, digest_of
from projects.rules.datasets import is_in_squad

SANDBOX_SECONDS = 60


def where_to_learn() -> str:
    """The page where the right to launch is earned, or nothing while there is none."""
    try:
        return reverse("training:right", args=[Right.LAUNCH_AUTOML])
    except NoReverseMatch:
        return ""


def may_draft(user: User, use_case: UseCase) -> Verdict:
    """Those who work on the use case."""
    if is_in_squad(user, use_case):
        return YES
    return no(
        _("Only the squad of %(ref)s makes experiments for it.") % {"ref": use_case.ref},
        _("Ask its product owner to add you to the squad."),
        code="experiment.draft_not_yours",
    )


def may_edit(user: User, experiment: Experiment) -> Verdict:
    """The author and the squad, until it is started."""
    if experiment.job_id:
        return no(
            _("The question is frozen since the experiment was started."),
            _("Copy it into a new experiment."),
            code="experiment.question_frozen_since_experiment_started",
        )
    if experiment.author_id == user.pk:
        return YES
    return may_draft(user, experiment.use_case)


def may_check(user: User, experiment: Experiment) -> Verdict:
    """Whoever may edit, once the question has a target."""
    if not experiment.question.get("target"):
        return no(
            _("The checks need to know what to predict."),
            _("Choose the target first."),
            code="experiment.checks_need_know_what_predict",
        )
    return may_edit(user, experiment)


def may_justify(user: User, result: GuardrailResult) -> Verdict:
    """The author and the squad, for an alert that asks for words."""
    experiment = result.experiment
    if not (result.is_alerted and result.severity == GuardrailResult.Severity.JUSTIFY):
        return no(_("This result asks for no justification."), code="experiment.result_asks_no_justification")
    if not result.is_current:
        return no(
            _("This result was replaced by a later check."), code="experiment.result_replaced_by_later_check"
        )
    if experiment.author_id == user.pk:
        return YES
    return may_draft(user, experiment.use_case)


def may_mend(user: User, result: GuardrailResult) -> Verdict:
    """Whoever may edit the question, for a finding that another role of its columns answers."""
    roles = result.experiment.question.get("roles") or {}
    known = MENDS.get(result.code)
    many = result.code in ONE_COLUMN and len(result.columns) > 1
    if not (result.is_alerted and result.columns and known) or many:
        return no(_("Only a person can mend this: read what to do."), code="no_mend")
    if not result.is_current:
        return no(
            _("This result was replaced by a later check."), code="experiment.result_replaced_by_later_check"
        )
    if all(roles.get(name) == known[0] for name in result.columns) and not known[1]:
        return no(_("This was done already. Run the checks again."), code="no_mend")
    return may_edit(user, result.experiment)


def may_launch(user: User) -> Verdict:
    """The credential that training confers; asked afresh each time."""
    if credentials.holds(user, Right.LAUNCH_AUTOML):
        return YES
    return no(
        _("Starting an experiment needs the certificate of the citizen data scientist. Your draft is kept."),
        _("Take the learning path"),
        where_to_learn(),
        "credential_missing",
    )


def may_start(user: User, experiment: Experiment) -> Verdict:
    """Draft, squad, credential, phase, data and checks, in this order; the first that fails speaks."""
    if experiment.job_id:
        return no(_("This experiment was started already."), code="experiment.started_already")
    if not is_in_squad(user, experiment.use_case):
        return may_draft(user, experiment.use_case)
    first = practice_allows(experiment) if experiment.use_case.is_sandbox else may_launch(user)
    return first_no(first, phase_allows(experiment), data_allow(user, experiment), checks_allow(experiment))


def practice_allows(experiment: Experiment) -> Verdict:
    """Practice needs no right, but it takes the machines for a short while only."""
    if int(experiment.question.get("budget_seconds") or 0) <= SANDBOX_SECONDS:
        return YES
    return no(
        _("In a sandbox a search runs for at most %(seconds)s seconds.") % {"seconds": SANDBOX_SECONDS},
        _("Choose a shorter search."),
        reverse("projects:experiment_budget", args=[experiment.pk]),
        "sandbox_budget",
    )


def is_real(use_case: UseCase) -> Verdict:
    """What a learner makes in a sandbox stays there."""
    if not use_case.is_sandbox:
        return YES
    return no(
        _("This was made in a sandbox, for practice. It stays there."),
        _("Do the same in a use case you work on."),
        code="sandbox",
    )


def phase_allows(experiment: Experiment) -> Verdict:
    """Experiments belong to use cases that are being worked on."""
    use_case = experiment.use_case
    if use_case.phase in UseCase.ACTIVE:
        return YES
    return no(
        _(
            "%(ref)s is in the phase “%(phase)s”. Experiments start in initialisation, development or production."
        )
        % {"ref": use_case.ref, "phase": use_case.get_phase_display()},
        _("Ask the product owner to open initialisation."),
        code="experiment.in_phase_experiments_start_in",
    )


def data_allow(user: User, experiment: Experiment) -> Verdict:
    """The version is ready and the person may still use it."""
    version = experiment.dataset_version
    if version.state != DatasetVersion.State.READY:
        return no(
            _("The dataset version is not ready."),
            _("Wait for its check, or choose another version."),
            code="experiment.dataset_version_not_ready",
        )
    if not DatasetVersion.objects.usable_by(user).filter(pk=version.pk).exists():
        return no(
            _("You may not use this dataset any more."),
            _("Ask %(owner)s.") % {"owner": version.dataset.owner},
            code="experiment.may_not_use_dataset_any",
        )
    return YES


def checks_allow(experiment: Experiment) -> Verdict:
    """The checks looked at exactly this question, and nothing they found stands open."""
    page = reverse("projects:experiment_checks", args=[experiment.pk])
    if not experiment.question.get("target"):
        return no(
            _("The question is not complete: it has no target."),
            _("Choose what to predict."),
            page,
            code="experiment.question_not_complete_has_no",
        )
    if experiment.checked_digest != digest_of(experiment):
        return no(
            _("The checks have not looked at this question yet."),
            _("Run the checks."),
            page,
            code="experiment.checks_have_not_looked_at",
        )
    found = list(GuardrailResult.objects.filter(experiment=experiment).open())
    blocks = sum(result.severity == GuardrailResult.Severity.BLOCK for result in found)
    if blocks:
        return no(
            _("A check blocks this experiment: %(text)s")
            % {"text": next(r for r in found if r.severity == "block").text},
            _("Change the question or the data."),
            page,
            code="experiment.check_blocks_experiment",
        )
    if found:
        return no(
            _("A check asks for a justification: %(text)s") % {"text": found[0].text},
            _("Write it down."),
            page,
            code="experiment.check_asks_justification",
        )
    return YES


def may_cancel(user: User, experiment: Experiment) -> Verdict:
    """Whoever started it, while it is not over; the result is thrown away."""
    if experiment.job is None:
        return no(_("This experiment was not started."), code="experiment.not_started")
    return core_rules.may_cancel_job(user, experiment.job)


def may_stop_early(user: User, experiment: Experiment) -> Verdict:
    """The same people, while it runs and once there is something to keep."""
    verdict = may_cancel(user, experiment)
    if not verdict:
        return verdict
    if experiment.status != "running":
        return no(
            _("There is nothing to keep yet: the experiment waits for a worker."),
            code="experiment.nothing_keep_yet_experiment_waits",
        )
    if experiment.stop_requested_at:
        return no(_("The search is ending already."), code="experiment.search_ending_already")
    return YES


def may_register(user: User, experiment: Experiment) -> Verdict:
    """Those who work on the use case, once there is a result."""
    if experiment.status != "done":
        return no(
            _("There is no result yet."),
            _("Wait for the end of the experiment."),
            code="experiment.no_result_yet",
        )
    return first_no(may_draft(user, experiment.use_case), is_real(experiment.use_case))
