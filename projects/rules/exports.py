"""Who may take a model out of the portal."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import Dataset, DatasetVersion, Export, Trial
from projects.rules.datasets import is_in_squad
from projects.rules.experiments import is_real

OPEN_CLASSES = (Dataset.Classification.PUBLIC, Dataset.Classification.INTERNAL)


def may_export(user: User, trial: Trial) -> Verdict:
    """Those who work on the use case and, when the data is confidential, still see it; a model that was kept."""
    return first_no(
        works_on(user, trial),
        is_real(trial.experiment.use_case),
        data_allow(user, trial),
        is_exportable(trial),
    )


def works_on(user: User, trial: Trial) -> Verdict:
    """The author and the squad; auditors read and take nothing along."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and take nothing away."), code="auditor.reads_only")
    use_case = trial.experiment.use_case
    if trial.experiment.author_id == user.pk or is_in_squad(user, use_case):
        return YES
    return no(
        _("Only the squad of %(ref)s takes its models away.") % {"ref": use_case.ref},
        _("Ask its product owner to add you to the squad."),
        code="export.works_on_not_yours",
    )


def data_allow(user: User, trial: Trial) -> Verdict:
    """A model inherits the class of its data: it goes only to people who may use that data."""
    version = trial.experiment.dataset_version
    if version.dataset.classification in OPEN_CLASSES:
        return YES
    if DatasetVersion.objects.usable_by(user).filter(pk=version.pk).exists():
        return YES
    return no(
        _("This model learned from data of the class “%(name)s”, which you may not use.")
        % {"name": version.dataset.get_classification_display()},
        _("Ask %(owner)s to share the dataset with you.") % {"owner": version.dataset.owner},
        code="export.model_learned_from_data_class",
    )


def is_exportable(trial: Trial) -> Verdict:
    """There is a result, and a model worth taking."""
    if trial.experiment.status != "done":
        return no(
            _("There is no result yet."),
            _("Wait for the end of the experiment."),
            code="export.no_result_yet",
        )
    if trial.is_baseline:
        return no(
            _("The baseline is there to compare with, not to be used."),
            _("Choose another candidate of the experiment."),
            code="export.baseline_compare_with_not_used",
        )
    if not (trial.bundle_digest and trial.model_sha256):
        return no(
            _("The model of this candidate was not kept."),
            _("Choose another candidate."),
            code="export.model_candidate_not_kept",
        )
    return YES


def may_download(user: User, export: Export) -> Verdict:
    """Like building it, once the file is there."""
    verdict = first_no(works_on(user, export.trial), data_allow(user, export.trial))
    if not verdict:
        return verdict
    if not export.file_digest:
        return no(_("The file is not there yet."), _("Wait until it is built."), code="export.file_not_yet")
    return YES
