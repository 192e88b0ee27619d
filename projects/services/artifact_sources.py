"""What artifacts are made from, and the class they inherit from it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import shelves
from projects.models import Artifact, ArtifactSource, Dataset, UseCase
from projects.models.shares import OPEN_TO_ALL
from projects.rules import artifacts as rules
from projects.services import shares

Source = tuple[str, UUID]
MOST = 20


def origins(sources: list[Source], *, by: User) -> list[shelves.Origin]:
    """What these pass on. One the person may not use is as unknown as one that does not exist."""
    if len(sources) > MOST:
        raise ValidationError({"made_from": _("Name at most %(limit)s things.") % {"limit": MOST}})
    found = []
    for code, key in sources:
        kind = shelves.kind(code)
        thing = kind.used(by).filter(pk=key).first() if kind and kind.origin else None
        if kind is None or kind.origin is None or thing is None:
            raise ValidationError({"made_from": _("One of these is not there, or you may not use it.")})
        found.append(kind.origin(thing))
    return found


def all_origins(sources: list[Source]) -> list[shelves.Origin]:
    """What these pass on, whoever asks: an edge binds those too who do not see its other end."""
    found = []
    for code, key in sources:
        kind = shelves.kind(code)
        thing = kind.every().filter(pk=key).first() if kind else None
        if kind and kind.origin and thing is not None:
            found.append(kind.origin(thing))
    return found


def inherited(classification: str, found: list[shelves.Origin]) -> str:
    """The strictest of what was chosen and of all it was made from."""
    if classification not in Dataset.Classification.values:
        raise ValidationError({"classification": _("Choose one of the classes of the list.")})
    return Dataset.strictest([classification, *(each.classification for each in found)])


def refuse_other_place(use_case: UseCase | None, found: list[shelves.Origin]) -> None:
    """
    What is not for everybody does not change its circle by being made into something else: an artifact made from
    it stands in the same use case or in none, where its owner alone sees it. Practice stays in its sandbox.
    """
    place = use_case.pk if use_case else None
    if any(each.is_sandbox and each.use_case != place for each in found):
        said = _(
            "It was made from practice in a sandbox and stays there. Choose the sandbox as its use case."
        )
        raise ValidationError({"use_case": said}, code="artifact.stays_in_sandbox")
    closed = {each.use_case for each in found if each.classification not in OPEN_TO_ALL and each.use_case}
    if place and closed - {place}:
        said = _(
            "It was made from data that belongs to another use case. Choose that use case, or none: then you alone see it."
        )
        raise ValidationError({"use_case": said}, code="artifact.other_circle")


@transaction.atomic
def derive(artifact: Artifact, sources: list[Source], *, by: User) -> Artifact:
    """
    Say what an artifact was made from; it becomes as strictly classified as the strictest of it.

    What the person does not see of the present list stays on it; what stands on it may stay without the right to use it.
    """
    require(rules.may_change(by, artifact))
    Artifact.objects.select_for_update().get(pk=artifact.pk)
    before = set(artifact.sources.values_list("kind", "key"))
    hidden = before - visible(before, by)
    wanted = set(sources) | hidden
    kept = wanted & before
    found = origins(sorted(wanted - before, key=str), by=by) + all_origins(sorted(kept, key=str))
    refuse_other_place(artifact.use_case, found)
    refuse_circle(artifact, wanted)
    if wanted == before:
        return artifact
    for code, key in before - wanted:
        artifact.sources.filter(kind=code, key=key).delete()
    ArtifactSource.objects.bulk_create(
        [ArtifactSource(artifact=artifact, kind=code, key=key) for code, key in wanted - before]
    )
    shown = sorted(f"{code} {key}" for code, key in wanted)
    audit.record("artifact.derived", artifact, by=by, made_from=shown)
    raise_class(artifact, inherited(artifact.classification, found), by=by)
    return artifact


def visible(sources: set[Source], user: User) -> set[Source]:
    """Those of them the person sees."""
    seen: set[Source] = set()
    for code in {code for code, _key in sources}:
        if kind := shelves.kind(code):
            keys = kind.seen(user).filter(pk__in=[key for each, key in sources if each == code])
            seen |= {(code, key) for key in keys.values_list("pk", flat=True)}
    return seen


def refuse_circle(artifact: Artifact, sources: set[Source]) -> None:
    """Nothing is made from itself, not over several steps either."""
    above = {key for code, key in sources if code == "artifact"}
    walked: set[Any] = set()
    while above - walked:
        walked |= above
        found = ArtifactSource.objects.filter(artifact__in=above, kind="artifact")
        above = set(found.values_list("key", flat=True))
    if artifact.pk in walked:
        said = _("An artifact cannot be made from itself, not over several steps either.")
        raise ValidationError({"made_from": said}, code="artifact.circle")


def raise_class(artifact: Artifact, classification: str, *, by: User | None) -> int:
    """Give an artifact its class; whatever was made from it becomes as strict. Returns how many changed."""
    changed = 0
    if artifact.classification != classification:
        old, artifact.classification = artifact.classification, classification
        artifact.save(update_fields=["classification"])
        audit.record("artifact.classified", artifact, by=by, before=old, after=classification)
        shares.end_too_wide(artifact, by=by)
        changed = 1
    return changed + follow("artifact", [artifact.pk], classification)


def follow(code: str, keys: list[Any], classification: str) -> int:
    """Let what was made from these be at least as strict; the portal does it, whoever set the class."""
    milder = Dataset.STRICTNESS[: Dataset.STRICTNESS.index(classification)]
    made = ArtifactSource.objects.filter(kind=code, key__in=keys).values("artifact")
    found = Artifact.objects.filter(pk__in=made, classification__in=milder).select_for_update(of=("self",))
    return sum(raise_class(each, classification, by=None) for each in found)


@transaction.atomic
def keep_classes() -> int:
    """
    Let every artifact be as strict as what it was made from; returns how many became stricter.

    A dataset may become stricter long after something was made from it, also over an experiment and a model.
    """
    raised = 0
    for kind in shelves.sources():
        named = ArtifactSource.objects.filter(kind=kind.code).values("key")
        keys: dict[str, list[Any]] = {}
        for thing in kind.every().filter(pk__in=named).iterator(chunk_size=500):
            keys.setdefault(kind.origin(thing).classification, []).append(thing.pk)  # type: ignore[misc]
        for classification, each in keys.items():
            for start in range(0, len(each), 500):
                raised += follow(kind.code, each[start : start + 500], classification)
    return raised
