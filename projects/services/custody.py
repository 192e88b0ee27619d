"""Who answers for a dataset, and how carefully it is kept: people and classification."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects.models import Dataset
from projects.rules import datasets as rules
from projects.selectors import privacy
from projects.services import artifact_sources, shares


@transaction.atomic
def name_people(dataset: Dataset, *, owner: User, steward: User | None, by: User) -> Dataset:
    """Name the steward, or hand the dataset over to another owner."""
    require(rules.may_name_people(by, dataset))
    wrong = {
        field: _("Choose an active colleague.")
        for field, person in (("owner", owner), ("steward", steward))
        if person and (not person.is_active or person.is_service)
    }
    if wrong:
        raise ValidationError(wrong)
    old = {dataset.owner_id, dataset.steward_id}
    if (dataset.owner_id, dataset.steward_id) == (owner.pk, steward.pk if steward else None):
        return dataset
    dataset.owner, dataset.steward = owner, steward
    dataset.save(update_fields=["owner", "steward"])
    audit.record(
        "dataset.people_named", dataset, by=by, owner=owner.pk, steward=steward.pk if steward else None
    )
    notices.tell(
        [person for person in (owner, steward) if person and person.pk not in old],
        text=N_("%(person)s named you to answer for the dataset “%(name)s”."),
        url=reverse("projects:dataset_detail", args=[dataset.pk]),
        by=by,
        name=dataset.name,
        person=by,
    )
    return dataset


@transaction.atomic
def classify(dataset: Dataset, *, classification: str, reason: str = "", by: User) -> Dataset:
    """
    Say how carefully a dataset is kept, and so answer whether it holds personal data.

    A reason is needed for a milder class than before and for one below "personal" although columns look
    personal. What a recipe made is never milder than what it was made of.
    Shares that reach further than the class allows end.
    """
    require(rules.may_classify(by, dataset))
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    suspected = sorted(privacy.suspected_in(locked))
    refuse_class(locked, classification, reason.strip(), suspected)
    old = locked.classification
    dataset.classification = classification
    dataset.classified = {
        "columns": suspected,
        "reason": reason.strip(),
        "by": str(by.pk),
        "on": clock.today().isoformat(),
    }
    dataset.save(update_fields=["classification", "classified"])
    audit.record(
        "dataset.classified", dataset, by=by, before=old, after=classification, reason=reason.strip()
    )
    shares.end_too_wide(dataset, by=by)
    artifact_sources.follow("dataset", [dataset.pk], classification)
    return dataset


def refuse_class(dataset: Dataset, classification: str, reason: str, suspected: list[str]) -> None:
    """What stands against a class."""
    if classification not in Dataset.Classification.values:
        raise ValidationError({"classification": _("Choose one of the classes of the list.")})
    strictness = Dataset.STRICTNESS.index
    least = privacy.least_class(dataset)
    if strictness(classification) < strictness(least):
        words = _("It was made of data of the class “%(least)s” and cannot be milder.")
        raise ValidationError(
            {"classification": words % {"least": Dataset.Classification(least).label.lower()}}
        )
    is_milder = strictness(classification) < strictness(dataset.classification)
    is_doubtful = bool(suspected) and strictness(classification) < strictness("personal")
    if (is_milder or is_doubtful) and len(reason) < 10:
        raise ValidationError(
            {"reason": _("Say in a sentence why this class is right: colleagues will rely on it.")}
        )
    if len(reason) > 1000:
        raise ValidationError({"reason": _("Keep the reason below 1,000 characters.")})
