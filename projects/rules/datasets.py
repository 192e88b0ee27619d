"""Who may bring, describe and share tables."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import Dataset, Recipe, ShareRight, SquadMember, UseCase
from projects.rules.shares import has_share, is_keeper


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
    """Owner, steward, the squad of its use case, and those it is shared with to edit."""
    if is_keeper(user, dataset):
        return YES
    if dataset.use_case and is_in_squad(user, dataset.use_case):
        return YES
    if has_share(user, dataset, ShareRight.EDIT):
        return YES
    return no(
        _("Only the owner, the steward, the squad and those who may edit this dataset bring new versions."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
        code="dataset.add_version_not_yours",
    )


def may_describe(user: User, dataset: Dataset) -> Verdict:
    """Those who may bring a version may also say what its columns mean."""
    if may_add_version(user, dataset):
        return YES
    return no(
        _("Only the owner, the steward, the squad and those who may edit this dataset describe it."),
        _("Ask %(owner)s.") % {"owner": dataset.owner},
        code="dataset.describe_not_yours",
    )


def may_expect(user: User, dataset: Dataset) -> Verdict:
    """Owner, steward and those it is shared with to edit say what every version must keep."""
    if is_keeper(user, dataset) or has_share(user, dataset, ShareRight.EDIT):
        return YES
    return no(
        _("Only the owner, the steward and those who may edit this dataset say what is expected of it."),
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


def may_use(user: User, dataset: Dataset) -> Verdict:
    """Work with its rows: everybody who sees it, less those it is shared with to look at only."""
    if Dataset.objects.usable_by(user).filter(pk=dataset.pk).exists():
        return YES
    return no(
        _("You may look at this dataset; working with its rows needs the right to use it."),
        _("Ask %(owner)s for it.") % {"owner": dataset.owner},
        code="dataset.use_not_yours",
    )


def may_prepare(user: User, dataset: Dataset) -> Verdict:
    """Whoever may use a dataset and changes things may make another table of it."""
    return first_no(may_upload(user), may_use(user, dataset))


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
