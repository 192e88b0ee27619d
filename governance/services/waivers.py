"""A waiver begins: what an approved request lets go until a day. Called only when a request is answered."""

from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, ModelVersion, Waiver
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from projects.models import UseCase


@transaction.atomic
def grant(request: ApprovalRequest, *, by: User) -> Waiver:
    """
    The requirement, or the guardrails that block a version, are let go until the day that was asked for.

    One that runs for the same thing is replaced. Raises `IllegalMove` when the day has passed meanwhile.
    """
    said = request.proposal
    until = date.fromisoformat(said["until"])
    if until < clock.today():
        raise IllegalMove(_("The last day asked for has passed. Ask again."))
    same = Waiver.objects.filter(
        use_case=request.case, ended_at=None, gate=said["gate"], version=request.version
    )
    if request.version is None:
        same = same.filter(code=said["code"])
    same.update(ended_at=clock.now(), ended_by=by, end_reason=_("Replaced by a newer one"))
    try:
        with transaction.atomic():
            made = Waiver.objects.create(
                use_case=request.case, version=request.version, gate=said["gate"], code=said["code"],
                reason=said["reason"], meanwhile=said["meanwhile"], until=until, request=request,
            )  # fmt: skip
    except IntegrityError:
        raise IllegalMove(_("Somebody else decided this a moment ago. Reload the page.")) from None
    audit.record(
        "waiver.granted", request.version or request.case, by=by, gate=made.gate, code=made.code, until=str(until),
        reason=made.reason, meanwhile=made.meanwhile, request=str(request.pk),
    )  # fmt: skip
    if request.version is not None:
        lift_block(request.version, made, by=by)
    people = [request.case.product_owner, request.requested_by]
    text = N_("%(what)s is granted until %(until)s.")
    notices.tell(people, text=text, url=page(made), icon="shield", by=by, what=request, until=until)
    return made


def lift_block(version: ModelVersion, waiver: Waiver, *, by: User) -> None:
    """The version may be handed in while the waiver runs; the reviewer reads why."""
    version.refresh_from_db(fields=["status"])
    ModelVersion.LIFE.move(version, "lift_block", block_waiver=waiver.reason, block_waived_by=by)
    audit.record("version.block_lifted", version, by=by, reason=waiver.reason, until=str(waiver.until))


def page(waiver: Waiver) -> str:
    """Where it is seen: the gate, or the version."""
    if waiver.version_id:
        return reverse("governance:version_detail", args=[waiver.version_id])
    return reverse("governance:gate_detail", args=[waiver.use_case_id, waiver.gate])


def told(use_case: UseCase, gate: str) -> dict[str, str]:
    """What is waived at a gate now, each with its reason and last day, for the record of the move."""
    rows = Waiver.objects.in_force().filter(use_case=use_case, gate=gate, version=None)
    return {each.code: f"{each.reason} ({each.until})" for each in rows}
