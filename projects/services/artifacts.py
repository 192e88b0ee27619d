"""Bringing artifacts, describing them, saying what they were made from, and putting them away."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices, stored_files
from portal.core.verdicts import require
from projects.models import Artifact, ArtifactSource, ArtifactTag, ArtifactVersion, Dataset, UseCase
from projects.rules import artifacts as rules
from projects.services import artifact_files, artifact_sources

MOST_TAGS, LONGEST_TAG = 12, 40


def create(
    *,
    kind: str,
    title: str,
    by: User,
    file: artifact_files.Upload | None = None,
    link: str = "",
    description: str = "",
    classification: str = Dataset.Classification.INTERNAL,
    use_case: UseCase | None = None,
    tags: list[str] | None = None,
    made_from: list[artifact_sources.Source] | None = None,
) -> Artifact:
    """
    Put an artifact into the library with its first version: a file, or the address of a link.

    It is at least as strictly classified as what it was made from. Nothing is made when the file cannot be taken.
    """
    require(rules.may_bring(by, use_case))
    if kind not in Artifact.Kind.values:
        raise ValidationError({"kind": _("Choose one of the kinds of the list.")})
    words, named = cleaned_tags(tags or []), cleaned_title(title)
    origins = artifact_sources.origins(made_from or [], by=by)
    grade = artifact_sources.inherited(classification, origins)
    artifact_sources.refuse_other_place(use_case, origins)
    content = content_of(kind, file, link, by=by)
    with transaction.atomic():
        artifact = Artifact.objects.create(
            kind=kind, title=named, description=cleaned_text(description), owner=by, use_case=use_case, classification=grade
        )  # fmt: skip
        ArtifactTag.objects.bulk_create([ArtifactTag(artifact=artifact, word=word) for word in words])
        ArtifactSource.objects.bulk_create(
            [ArtifactSource(artifact=artifact, kind=code, key=key) for code, key in made_from or []]
        )
        audit.record("artifact.created", artifact, by=by, kind=kind, classification=grade)
        place(artifact, content, remark="", by=by)
    return artifact


def add_version(
    artifact: Artifact,
    *,
    by: User,
    file: artifact_files.Upload | None = None,
    link: str = "",
    remark: str = "",
) -> tuple[ArtifactVersion, bool]:
    """
    Bring a new state. Returns the version and whether it is new: the content that stands already stays as it is.

    Owners of what was made from it hear of it.
    """
    require(rules.may_change(by, artifact))
    if len(remark) > 300:
        raise ValidationError({"remark": _("Say it in at most %(limit)s characters.") % {"limit": 300}})
    content = content_of(artifact.kind, file, link, by=by)
    with transaction.atomic():
        locked = Artifact.objects.select_for_update().get(pk=artifact.pk)
        require(rules.may_change(by, locked))
        newest = artifact.versions.first()
        if newest and (newest.digest, newest.link) == (content.get("digest", ""), content.get("link", "")):
            return newest, False
        version = place(artifact, content, remark=remark.strip(), by=by)
        tell_builders(artifact, N_("There is a new version of “%(title)s”, which you built on."), by=by)
    return version, True


def content_of(kind: str, file: artifact_files.Upload | None, link: str, *, by: User) -> dict[str, Any]:
    """What a version holds: the address of a link, or the file, examined and kept."""
    if kind == Artifact.Kind.LINK:
        if file:
            raise ValidationError({"file": _("A link has no file. Choose the kind of the file instead.")})
        return {"link": cleaned_link(link)}
    if link:
        raise ValidationError({"link": _("Only a link has an address. Choose the kind “Link”.")})
    if file is None:
        raise ValidationError({"file": _("Choose a file.")})
    return artifact_files.keep(kind, file, by=by)


def place(artifact: Artifact, content: dict[str, Any], *, remark: str, by: User) -> ArtifactVersion:
    """Number a version; inside a transaction of the caller."""
    if content.get("digest"):
        stored_files.hold(content["digest"])
    last = artifact.versions.aggregate(last=Max("number"))["last"] or 0
    version = ArtifactVersion.objects.create(
        artifact=artifact, number=last + 1, made_by=by, remark=remark, **content
    )
    audit.record("artifact_version.brought", version, by=by, **content)
    return version


@transaction.atomic
def describe(
    artifact: Artifact, *, by: User, title: str | None = None, description: str | None = None
) -> Artifact:
    """Change its title and what is said about it."""
    require(rules.may_change(by, artifact))
    wanted: dict[str, str] = {}
    if title is not None:
        wanted["title"] = cleaned_title(title)
    if description is not None:
        wanted["description"] = cleaned_text(description)
    changed = sorted(name for name, value in wanted.items() if value != getattr(artifact, name))
    for name in changed:
        setattr(artifact, name, wanted[name])
    if changed:
        artifact.save(update_fields=changed)
        audit.record("artifact.described", artifact, by=by, fields=changed)
    return artifact


@transaction.atomic
def tag(artifact: Artifact, words: list[str], *, by: User) -> list[str]:
    """Set the words it is found by; returns them as kept."""
    require(rules.may_change(by, artifact))
    wanted = cleaned_tags(words)
    old = set(artifact.tags.values_list("word", flat=True))
    if old == set(wanted):
        return wanted
    artifact.tags.exclude(word__in=wanted).delete()
    ArtifactTag.objects.bulk_create(
        [ArtifactTag(artifact=artifact, word=word) for word in wanted if word not in old]
    )
    audit.record("artifact.tagged", artifact, by=by, before=sorted(old), after=wanted)
    return wanted


@transaction.atomic
def classify(artifact: Artifact, classification: str, *, by: User) -> Artifact:
    """Say how carefully it is kept; never less than what it was made from. What is made from it follows."""
    require(rules.may_classify(by, artifact))
    sources = list(artifact.sources.values_list("kind", "key"))
    grade = artifact_sources.inherited(classification, artifact_sources.all_origins(sources))
    if grade != classification:
        said = _("It was made from something classified “%(least)s” and cannot be kept less carefully.")
        raise ValidationError(
            {"classification": said % {"least": Dataset.Classification(grade).label}},
            code="artifact.inherits",
        )
    artifact_sources.raise_class(artifact, grade, by=by)
    return artifact


@transaction.atomic
def revise(
    artifact: Artifact,
    *,
    title: str,
    description: str,
    tags: list[str],
    made_from: list[artifact_sources.Source],
    by: User,
    classification: str = "",
) -> Artifact:
    """Change all that is said about it at once, or nothing of it; no class given leaves it as it is."""
    describe(artifact, title=title, description=description, by=by)
    tag(artifact, tags, by=by)
    if classification and classification != artifact.classification:
        classify(artifact, classification, by=by)
    return artifact_sources.derive(artifact, made_from, by=by)


@transaction.atomic
def retire(artifact: Artifact, *, by: User, reason: str = "") -> Artifact:
    """Put it away: it leaves the library and changes no more; who built on it still finds it, and hears of it."""
    require(rules.may_retire(by, artifact))
    locked = Artifact.objects.select_for_update().get(pk=artifact.pk)
    require(rules.may_retire(by, locked))
    if len(reason) > 500:
        raise ValidationError({"reason": _("Say it in at most %(limit)s characters.") % {"limit": 500}})
    artifact.retired_at, artifact.retired_by, artifact.retired_reason = clock.now(), by, reason.strip()
    artifact.save(update_fields=["retired_at", "retired_by", "retired_reason"])
    audit.record("artifact.retired", artifact, by=by, reason=reason.strip())
    tell_builders(artifact, N_("“%(title)s”, which you built on, was put away."), by=by)
    return artifact


@transaction.atomic
def restore(artifact: Artifact, *, by: User) -> Artifact:
    """Take it back into the library."""
    require(rules.may_restore(by, artifact))
    locked = Artifact.objects.select_for_update().get(pk=artifact.pk)
    require(rules.may_restore(by, locked))
    artifact.retired_at, artifact.retired_by, artifact.retired_reason = None, None, ""
    artifact.save(update_fields=["retired_at", "retired_by", "retired_reason"])
    audit.record("artifact.restored", artifact, by=by)
    return artifact


def tell_builders(artifact: Artifact, text: str, *, by: User) -> None:
    """Leave a notice for owners of what was made from it, where they still see it."""
    made = ArtifactSource.objects.filter(kind="artifact", key=artifact.pk).values("artifact__owner")
    people = [
        person
        for person in User.objects.filter(pk__in=made)
        if Artifact.objects.visible_to(person).filter(pk=artifact.pk).exists()
    ]
    url = reverse("projects:artifact_detail", args=[artifact.pk])
    notices.tell(people, text=text, url=url, icon="versions", by=by, title=artifact.title)


def cleaned_title(title: str) -> str:
    """One line of a bearable length."""
    words = " ".join(title.split())
    if not words:
        raise ValidationError({"title": _("Give it a title.")})
    if len(words) > 140:
        raise ValidationError({"title": _("Say it in at most %(limit)s characters.") % {"limit": 140}})
    return words


def cleaned_text(text: str) -> str:
    """The description without blanks around it."""
    if len(text) > 4000:
        raise ValidationError({"description": _("Say it in at most %(limit)s characters.") % {"limit": 4000}})
    return text.strip()


def cleaned_tags(words: list[str]) -> list[str]:
    """Each once, in lower case, with one space between words."""
    wanted = sorted({" ".join(word.lower().split()) for word in words} - {""})
    if len(wanted) > MOST_TAGS:
        raise ValidationError({"tags": _("Give at most %(limit)s tags.") % {"limit": MOST_TAGS}})
    if too_long := [word for word in wanted if len(word) > LONGEST_TAG]:
        shown = {"tag": too_long[0][:60], "limit": LONGEST_TAG}
        raise ValidationError({"tags": _("“%(tag)s” is longer than %(limit)s characters.") % shown})
    return wanted


def cleaned_link(link: str) -> str:
    """An address of the web: http or https, a host, no password and nothing invisible in it."""
    text = link.strip()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ValidationError({"link": _("Write a whole address that begins with https:// or http://.")})
    if parts.username or parts.password:
        raise ValidationError({"link": _("Take the name and the password out of the address.")})
    if len(text) > 2000:
        raise ValidationError({"link": _("Say it in at most %(limit)s characters.") % {"limit": 2000}})
    return text
