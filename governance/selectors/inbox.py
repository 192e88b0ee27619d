"""The inbox: what waits for a person in governance, and what that person waits for."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, Finding
from governance.selectors.approvals import age
from governance.selectors.desk import ROLES
from governance.selectors.home import waiting_for
from portal.core import clock
from portal.core.models import User

MOST = 30


@dataclass(frozen=True)
class Row:
    """One thing that waits."""

    title: Any
    detail: Any
    url: str
    action: Any
    icon: str
    age: int
    urgent: bool
    on: Any = ""  # whom it waits for


def mine(user: User) -> list[Row]:
    """What waits for this person: what is urgent first, then the oldest."""
    now = clock.now()
    rows = [
        Row(w.title, w.detail, w.url, w.action, w.icon, age(w.since, now) if w.since else 0, w.urgent)
        for w in waiting_for(user)
    ]
    return sorted(rows, key=lambda row: (not row.urgent, -row.age))


def others(user: User) -> list[Row]:
    """Open requests one asked or owns, and findings one raised that somebody else must settle."""
    now = clock.now()
    asked = ApprovalRequest.objects.visible_to(user).open()
    asked = asked.filter(Q(requested_by=user) | Q(use_case__product_owner=user))
    rows = [
        Row(
            each.get_kind_display(), each.subject, reverse("governance:approval_detail", args=[each.pk]),
            _("See"), "inbox", age(each.created_at, now), each.is_overdue, ROLES.get(each.active_role, each.active_role),
        )
        for each in asked.for_list()[:MOST]
    ]  # fmt: skip
    raised = Finding.objects.visible_to(user).filter(raised_by=user, state__in=["open", "in_progress"])
    rows += [
        Row(
            _("Finding"), each.title, reverse("governance:finding_detail", args=[each.pk]), _("See"), "finding",
            age(each.created_at, now), each.is_overdue, each.owner,
        )
        for each in raised.exclude(owner=user).for_list()[:MOST]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row.urgent, -row.age))
