"""Who may bring, change, take along and put away artifacts."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import Artifact, ArtifactVersion, Dataset, ShareRight, UseCase
from projects.rules.datasets import is_in_squad, may_upload
from projects.rules.shares import has_share


def may_bring(user: User, use_case: UseCase | None = None) -> Verdict:
    """Everybody who changes things; to a use case those who work on it, to a sandbox its learner."""
    may_change_things = may_upload(user)
    if may_change_things and use_case is not None and not is_in_squad(user, use_case):
        return no(
            _("Only the squad of %(ref)s brings artifacts to it.") % {"ref": use_case.ref},
            _("Ask its product owner to add you to the squad, or bring it without a use case."),
            code="artifact.bring_not_yours",
        )
    return may_change_things


def answers_for(user: User, artifact: Artifact) -> bool:
    """Its owner, and those who work on its use case now."""
    if user.pk == artifact.owner_id:
        return True
    return artifact.use_case is not None and is_in_squad(user, artifact.use_case)


def is_in_use(artifact: Artifact) -> Verdict:
    """What was put away changes only after it was taken back."""
    if artifact.retired_at is not None:
        return no(
            _("This artifact was put away and does not change any more."),
            _("Take it back first."),
            code="artifact.retired",
        )
    return YES


def may_change(user: User, artifact: Artifact) -> Verdict:
    """
    Owner, squad and those it is shared with to edit: describe it, tag it, say what it was made from, bring
    a new version.
    """
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if not answers_for(user, artifact) and not has_share(user, artifact, ShareRight.EDIT):
        return no(
            _(
                "Only the owner of this artifact, the squad of its use case and those who may edit it change it."
            ),
            _("Ask %(owner)s.") % {"owner": artifact.owner},
            code="artifact.change_not_yours",
        )
    return is_in_use(artifact)


def may_classify(user: User, artifact: Artifact) -> Verdict:
    """The owner alone: the class decides who sees it."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if user.pk != artifact.owner_id:
        return no(
            _("Only the owner of an artifact classifies it."),
            _("Ask %(owner)s.") % {"owner": artifact.owner},
            code="artifact.classify_not_yours",
        )
    return is_in_use(artifact)


def may_retire(user: User, artifact: Artifact) -> Verdict:
    """Owner and product owner, once."""
    return first_no(puts_away(user, artifact), is_in_use(artifact))


def may_restore(user: User, artifact: Artifact) -> Verdict:
    """Whoever may put it away takes it back."""
    if artifact.retired_at is None:
        return no(_("This artifact was not put away."), code="artifact.not_retired")
    return puts_away(user, artifact)


def puts_away(user: User, artifact: Artifact) -> Verdict:
    """Its owner and the product owner of its use case; never an auditor."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    owns_case = artifact.use_case is not None and artifact.use_case.product_owner_id == user.pk
    if user.pk == artifact.owner_id or owns_case:
        return YES
    return no(
        _("Only the owner of an artifact and the product owner of its use case put it away or take it back."),
        _("Ask %(owner)s.") % {"owner": artifact.owner},
        code="artifact.retire_not_yours",
    )


def may_use(user: User, artifact: Artifact) -> Verdict:
    """Take it into one's own work: everybody who sees it, less those it is shared with to look at only."""
    if Artifact.objects.usable_by(user).filter(pk=artifact.pk).exists():
        return YES
    return no(
        _("You may look at this artifact; taking it along or building on it needs the right to use it."),
        _("Ask %(owner)s for it.") % {"owner": artifact.owner},
        code="artifact.use_not_yours",
    )


def may_take(user: User, version: ArtifactVersion) -> Verdict:
    """
    Whoever may use an artifact may take its file along, except where its class keeps it here: the same
    limits as for tables. Auditors read and take nothing.
    """
    artifact = version.artifact
    if not version.digest:
        return no(_("A link has no file to take along."), code="artifact.link_has_no_file")
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and take nothing away."), code="auditor.reads_only")
    if artifact.classification == Dataset.Classification.SPECIAL:
        return no(
            _("Special categories of personal data do not leave the portal."),
            _("Read it here: the page shows what it can."),
            code="download.special_categories",
        )
    if artifact.classification == Dataset.Classification.PERSONAL and not answers_for(user, artifact):
        return no(
            _(
                "Artifacts with personal data are taken along only by their owner and the squad that uses them."
            ),
            _("Ask %(owner)s.") % {"owner": artifact.owner},
            code="artifact.take_personal_data",
        )
    return may_use(user, artifact)
