"""How people want to hear, and the letter of the day for those who want it all at once."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _, ngettext

from portal.core import clock, destinations
from portal.core.models import Notice, NoticePreference, User
from portal.core.services import audit

Kind, Channel = Notice.Kind, NoticePreference.Channel
# What asks comes first, then what was decided, then the rest.
ORDER = (Kind.TASK, Kind.MENTION, Kind.DECISION, Kind.SQUAD, Kind.COMMENT, Kind.OTHER)
MOST_LINES = 40


@transaction.atomic
def set_preferences(*, channels: Mapping[str, str], digest_hour: int, by: User) -> NoticePreference:
    """Choose a channel for each kind; kinds left out keep theirs."""
    problems = {
        kind: _("Choose one of the channels.")
        for kind, channel in channels.items()
        if channel not in Channel.values
    }
    problems |= {kind: _("This field is not known here.") for kind in channels if kind not in Kind.values}
    if not 0 <= digest_hour <= 23:
        problems["digest_hour"] = _("An hour between 0 and 23, please.")
    if problems:
        raise ValidationError(problems)
    preference, _is_new = NoticePreference.objects.get_or_create(user=by)
    preference.channels = {**preference.channels, **channels}
    preference.digest_hour = digest_hour
    preference.save(update_fields=["channels", "digest_hour"])
    audit.record("notice.preferences_set", by, by=by, channels=preference.channels, digest_hour=digest_hour)
    return preference


def preference_of(user: User) -> NoticePreference:
    """What somebody chose, or what holds until they do."""
    return NoticePreference.objects.filter(user=user).first() or NoticePreference(user=user)


def waiting() -> QuerySet[Notice]:
    """What is to go into a digest and was neither read nor sent."""
    return Notice.objects.filter(digest_due=True, mailed_at__isnull=True, read_at__isnull=True)


def send_due_digests() -> int:
    """
    Write to each person for whom something waits, once a day, from their hour on in their own time zone.

    Marking and sending are one transaction per person, so that a failing mail server loses nothing.
    """
    sent = 0
    people = User.objects.active().filter(pk__in=waiting().order_by().values("user"))
    for user in people.select_related("notice_preference"):
        preference = (
            getattr(user, "notice_preference", None) or NoticePreference.objects.get_or_create(user=user)[0]
        )
        local = clock.now().astimezone(ZoneInfo(user.time_zone))
        if local.hour < preference.digest_hour or preference.digest_sent_on == local.date():
            continue
        with transaction.atomic():
            unsent = NoticePreference.objects.filter(pk=preference.pk).exclude(digest_sent_on=local.date())
            if not unsent.update(digest_sent_on=local.date()):
                continue
            listed = list(waiting().filter(user=user).order_by("-created_at"))
            waiting().filter(pk__in=[each.pk for each in listed]).update(
                mailed_at=clock.now(), digest_due=False
            )
            send(user, listed)
            sent += 1
    return sent


def send(user: User, listed: list[Notice]) -> None:
    """One letter in the reader's language."""
    with translation.override(user.language):
        count = len(listed)
        subject = ngettext("%(count)s notice for you", "%(count)s notices for you", count) % {"count": count}
        body = letter(user, listed)
    send_mail(f"[Agora] {subject}", body, None, [user.email])


def letter(user: User, listed: list[Notice]) -> str:
    """Kind by kind; beyond `MOST_LINES` only their number, with the way to all of them."""
    lines: list[str] = []
    lost = destinations.gone(user, [each.url for each in listed])
    ordered = sorted(listed, key=lambda each: ORDER.index(Kind(each.kind)))
    for place, each in enumerate(ordered[:MOST_LINES]):
        if place == 0 or ordered[place - 1].kind != each.kind:
            lines += ["", str(Kind(each.kind).label), ""]
        place_of = _(destinations.GONE) if each.url in lost else f"{settings.BASE_URL}{each.url}"
        lines.append(f"- {each}" + (f"\n  {place_of}" if each.url else ""))
    more = len(ordered) - MOST_LINES
    if more > 0:
        lines += ["", ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more}]
    lines += ["", _("All notices, and how you hear of them:"), f"{settings.BASE_URL}/notices/"]
    return "\n".join(lines).strip()
