"""Squads of another size than five to ten: a waiver, or parts with a squad each."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Component, SizeWaiver, UseCase
from projects.services.words import ask_for

LONGEST_WAIVER = timedelta(days=366)


@transaction.atomic
def waive(use_case: UseCase, *, reason: str, until: date, by: User) -> SizeWaiver:
    """Agree to the size as it is, with the reason, until a day; the latest waiver counts."""
    require(rules.squads.may_waive_size(by, use_case))
    said = ask_for(reason=reason)
    if until <= clock.today():
        raise ValidationError({"until": _("Choose a day in the future.")})
    if until > clock.today() + LONGEST_WAIVER:
        raise ValidationError({"until": _("At most a year; then look at the size again.")})
    waiver = SizeWaiver.objects.create(use_case=use_case, reason=said["reason"], until=until, given_by=by)
    audit.record("squad.size_waived", use_case, by=by, reason=said["reason"], until=until)
    notices.tell(
        [use_case.product_owner],
        text=N_("The size of the squad of %(title)s is agreed to for a time."),
        url=f"/use-cases/{use_case.pk}/squad/",
        icon="squads",
        by=by,
        title=use_case,
    )
    return waiver


@transaction.atomic
def link(whole: UseCase, *, part: UseCase, by: User) -> Component:
    """Make one use case a part of a larger one. One level: parts have no parts."""
    require(rules.squads.may_link_component(by, whole, part))
    list(UseCase.objects.select_for_update().filter(pk__in=[whole.pk, part.pk]).values_list("pk", flat=True))
    if whole.pk == part.pk:
        raise ValidationError({"part": _("A use case is no part of itself.")})
    if Component.objects.filter(part=part).exists():
        raise ValidationError({"part": _("%(title)s is a part already.") % {"title": part}})
    if Component.objects.filter(part=whole).exists() or part.components.exists():
        raise ValidationError({"part": _("Parts have no parts of their own.")})
    made = Component.objects.create(whole=whole, part=part, linked_by=by)
    audit.record("squad.component_linked", whole, by=by, part=part.pk)
    return made


@transaction.atomic
def unlink(component: Component, *, by: User) -> None:
    """The part stands on its own again."""
    require(rules.squads.may_link_component(by, component.whole, component.part))
    audit.record("squad.component_unlinked", component.whole, by=by, part=component.part_id)
    component.delete()
