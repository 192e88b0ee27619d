"""The graph of prerequisites, changed in the studio or by the files; checked as a whole before it counts."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from training import graph, graph_words, studio_rules
from training.models import Prerequisite, PrerequisiteEdition

LONGEST_NOTE, MOST_RULES = 300, 500


def digest_of(rules: Iterable[graph.Rule]) -> str:
    """The same rules have the same digest."""
    return hashlib.sha256(json.dumps([as_row(each) for each in rules]).encode()).hexdigest()


def as_row(rule: graph.Rule) -> dict[str, Any]:
    """One rule as it is kept and as the API tells it."""
    return {"node": rule.node, "kind": rule.kind, "of": list(rule.of), "least": rule.least}


def newest() -> int:
    """The number of the edition that counts; 0 before the first."""
    return PrerequisiteEdition.objects.values_list("number", flat=True).first() or 0


@transaction.atomic
def publish(rules: Sequence[graph.Rule], *, base: int, note: str = "", by: User) -> PrerequisiteEdition:
    """
    Put these rules in the place of the present ones.

    `base` is the edition they were made from: where somebody published meanwhile nothing is lost, the
    later one hears `IllegalMove`. Raises `ValidationError` for a circle (with its path), an unknown name,
    a count that cannot be met, or something that nobody could ever reach. What people have finished stays.
    """
    require(studio_rules.may_write(by))
    if len(note) > LONGEST_NOTE:
        raise ValidationError({"note": _("Use %(n)s characters or fewer.") % {"n": LONGEST_NOTE}})
    if len(rules) > MOST_RULES:
        raise ValidationError({"rules": _("Keep to %(n)s rules or fewer.") % {"n": MOST_RULES}})
    if wrong := list(graph_words.problems(rules)):
        raise ValidationError({"rules": wrong})
    if newest() != base:
        raise IllegalMove(_("Somebody else changed this a moment ago. Reload the page to see their change."))
    made = keep(rules, number=base + 1, note=note.strip(), by=by)
    audit.record("prerequisites.published", made, by=by, number=made.number, rules=len(rules), note=made.note)
    return made


def keep(
    rules: Sequence[graph.Rule], *, number: int, digest: str = "", note: str = "", by: User | None
) -> PrerequisiteEdition:
    """Write the edition and the rows; of two at once the database lets one through."""
    rows = [as_row(each) for each in rules]
    try:
        with transaction.atomic():
            made = PrerequisiteEdition.objects.create(
                number=number, rules=rows, digest=digest, note=note, by=by
            )
    except IntegrityError:
        raise IllegalMove(
            _("Somebody else changed this a moment ago. Reload the page to see their change.")
        ) from None
    Prerequisite.objects.all().delete()
    Prerequisite.objects.bulk_create(
        Prerequisite(**row, position=position) for position, row in enumerate(rows)
    )
    return made


def load(rules: Sequence[graph.Rule], *, by: User | None) -> bool:
    """What the files say, once for each state of the files: an edition of the studio stays until they change."""
    digest = digest_of(rules)
    last = PrerequisiteEdition.objects.exclude(digest="").first()
    if last and last.digest == digest:
        return False
    keep(rules, number=newest() + 1, digest=digest, by=by)
    return True
