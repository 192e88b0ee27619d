"""Reads for the pages of use cases."""

from typing import Any

from django.contrib.postgres.lookups import TrigramSimilar
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from portal.core.models import User
from projects.models import ComparedTrigram, UseCase
from projects.similarity import Compared, compared, likeness, trigrams
from projects.trigram_index import has_pg_trgm

ALIKE = 0.3  # the threshold that pg_trgm comes with
# Of a trigram that more texts share, the newest so many count: what a thousand share tells nothing.
POSTINGS = 200
CANDIDATES = 300
TABLE = ComparedTrigram._meta.db_table
SHARING = (
    f"SELECT text_id FROM (SELECT text_id FROM {TABLE} WHERE gram = %s ORDER BY text_id DESC LIMIT %s) newest"
)
MOST_SHARING = (
    "SELECT text_id FROM ({each}) shared GROUP BY text_id ORDER BY count(*) DESC, text_id DESC LIMIT %s"
)


def similar_to(text: str, *, user: User, limit: int = 5) -> list[tuple[UseCase, float]]:
    """
    Use cases the reader sees that speak of the same, best first, each with its likeness (`ALIKE` to 1).

    The measure is the same on every database (`projects.similarity`); of equals the newest comes first. Without
    `pg_trgm` the compared are the `CANDIDATES` that share the most trigrams; of a trigram in more than `POSTINGS`
    texts, the newest of these. So time does not grow with the backlog.
    """
    wanted = compared(text).whole
    if len(wanted) < 8:
        return []
    visible = UseCase.objects.visible_to(user).exclude(phase__in=["draft", "duplicate"])
    best = by_extension(wanted, visible, limit) if has_pg_trgm() else by_table(wanted, visible, limit)
    found = visible.select_related("product_owner").in_bulk([key for key, _share in best])
    return [(found[key], alike) for key, alike in best if key in found]


def by_extension(wanted: str, visible: QuerySet[UseCase], limit: int) -> list[tuple[Any, float]]:
    """Key and likeness of the best, by the operators of `pg_trgm`, which use its indexes."""
    title, whole, looked_for = F("compared_text__title"), F("compared_text__whole"), Value(wanted)
    alike = TrigramSimilar(title, looked_for) | TrigramSimilar(whole, looked_for)
    measured = Greatest(TrigramSimilarity(title, looked_for), TrigramSimilarity(whole, looked_for))
    best = visible.filter(alike).annotate(alike=measured).order_by("-alike", "-created_at", "pk")
    with transaction.atomic(), connection.cursor() as cursor:
        # The operators compare with this setting; it ends with the transaction.
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        return list(best.values_list("pk", "alike")[:limit])


def by_table(wanted: str, visible: QuerySet[UseCase], limit: int) -> list[tuple[Any, float]]:
    """The same by the table of trigrams: who shares most, then the measure on those alone."""
    grams = trigrams(wanted)
    rows = visible.filter(compared_text__in=sharing_most(grams)).order_by("-created_at", "pk")
    columns = rows.values_list("pk", "compared_text__title", "compared_text__whole")
    measured = [(key, likeness(grams, Compared(title, whole))) for key, title, whole in columns]
    alike = [pair for pair in measured if pair[1] >= ALIKE]
    return sorted(alike, key=lambda pair: -pair[1])[:limit]


def sharing_most(grams: frozenset[str]) -> list[int]:
    """Keys of the texts that share the most of these trigrams, in one query over the index."""
    each = " UNION ALL ".join([SHARING] * len(grams))
    with connection.cursor() as cursor:
        bounds = [value for gram in sorted(grams) for value in (gram, POSTINGS)]
        cursor.execute(MOST_SHARING.format(each=each), [*bounds, CANDIDATES])
        return [key for (key,) in cursor.fetchall()]
