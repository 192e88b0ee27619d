"""Time of each main page at 100, 1,000 and 10,000 use cases, growth and ratio to an empty page, on each database."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

PLACE = Path(__file__).resolve().parent / "README.md"
MARKS = ("<!-- pages:begin -->", "<!-- pages:end -->")
SIZES = {100: (100, 20), 1_000: (300, 100), 10_000: (1_000, 500)}
FLOOR = "/tokens/"
PROBLEM = (
    "Adjusters are told a day late where to go. The forecast is a spreadsheet that one colleague understands, and what "
    "the field writes by hand is typed again in the evening. Managers hear of an overrun when it is too late to help."
)
PAGES = [
    FLOOR, "/", "/use-cases/", "/use-cases/?sort=rank", "/use-cases/?is=overdue", "/use-cases/?is=dependency_late", "/use-cases/?q=storms",
    "/use-cases/board/", "/use-cases/board/?sort=-priority", "/use-cases/board/?lanes=unit", "/use-cases/matrix/", "/use-cases/roadmap/", "/use-cases/views/", "/use-cases/one/",
    "/use-cases/one/score/", "/use-cases/one/activity/", "/use-cases/similar/?title=Claims+after+storms",
    "/use-cases/similar/?problem=PROBLEM", "/search/?q=storms", "/triage/", "/squads/", "/inbox/", "/models/", "/findings/", "/portfolio/",
    "/data/", "/experiments/", "/people/", "/api/use-cases/", "/api/squads/",
]  # fmt: skip
TURNS = 5
MOST_GROWTH = 5.0  # in time, from 100 to 10,000 use cases
SAME_QUERIES = {"/", "/inbox/"}  # what waits for one person grows until its lists are full


def main(arguments: list[str]) -> int:
    """Measure in a child per database; 1 when a page grows more than allowed or does not answer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks pages", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="use cases, smallest first")
    parser.add_argument(
        "--postgres",
        default="",
        help="DATABASE_URL of an EMPTY PostgreSQL database; it is made where it is missing",
    )
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
            table, wrong = report(name, sizes, ask_child(options.sizes, url))
            print("\n" + table, flush=True)
            tables.append(table)
            problems += wrong
    if options.keep:
        keep(tables)
    return 1 if problems else 0


def make_database(url: str) -> None:
    """Create the database of this address on its server, unless it is there."""
    import psycopg
    from psycopg import sql

    server, name = url.rsplit("/", 1)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not there:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def ask_child(sizes: str, url: str, benchmark: str = "pages") -> dict[str, Any]:
    """A process of its own with a database of its own."""
    place = tempfile.mkdtemp(prefix="agora-pages-")
    environment = os.environ | {"AGORA_VAR": place, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    environment.pop("DATABASE_URL", None)
    if url:
        environment["DATABASE_URL"] = url
        make_database(url)
    try:
        ended = subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-m", "benchmarks", benchmark, "--child", "--sizes", sizes],
            env=environment, stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
        return dict(json.loads(ended.stdout.splitlines()[-1]))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def measure(sizes: list[int]) -> dict[str, Any]:
    """Milliseconds and queries by page and size; the same database grows."""
    import django

    django.setup()
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from portal.core.duties import Duty
    from portal.core.models import User
    from projects.models import UseCase

    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    found: dict[str, Any] = {path: {} for path in PAGES}
    for size in sizes:
        people, squads = SIZES.get(size, (max(size // 10, 20), max(size // 20, 5)))
        call_command("seed_scale", use_cases=size, people=people, squads=squads, stdout=sys.stderr)
        reader = User.objects.order_by("pk")[0]
        reader.groups.add(Group.objects.get_or_create(name=Duty.PORTFOLIO_MANAGER)[0])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(pk=reader.pk))
        one = f"/use-cases/{UseCase.objects.filter(phase='backlog', priority__isnull=False).order_by('ref')[0].pk}/"
        for name in PAGES:
            path = name.replace("/use-cases/one/", one).replace("PROBLEM", quote_plus(PROBLEM))
            found[name][str(size)] = timed(client, path)
    return found


def timed(client: Any, path: str) -> list[float]:
    """The fastest of some requests in milliseconds, the number of queries of one more, the status."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    times = []
    for _turn in range(TURNS):
        began = time.perf_counter()
        answer = client.get(path)
        times.append(1000 * (time.perf_counter() - began))
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return [min(times), len(queries), answer.status_code]


def report(
    name: str, sizes: list[int], found: dict[str, Any], most_growth: float = MOST_GROWTH
) -> tuple[str, int]:
    """The table as Markdown, and how many pages are wrong."""
    head = "".join(f" {size:,} |" for size in sizes)
    lines = [f"| {name} |{head} growth | × floor | |", "|---|" + "--:|" * (len(sizes) + 2) + "---|"]
    wrong = 0
    for path, row in found.items():
        cells = [row[str(size)] for size in sizes]
        growth = cells[-1][0] / cells[0][0]
        ratio = cells[-1][0] / found[FLOOR][str(sizes[-1])][0]
        faults = what_is_wrong(path, cells, growth, most_growth)
        wrong += bool(faults)
        shown = "".join(f" {cell[0]:.0f} ({cell[1]}) |" for cell in cells)
        lines.append(f"| `{path}` |{shown} {growth:.1f} | {ratio:.1f} | {', '.join(faults)} |")
    return "\n".join(lines), wrong


def what_is_wrong(path: str, cells: list[Any], growth: float, most_growth: float) -> list[str]:
    """An answer that is no page, queries or time that grow with the backlog."""
    faults = [f"answered {cell[2]}" for cell in cells if cell[2] != 200]
    if path not in SAME_QUERIES and len(cells) > 1 and cells[-1][1] > cells[-2][1]:
        faults.append("more queries")
    if growth > most_growth:
        faults.append("grows")
    return faults


def keep(tables: list[str], marks: tuple[str, str] = MARKS) -> None:
    """Put the tables into the file between its marks, with the day and the machine."""
    text = PLACE.read_text(encoding="utf-8")
    before, rest = text.split(marks[0])
    _old, after = rest.split(marks[1])
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    about = f"Measured on {date.today():%d %B %Y} ({machine}; load {os.getloadavg()[0]:.1f} at the end)."
    made = "\n\n".join([marks[0], about, *tables, marks[1]])
    PLACE.write_text(f"{before}{made}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    sys.exit(main(sys.argv[1:]))
