"""Who may ask for a gate."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from governance import gates
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase


def may_request(user: User, use_case: UseCase) -> Verdict:
    """The product owner, when there is a gate in front of the use case."""
    if not gates.gates_ahead(use_case):
        return no(_("There is no gate in front of this use case now."), code="gate.none")
    if use_case.product_owner_id != user.pk:
        name = use_case.product_owner
        remedy = (
            _("Ask %(name)s.") % {"name": name}
            if name
            else _("Ask the portfolio manager to name the product owner.")
        )
        return no(_("Only the product owner asks for a gate."), remedy, code="gate.request_not_yours")
    if use_case.pivot_until is not None:
        return no(
            _("A new direction is asked for until %(day)s: %(why)s")
            % {"day": date_format(use_case.pivot_until), "why": use_case.pivot_reason},
            _("Write the new direction first; then the gate may be asked for again."),
            f"/use-cases/{use_case.pk}/do/turn/",
            "gate.pivot",
        )
    return YES


def is_passable(found: list[gates.Requirement]) -> Verdict:
    """Nothing unmet stands in the way; otherwise everything that does, at once."""
    unmet = [each for each in found if each.stops]
    if not unmet:
        return YES
    return no(
        _("Still missing: %(what)s.") % {"what": "; ".join(each.label for each in unmet)},
        " ".join(each.remedy for each in unmet),
        unmet[0].url,
        "gate.requirements",
    )
