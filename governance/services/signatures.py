"""Signing a gate beside the product owner."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import gate_facts
from governance.models import GateSignature
from governance.rules import signatures as rules
from governance.signature_checks import BUILDERS
from portal.core import clock
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import SquadMember, UseCase

LONGEST = 2000


@transaction.atomic
def sign(use_case: UseCase, *, gate: str, by: User, note: str = "") -> GateSignature:
    """
    A builder of the squad stands for what the gate is asked with.

    It counts until the kill criteria, their results, the tier, the benefit or the champion change. Raises
    `IllegalMove` when the same person has signed the same state.
    """
    use_case.refresh_from_db()
    require(rules.may_sign(by, use_case, gate))
    if len(note.strip()) > LONGEST:
        raise ValidationError({"note": _("At most 2,000 characters.")})
    role = (
        SquadMember.objects.current()
        .filter(use_case=use_case, user=by, role__in=BUILDERS)
        .values_list("role", flat=True)[0]
    )
    held = by.credentials.valid().filter(code=Right.LAUNCH_AUTOML).first()
    try:
        with transaction.atomic():
            signed = GateSignature.objects.create(
                use_case=use_case, gate=gate, signed_by=by, signed_at=clock.now(), role=role, note=note.strip(),
                certificate=held.source[:200] if held else "", subject_digest=gate_facts.digest(use_case, gate),
            )  # fmt: skip
    except IntegrityError:
        raise IllegalMove(_("You have signed this already.")) from None
    audit.record("gate.signed", use_case, by=by, gate=gate, role=role, digest=signed.subject_digest)
    notices.tell(
        [use_case.product_owner],
        text=N_("%(who)s signed gate %(gate)s of %(title)s beside you."),
        url=reverse("governance:gate_detail", args=[use_case.pk, gate]),
        by=by,
        who=by,
        gate=gate,
        title=use_case,
    )
    return signed
