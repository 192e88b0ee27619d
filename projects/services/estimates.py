"""Figures for the lenses beside P."""

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import rules
from projects.models import Estimate, UseCase

FIELDS = (
    "reach", "impact", "effort_months", "user_value", "time_criticality", "risk_reduction", "job_size", "yearly_value",
    "weeks",
)  # fmt: skip


@transaction.atomic
def give(use_case: UseCase, *, by: User, **figures: Any) -> Estimate:
    """Set the named figures; `None` takes one away. Raises `ValidationError` naming each wrong one."""
    require(rules.scores.may_estimate(by, use_case))
    if unknown := sorted(set(figures) - set(FIELDS)):
        raise ValidationError({name: _("This figure is not known.") for name in unknown})
    endless = [
        name for name, value in figures.items() if isinstance(value, float) and not math.isfinite(value)
    ]
    if endless:
        raise ValidationError({name: _("Give a number.") for name in endless})
    kept = Estimate.objects.filter(use_case=use_case).first() or Estimate(use_case=use_case)
    before = {name: getattr(kept, name) for name in figures}
    for name, value in figures.items():
        setattr(kept, name, value)
    kept.given_by, kept.given_at = by, clock.now()
    kept.full_clean(exclude=["use_case"], validate_unique=False)
    kept.save()
    audit.record("use_case.estimated", use_case, by=by, before=before, after=figures)
    return kept
