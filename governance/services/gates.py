"""Asking for a gate."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance import gates
from governance.models import ApprovalRequest
from governance.rules import gates as rules
from governance.services import approvals
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import UseCase


@transaction.atomic
def request(
    use_case: UseCase,
    *,
    gate: str,
    by: User,
    comment: str = "",
    waivers: Mapping[str, str] | None = None,
    course: str = "",
) -> ApprovalRequest:
    """
    Ask to pass the gate in front of a use case.

    Everything required must be there already, so that deciders are never asked in vain; the
    refusal names all that is missing. Where the policy leaves it to the product owner (no sponsor
    is named), the use case moves at once and the record says so.
    """
    use_case.refresh_from_db()
    require(rules.may_request(by, use_case))
    if gate not in gates.gates_ahead(use_case):
        raise IllegalMove(
            _("This is not the gate in front of the use case: it is in “%(phase)s”.")
            % {"phase": use_case.get_phase_display()}
        )
    check_course(gate, course)
    given = checked_waivers(use_case, gate, waivers or {})
    require(rules.is_passable(gates.requirements(use_case, gate, waivers=given)))
    asked = approvals.open_request(
        kind=gate, use_case=use_case, comment=comment, waivers=given, course=course, by=by
    )
    audit.record(
        "gate.requested", use_case, by=by, gate=gate, request=str(asked.pk), own_act=asked.is_own_act
    )
    return asked


def check_course(gate: str, course: str) -> None:
    """A production review proposes what to do: keep, scale, fix or retire."""
    if gate != ApprovalRequest.Kind.G4 and course:
        raise ValidationError({"course": _("Only a production review proposes a course.")})
    if gate == ApprovalRequest.Kind.G4 and course not in ApprovalRequest.Course.values:
        raise ValidationError({"course": _("Choose what to do: keep, scale, fix or retire.")})


def checked_waivers(use_case: UseCase, gate: str, waivers: Mapping[str, str]) -> dict[str, str]:
    """Reasons for requirements that may be waived, and only for those that are unmet."""
    given = {code: text.strip() for code, text in waivers.items() if text.strip()}
    found = {each.code: each for each in gates.requirements(use_case, gate)}
    for code in given:
        if code not in found or found[code].mode != "waive":
            raise ValidationError(
                {
                    "waivers": _("“%(code)s” cannot be waived.")
                    % {"code": found[code].label if code in found else code}
                }
            )
    return {code: text[:500] for code, text in given.items() if not found[code].met}
