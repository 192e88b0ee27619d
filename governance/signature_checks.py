"""The check of the builder's signature at gate 2."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from governance import gate_facts
from governance.gate_answers import Answer, link
from governance.models import GateSignature
from portal.core.models import User
from portal.core.models.credentials import Right
from projects.models import SquadMember, SquadRole, UseCase

BUILDERS = (SquadRole.CITIZEN, SquadRole.DATA_SCIENTIST)
NAMED = 3


def builder_signed(use_case: UseCase) -> Answer:
    """A builder of the squad stands for what is asked, as it is now, beside the product owner."""
    newest = (
        GateSignature.objects.filter(use_case=use_case, gate="G2")
        .exclude(signed_by=use_case.product_owner_id)
        .select_related("signed_by")
    )
    now = gate_facts.digest(use_case, "G2")
    valid = next((each for each in newest if each.subject_digest == now), None)
    old = next(iter(newest), None)
    detail = str(valid.signed_by) if valid else ""
    if old and not valid:
        detail = _("%(who)s signed an earlier state") % {"who": old.signed_by}
    remedy = _("A certified citizen or data scientist of the squad signs on the page of the gate.")
    if names := able(use_case):
        remedy += " " + _("Ask: %(names)s.") % {"names": names}
    return Answer(
        valid is not None,
        _("Signed by a builder of the squad"),
        detail,
        remedy,
        link("governance:gate_detail", use_case.pk, "G2") + "#sign",
    )


def able(use_case: UseCase) -> str:
    """A few people of the squad who could sign now, by name."""
    members = SquadMember.objects.current().filter(use_case=use_case, role__in=BUILDERS).values("user")
    found = User.objects.holding(Right.LAUNCH_AUTOML).filter(pk__in=members)
    found = found.exclude(pk=use_case.product_owner_id).distinct().order_by("display_name")
    return ", ".join(str(person) for person in found[:NAMED])


SIGNATURE_CHECKS: dict[str, Callable[[UseCase], Answer]] = {"builder_signed": builder_signed}
