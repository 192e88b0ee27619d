"""Similar use cases: one measure and one ranking on both databases."""

import random

import pytest
from django.db import connection

from portal.core import clock
from projects.models import ComparedText, ComparedTrigram, UseCase
from projects.selectors import use_cases as reads
from projects.services import compared_texts, use_cases
from projects.similarity import compared, likeness, share, trigrams
from tests.people import person
from tests.projects.cases import proposal

pytestmark = pytest.mark.django_db
TITLES = (
    "Claims after storms",
    "Letters to sort",
    "Clients who leave",
    "Fraud in small claims",
    "Prévoir la grêle",
)
TELLING = (
    "Adjusters are told a day late where to go.", "Half of the letters reach the wrong desk first.",
    "Nobody knows why the good ones leave.", "Two clerks read every invoice and miss the doubles.",
    "Les réclamations d'après-tempête sont lues à l'aveugle.", "A rule of ten years ago sends one file in five away.",
)  # fmt: skip
ASKED = (
    "Claims after storms",
    "prevoir la grele",
    f"Fraud {TELLING[3]}",
    f"Letters {TELLING[1]} {TELLING[4]}",
    "zzzzzz",
)
# What `SELECT similarity(one, other)` of PostgreSQL's pg_trgm answers.
KNOWN = (
    ("hail claim", "hail claims", 0.769231),
    ("word", "two words", 0.363636),
    ("a b", "b c", 0.333333),
    ("uc 17 storm", "storm uc 18", 0.714286),
    ("aaaa", "aaa", 1.0),
)


def some_use_cases(count: int) -> list[UseCase]:
    """Made at random, in bulk; the last one is the newest."""
    chance, author, now = random.Random(11), person("Ana"), clock.now()
    rows = UseCase.objects.bulk_create(
        UseCase(
            ref=f"UC-{number}",
            title=f"{chance.choice(TITLES)} {chance.randint(1, 30)}",
            problem=" ".join(chance.sample(TELLING, 2)),
            submitter=author,
            phase="submitted",
            created_at=now,
        )
        for number in range(count)
    )
    compared_texts.keep(rows)
    return rows


def by_hand(text: str, limit: int) -> list[tuple[UseCase, float]]:
    """The definition, over every row."""
    wanted = trigrams(compared(text).whole)
    rows = UseCase.objects.order_by("-created_at", "pk")
    pairs = [(each, likeness(wanted, compared(each.title, each.problem))) for each in rows]
    return sorted((pair for pair in pairs if pair[1] >= reads.ALIKE), key=lambda pair: -pair[1])[:limit]


def test_the_measure_is_that_of_pg_trgm():
    for one, other, expected in KNOWN:
        assert share(trigrams(one), trigrams(other)) == pytest.approx(expected, abs=1e-5), (one, other)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute("SELECT similarity(%s, %s)", [one, other])
                assert cursor.fetchone()[0] == pytest.approx(expected, abs=1e-5), (one, other)


def test_what_is_found_is_ranked_as_the_definition_does():
    some_use_cases(80)
    reader, hits = person("Bo"), 0
    for text in ASKED:
        expected = by_hand(text, 7)
        found = reads.similar_to(text, user=reader, limit=7)
        assert [each.ref for each, _alike in found] == [each.ref for each, _alike in expected], text
        assert [alike for _each, alike in found] == pytest.approx([alike for _each, alike in expected])
        hits += len(found)
    assert hits > 20


def test_hidden_use_cases_neither_show_nor_push_others_out_and_an_old_one_is_found(monkeypatch):
    monkeypatch.setattr(reads, "POSTINGS", 5)
    old = proposal(title="Gravel under the rails", problem="Wagons derail.")
    hidden = [proposal(title="Gravel on the road", is_confidential=True) for _each in range(7)]
    for number in range(6):
        proposal(title=f"Another {number}", problem="Invoices are read twice by two different people.")

    for_a_stranger = reads.similar_to("gravel under rails on the road", user=person("Stranger"))
    for_the_author = reads.similar_to("gravel under rails on the road", user=hidden[-1].submitter)

    assert [each for each, _alike in for_a_stranger] == [old]
    assert [each for each, _alike in for_the_author] == [old, hidden[-1]]


def test_a_new_title_is_found_and_the_old_one_is_not():
    use_case = proposal(title="Gravel under the rails", problem="Wagons derail.")

    use_cases.update(use_case, title="Broken couplings", by=use_case.submitter)

    assert [each for each, _alike in reads.similar_to("broken coupling", user=person())] == [use_case]
    assert not reads.similar_to("gravel under the rail", user=person())
    assert ComparedText.objects.get().title == "broken couplings"
    assert not ComparedTrigram.objects.filter(gram="gra").exists()


def test_what_was_written_past_the_services_is_taken_in_at_the_next_migration():
    some_use_cases(3)
    ComparedText.objects.filter(use_case__ref="UC-1").delete()

    compared_texts.keep_missing()

    assert ComparedText.objects.count() == 3
    found = reads.similar_to(UseCase.objects.get(ref="UC-1").title, user=person(), limit=3)
    assert "UC-1" in [each.ref for each, _alike in found]
