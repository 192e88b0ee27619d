"""Who may ask a trained candidate questions, and who sees single rows."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import DatasetVersion, Experiment, Explanation, Trial


def may_explain(user: User, experiment: Experiment) -> Verdict:
    """Everybody who sees a finished experiment, except auditors, who start no work."""
    if user.has_duty(Duty.AUDITOR):
        return no(
            _("Auditors read; they start no work."),
            _("Ask the squad to ask this question."),
            code="auditor.reads_only",
        )
    if experiment.status != "done":
        return no(
            _("There is no result yet."),
            _("Wait for the end of the experiment."),
            code="explanation.no_result_yet",
        )
    return YES


def may_see_rows(user: User, experiment: Experiment) -> Verdict:
    """Single rows are shown to those who may use the data."""
    version = experiment.dataset_version
    if DatasetVersion.objects.usable_by(user).filter(pk=version.pk).exists():
        return YES
    return no(
        _("Single rows are shown to those who may use the data."),
        _("Ask %(owner)s to share the dataset with you.") % {"owner": version.dataset.owner},
        code="explanation.see_rows_not_yours",
    )


def may_ask_rows(user: User, experiment: Experiment) -> Verdict:
    """Both of the above."""
    return first_no(may_explain(user, experiment), may_see_rows(user, experiment))


def may_ask(user: User, experiment: Experiment, what: str) -> Verdict:
    """The rule of one kind of question."""
    is_about_rows = what in {Explanation.What.ROWS, Explanation.What.WHATIF, Explanation.What.CHANGE}
    return may_ask_rows(user, experiment) if is_about_rows else may_explain(user, experiment)


def may_read(user: User, explanation: Explanation) -> Verdict:
    """Answers about single rows like the rows themselves."""
    return may_see_rows(user, explanation.experiment) if explanation.names_rows else YES


def can_be_explained(trial: Trial) -> Verdict:
    """A candidate whose model was kept."""
    if trial.bundle_digest and trial.model_sha256:
        return YES
    return no(
        _("The model of this candidate was not kept."),
        _("Choose another candidate."),
        code="explanation.model_candidate_not_kept",
    )
