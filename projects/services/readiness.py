"""Confirming that a use case is ready for production."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import rules
from projects.models import ReadinessCheck, UseCase
from projects.services.words import ask_for


@transaction.atomic
def confirm(use_case: UseCase, *, kind: str, evidence: str, by: User) -> ReadinessCheck:
    """Confirm one of the three checks with its evidence; confirming again renews it."""
    if kind not in ReadinessCheck.Kind.values:
        raise ValidationError({"kind": _("This check is not known.")})
    require(rules.readiness.may_confirm(by, use_case, kind))
    said = ask_for(evidence=evidence)
    check, _is_new = ReadinessCheck.objects.update_or_create(
        use_case=use_case,
        kind=kind,
        defaults={"evidence": said["evidence"], "confirmed_by": by, "confirmed_at": clock.now()},
    )
    audit.record("readiness.confirmed", use_case, by=by, kind=kind, evidence=said["evidence"])
    return check
