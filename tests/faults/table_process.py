"""Tables in a portal of its own: brings one, waits for the moment to strike, says what stands. Run by a test."""

import json
import sys
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  needs Django

from portal.core import filestore, job_runner  # noqa: E402
from portal.core.models import AuditEvent, Job, Notice  # noqa: E402
from portal.core.services import audit  # noqa: E402
from projects.models import DatasetVersion  # noqa: E402
from projects.services import datasets, recipes  # noqa: E402
from tests.people import person  # noqa: E402

STEPS = [{"kind": "keep_rows", "column": "n", "test": "at_least", "value": "100"}]


def bring(file: str) -> None:
    """Upload a table; its check is queued."""
    datasets.create(name="Long", file=Path(file), by=person("Carl"))


def recipe(file: str) -> None:
    """Upload a table, have it read here, and queue a recipe on all of it."""
    carl = person("Carl")
    _dataset, version = datasets.create(name="Long", file=Path(file), by=carl)
    job_runner.run_until_idle("quick")
    version.refresh_from_db()
    made = recipes.create(version, name="Short", steps=STEPS, by=carl)
    job_runner.run_until_idle("quick")
    made.refresh_from_db()
    recipes.play(made, by=carl)


def wait(percent: str, attempt: str) -> None:
    """Until a job is being done for this time and is so far."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if Job.objects.filter(state="running", percent__gte=int(percent), attempt=int(attempt)).exists():
            print("now", flush=True)
            return
        time.sleep(0.05)
    sys.exit("no job came so far")


def look(_nothing: str = "") -> None:
    """The newest version and everything that was written about it."""
    version = DatasetVersion.objects.select_related("job").order_by("created_at").last()
    assert version and version.job
    events = AuditEvent.objects.filter(target_id=version.pk).values_list("verb", flat=True)
    said = {
        "state": version.state,
        "rows": version.rows,
        "has_table": bool(version.table_digest) and filestore.holds(version.table_digest),
        "job": version.job.state,
        "attempt": version.job.attempt,
        "percent": version.job.percent,
        "accepted": list(events).count("dataset_version.accepted"),
        "told": Notice.objects.filter(url__contains=str(version.pk)).count(),
        "audit_sound": audit.verify().sound,
        "parts": len(list((settings.VAR / "files").rglob(".*.part"))),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    {"bring": bring, "recipe": recipe, "wait": wait, "look": look}[sys.argv[1]](*sys.argv[2:])
