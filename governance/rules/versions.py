"""Who may do what with a version beside submitting and deciding on it."""

from typing import Any

from django.utils.translation import gettext as _, ngettext

from governance.models import ApprovalRequest, Deployment, Model, ModelVersion
from governance.models.aliases import PROTECTED
from governance.rules.approvals import is_certified_reviewer, may_decide
from governance.rules.conflicts import made, was_of
from governance.rules.deployments import runs
from governance.rules.models import works_on
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no


def of_open_review(user: User, version: ModelVersion) -> Verdict:
    """Whoever may decide the review that waits."""
    found = version.requests.for_list().filter(state=ApprovalRequest.State.OPEN, kind="model_review").first()
    if found is None:
        return no(_("This version is not in review."), code="version.state")
    return may_decide(user, found)


def may_take_review(user: User, version: ModelVersion) -> Verdict:
    """A reviewer without a stake, before anybody has begun."""
    verdict = of_open_review(user, version)
    if verdict and version.in_review_by_id and version.status == ModelVersion.Status.IN_REVIEW:
        return no(
            _("%(name)s is reading it already.") % {"name": version.in_review_by},
            code="version.read_by_another",
        )
    return verdict


def may_take_over(user: User, version: ModelVersion) -> Verdict:
    """Whoever may decide the review may also go on with the work; then somebody else decides."""
    return of_open_review(user, version)


def may_lift_block(user: User, version: ModelVersion) -> Verdict:
    """A certified reviewer who did not make it; never a citizen, never its author."""
    if version.status != ModelVersion.Status.BLOCKED:
        return no(_("Nothing blocks this version."), code="version.state")
    if next(made(user, version), "") or next(was_of(user, version.model.use_case), ""):
        return no(
            _("Whoever works or worked on a model does not lift its block."),
            _("A reviewer outside the squad does."),
            code="approval.own_work",
        )
    return is_certified_reviewer(user, None)


def may_archive(user: User, version: ModelVersion) -> Verdict:
    """The author or the product owner, when it neither serves nor waits for an answer."""
    if user.pk not in {version.registered_by_id, version.model.use_case.product_owner_id}:
        return no(
            _("The author or the product owner puts a version away."),
            _("Ask one of them."),
            code="version.archive_not_yours",
        )
    if not ModelVersion.LIFE.allows(version, "archive"):
        return no(
            _("This version is “%(state)s”.") % {"state": version.get_status_display()}, code="version.state"
        )
    if version.deployments.filter(ended_at__isnull=True).exists():
        return no(_("It is in service."), _("Take it out of service first."), code="version.in_service")
    if version.requests.filter(state=ApprovalRequest.State.OPEN).exists():
        return no(
            _("A request about it is open."), _("Withdraw the request first."), code="version.in_review"
        )
    return YES


def references(version: ModelVersion) -> list[str]:
    """Everything that would lose its subject, in words."""
    counts = (
        (version.requests.count(), lambda n: ngettext("%(n)s request", "%(n)s requests", n)),
        (version.deployments.count(), lambda n: ngettext("%(n)s deployment", "%(n)s deployments", n)),
        (version.findings.count(), lambda n: ngettext("%(n)s finding", "%(n)s findings", n)),
        (version.editions.count(), lambda n: ngettext("%(n)s document", "%(n)s documents", n)),
        (version.paragraphs.count(), lambda n: ngettext("%(n)s written text", "%(n)s written texts", n)),
        (version.aliases.count(), lambda n: ngettext("%(n)s alias", "%(n)s aliases", n)),
        (version.taken_over_by.count(), lambda n: ngettext("%(n)s successor", "%(n)s successors", n)),
        (compared(version), lambda n: ngettext("%(n)s comparison", "%(n)s comparisons", n)),
    )
    return [words(number) % {"n": number} for number, words in counts if number]


def compared(version: ModelVersion) -> int:
    """In how many comparisons it stands."""
    model: Any = version.model  # its comparisons stand in a module that imports this one's
    rows = model.comparisons.values_list("base", "others")
    return sum(version.pk == base or str(version.pk) in others for base, others in rows)


def may_delete(user: User, version: ModelVersion) -> Verdict:
    """The author or the product owner, when nothing refers to it."""
    if user.pk not in {version.registered_by_id, version.model.use_case.product_owner_id}:
        return no(
            _("The author or the product owner deletes a version."),
            _("Ask one of them."),
            code="version.delete_not_yours",
        )
    held = references(version)
    if held:
        return no(
            _("It cannot be deleted, because this refers to it: %(what)s.") % {"what": ", ".join(held)},
            _("Archive it instead: it stays readable and nobody can use it."),
            code="version.referenced",
        )
    return YES


def may_delete_model(user: User, model: Model) -> Verdict:
    """Whoever made it or the product owner, when it has no version."""
    if user.pk not in {model.created_by_id, model.use_case.product_owner_id}:
        return no(
            _("Whoever created a model or the product owner deletes it."),
            _("Ask one of them."),
            code="version.delete_model_not_yours",
        )
    number = model.versions.count()
    if number:
        words = ngettext("It has %(n)s version.", "It has %(n)s versions.", number) % {"n": number}
        return no(words, _("Archive the versions instead."), code="model.referenced")
    return YES


def may_name(user: User, version: ModelVersion) -> Verdict:
    """Those who run the use case give names to versions; what serves is never a name."""
    if version.status == ModelVersion.Status.ARCHIVED:
        return no(_("This version is archived."), code="version.archived")
    if runs(user, version.model.use_case) or works_on(user, version.trial):
        return YES
    return no(
        _("The squad and those who run the model name its versions."),
        _("Ask the product owner."),
        code="version.name_not_yours",
    )


def is_free_name(name: str) -> Verdict:
    """Protected names follow from approvals."""
    if name.lower() in PROTECTED:
        return no(
            _("“%(name)s” is protected: it follows from an approval and nobody sets it by hand.")
            % {"name": name.lower()},
            _("Put an approved version into service instead."),
            code="alias.protected",
        )
    return YES


def may_compare(user: User, model: Model) -> Verdict:
    """Those who judge, run or build it: the hold-out of the data is read."""
    if user.has_duty(Duty.AUDITOR):
        return no(
            _("Auditors read and change nothing."),
            _("Ask a reviewer to compare them."),
            code="auditor.reads_only",
        )
    use_case = model.use_case
    if user.has_duty(Duty.MODEL_REVIEWER, Duty.RISK_OFFICER) or runs(user, use_case):
        return YES
    newest = model.versions.select_related("trial__experiment__use_case").first()
    if newest and works_on(user, newest.trial):
        return YES
    return no(
        _("Reviewers, the squad and those who run the model compare versions."),
        _("Ask the product owner to add you to the squad."),
        code="version.compare_not_yours",
    )


def may_enter(user: User, version: ModelVersion) -> Verdict:
    """Engineers and the product owner let an approved version run beside the champion."""
    use_case = version.model.use_case
    if not runs(user, use_case):
        return no(
            _("The product owner, an engineer of the squad or an IT engineer puts a version into service."),
            _("Ask one of them."),
            code="version.enter_not_yours",
        )
    return first_no(is_approved(version), is_idle(version))


def is_approved(version: ModelVersion) -> Verdict:
    """An approval stands."""
    if version.is_usable:
        return YES
    return no(
        _("This version is not approved: %(state)s.") % {"state": version.get_status_display()},
        _("Have it reviewed first."),
        code="version.not_approved",
    )


def is_idle(version: ModelVersion) -> Verdict:
    """It has no role yet."""
    role = Deployment.objects.current().filter(version=version).first()
    if role is None:
        return YES
    return no(_("It is %(role)s already.") % {"role": role.get_role_display()}, code="version.in_service")
