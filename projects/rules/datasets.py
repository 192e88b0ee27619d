"""Who may bring, describe and share tables."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Dataset, DatasetGrant, SquadMember, UseCase


def is_in_squad(user: User, use_case: UseCase) -> bool:
    """Whether the person works on the use case now: its product owner or in its squad."""
    if use_case.product_owner_id == user.pk:
        return True
    return SquadMember.objects.current().filter(use_case=use_case, user=user).exists()


def may_upload(user: User, use_case: UseCase | None = None) -> Verdict:
    """Everybody who changes things; for a use case those who work on it."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."))
    if not user.is_active:
        return no(_("This account is closed."))
    if use_case is not None and not is_in_squad(user, use_case):
        return no(
            _("Only the squad of %(ref)s brings data to it.") % {"ref": use_case.ref},
            _("Ask its product owner to add you to the squad."),
        )
    return YES


def may_add_version(user: User, dataset: Dataset) -> Verdict:
    """Owner, steward and the squad of its use case."""
    if user.pk in {dataset.owner_id, dataset.steward_id}:
        return YES
    if dataset.use_case and is_in_squad(user, dataset.use_case):
        return YES
    return no(
        _("Only the owner, the steward and the squad of this dataset bring new versions."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
    )


def may_describe(user: User, dataset: Dataset) -> Verdict:
    """Those who may bring a version may also say what its columns mean."""
    if may_add_version(user, dataset):
        return YES
    return no(
        _("Only the owner, the steward and the squad of this dataset describe it."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
    )


def may_share(user: User, dataset: Dataset) -> Verdict:
    """Owner and steward, and never special categories or what lies in a sandbox."""
    if dataset.use_case and dataset.use_case.is_sandbox:
        return no(
            _("This table lies in a sandbox, for practice; nobody else sees it."),
            _("Bring it again outside of the sandbox to share it."),
            code="sandbox",
        )
    if user.pk not in {dataset.owner_id, dataset.steward_id}:
        return no(
            _("Only the owner and the steward of a dataset share it."),
            _("Ask %(owner)s.") % {"owner": dataset.owner},
        )
    return is_lendable(dataset)


def is_lendable(dataset: Dataset) -> Verdict:
    """The class caps how far data may go: special categories never leave the squad."""
    if dataset.classification == Dataset.Classification.SPECIAL:
        return no(
            _("Special categories of personal data stay with the owner, the steward and the squad."),
            _("Add the person to the squad if the work needs it."),
        )
    return YES


def may_end_grant(user: User, grant: DatasetGrant) -> Verdict:
    """Owner and steward, and the person who needs it no longer, while it runs."""
    if grant.ended_at is not None:
        return no(_("This access is over already."))
    if user.pk in {grant.person_id, grant.dataset.owner_id, grant.dataset.steward_id}:
        return YES
    return no(
        _("Only the owner, the steward and the person themselves end an access."),
        _("Ask %(owner)s.") % {"owner": grant.dataset.owner},
    )
