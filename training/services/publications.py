"""The log of what was published, and taking a publication back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from training import studio_rules
from training.models import Lesson, LessonVersion, Publication, PublicationEntry, Question

REVERTED = N_("Taken back: %(note)s")


@dataclass(frozen=True)
class Change:
    """One lesson or question from a version to another; 0 is none."""

    kind: str
    name: str
    old: int
    new: int


def keep(
    changes: Sequence[Change], *, note: str, by: User | None, reverts: Publication | None = None
) -> Publication | None:
    """Write one publication with its entries; nothing where nothing changed."""
    if not changes:
        return None
    publication = Publication.objects.create(note=note[:300], by=by, reverts=reverts)
    PublicationEntry.objects.bulk_create(
        PublicationEntry(publication=publication, kind=each.kind, name=each.name, old=each.old, new=each.new)
        for each in changes
    )
    audit.record("curriculum.published", publication, by=by, entries=len(changes), note=note)
    return publication


@transaction.atomic
def revert(publication: Publication, *, by: User) -> Publication | None:
    """
    Make the versions before this publication the present ones again, where nothing newer stands.

    Attempts, answers and finished lessons keep the version they met. A voided question stays out.
    """
    require(studio_rules.may_revert(by, publication))
    changes = []
    for entry in publication.entries.all():
        swap = swap_lesson if entry.kind == PublicationEntry.Kind.LESSON else swap_question
        if swap(entry):
            changes.append(Change(entry.kind, entry.name, entry.new, entry.old))
    audit.record("publication.reverted", publication, by=by, entries=len(changes))
    note = REVERTED % {"note": publication.note or publication.created_at.date().isoformat()}
    return keep(changes, note=note, by=by, reverts=publication)


def swap_lesson(entry: PublicationEntry) -> bool:
    """Back to the older text; a lesson that had none stays as it is."""
    old = LessonVersion.objects.filter(lesson__code=entry.name, number=entry.old).first()
    if old is None:
        return False
    present = Lesson.objects.filter(code=entry.name, version__number=entry.new)
    return bool(present.update(version=old))


def swap_question(entry: PublicationEntry) -> bool:
    """Back to the older question, or to none."""
    rows = Question.objects.filter(uid=entry.name)
    if rows.current().exclude(version=entry.new).exists():
        return False
    retired = rows.current().filter(version=entry.new).update(is_current=False)
    restored = rows.filter(version=entry.old, voided_at__isnull=True).update(is_current=True)
    return bool(retired or restored)
