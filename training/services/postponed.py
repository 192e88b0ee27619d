"""Keeping an act that was refused, and offering it again once the right is there."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.addresses import nearest_page
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import audit, credentials, notices
from portal.core.verdicts import require
from training import rules
from training.models import PostponedAct

LONGEST = 300


def is_page_of_portal(url: str) -> bool:
    """A path of this portal: no other site, no API, nothing too long."""
    if not url.startswith("/") or len(url) > LONGEST or url.startswith("/api/"):
        return False
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return False
    return bool(nearest_page(url)) and is_known(url)


def is_known(url: str) -> bool:
    """Whether the portal has this address at all."""
    try:
        resolve(url.partition("?")[0].partition("#")[0])
    except Resolver404:
        return False
    return True


@transaction.atomic
def keep(right: str, *, url: str, by: User) -> PostponedAct:
    """
    Remember the page on which somebody wanted to use a right they do not hold yet. Safe to call twice.

    Of an address that only takes forms the page above it is kept, so that it can be opened later.
    """
    require(rules.may_learn(by, None))
    if right not in Right.values:
        raise ValidationError({"right": _("There is no such right.")})
    if not is_page_of_portal(url):
        raise ValidationError({"url": _("Give the address of a page of this portal.")})
    wanted: dict[str, Any] = {"user": by, "right": right, "url": nearest_page(url)}
    try:
        with transaction.atomic():
            act, is_new = PostponedAct.objects.open().get_or_create(**wanted)
    except IntegrityError:
        return PostponedAct.objects.open().get(**wanted)
    if is_new:
        audit.record("act.postponed", act, by=by, right=right, url=url)
    return act


@transaction.atomic
def close(act: PostponedAct, *, by: User) -> PostponedAct:
    """Done, or no longer wanted."""
    require(rules.may_close(by, act))
    if PostponedAct.objects.open().filter(pk=act.pk).update(closed_at=clock.now()):
        audit.record("act.closed", act, by=by)
    act.refresh_from_db()
    return act


def offer(user: User, right: str, *, by: User | None) -> int:
    """Tell the holder of a new right what they may now do that was refused before; each once."""
    if not credentials.holds(user, right):
        return 0
    waiting = PostponedAct.objects.open().filter(user=user, right=right, offered_at__isnull=True)
    acts = list(waiting)
    for act in acts:
        PostponedAct.objects.filter(pk=act.pk).update(offered_at=clock.now())
        audit.record("act.offered", act, by=by)
        notices.tell(
            [user],
            text=N_("You may now do what was refused before: %(right)s."),
            url=act.url,
            icon="lock-open",
            by=by,
            right=act.get_right_display(),
        )
    return len(acts)
