"""Reads for the pages of artifacts."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from portal.core.models import User
from projects import shelves, similarity
from projects.models import Artifact, Dataset, UseCase
from projects.selectors.lineage import Node, nodes

FEW, LOOKED_AT = 5, 200


def sees_use_case(user: User, thing: Artifact | Dataset) -> bool:
    """Whether the reader may know which use case it belongs to."""
    case = thing.use_case_id
    return case is not None and known_cases(user).filter(pk=case).exists()


def known_cases(user: User) -> Any:
    """Use cases a reader may see named: the visible ones and their own sandboxes."""
    seen = Q(pk__in=UseCase.objects.visible_to(user).order_by().values("pk"))
    own = Q(pk__in=UseCase.everything.sandboxes_of(user).order_by().values("pk"))
    return UseCase.everything.filter(seen | own)


def with_case_known(things: Any, user: User) -> Any:
    """Things with `knows_case`: whether the reader may know which use case each belongs to."""
    return things.annotate(knows_case=Exists(known_cases(user).filter(pk=OuterRef("use_case_id"))))


def similar(artifact: Artifact, user: User) -> list[Artifact]:
    """
    The most similar ones in use that the reader sees: by words of the title and the description, and by common tags.

    Looked for among the newest that share a tag, a source, the use case or a word of the title.
    """
    words = [word for word in similarity.plain(artifact.title).split() if len(word) > 3][:5]
    tags = [each.word for each in artifact.tags.all()]
    alike = Q(tags__word__in=tags)
    for word in words:
        alike |= Q(title__icontains=word)
    if artifact.use_case_id:
        alike |= Q(use_case=artifact.use_case_id)
    for kind, key in artifact.sources.values_list("kind", "key"):
        alike |= Q(sources__kind=kind, sources__key=key)
    keys = Artifact.objects.filter(alike).exclude(pk=artifact.pk).order_by().values("pk")
    found = Artifact.objects.visible_to(user).current().filter(pk__in=keys).for_list()[:LOOKED_AT]
    mine = similarity.trigrams(similarity.compared(artifact.title, artifact.description).whole)
    ranked = [(score(each, mine, set(tags)), each) for each in found]
    best = sorted(ranked, key=lambda pair: (-pair[0], pair[1].title, str(pair[1].pk)))
    return [each for likeness, each in best[:FEW] if likeness >= 0.15]


def score(other: Artifact, mine: frozenset[str], tags: set[str]) -> float:
    """How alike the texts are, and a tenth for each common tag."""
    common = len(tags & {each.word for each in other.tags.all()})
    text = similarity.compared(other.title, other.description)
    return similarity.share(mine, similarity.trigrams(text.whole)) + 0.1 * common


def sources_of(artifact: Artifact, user: User) -> list[Node]:
    """What it was made from, as far as the reader sees it."""
    return list(nodes(set(artifact.sources.values_list("kind", "key")), user).values())


def addresses(found: list[Node]) -> str:
    """Pages of things, one a line, as the form takes them."""
    return "\n".join(each.url for each in found if shelves.kind(each.kind))
