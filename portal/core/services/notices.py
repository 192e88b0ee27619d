"""Telling people what concerns them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from portal.core import clock, destinations
from portal.core.models import Notice, NoticePreference, User

Kind, Channel = Notice.Kind, NoticePreference.Channel
# What a notice is about, where its sender does not say so: told by its sign.
KIND_OF_ICON = {
    "comment": Kind.COMMENT, "squads": Kind.SQUAD, "use-case": Kind.DECISION, "flag": Kind.DECISION,
    "hand-stop": Kind.DECISION, "rocket": Kind.DECISION, "approval": Kind.DECISION, "inbox": Kind.TASK,
    "alert": Kind.TASK, "finding": Kind.TASK, "clock": Kind.TASK, "checklist": Kind.TASK,
}  # fmt: skip


def tell(
    people: Iterable[User | None],
    *,
    text: str,
    url: str = "",
    icon: str = "bell",
    kind: str = "",
    by: User | None,
    **params: Any,
) -> None:
    """
    Leave a notice for each person, once each, never for the one who acted.

    `text` is marked with `gettext_noop` and filled from `params` in the reader's language. Each reader's
    preference for the `kind` (by default the one of the icon) says whether mail goes out at once, in the daily
    digest or not at all. What a moved clock tells (the demo's year) is history and goes out by no mail.
    """
    chosen = {person.pk: person for person in people if person and person.is_active and not person.is_service}
    if by:
        chosen.pop(by.pk, None)
    if not chosen:
        return
    kind = kind or KIND_OF_ICON.get(icon, Kind.OTHER)
    given = NoticePreference.objects.filter(user__in=chosen)
    channels = {preference.user_id: preference.channel(kind) for preference in given}
    common = {
        "text": text,
        "params": {name: str(value) for name, value in params.items()},
        "url": url,
        "icon": icon,
        "kind": kind,
    }
    Notice.objects.bulk_create(
        [
            Notice(user=person, **common, **dues(channels.get(person.pk, Channel.MAIL)))
            for person in chosen.values()
        ]
    )


def dues(channel: str) -> dict[str, bool]:
    """Which outbox a notice waits in."""
    is_now = not clock.is_moved()
    return {
        "mail_due": is_now and channel == Channel.MAIL,
        "digest_due": is_now and channel == Channel.DIGEST,
    }


def mark_read(notice: Notice, *, by: User) -> None:
    """Note that the reader opened it; the service of the reader only."""
    seen = {"read_at": clock.now(), "mail_due": False, "digest_due": False}
    Notice.objects.visible_to(by).unread().filter(pk=notice.pk).update(**seen)


def mark_all_read(*, by: User) -> int:
    """Note that the reader has seen everything; returns how many were new."""
    seen = {"read_at": clock.now(), "mail_due": False, "digest_due": False}
    return Notice.objects.visible_to(by).unread().update(**seen)


def send_waiting_mail(limit: int = 200) -> int:
    """Mail what is still unread. Marking and sending are one transaction, so that a failing mail server loses none."""
    sent = 0
    waiting = Notice.objects.filter(mail_due=True, mailed_at__isnull=True, read_at__isnull=True)
    for key in list(waiting.order_by("created_at").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            if not waiting.filter(pk=key).update(mailed_at=clock.now(), mail_due=False):
                continue
            mail(Notice.objects.select_related("user").get(pk=key))
            sent += 1
    return sent


def mail(notice: Notice) -> None:
    """Send one notice in its reader's language, with where it leads if that is still there."""
    with translation.override(notice.user.language):
        sentence = str(notice)
        link = f"{settings.BASE_URL}{notice.url}" if notice.url else ""
        if destinations.gone(notice.user, [notice.url]):
            link = gettext(destinations.GONE)
    body = f"{sentence}\n\n{link}" if link else sentence
    send_mail(f"[Agora] {sentence[:120]}", body, None, [notice.user.email])
