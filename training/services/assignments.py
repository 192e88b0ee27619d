"""Community leads ask people to follow a path until a day."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import studio_rules
from training.models import Assignment, Path

MOST_PEOPLE, LONGEST_NOTE, FARTHEST = 200, 300, timedelta(days=730)


@transaction.atomic
def assign(path: Path, *, people: Iterable[User], due_on: date, note: str = "", by: User) -> list[Assignment]:
    """
    Ask people to follow a path until a day; who is asked already gets the new day.

    Raises `ValidationError` for nobody, programs, or a day that is past or more than two years away.
    """
    require(studio_rules.may_assign(by))
    chosen = list({person.pk: person for person in people}.values())
    wrong: dict[str, str] = {}
    if not 0 < len(chosen) <= MOST_PEOPLE or any(each.is_service or not each.is_active for each in chosen):
        wrong["people"] = _("Choose 1 to %(most)s active people.") % {"most": MOST_PEOPLE}
    if not clock.today() <= due_on <= clock.today() + FARTHEST:
        wrong["due_on"] = _("Choose a day from today on, within two years.")
    if len(note) > LONGEST_NOTE:
        wrong["note"] = _("Use %(most)s characters or fewer.") % {"most": LONGEST_NOTE}
    if wrong:
        raise ValidationError(wrong)
    standing = {
        each.user_id: each for each in Assignment.objects.standing().filter(path=path, user__in=chosen)
    }
    found = []
    for person in chosen:
        assignment = standing.get(person.pk) or Assignment(user=person, path=path)
        assignment.due_on, assignment.note, assignment.assigned_by = due_on, note.strip(), by
        assignment.save()
        audit.record("path.assigned", assignment, by=by, user=person.pk, path=path.code, due_on=due_on)
        found.append(assignment)
    notices.tell(
        chosen,
        text=N_("%(who)s asks you to follow the path “%(path)s” until %(day)s."),
        url=reverse("training:path_detail", args=[path.code]),
        icon="learning",
        by=by,
        who=by.display_name,
        path=path.title,
        day=due_on.isoformat(),
    )
    return found


@transaction.atomic
def withdraw(assignment: Assignment, *, by: User) -> Assignment:
    """Take an assignment back; what was learnt stays."""
    require(studio_rules.may_withdraw(by, assignment))
    now = clock.now()
    if Assignment.objects.standing().filter(pk=assignment.pk).update(withdrawn_at=now):
        assignment.withdrawn_at = now
        audit.record("path.assignment_withdrawn", assignment, by=by, path=assignment.path.code)
    return assignment
