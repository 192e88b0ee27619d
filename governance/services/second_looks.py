"""Looking afterwards at small changes that passed on the short track."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, Finding, ModelVersion, SecondLook
from governance.rules import second_looks as rules
from governance.services import findings
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require

LONGEST = 4000


@transaction.atomic
def look(request: ApprovalRequest, *, was_right: bool, remark: str = "", by: User) -> SecondLook:
    """
    Keep what a risk officer saw in a sample of the short track (R15), for good.

    A doubt opens a high finding with the author of the version; those who approved it hear of it. Raises
    `ValidationError` for a doubt without words, `IllegalMove` when somebody looked a moment ago.
    """
    require(rules.may_look_again(by, request))
    said = remark.strip()
    if len(said) > LONGEST or not (was_right or said):
        raise ValidationError({"remark": _("Say in at most 4,000 characters what is not right.")})
    try:
        with transaction.atomic():
            kept = SecondLook.objects.create(
                request=request, was_right=was_right, remark=said, looked_by=by, looked_at=clock.now()
            )
    except IntegrityError:
        raise IllegalMove(_("Somebody has looked at this sample already.")) from None
    audit.record("approval.looked_again", request, by=by, was_right=was_right, remark=said)
    if not was_right:
        doubt(request, said, by=by)
    return kept


def doubt(request: ApprovalRequest, remark: str, *, by: User) -> None:
    """What should not have passed is put right by its author; the deciders learn from it."""
    version = request.version
    assert version is not None  # only reviews of versions take the short track
    findings.add(
        request=request,
        severity=Finding.Severity.HIGH,
        source=Finding.Source.AUDIT,
        title=str(_("The short track was wrong for %(version)s") % {"version": version})[:200],
        detail=remark,
        owner=mender(version),
        by=by,
    )
    notices.tell(
        [each.decided_by for each in request.decisions.select_related("decided_by")],
        text=N_("%(person)s looked again at %(what)s, which you approved, and has doubts. See why."),
        url=reverse("governance:approval_detail", args=[request.pk]),
        icon="alert",
        by=by,
        person=by,
        what=request,
    )


def mender(version: ModelVersion) -> User:
    """The author, or who answers for the use case when the author has left."""
    use_case = version.model.use_case
    people = (version.registered_by, use_case.improvement_owner, use_case.product_owner)
    return next((each for each in people if each and each.is_active), version.registered_by)
