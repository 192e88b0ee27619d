"""The check of the contract of trust at gate 3."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from governance.gate_answers import Answer, link
from projects.models import ContractSignature, UseCase


def trust_contract(use_case: UseCase) -> Answer:
    """The newest version of the contract of trust is signed by all three."""
    newest = use_case.trust_contracts.first()
    signed = newest.signatures.count() if newest else 0
    wanted = len(ContractSignature.Capacity.values)
    return Answer(
        signed == wanted,
        _("Contract of trust signed"),
        _("Signatures: %(signed)d of %(wanted)d") % {"signed": signed, "wanted": wanted}
        if newest
        else _("Not written yet"),
        _("Write the contract of trust; product owner, an end user and a data scientist sign it."),
        link("projects:use_case_contract", use_case.pk),
    )


TRUST_CHECKS: dict[str, Callable[[UseCase], Answer]] = {"trust_contract": trust_contract}
