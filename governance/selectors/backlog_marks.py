"""Marks of the backlog that follow from decisions, reviews and value: registered with the filters of `projects`."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from governance.models import ApprovalRequest, Finding, Measurement, ModelVersion
from portal.core.models import User
from projects.models import UseCase
from projects.selectors import backlog, views

Phase = UseCase.Phase


def waits_for_decision(user: User) -> Q:
    """A question is open; what is asked of the owner of a thing is between them."""
    asked = ApprovalRequest.objects.of_cases().open().filter(use_case=OuterRef("pk"))
    return Q(Exists(asked))


def without_approved_model(user: User) -> Q:
    """In development, and no version of a model has passed its review yet."""
    passed = ModelVersion.objects.filter(model__use_case=OuterRef("pk"), status__in=ModelVersion.USABLE)
    return Q(phase=Phase.DEVELOPMENT) & ~Q(Exists(passed))


def value_not_measured(user: User) -> Q:
    """In production, and no figure has been verified."""
    verified = Measurement.objects.filter(line__use_case=OuterRef("pk"), state=Measurement.State.VERIFIED)
    return Q(phase=Phase.PRODUCTION) & ~Q(Exists(verified))


def finding_overdue(user: User) -> Q:
    """Something had to be put right by a day that has passed."""
    return Q(Exists(Finding.objects.overdue().filter(use_case=OuterRef("pk"))))


def register() -> None:
    """Once, when the app is ready."""
    backlog.register_mark("waits_for_decision", _("Waiting for a decision"), waits_for_decision)
    backlog.register_mark("no_approved_model", _("No approved model yet"), without_approved_model)
    backlog.register_mark("value_not_measured", _("Value not measured"), value_not_measured)
    backlog.register_mark("finding_overdue", _("Finding overdue"), finding_overdue)
    views.register_question(_("Waiting for a decision"), "is=waits_for_decision")
    views.register_question(_("High risk without an approved model"), "risk_tier=high&is=no_approved_model")
    views.register_question(_("In production, value not measured"), "is=value_not_measured")
