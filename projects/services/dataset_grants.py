"""Letting one person see and use a dataset for a purpose, until a day; the day itself ends it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Dataset, DatasetGrant
from projects.rules import datasets as rules


@transaction.atomic
def grant(
    dataset: Dataset, *, person: User, purpose: str, until: date, by: User, evidence: dict[str, Any]
) -> DatasetGrant:
    """
    Open a dataset to one person until a day; called by the app that decides such requests.

    A grant that runs already is replaced. Raises `Refused` for a class that is never lent, `IllegalMove`
    for a day that has passed.
    """
    dataset.refresh_from_db()
    require(rules.is_lendable(dataset))
    if until < clock.today():
        raise IllegalMove(_("The last day asked for has passed. Ask again."))
    running = DatasetGrant.objects.select_for_update().filter(dataset=dataset, person=person, ended_at=None)
    running.update(ended_at=clock.now(), ended_by=by)
    made = DatasetGrant.objects.create(
        dataset=dataset, person=person, purpose=purpose, until=until, granted_by=by
    )
    audit.record("dataset.access_granted", dataset, by=by, person=person.pk, until=str(until), **evidence)
    notices.tell(
        [person],
        text=N_("You may use the dataset “%(name)s” until %(until)s."),
        url=reverse("projects:dataset_detail", args=[dataset.pk]),
        icon="data",
        by=by,
        name=dataset.name,
        until=until,
    )
    return made


@transaction.atomic
def end(grant: DatasetGrant, *, by: User) -> None:
    """End an access before its day; what the person made with the data stays."""
    require(rules.may_end_grant(by, grant))
    if not close(grant, by=by):
        raise IllegalMove(_("This access is over already."))
    audit.record("dataset.access_ended", grant.dataset, by=by, person=grant.person_id)
    notices.tell(
        [grant.person],
        text=N_("Your access to the dataset “%(name)s” has ended."),
        url=reverse("projects:dataset_list"),
        icon="data",
        by=by,
        name=grant.dataset.name,
    )


def close(grant: DatasetGrant, *, by: User | None) -> bool:
    """Set the end, once."""
    rows = DatasetGrant.objects.filter(pk=grant.pk, ended_at=None)
    return bool(rows.update(ended_at=clock.now(), ended_by=by))


@transaction.atomic
def expire_over() -> int:
    """Write down and tell that the day has passed; the access itself ended with the day. How many."""
    count = 0
    for each in DatasetGrant.objects.over().for_list():
        if not close(each, by=None):
            continue
        audit.record("dataset.access_expired", each.dataset, by=None, person=each.person_id)
        notices.tell(
            [each.person, each.dataset.owner],
            text=N_("The access of %(person)s to the dataset “%(name)s” has run out."),
            url=reverse("projects:dataset_list"),
            icon="clock",
            by=None,
            person=each.person,
            name=each.dataset.name,
        )
        count += 1
    return count
