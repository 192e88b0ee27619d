"""Who may practise, and who may clear practice away."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import Job, User
from portal.core.verdicts import YES, Verdict, no
from projects.models import DatasetVersion, Experiment, UseCase


def may_practise(user: User) -> Verdict:
    """Every person who changes things; programs do not learn."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if user.is_active and not user.is_service:
        return YES
    return no(_("Sandboxes are for people; this account is a program's."), code="person.only")


def may_use(user: User, sandbox: UseCase) -> Verdict:
    """Its learner alone."""
    if sandbox.is_sandbox and sandbox.product_owner_id == user.pk:
        return YES
    return no(
        _("A sandbox belongs to its learner."), _("Begin one of your own."), code="sandbox.use_not_yours"
    )


def may_clear(user: User | None, sandbox: UseCase) -> Verdict:
    """Its learner, or the portal itself; never anything but a sandbox."""
    if not sandbox.is_sandbox:
        return no(
            _("Only sandboxes are cleared away; a use case keeps its history."),
            code="sandbox.only_sandboxes_cleared_away_use",
        )
    if user is not None and not (verdict := may_use(user, sandbox)):
        return verdict
    if is_busy(sandbox):
        return no(
            _("Something in this sandbox still waits or runs."),
            _("Wait for its end, or cancel it on its page."),
            code="sandbox_busy",
        )
    return YES


def is_busy(sandbox: UseCase) -> bool:
    """Whether a search, a check or the reading of a table is not over."""
    rows = Experiment.objects.filter(use_case=sandbox).values_list("job", "check_job", "advice_job")
    keys = {key for row in rows for key in row if key}
    keys |= set(DatasetVersion.objects.filter(dataset__use_case=sandbox).values_list("job", flat=True))
    return Job.objects.unfinished().filter(pk__in=keys - {None}).exists()
