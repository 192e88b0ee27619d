"""Keeps what is compared of use cases, whenever title or problem change."""

from collections.abc import Iterable
from typing import Any

from django.db import connections, transaction

from projects.models import ComparedText, ComparedTrigram, UseCase
from projects.similarity import compared, trigrams

BATCH = 500


@transaction.atomic
def keep(use_cases: Iterable[UseCase]) -> None:
    """
    Write the plain texts of these use cases and their trigrams.

    The row of a text is locked first, so two changes of one use case follow each other.
    """
    texts = [new_text(use_case) for use_case in use_cases]
    ComparedText.objects.bulk_create(
        texts, update_conflicts=True, unique_fields=["use_case"], update_fields=["title", "whole"]
    )
    keep_trigrams(ComparedText.objects.filter(use_case__in=[text.use_case_id for text in texts]))


def new_text(use_case: UseCase) -> ComparedText:
    """Not saved yet."""
    plain = compared(use_case.title, use_case.problem)
    return ComparedText(use_case=use_case, title=plain.title, whole=plain.whole)


def keep_trigrams(texts: Iterable[ComparedText]) -> None:
    """Put the trigrams of these texts in the place of those they had. The whole text holds those of the title."""
    found = list(texts)
    ComparedTrigram.objects.filter(text__in=found).delete()
    ComparedTrigram.objects.bulk_create(
        [ComparedTrigram(gram=gram, text=text) for text in found for gram in sorted(trigrams(text.whole))],
        batch_size=5000,
    )


def keep_missing(using: str = "default", **_kwargs: Any) -> None:
    """Take in use cases that were written past the services. Runs after every migration."""
    if ComparedTrigram._meta.db_table not in connections[using].introspection.table_names():
        return
    unread = UseCase.objects.filter(compared_text=None).only("title", "problem")
    while some := list(unread[:BATCH]):
        keep(some)
