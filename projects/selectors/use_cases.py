"""Reads for the pages of use cases."""

from django.db.models import Q

from portal.core.models import User
from projects import similarity
from projects.models import UseCase

COMPARED = 1000
ALIKE = 0.25
WORDS = 6


def telling_words(text: str) -> list[str]:
    """The longest words of a text: those that others who speak of the same are likely to use."""
    words = {word for word in similarity.WORD.findall(similarity.plain(text)) if len(word) > 4}
    return sorted(words, key=lambda word: (-len(word), word))[:WORDS]


def similar_to(text: str, *, user: User, limit: int = 5) -> list[tuple[UseCase, float]]:
    """
    Use cases the reader sees that speak of the same, best first.

    Compared are the newest `COMPARED` and, however old, as many that share a telling word. The
    measure is the same on every database.
    """
    if len(text.strip()) < 8:
        return []
    visible = (
        UseCase.objects.visible_to(user)
        .exclude(phase__in=["draft", "duplicate"])
        .select_related("product_owner")
        .defer("lessons", "decision_supported", "action_taken")
    )
    sharing = Q()
    for word in telling_words(text):
        sharing |= Q(title__icontains=word) | Q(problem__icontains=word)
    newest = list(visible.order_by("-created_at")[:COMPARED])
    older = (
        visible.filter(sharing, created_at__lt=newest[-1].created_at).order_by("-created_at")[:COMPARED]
        if sharing and len(newest) == COMPARED
        else []
    )
    candidates = ((use_case, f"{use_case.title} {use_case.problem}") for use_case in (*newest, *older))
    return similarity.closest(text, candidates, limit=limit, at_least=ALIKE)
