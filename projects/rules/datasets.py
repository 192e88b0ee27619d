"""Who may bring, describe and share tables."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Dataset, DatasetGrant, Recipe, SquadMember, UseCase


def is_in_squad(user: User, use_case: UseCase) -> bool:
    """Whether the person works on the use case now: its product owner or in its squad."""
    if use_case.product_owner_id == user.pk:
        return True
    return SquadMember.objects.current().filter(use_case=use_case, user=user).exists()


def may_upload(user: User, use_case: UseCase | None = None) -> Verdict:
    """Everybody who changes things; for a use case those who work on it."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if not user.is_active:
        return no(_("This account is closed."), code="account.closed")
    if use_case is not None and not is_in_squad(user, use_case):
        return no(
            _("Only the squad of %(ref)s brings data to it.") % {"ref": use_case.ref},
            _("Ask its product owner to add you to the squad."),
            code="dataset.upload_not_yours",
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
        code="dataset.add_version_not_yours",
    )


def may_describe(user: User, dataset: Dataset) -> Verdict:
    """Those who may bring a version may also say what its columns mean."""
    if may_add_version(user, dataset):
        return YES
    return no(
        _("Only the owner, the steward and the squad of this dataset describe it."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
        code="dataset.describe_not_yours",
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
            code="dataset.share_not_yours",
        )
    return is_lendable(dataset)


def is_lendable(dataset: Dataset) -> Verdict:
    """The class caps how far data may go: special categories never leave the squad."""
    if dataset.classification == Dataset.Classification.SPECIAL:
        return no(
            _("Special categories of personal data stay with the owner, the steward and the squad."),
            _("Add the person to the squad if the work needs it."),
            code="dataset.special_categories",
        )
    return YES


def may_end_grant(user: User, grant: DatasetGrant) -> Verdict:
    """Owner and steward, and the person who needs it no longer, while it runs."""
    if grant.ended_at is not None:
        return no(_("This access is over already."), code="dataset.access_over_already")
    if user.pk in {grant.person_id, grant.dataset.owner_id, grant.dataset.steward_id}:
        return YES
    return no(
        _("Only the owner, the steward and the person themselves end an access."),
        _("Ask %(owner)s.") % {"owner": grant.dataset.owner},
        code="dataset.end_grant_not_yours",
    )


def is_keeper(user: User, dataset: Dataset) -> bool:
    """Owner or steward: the two who answer for a dataset."""
    return user.pk in {dataset.owner_id, dataset.steward_id}


def may_expect(user: User, dataset: Dataset) -> Verdict:
    """Owner and steward say what every version must keep."""
    if is_keeper(user, dataset):
        return YES
    return no(
        _("Only the owner and the steward say what is expected of this dataset."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
        code="dataset.expect_not_yours",
    )


def may_classify(user: User, dataset: Dataset) -> Verdict:
    """Owner and steward."""
    if is_keeper(user, dataset):
        return YES
    return no(
        _("Only the owner and the steward of a dataset classify it."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
        code="dataset.classify_not_yours",
    )


def may_name_people(user: User, dataset: Dataset) -> Verdict:
    """The owner names the steward and hands the dataset over."""
    if user.pk == dataset.owner_id:
        return YES
    return no(
        _("Only the owner of a dataset names its steward or hands it over."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
        code="dataset.name_people_not_yours",
    )


def may_see_personal(user: User, dataset: Dataset) -> Verdict:
    """Values of columns that look personal are shown to owner and steward; everybody else sees them masked."""
    if is_keeper(user, dataset):
        return YES
    return no(
        _("Values of columns that look personal are masked."),
        _("Ask %(owner)s if the work needs them.") % {"owner": dataset.owner},
        code="dataset.see_personal_not_yours",
    )


def may_prepare(user: User, dataset: Dataset) -> Verdict:
    """Whoever sees a dataset and changes things may make another table of it."""
    return may_upload(user)


def may_edit_recipe(user: User, recipe: Recipe) -> Verdict:
    """Who made it, and those who bring versions of the dataset it reads."""
    if verdict := may_upload(user):
        if user.pk == recipe.made_by_id or may_add_version(user, recipe.dataset):
            return YES
    else:
        return verdict
    return no(
        _("Only %(person)s, the owner, the steward and the squad of the dataset change this recipe.")
        % {"person": recipe.made_by},
        _("Make a recipe of your own."),
        code="dataset.edit_recipe_not_yours",
    )
