"""Talking at the review desk about one item of what is judged."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, DeskRemark, DeskThread
from governance.rules import threads as rules
from governance.selectors.threads import anchors
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require

LONGEST = 4000


def page(request: ApprovalRequest) -> str:
    """The desk."""
    return reverse("governance:approval_detail", args=[request.pk])


def checked(text: str) -> str:
    """Some words, not a book."""
    text = text.strip()
    if not text:
        raise ValidationError({"text": _("Write a few words first.")})
    if len(text) > LONGEST:
        raise ValidationError({"text": _("At most %(longest)s characters, please.") % {"longest": LONGEST}})
    return text


@transaction.atomic
def begin(request: ApprovalRequest, *, anchor: str, text: str, by: User) -> DeskThread:
    """Ask something about one item."""
    require(rules.may_talk(by, request))
    if anchor not in anchors(request):
        raise ValidationError({"anchor": _("Choose what it is about.")})
    text = checked(text)
    thread = DeskThread.objects.create(request=request, anchor=anchor, opened_by=by)
    remark(thread, text, by=by)
    return thread


@transaction.atomic
def reply(thread: DeskThread, *, text: str, by: User) -> DeskRemark:
    """Answer."""
    require(rules.may_reply(by, thread))
    return remark(thread, checked(text), by=by)


def remark(thread: DeskThread, text: str, *, by: User) -> DeskRemark:
    """One remark, told to everybody who takes part in the thread and to the author."""
    row = DeskRemark.objects.create(thread=thread, text=text, said_by=by, said_at=clock.now())
    request = thread.request
    audit.record("thread.said", request, by=by, thread=str(thread.pk), about=thread.anchor)
    people = [
        request.requested_by,
        thread.opened_by,
        *(each.said_by for each in thread.remarks.select_related("said_by")),
    ]
    if request.version and request.version.in_review_by:
        people.append(request.version.in_review_by)
    notices.tell(
        people,
        text=N_("%(person)s wrote about %(what)s"),
        url=f"{page(request)}#thread-{thread.pk}",
        icon="comment",
        by=by,
        person=by,
        what=request,
    )
    return row


@transaction.atomic
def settle(thread: DeskThread, *, by: User) -> None:
    """It is answered."""
    require(rules.may_settle(by, thread))
    open_one = DeskThread.objects.filter(pk=thread.pk, settled_at__isnull=True)
    if not open_one.update(settled_at=clock.now(), settled_by=by):
        raise IllegalMove(_("Somebody settled it a moment ago."))
    audit.record("thread.settled", thread.request, by=by, thread=str(thread.pk), about=thread.anchor)


@transaction.atomic
def reopen(thread: DeskThread, *, by: User) -> None:
    """It is not answered after all."""
    require(rules.may_reopen(by, thread))
    DeskThread.objects.filter(pk=thread.pk).update(settled_at=None, settled_by=None)
    audit.record("thread.reopened", thread.request, by=by, thread=str(thread.pk), about=thread.anchor)
