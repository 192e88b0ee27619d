"""What happened to a thing, from the audit trail: for its page, without the details auditors read."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model as DbModel, Q

from governance.audit_words import sentence
from portal.core.models import AuditEvent

MOST = 40


def about(things: Iterable[DbModel]) -> Q:
    """Events whose subject is one of these."""
    found = Q(pk__in=[])
    for each in things:
        found |= Q(target_type=each._meta.label_lower, target_id=str(each.pk))
    return found


def story_of(*things: DbModel) -> list[dict[str, Any]]:
    """The newest first, in sentences, as the timeline shows it."""
    rows = AuditEvent.objects.filter(about(things)).order_by("-seq")[:MOST]
    many = len(things) > 1
    return [
        {
            "at": each.at,
            "who": each.actor,
            "text": f"{sentence(each.verb)}: {each.target}" if many else sentence(each.verb),
            "icon": "circle-dot",
        }
        for each in rows
    ]
