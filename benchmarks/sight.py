"""Time of the pages of data and library for one colleague among 1,000, at 1,000, 10,000 and 100,000 artifacts."""

from __future__ import annotations

import argparse
import json
import random
import sys
from datetime import timedelta
from itertools import islice
from typing import Any

from benchmarks import pages

MARKS = ("<!-- sight:begin -->", "<!-- sight:end -->")
SIZES = "1000,10000,100000"
PEOPLE, SQUADS, CASES = 1_000, 200, 400
SHARED = 0.3  # of the datasets, and of the artifacts
MOST_GROWTH = (
    100.0  # a hundred times the artifacts: facets count them all, so time may follow, never outrun them
)
PATHS = [
    pages.FLOOR, "/data/", "/data/?q=storm", "/data/?classification=confidential", "/data/seen/", "/data/seen/?kind=artifact", "/library/", "/library/?shared=on", "/library/?sort=reuse", "/library/?q=storm",
    "/library/?kind=note", "/library/?classification=personal", "/search/?q=storm", "/api/datasets/", "/api/artifacts/",
    "/api/library/", "/api/shares/", "/api/artifact-shares/",
]  # fmt: skip
WORDS = ("storm", "claims", "churn", "hires", "concrete", "calls", "renewal", "pricing", "letters", "visits")
CLASSES = ("public", "internal", "confidential", "personal", "special")
KINDS = ("note", "notebook", "report", "image", "extract", "document")


def main(arguments: list[str]) -> int:
    """Measure in a child per database; 1 when a page asks more queries, outruns the artifacts or does not answer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks sight", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="datasets and artifacts together, smallest first")
    parser.add_argument("--postgres", default="", help="DATABASE_URL of an EMPTY PostgreSQL database")
    parser.add_argument("--keep", action="store_true", help="keep the tables in benchmarks/README.md")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    sizes = [int(each) for each in options.sizes.split(",")]
    if options.child:
        print(json.dumps(measure(sizes)))
        return 0
    problems, tables = 0, []
    for name, url in (("SQLite", ""), ("PostgreSQL", options.postgres)):
        if name == "SQLite" or url:
            found = pages.ask_child(options.sizes, url, "sight")
            table, wrong = pages.report(name, sizes, found, MOST_GROWTH)
            print("\n" + table, flush=True)
            tables.append(table)
            problems += wrong
    if options.keep:
        pages.keep(tables, MARKS)
    return 1 if problems else 0


def measure(sizes: list[int]) -> dict[str, Any]:
    """Milliseconds and queries by page and size; the same database grows."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from projects.models import SquadMember

    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed_scale", use_cases=CASES, people=PEOPLE, squads=SQUADS, stdout=sys.stderr)
    reader = SquadMember.objects.current().filter(user__groups=None).order_by("pk")[0].user
    found: dict[str, Any] = {path: {} for path in PATHS}
    before = 0
    for size in sizes:
        fill(size - before, random.Random(size))  # nosec B311  made-up rows
        before = size
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        client = Client(raise_request_exception=False)
        client.force_login(reader)
        for path in PATHS:
            found[path][str(size)] = pages.timed(client, path)
    return found


def fill(count: int, chance: random.Random) -> None:
    """Half datasets, half artifacts, of every class; three in ten of each are shared. In bulk, past the services."""
    from portal.core.models import User
    from projects.models import Artifact, ArtifactSource, ArtifactTag, Dataset, UseCase

    people = list(User.objects.order_by("pk"))
    cases = [None, *UseCase.objects.order_by("pk")]
    datasets = [
        Dataset(
            name=title(chance), owner=chance.choice(people), use_case=chance.choice(cases), classification=chance.choice(CLASSES)
        )
        for _each in range(count // 2)
    ]  # fmt: skip
    in_parts(Dataset, datasets)
    artifacts = [
        Artifact(
            kind=chance.choice(KINDS), title=title(chance), owner=chance.choice(people), use_case=chance.choice(cases),
            classification=chance.choice(CLASSES),
        )
        for _each in range(count - count // 2)
    ]  # fmt: skip
    in_parts(Artifact, artifacts)
    in_parts(ArtifactTag, [ArtifactTag(artifact=each, word=chance.choice(WORDS)) for each in artifacts])
    for things in (datasets, artifacts):
        share(chance.sample(things, int(len(things) * SHARED)), people, cases[1:], chance)
    lines = zip(
        chance.sample(artifacts, len(artifacts) // 2),
        chance.choices(artifacts, k=len(artifacts) // 2),
        strict=True,
    )
    in_parts(
        ArtifactSource, [ArtifactSource(artifact=made, kind="artifact", key=of.pk) for made, of in lines]
    )


def share(things: list[Any], people: list[Any], cases: list[Any], chance: random.Random) -> None:
    """Each with one receiver; one in ten is over."""
    from portal.core import clock
    from portal.core.models import OrgUnit
    from projects.models import ShareRight

    model: Any = type(things[0]).shares.rel.related_model  # type: ignore[attr-defined]
    units, rows = list(OrgUnit.objects.all()), []
    for each in things:
        receiver: dict[str, Any] = chance.choice(
            [
                {"person": chance.choice(people)},
                {"squad": chance.choice(cases)},
                {"unit": chance.choice(units)} if units else {"is_everyone": True},
                {"person": chance.choice(people)},
            ]
        )
        until = clock.today() + timedelta(days=chance.randint(-10, 90))
        rows.append(
            model(
                right=chance.choice(ShareRight.values), reason="To work with.", until=until, granted_by=each.owner,
                **{model.THING: each}, **receiver,
            )
        )  # fmt: skip
    in_parts(model, rows)


def title(chance: random.Random) -> str:
    """Three words and a number."""
    return f"{' '.join(chance.sample(WORDS, 3)).capitalize()} {chance.randint(1, 9_999)}"


def in_parts(model: Any, rows: list[Any]) -> None:
    """Written some thousand at a time."""
    waiting = iter(rows)
    while part := list(islice(waiting, 5_000)):
        model.objects.bulk_create(part)
