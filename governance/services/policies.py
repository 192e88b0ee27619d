"""Writing policies: drafted by one person, published by another, never edited afterwards."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext as _

from governance import policies, policy_text
from governance.gate_checks import CHECKS
from governance.models import ApprovalRequest, PolicyVersion
from governance.rules import policies as rules
from governance.services import approvals
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require


def install_shipped(using: str = "default", **_kwargs: object) -> None:
    """Put the three shipped policies in force where a tier has none. Runs after every migration; safe to run twice."""
    if PolicyVersion._meta.db_table not in connections[using].introspection.table_names():
        return
    for tier, raw in policy_text.documents(policies.PATH.read_text(encoding="utf-8")).items():
        if PolicyVersion.objects.using(using).filter(tier=tier).exists():
            continue
        text = policy_text.write(raw)
        PolicyVersion.objects.using(using).create(
            tier=tier, version=raw["version"], text=text, checksum=policies.checksum(text), published_at=clock.now(),
            state=PolicyVersion.State.PUBLISHED,
        )  # fmt: skip


@transaction.atomic
def draft(*, based_on: PolicyVersion, version: str, by: User) -> PolicyVersion:
    """Begin a new version as a copy of another; its text is then changed."""
    require(rules.may_draft(by))
    raw = policy_text.parse(based_on.text) | {"version": version.strip()}
    try:
        with transaction.atomic():
            made = PolicyVersion.objects.create(
                tier=based_on.tier, version=checked_version(version), text=policy_text.write(raw), based_on=based_on,
                written_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise ValidationError(
            {"version": _("This tier has a version of that name. Choose another.")}
        ) from None
    audit.record("policy.drafted", made, by=by, based_on=str(based_on))
    return made


def checked_version(version: str) -> str:
    """A short name."""
    if not 1 <= len(version.strip()) <= 20:
        raise ValidationError(
            {"version": _("Name the version in at most 20 characters, for example 2027-01.1.")}
        )
    return version.strip()


@transaction.atomic
def edit(policy: PolicyVersion, *, text: str, summary: str = "", by: User) -> PolicyVersion:
    """Change the text of a draft. A mistake is kept out, with its place; an open request about it becomes void."""
    require(rules.may_edit(by, policy))
    check(policy, text)
    unchanged = PolicyVersion.objects.filter(pk=policy.pk, state=PolicyVersion.State.DRAFT, text=policy.text)
    if not unchanged.update(text=text, summary=summary.strip()[:500], written_by=by):
        raise IllegalMove(_("Somebody else changed this a moment ago. Reload the page to see their change."))
    policy.text, policy.summary, policy.written_by = text, summary.strip()[:500], by
    audit.record("policy.edited", policy, by=by, checksum=policies.checksum(text), summary=policy.summary)
    for request in policy.requests.open():
        approvals.void(request, by=by)
    return policy


def check(policy: PolicyVersion, text: str) -> None:
    """Raise `ValidationError` naming every place that is wrong."""
    try:
        found = policy_text.of_tier(policy_text.parse(text), CHECKS)
    except policy_text.BadPolicy as problem:
        raise ValidationError({"text": [str(each) for each in problem.mistakes]}) from None
    for name in ("tier", "version"):
        if getattr(found, name) != getattr(policy, name):
            text_of = _("%(name)s: this stays “%(value)s”.") % {"name": name, "value": getattr(policy, name)}
            raise ValidationError({"text": [text_of]})


@transaction.atomic
def propose(policy: PolicyVersion, *, comment: str = "", by: User) -> ApprovalRequest:
    """Ask that a draft be put in force; somebody who did not write it decides."""
    require(rules.may_propose(by, policy))
    check(policy, policy.text)
    if policy.based_on and policy_text.parse(policy.text) == policy_text.parse(policy.based_on.text) | {
        "version": policy.version
    }:
        raise ValidationError({"text": [_("Nothing is different from the version it is based on.")]})
    asked = approvals.open_request(
        kind=ApprovalRequest.Kind.POLICY, policy_draft=policy, comment=comment.strip()[:2000], by=by
    )
    audit.record("policy.proposed", policy, by=by, request=str(asked.pk), digest=asked.subject_digest)
    return asked


@transaction.atomic
def drop(policy: PolicyVersion, *, by: User) -> None:
    """Give a draft up."""
    require(rules.may_drop(by, policy))
    PolicyVersion.LIFE.move(policy, "drop")
    audit.record("policy.dropped", policy, by=by)
