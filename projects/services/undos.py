"""Taking back what was just done, by the services of the acts themselves."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused, require
from projects import rules
from projects.models import Undo, UseCase
from projects.services import ranks, squad_returns, squads, use_cases

MINUTES = 10  # the page offers it for some seconds, the page of the use case and the API as long as this
STATE: dict[str, tuple[str, ...]] = {
    "health": ("health",),
    "owner": ("product_owner_id",),
    "hold": ("held_until", "held_reason"),
    "resume": ("held_until", "held_reason"),
    "tag": ("tags",),
    "untag": ("tags",),
    "rank": ("rank", "ranked_by_id", "ranked_at"),
    "squad": squad_returns.FIELDS,  # of each membership
}
State = dict[str, Any]


@dataclass
class Offer:
    """What may be taken back, once the act is done; nothing when it changed nothing or cannot be reversed."""

    undo: Undo | None = None


@contextmanager
def offering(chosen: Iterable[UseCase], act: str, *, by: User) -> Iterator[Offer]:
    """
    Carry out one act inside, and offer to take back what it changed.

    An act that is not known here changes as it does and offers nothing: it asks before it is done.
    """
    offer, keys = Offer(), [each.pk for each in chosen] if act in STATE else []
    with ExitStack() as together:
        found = list(UseCase.objects.filter(pk__in=keys))
        if act == "squad":  # what somebody else changes at this moment is theirs
            together.enter_context(transaction.atomic())
            for each in found:
                squads.hold(each)
        before = {each.pk: state(each, act) for each in found}
        yield offer
        if before:
            offer.undo = keep(act, before, by=by)


def keep(act: str, before: dict[Any, State], *, by: User) -> Undo | None:
    """The rows that became something else, as far as they can become again what they were."""
    changes = []
    for each in UseCase.objects.filter(pk__in=before):
        was, now = before[each.pk], state(each, act)
        if act == "squad":
            was, now = differing(was, now)
        if was != now and can_return(act, was):
            changes.append({"use_case": str(each.pk), "ref": each.ref, "before": was, "after": now})
    if not changes:
        return None
    until = clock.now() + timedelta(minutes=MINUTES)
    return Undo.objects.create(act=act, by=by, changes=changes, until=until)


def differing(was: State, now: State) -> tuple[State, State]:
    """Only what became something else; nothing stands for what was not there."""
    keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    return {key: was.get(key) for key in keys}, {key: now.get(key) for key in keys}


def state(use_case: UseCase, act: str) -> State:
    """The fields that the act changes, as JSON keeps them; of a squad, those of each membership."""
    if act == "squad":
        return squad_returns.state(use_case)
    return {name: plain(getattr(use_case, name)) for name in STATE[act]}


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def can_return(act: str, was: State) -> bool:
    """Nobody is un-named as product owner, a pause that has ended is over, a place that never was is none."""
    if act == "owner":
        return was["product_owner_id"] is not None
    if act == "resume":
        return bool(was["held_until"]) and was["held_until"] > clock.today().isoformat()
    return act != "rank" or bool(was["rank"])


@transaction.atomic
def take_back(undo: Undo, *, by: User) -> list[str]:
    """
    Put each use case back as it was; returns a sentence for each that could not be.

    What somebody has changed since is left alone. Raises `IllegalMove` when nothing can be put back, and
    `Refused` when it is not one's own, too late or done already; then nothing is changed.
    """
    require(rules.undos.may_take_back(by, undo))
    if not Undo.objects.filter(pk=undo.pk, taken_at__isnull=True).update(taken_at=clock.now()):
        raise IllegalMove(_("This was taken back already."))
    problems: list[str] = []
    for change in undo.changes:
        try:
            with transaction.atomic():
                one(undo.act, change, by)
        except Refused as refused:
            problems.append(f"{change['ref']}: {refused.verdict.reason}")
        except (ValidationError, IllegalMove) as problem:
            problems.append(f"{change['ref']}: {' '.join(getattr(problem, 'messages', [str(problem)]))}")
    if len(problems) == len(undo.changes):
        raise IllegalMove(" ".join(problems))
    refs = [change["ref"] for change in undo.changes]
    audit.record("backlog.undone", by, by=by, act=undo.act, use_cases=refs, left=problems)
    return problems


def one(act: str, change: dict[str, Any], user: User) -> None:
    """One use case, unless it has become something else since."""
    use_case = (
        UseCase.objects.visible_to(user).select_for_update(of=("self",)).filter(pk=change["use_case"]).first()
    )
    now = state(use_case, act) if use_case else {}
    if use_case is None or {key: now.get(key) for key in change["after"]} != change["after"]:
        raise IllegalMove(_("Somebody has changed it since."))
    HOW[act](use_case, change["before"], user)


def return_hold(use_case: UseCase, was: State, user: User) -> None:
    """On hold as before, or not at all."""
    if was["held_until"]:
        use_cases.hold(use_case, until=parse_date(was["held_until"]), reason=was["held_reason"], by=user)  # type: ignore[arg-type]
    else:
        use_cases.resume(use_case, by=user)


def return_rank(use_case: UseCase, was: State, user: User) -> None:
    """The place it had, and whether somebody had put it there."""
    at = parse_datetime(was["ranked_at"]) if was["ranked_at"] else None
    person = User.objects.filter(pk=was["ranked_by_id"]).first()
    ranks.put_back(use_case, rank=was["rank"], ranked_by=person, ranked_at=at, by=user)


def return_owner(use_case: UseCase, was: State, user: User) -> None:
    """The former product owner, who must still hold the right."""
    former = User.objects.get(pk=was["product_owner_id"])
    use_cases.name_product_owner(use_case, product_owner=former, by=user)


HOW: dict[str, Callable[[UseCase, State, User], Any]] = {
    "health": lambda use_case, was, user: use_cases.set_health(
        use_case, health=was["health"], comment=_("Taken back: as it was before."), by=user
    ),
    "owner": return_owner,
    "hold": return_hold,
    "resume": return_hold,
    "tag": lambda use_case, was, user: use_cases.update(use_case, tags=was["tags"], by=user),
    "untag": lambda use_case, was, user: use_cases.update(use_case, tags=was["tags"], by=user),
    "rank": return_rank,
    "squad": lambda use_case, was, user: squad_returns.put_back(use_case, was, by=user),
}
