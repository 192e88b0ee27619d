"""One act on several use cases: the service of a single one, row by row, each whole or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import YES, Refused, Verdict, no, require
from projects.models import UseCase
from projects.rules.bulk import ACTS, MOST
from projects.services import use_cases

LONGEST_TAG, MOST_TAGS = 40, 20


@dataclass(frozen=True)
class Row:
    """What would become, or became, of one use case."""

    use_case: UseCase
    verdict: Verdict
    is_changed: bool = False


def preview(chosen: Iterable[UseCase], *, act: str, user: User) -> list[Row]:
    """Who may do it to which; nothing is changed."""
    return [Row(each, ACTS[act].rule(user, each)) for each in checked(chosen, act)]


def checked(chosen: Iterable[UseCase], act: str) -> list[UseCase]:
    """A known act, on some but not too many."""
    if act not in ACTS:
        raise ValidationError({"act": _("Choose what to do.")})
    rows = list(chosen)
    if not rows:
        raise ValidationError({"ids": _("Choose at least one use case.")})
    if len(rows) > MOST:
        raise ValidationError(
            {"ids": _("At most %(most)s at once, please: narrow the list.") % {"most": MOST}}
        )
    return rows


def apply(chosen: Iterable[UseCase], *, act: str, by: User, **given: Any) -> list[Row]:
    """
    Do it to each that allows it. A refused row stays as it was and says why; the others go through.

    Raises `ValidationError` when the act lacks what it asks for and `Refused` when no row allows it;
    then nothing at all is changed.
    """
    rows = checked(chosen, act)
    words = asked(act, given)
    verdicts = [ACTS[act].rule(by, each) for each in rows]
    if not any(verdicts):
        require(verdicts[0])
    done = [one(each, act, words, by) for each in rows]
    changed = [row for row in done if row.is_changed]
    if changed:
        audit.record(
            "backlog.changed_together", by, by=by, act=act, use_cases=[row.use_case.ref for row in changed]
        )
    return done


def asked(act: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the act, each of them there."""
    missing = [name for name in ACTS[act].asks if not given.get(name)]
    if missing:
        raise ValidationError({name: _("This is needed.") for name in missing})
    found = {name: given[name] for name in ACTS[act].asks}
    if "tags" in found:
        found["tags"] = tidy_tags(found["tags"])
    return found


def tidy_tags(tags: list[str]) -> list[str]:
    """Short words, once each."""
    kept = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if not kept:
        raise ValidationError({"tags": _("Write at least one tag.")})
    if long := next((tag for tag in kept if len(tag) > LONGEST_TAG), ""):
        words = _("“%(tag)s…” is too long: at most %(most)s letters.")
        raise ValidationError({"tags": words % {"tag": long[:20], "most": LONGEST_TAG}})
    return kept


def one(use_case: UseCase, act: str, words: dict[str, Any], user: User) -> Row:
    """One row by its own service, in a transaction of its own."""
    before = state_of(use_case, act)
    try:
        with transaction.atomic():
            HOW[act](use_case, words, user)
    except Refused as refused:
        return Row(use_case, refused.verdict)
    except (ValidationError, IllegalMove) as problem:
        return Row(use_case, no(" ".join(getattr(problem, "messages", [str(problem)])), code="invalid"))
    return Row(use_case, YES, state_of(use_case, act) != before)


def state_of(use_case: UseCase, act: str) -> Any:
    """What the act changes."""
    names = {
        "tag": ("tags",), "untag": ("tags",), "owner": ("product_owner_id",), "tier": ("risk_tier", "risk_basis"),
        "hold": ("held_until", "held_reason"), "resume": ("held_until",),
    }  # fmt: skip
    return [str(getattr(use_case, name)) for name in names[act]]


def add_tags(use_case: UseCase, words: dict[str, Any], user: User) -> None:
    """With the tags there already."""
    together = list(dict.fromkeys([*use_case.tags, *words["tags"]]))
    if len(together) > MOST_TAGS:
        raise ValidationError({"tags": _("At most %(most)s tags on one use case.") % {"most": MOST_TAGS}})
    use_cases.update(use_case, tags=together, by=user)


def take_tags(use_case: UseCase, words: dict[str, Any], user: User) -> None:
    """Without these."""
    use_cases.update(use_case, tags=[tag for tag in use_case.tags if tag not in words["tags"]], by=user)


HOW: dict[str, Callable[[UseCase, dict[str, Any], User], Any]] = {
    "tag": add_tags,
    "untag": take_tags,
    "owner": lambda use_case, words, by: use_cases.name_product_owner(use_case, **words, by=by),
    "tier": lambda use_case, words, by: use_cases.set_risk_tier(use_case, **words, by=by),
    "hold": lambda use_case, words, by: use_cases.hold(use_case, **words, by=by),
    "resume": lambda use_case, words, by: use_cases.resume(use_case, by=by),
}
