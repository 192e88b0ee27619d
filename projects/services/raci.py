"""Saying who answers for improvement, operation and monitoring (mission M3c)."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Area, RaciEntry, UseCase

Part = RaciEntry.Part
MOST = 20


@transaction.atomic
def assign(
    use_case: UseCase,
    *,
    area: str,
    accountable: User,
    by: User,
    responsible: Iterable[User] = (),
    consulted: Iterable[User] = (),
    informed: Iterable[User] = (),
) -> list[RaciEntry]:
    """Set one area anew: one accountable person, those who do the work, advise and hear. Others are kept as they are."""
    require(rules.raci.may_assign(by, use_case))
    parts = {
        Part.RESPONSIBLE: list(responsible),
        Part.CONSULTED: list(consulted),
        Part.INFORMED: list(informed),
    }
    check(use_case, area, accountable, parts)
    field = f"{area}_owner"
    before = getattr(use_case, f"{field}_id")
    setattr(use_case, field, accountable)
    use_case.save(update_fields=[field])
    RaciEntry.objects.filter(use_case=use_case, area=area).delete()
    rows = [
        RaciEntry(use_case=use_case, area=area, part=part, user=person)
        for part, people in parts.items()
        for person in people
    ]
    RaciEntry.objects.bulk_create(rows)
    said = {str(part): [person.pk for person in people] for part, people in parts.items()}
    audit.record(
        "raci.assigned", use_case, by=by, area=area, before=before, accountable=accountable.pk, **said
    )
    if before != accountable.pk:
        tell_accountable(use_case, accountable, by=by)
    return rows


def tell_accountable(use_case: UseCase, person: User, *, by: User) -> None:
    """What this person answers for from now on."""
    notices.tell(
        [person],
        text=N_("You answer for one part of %(title)s after it is built."),
        url=f"/use-cases/{use_case.pk}/raci/",
        icon="squads",
        by=by,
        title=use_case,
    )


def check(use_case: UseCase, area: str, accountable: User, parts: dict[Part, list[User]]) -> None:
    """A known area, people who are here, each in one part; and never the builders alone in all three."""
    if area not in Area.values:
        raise ValidationError({"area": _("This area is not known.")})
    problems: dict[str, str] = {}
    if not is_here(accountable):
        problems["accountable"] = _("This account is closed; choose somebody else.")
    seen: set[int] = set()
    for part, people in parts.items():
        if wrong := problem_of_part(part, people, seen):
            problems[part.value] = wrong
        seen |= {person.pk for person in people}
    if problems:
        raise ValidationError(problems)
    check_shared(use_case, area, accountable)


def is_here(person: User) -> bool:
    """A person who works with us now."""
    return person.is_active and not person.is_service


def problem_of_part(part: Part, people: list[User], seen: set[int]) -> str:
    """What is wrong with those named in one part, or nothing."""
    if part == Part.RESPONSIBLE and not people:
        return _("Name at least one person who does the work.")
    if len(people) > MOST:
        return _("At most %(most)s people, please.") % {"most": MOST}
    if not all(is_here(person) for person in people):
        return _("One of these accounts is closed; choose somebody else.")
    twice = next((person for person in people if person.pk in seen), None)
    return _("%(person)s has another part here already.") % {"person": twice} if twice else ""


def check_shared(use_case: UseCase, area: str, accountable: User) -> None:
    """The data scientists may not hold all three (M3)."""
    owners = {each: getattr(use_case, f"{each}_owner_id") for each in Area.values} | {area: accountable.pk}
    if None not in owners.values() and rules.readiness.only_builders(use_case, set(owners.values())):
        raise ValidationError(
            {
                "accountable": _(
                    "Then data scientists would answer for all three areas. "
                    "Give this one to operations, IT or the business."
                )
            }
        )
