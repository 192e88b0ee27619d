"""Who may take a table out of the portal."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Dataset, DatasetVersion
from projects.rules.datasets import is_in_squad, may_use


def may_take_table(user: User, version: DatasetVersion) -> Verdict:
    """
    Whoever may use a table may take it along, except where its class keeps it here: special categories
    never leave, personal data only with those who answer for it. Auditors read and take nothing.
    """
    dataset, use = version.dataset, may_use(user, version.dataset)
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and take nothing away."), code="auditor.reads_only")
    if not use:
        return use
    if dataset.classification == Dataset.Classification.SPECIAL:
        return no(
            _("Special categories of personal data do not leave the portal."),
            _("Work on the table here: experiments and charts do not need a copy."),
            code="download.special_categories",
        )
    if dataset.classification == Dataset.Classification.PERSONAL and not answers_for(user, dataset):
        return no(
            _("Personal data is taken along only by its owner, its steward and the squad that uses it."),
            _("Ask %(owner)s.") % {"owner": dataset.owner},
            code="download.personal_data",
        )
    if version.state != DatasetVersion.State.READY:
        return no(
            _("This version has no table yet."),
            _("Wait until it has been checked."),
            code="download.version_has_no_table_yet",
        )
    return YES


def answers_for(user: User, dataset: Dataset) -> bool:
    """Owner, steward, or somebody who works with it now."""
    if user.pk in {dataset.owner_id, dataset.steward_id}:
        return True
    return dataset.use_case is not None and is_in_squad(user, dataset.use_case)
