"""Keeping, sharing and following views of the backlog."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import SavedView, UseCase, ViewFollower
from projects.selectors import backlog, narrowing
from projects.selectors.views import address

DISPLAY = ("sort", "columns", "lanes", "fields", "x", "y", "cut_x", "cut_y")
MOST_SEEN = 2000
NAMED = 3


def check(view: SavedView) -> None:
    """The model's own checks, with the squad named where one is needed."""
    if view.scope == SavedView.Scope.SQUAD and view.use_case is None:
        raise ValidationError({"use_case": _("Choose the squad.")})
    if view.scope != SavedView.Scope.SQUAD:
        view.use_case = None
    view.full_clean(exclude=["owner"], validate_constraints=False)
    same = SavedView.objects.filter(owner=view.owner, name=view.name).exclude(pk=view.pk)
    if same.exists():
        raise ValidationError({"name": _("You keep a view of this name already. Choose another name.")})


@transaction.atomic
def keep(
    *,
    name: str,
    query: str,
    layout: str,
    scope: str = SavedView.Scope.PRIVATE,
    use_case: UseCase | None = None,
    is_locked: bool = False,
    external_source: str = "",
    external_id: str = "",
    by: User,
) -> SavedView:
    """
    Keep filters, layout and order under a name. Raises `ValidationError` naming each wrong field.

    The same external source and id name the same view of this person: sent again, it is changed.
    """
    if external_id and (known := known_as(external_source, external_id, by)):
        given = {"name": name.strip(), "query": query, "layout": layout, "scope": scope, "use_case": use_case}
        return change(known, **given, is_locked=is_locked, by=by)
    require(rules.saved_views.may_keep(by, scope, use_case))
    view = SavedView(
        name=name.strip(), query=tidy(query), layout=layout, scope=scope, use_case=use_case, is_locked=is_locked,
        external_source=external_source.strip(), external_id=external_id.strip(), owner=by,
    )  # fmt: skip
    check(view)
    view.save(force_insert=True)
    audit.record("saved_view.kept", view, by=by, scope=scope, query=view.query)
    return view


def known_as(source: str, key: str, owner: User) -> SavedView | None:
    """The view another program keeps under this id for this person."""
    mine = SavedView.objects.filter(owner=owner)
    return mine.filter(external_source=source.strip(), external_id=key.strip()).first()


@transaction.atomic
def change(view: SavedView, *, by: User, **changes: Any) -> SavedView:
    """Change name, filters, layout, audience or lock; a new audience needs the right to share with it."""
    require(rules.saved_views.may_change(by, view))
    if unknown := set(changes) - {"name", "query", "layout", "scope", "use_case", "is_locked"}:
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    if "query" in changes:
        changes["query"] = tidy(changes["query"])
    if {"scope", "use_case", "is_locked"} & set(changes):
        require(rules.saved_views.may_remove(by, view))
    before = {name: getattr(view, name) for name in changes}
    for name, value in changes.items():
        setattr(view, name, value)
    try:
        require(rules.saved_views.may_keep(by, view.scope, view.use_case))
        check(view)
    except Exception:
        for name, value in before.items():
            setattr(view, name, value)
        raise
    view.save(update_fields=[*changes, "use_case"])
    audit.record("saved_view.changed", view, by=by, fields=sorted(changes))
    return view


@transaction.atomic
def remove(view: SavedView, *, by: User) -> None:
    """Take a view away, with the stars and subscriptions on it; those who followed it are told."""
    require(rules.saved_views.may_remove(by, view))
    followers = [each.user for each in view.followers.select_related("user")]
    audit.record("saved_view.removed", view, by=by, query=view.query)
    notices.tell(followers, text=N_("The view “%(name)s” was removed."), url="/use-cases/", by=by, name=view)
    view.delete()


def tidy(query: str) -> str:
    """Parameters that mean something, in one order, without the page."""
    given = QueryDict(query.lstrip("?"))
    kept = QueryDict(mutable=True)
    for name in sorted(given):
        if name in backlog.CONDITIONS or name in DISPLAY:
            kept.setlist(name, [value for value in given.getlist(name) if value.strip()])
    return kept.urlencode()


@transaction.atomic
def follow(
    view: SavedView, *, by: User, is_starred: bool | None = None, every: str | None = None
) -> ViewFollower:
    """Star a view, or hear every day or week what entered and left it; what is not given stays."""
    require(rules.saved_views.may_follow(by, view))
    if every is not None and every not in ViewFollower.Every.values:
        raise ValidationError({"every": _("Choose how often.")})
    follower, _made = ViewFollower.objects.get_or_create(view=view, user=by)
    if is_starred is not None:
        follower.is_starred = is_starred
    if every is not None and every != follower.every:
        follower.every, follower.told_at = every, clock.now()
        follower.seen = seen_now(view, by) if every != ViewFollower.Every.NEVER else {}
    follower.save()
    audit.record("saved_view.followed", view, by=by, starred=follower.is_starred, every=follower.every)
    return follower


def params_of(view: SavedView) -> dict[str, list[str]]:
    """The filters of a view."""
    given = QueryDict(view.query)
    return {name: given.getlist(name) for name in given}


def seen_now(view: SavedView, user: User) -> dict[str, str]:
    """Key and phase of what the view shows this person now."""
    rows = narrowing.found_by(params_of(view), user).order_by("ref").values_list("pk", "phase")[:MOST_SEEN]
    return {str(key): phase for key, phase in rows}


def tell_followers() -> int:
    """Tell everybody whose day has come what entered, left and moved; returns how many were told. Safe to repeat."""
    told = 0
    for follower in due():
        with transaction.atomic():
            told += tell(follower)
    return told


def due() -> list[ViewFollower]:
    """Followers whose last digest is a day, or a week, old."""
    now = clock.now()
    rows = ViewFollower.objects.select_related("view", "user").filter(user__is_active=True)
    daily = rows.filter(every="day", told_at__lte=now - timedelta(hours=23))
    weekly = rows.filter(every="week", told_at__lte=now - timedelta(days=6, hours=23))
    return [*daily, *weekly]


def tell(follower: ViewFollower) -> bool:
    """One digest, if anything changed. Of two workers one sends it."""
    now = clock.now()
    mine = ViewFollower.objects.filter(pk=follower.pk, told_at=follower.told_at)
    if not SavedView.objects.visible_to(follower.user).filter(pk=follower.view_id).exists():
        mine.update(every=ViewFollower.Every.NEVER, seen={})
        return False
    seen = seen_now(follower.view, follower.user)
    if not mine.update(told_at=now, seen=seen):
        return False
    before = follower.seen
    entered, left = set(seen) - set(before), set(before) - set(seen)
    moved = {key for key in set(seen) & set(before) if seen[key] != before[key]}
    if not entered | left | moved:
        return False
    words: Callable[[set[str]], str] = lambda keys: refs(keys, follower.user)  # noqa: E731
    notices.tell(
        [follower.user],
        text=N_("View “%(name)s”: new %(entered)s; gone %(left)s; moved %(moved)s."),
        url=address(follower.view),
        icon="eye",
        by=None,
        name=follower.view,
        entered=words(entered),
        left=words(left),
        moved=words(moved),
    )
    return True


def refs(keys: set[str], user: User) -> str:
    """A few references that the reader sees, and how many more."""
    if not keys:
        return "0"
    names = UseCase.objects.visible_to(user).filter(pk__in=list(keys)[:500]).order_by("ref")
    some = list(names.values_list("ref", flat=True)[:NAMED])
    more = len(keys) - len(some)
    return f"{len(keys)} ({', '.join(some)}{'…' if more and some else ''})" if some else str(len(keys))
