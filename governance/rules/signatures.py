"""Who signs beside the product owner."""

from django.utils.translation import gettext as _

from governance import gates
from governance.signature_checks import BUILDERS
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.verdicts import YES, Verdict, no
from projects.models import SquadMember, UseCase
from projects.rules.ways import address

SIGNED = ("G2",)  # gates that a builder signs beside the product owner


def may_sign(user: User, use_case: UseCase, gate: str = "G2") -> Verdict:
    """A citizen or data scientist of the squad, certified, and not the product owner: two people stand for it."""
    if gate not in SIGNED or gate not in gates.gates_ahead(use_case):
        return no(_("This gate asks for no signature now."), code="gate.none")
    if use_case.product_owner_id == user.pk:
        return no(
            _("You ask for this gate as product owner: a second person signs beside you."),
            _("Ask a citizen or data scientist of the squad."),
            code="gate.same_person",
        )
    roles = SquadMember.objects.current().filter(use_case=use_case, user=user, role__in=BUILDERS)
    if not user.is_active or not roles.exists():
        return no(
            _("A citizen or data scientist of the squad signs this gate."),
            _("It waits for one of them."),
            address("projects:use_case_squad", use_case.pk),
            code="gate.not_a_builder",
        )
    if not credentials.holds(user, Right.LAUNCH_AUTOML):
        return no(
            _("You hold no valid certificate as a builder."),
            _("Take or renew it; it takes about two hours."),
            address("training:right", Right.LAUNCH_AUTOML),
            code="credential_missing",
        )
    return YES
