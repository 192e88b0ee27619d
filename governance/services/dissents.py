"""Keeping a minority opinion."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, Dissent
from governance.rules import dissents as rules
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require

LONGEST = 4000


@transaction.atomic
def record(request: ApprovalRequest, *, text: str, by: User) -> Dissent:
    """
    Keep what a decider thinks otherwise, with the request and for good; it changes no outcome.

    Raises `ValidationError` without words, `IllegalMove` when the person's opinion was kept a moment ago.
    """
    require(rules.may_dissent(by, request))
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise ValidationError({"dissent": _("Say in at most 4,000 characters what you think otherwise.")})
    try:
        with transaction.atomic():
            kept = Dissent.objects.create(request=request, text=said, said_by=by, said_at=clock.now())
    except IntegrityError:
        raise IllegalMove(_("Your dissenting opinion is kept already.")) from None
    request.__dict__.pop("_prefetched_objects_cache", None)
    audit.record("approval.dissented", request, by=by, text=said)
    return kept
