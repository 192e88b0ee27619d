"""Who may ask for data, and for the retirement of a model."""

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, Deployment, ModelVersion
from governance.rules.deployments import runs
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import Artifact, Dataset
from projects.rules.shares import Thing, is_lendable


def may_ask_for(user: User, thing: Thing) -> Verdict:
    """Everybody who changes things, for data and artifacts they cannot use."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if user.is_service or not user.is_active:
        return no(_("Only a person asks for data."), code="person.only")
    if isinstance(thing, Artifact):
        return first_no(is_on_the_shelf(thing), cannot_use_artifact(user, thing), is_lendable(thing))
    if Dataset.objects.usable_by(user).filter(pk=thing.pk).exists():
        return no(
            _("You may use this dataset already."),
            _("Open it from the list of data."),
            code="petition.may_use_dataset_already",
        )
    return is_lendable(thing)


def is_on_the_shelf(artifact: Artifact) -> Verdict:
    """Nothing new begins with what was put away."""
    if artifact.retired_at is None:
        return YES
    return no(
        _("This artifact was put away."),
        _("Ask %(owner)s whether something took its place.") % {"owner": artifact.owner},
        code="petition.artifact_put_away",
    )


def cannot_use_artifact(user: User, artifact: Artifact) -> Verdict:
    """There is something to ask for."""
    if not Artifact.objects.usable_by(user).filter(pk=artifact.pk).exists():
        return YES
    return no(
        _("You may use this artifact already."),
        _("Open it from the library."),
        code="petition.may_use_artifact_already",
    )


def may_ask_to_retire(user: User, version: ModelVersion) -> Verdict:
    """Those who run the use case, for a version whose approval stands or that serves."""
    if not runs(user, version.model.use_case):
        return no(
            _("The product owner, an engineer of the squad or an IT engineer asks to retire a model."),
            _("Ask one of them."),
            code="petition.ask_to_retire_not_yours",
        )
    return first_no(is_retirable(version), is_not_leaving(version))


def is_retirable(version: ModelVersion) -> Verdict:
    """There is something to retire."""
    if version.status in ModelVersion.USABLE or version.status == ModelVersion.Status.EXPIRED:
        return YES
    if Deployment.objects.current().filter(version=version).exists():
        return YES
    return no(
        _("Only a version that was approved is retired; this one is “%(state)s”.")
        % {"state": version.get_status_display()},
        _("Archive it instead."),
        code="version.state",
    )


def is_not_leaving(version: ModelVersion) -> Verdict:
    """Its last day is not decided yet."""
    decided = version.requests.filter(
        kind=ApprovalRequest.Kind.RETIREMENT, state=ApprovalRequest.State.APPROVED, applied_at=None
    ).first()
    if decided is None:
        return YES
    return no(
        _("It leaves on %(day)s: that is decided.") % {"day": decided.proposal["until"]},
        code="version.leaving",
    )
