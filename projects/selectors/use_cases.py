"""Reads for the pages of use cases."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from portal.core.models import User
from projects.models import ComparedTrigram, UseCase
from projects.similarity import Compared, compared, likeness, trigrams

ALIKE = 0.3  # the threshold that PostgreSQL's pg_trgm comes with
# Of a trigram that more texts share, the newest so many count: what a hundred share tells little.
POSTINGS = 100
CANDIDATES = 300
TABLE = ComparedTrigram._meta.db_table
# The only part that is put in is the name of our own table.
SHARING = (
    f"SELECT text_id FROM (SELECT text_id FROM {TABLE} WHERE gram = %s ORDER BY text_id DESC LIMIT %s) newest"  # nosec B608
)
MOST_SHARING = (
    "SELECT text_id FROM ({each}) shared GROUP BY text_id ORDER BY count(*) DESC, text_id DESC LIMIT %s"
)


def similar_to(text: str, *, user: User, limit: int = 5) -> list[tuple[UseCase, float]]:
    """
    Use cases the reader sees that speak of the same, best first, each with its likeness (`ALIKE` to 1).

    Measured are the `CANDIDATES` that share the most trigrams with the text; of a trigram in more than `POSTINGS`
    use cases, the newest of these count. So the time does not grow with the backlog, and everything within these
    bounds is ranked exactly as `projects.similarity` says, on every database; of equals the newest comes first.

    Why not the operators of `pg_trgm`: with 10,000 use cases and three words to look for, its index left 7,894 long
    texts to be compared one by one, which took seconds.
    """
    wanted = compared(text).whole
    if len(wanted) < 8:
        return []
    visible = UseCase.objects.visible_to(user).exclude(phase__in=["draft", "duplicate"])
    best = most_alike(wanted, visible, limit)
    found = visible.select_related("product_owner").in_bulk([key for key, _share in best])
    return [(found[key], alike) for key, alike in best if key in found]


def most_alike(wanted: str, visible: QuerySet[UseCase], limit: int) -> list[tuple[Any, float]]:
    """Key and likeness of the best: who shares most trigrams, then the measure on those alone."""
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
