"""What governance adds to the list of what hangs on somebody: findings they must put right."""

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Finding
from portal.core.models import User
from projects.models import UseCase
from projects.selectors.handover import Loose


def findings(use_case: UseCase, goes: User, reader: User) -> list[Loose]:
    """Unsettled ones of this use case that the reader sees."""
    mine = Finding.objects.visible_to(reader).unsettled().filter(use_case=use_case, owner=goes)
    return [
        Loose(
            _("Finding: %(title)s") % {"title": each.title},
            _("Settle it, or agree on who does."),
            reverse("governance:finding_detail", args=[each.pk]),
        )
        for each in mine.order_by("due_on", "pk")
    ]
