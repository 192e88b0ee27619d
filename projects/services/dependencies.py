"""What a use case depends on: said, taken back, and told to those whose plans it crosses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Dependency, Sequence, UseCase
from projects.selectors import dependencies as reads

MOST = 20


@transaction.atomic
def add(use_case: UseCase, *, needs: UseCase, by: User, reason: str = "") -> Dependency:
    """
    Say that a use case needs what another one brings.

    Raises `ValidationError` for itself, what is named already, what has ended and a circle (with its path).
    """
    require(rules.dependencies.may_depend(by, use_case))
    alone()
    check(use_case, needs, by)
    made = Dependency.objects.create(use_case=use_case, needs=needs, reason=reason.strip(), added_by=by)
    audit.record("use_case.dependency_added", use_case, by=by, needs=needs.ref, reason=made.reason)
    owner = needs.product_owner
    if owner and UseCase.objects.visible_to(owner).filter(pk=use_case.pk).exists():
        notices.tell(
            [owner], text=N_("%(title)s depends on %(needs)s."), url=address(use_case), icon="use-case", by=by,
            title=use_case, needs=needs,
        )  # fmt: skip
    return made


@transaction.atomic
def remove(link: Dependency, *, by: User) -> None:
    """It depends on that one no more."""
    require(rules.dependencies.may_depend(by, link.use_case))
    audit.record(
        "use_case.dependency_removed", link.use_case, by=by, needs=link.needs.ref, reason=link.reason
    )
    link.delete()


def alone() -> None:
    """Until the end of the transaction nobody else adds one: two halves of a circle could meet."""
    Sequence.objects.get_or_create(name="dependencies")
    Sequence.objects.filter(name="dependencies").update(last=F("last") + 1)


def check(use_case: UseCase, needs: UseCase, asker: User) -> None:
    """Whether the one may depend on the other."""
    if needs.pk == use_case.pk:
        raise ValidationError({"needs": _("A use case does not depend on itself.")})
    if not UseCase.objects.visible_to(asker).filter(pk=needs.pk).exists():
        raise ValidationError({"needs": _("Choose a use case that you see.")})
    if needs.phase in (*rules.ways.CLOSED, UseCase.Phase.DRAFT):
        words = _("%(title)s brings nothing any more, or not yet (%(phase)s): choose one that goes on.")
        raise ValidationError({"needs": words % {"title": needs, "phase": needs.get_phase_display()}})
    named = Dependency.objects.filter(use_case=use_case)
    if named.filter(needs=needs).exists():
        raise ValidationError({"needs": _("%(title)s is named already.") % {"title": needs}})
    if named.count() >= MOST:
        raise ValidationError({"needs": _("%(most)s are enough: take one away first.") % {"most": MOST}})
    if way := reads.path(needs, use_case):
        words = _("This would be a circle: %(path)s. Take one of these dependencies away first.")
        raise ValidationError({"needs": words % {"path": " → ".join(names([use_case.pk, *way], asker))}})


def names(keys: list[Any], asker: User) -> Iterator[str]:
    """References, without those of what the reader does not see."""
    seen = dict(UseCase.objects.visible_to(asker).filter(pk__in=keys).values_list("pk", "ref"))
    return (seen.get(key, _("one that you do not see")) for key in keys)


@contextmanager
def telling(needs: UseCase, *, by: User) -> Iterator[None]:
    """Around a change of plan: product owners hear when what they wait for now comes too late."""
    before = late(needs)
    yield
    for link in Dependency.objects.filter(pk__in=late(needs) - before).select_related(
        "use_case__product_owner"
    ):
        owner = link.use_case.product_owner
        if owner and UseCase.objects.visible_to(owner).filter(pk=needs.pk).exists():
            notices.tell(
                [owner], text=N_("%(needs)s is now planned too late for %(title)s."), url=address(link.use_case),
                icon="alert", by=by, title=link.use_case, needs=needs,
            )  # fmt: skip


def late(needs: UseCase) -> set[Any]:
    """Those who wait for it in vain, as planned now."""
    waiting = reads.dated(Dependency.objects.filter(needs=needs))
    return set(waiting.filter(is_conflict=True).values_list("pk", flat=True))


def address(use_case: UseCase) -> str:
    """Where its dependencies stand."""
    return f"/use-cases/{use_case.pk}/dependencies/"
