"""Accounts, units and duties."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import rules
from portal.core.models import OrgUnit, User
from portal.core.services import audit
from portal.core.verdicts import require


@transaction.atomic
def create_unit(*, name: str, kind: str, parent: OrgUnit | None, by: User | None) -> OrgUnit:
    """Add a part of the organisation below `parent`."""
    require(rules.may_manage_people(by))
    unit = OrgUnit.objects.create(
        name=name, kind=kind, parent=parent, path=f"new-{name}-{parent and parent.pk}"
    )
    unit.path = f"{parent.path if parent else '/'}{unit.pk:06d}/"
    unit.save(update_fields=["path"])
    audit.record("unit.created", unit, by=by, kind=kind)
    return unit


@transaction.atomic
def create(
    *,
    email: str,
    display_name: str,
    password: str,
    by: User | None,
    duties: Iterable[str] = (),
    **profile: object,
) -> User:
    """Open an account. Raises `ValidationError` for a weak password."""
    require(rules.may_manage_people(by))
    user = User(email=email.lower(), display_name=display_name, **profile)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    audit.record("user.created", user, by=by)
    if duties:
        assign_duties(user, duties=duties, by=by)
    return user


@transaction.atomic
def assign_duties(user: User, *, duties: Iterable[str], by: User | None) -> None:
    """Set the duties a person holds. Takes effect on their next request."""
    require(rules.may_manage_people(by))
    chosen = list(Group.objects.filter(name__in=list(duties)))
    before = sorted(user.groups.values_list("name", flat=True))
    user.groups.set(chosen)
    user.__dict__.pop("duties", None)
    user.__dict__.pop("_prefetched_objects_cache", None)
    audit.record(
        "user.duties_assigned", user, by=by, before=before, after=sorted(group.name for group in chosen)
    )


@transaction.atomic
def deactivate(user: User, *, by: User | None) -> None:
    """Close an account: the next request with its session or tokens is refused."""
    require(rules.may_manage_people(by))
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.is_active = False
        audit.record("user.deactivated", user, by=by)


@transaction.atomic
def update_profile(user: User, *, by: User, **changes: object) -> None:
    """
    Change one's own profile: name, job title, manager, language, time zone, appearance.

    The manager sees no answer and no mark; they hear when a certificate of theirs ends. Raises
    `ValidationError` for oneself, a program or a closed account as manager.
    """
    require(rules.may_edit_profile(by, user))
    allowed = {"display_name", "job_title", "language", "time_zone", "theme", "site", "manager"}
    manager = changes.get("manager")
    if isinstance(manager, User) and (manager.pk == user.pk or manager.is_service or not manager.is_active):
        raise ValidationError({"manager": _("Choose a colleague, not yourself.")})
    for name, value in changes.items():
        if name in allowed:
            setattr(user, name, value)
    user.full_clean(exclude=["password"])
    user.save(update_fields=sorted(allowed & changes.keys()) or None)
    audit.record("user.profile_updated", user, by=by, fields=sorted(changes))
