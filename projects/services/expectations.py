"""What is expected of a dataset: written by owner and steward, checked by the engine on every new version."""

import math
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import User
from portal.core.services import audit, jobs, notices
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects.models import Dataset, DatasetVersion
from projects.rules import datasets as rules
from projects.selectors.expectations import RULES, TYPES, key_of
from projects.services import engine

MOST = 300
SECONDS = 120
LIMITS = {
    "type": {"type"}, "range": {"least", "most"}, "rows": {"least", "most"}, "values": {"values"},
    "unique": set(), "missing": {"most"}, "fresh": {"days"},
}  # fmt: skip


@transaction.atomic
def expect(dataset: Dataset, wanted: list[dict[str, Any]], *, by: User) -> Dataset:
    """Replace all expectations; the newest version is checked against them in the background."""
    require(rules.may_expect(by, dataset))
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    known = columns_of(locked)
    # What stands already stays allowed when its column is gone: that it is gone is what the check says.
    standing = {key_of(each) for each in locked.expectations}
    cleaned = [each if key_of(each) in standing else clean(each, known) for each in wanted]
    kept = list({key_of(each): each for each in cleaned}.values())
    if len(kept) > MOST:
        raise ValidationError(_("At most %(most)s expectations; take some away.") % {"most": MOST})
    if kept == locked.expectations:
        return dataset
    dataset.expectations = kept
    dataset.save(update_fields=["expectations"])
    audit.record("dataset.expected", dataset, by=by, expectations=kept)
    version = dataset.versions.ready().first()
    if version and kept:
        jobs.enqueue(
            "dataset.expect", payload={"version": str(version.pk)}, by=by, max_attempts=3,
            label=_("Check of what is expected of %(name)s") % {"name": version},
            url=reverse("projects:dataset_expectations", args=[dataset.pk]),
        )  # fmt: skip
    return dataset


@transaction.atomic
def add(dataset: Dataset, more: list[dict[str, Any]], *, by: User) -> Dataset:
    """Expect more."""
    require(rules.may_expect(by, dataset))
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    return expect(dataset, [*locked.expectations, *more], by=by)


@transaction.atomic
def remove(dataset: Dataset, key: str, *, by: User) -> Dataset:
    """Expect one thing less. Safe to call twice."""
    require(rules.may_expect(by, dataset))
    locked = Dataset.objects.select_for_update().get(pk=dataset.pk)
    return expect(dataset, [each for each in locked.expectations if key_of(each) != key], by=by)


def columns_of(dataset: Dataset) -> set[str]:
    """Columns of the newest ready version."""
    version = dataset.versions.ready().first()
    return {each["name"] for each in version.columns_described} if version else set()


def clean(wanted: Any, known: set[str]) -> dict[str, Any]:
    """One expectation in its one form; a field that is wrong is named."""
    if not isinstance(wanted, dict) or wanted.get("rule") not in RULES:
        raise ValidationError(
            {"rule": _("Choose one of these rules: %(rules)s.") % {"rules": ", ".join(RULES)}}
        )
    rule = wanted["rule"]
    column = str(wanted.get("column") or "")
    if unknown := set(wanted) - {"column", "rule"} - LIMITS[rule]:
        raise ValidationError(
            {"rule": _("“%(name)s” is not part of this rule.") % {"name": sorted(unknown)[0]}}
        )
    if rule == "rows":
        column = ""
    elif column not in known:
        raise ValidationError({"column": _("Choose a column of the newest version.")})
    return {"column": column, "rule": rule, **limits_of(rule, wanted)}


def limits_of(rule: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """The limits of a rule, each of its type."""
    makers = {"type": typed, "range": span, "rows": span, "values": listed, "missing": share, "fresh": aged}
    return makers[rule](wanted) if rule in makers else {}


def typed(wanted: dict[str, Any]) -> dict[str, Any]:
    """One of the types."""
    if wanted.get("type") not in TYPES:
        raise ValidationError(
            {"type": _("Choose one of these types: %(types)s.") % {"types": ", ".join(TYPES)}}
        )
    return {"type": wanted["type"]}


def listed(wanted: dict[str, Any]) -> dict[str, Any]:
    """The allowed values."""
    values = wanted.get("values")
    if not isinstance(values, list) or not 1 <= len(values) <= 200:
        raise ValidationError({"values": _("List between 1 and 200 values.")})
    return {"values": list(dict.fromkeys(str(each).strip()[:200] for each in values))}


def share(wanted: dict[str, Any]) -> dict[str, Any]:
    """The greatest share of missing values."""
    found = number(wanted.get("most"), "most")
    if found is None or not 0 <= found < 1:
        raise ValidationError({"most": _("Give a share from 0 to below 1 (0 to below 100 %).")})
    return {"most": found}


def aged(wanted: dict[str, Any]) -> dict[str, Any]:
    """The greatest age in days."""
    days = number(wanted.get("days"), "days")
    if days is None or not 1 <= days <= 36_500 or days % 1:
        raise ValidationError({"days": _("Give a whole number of days, at least 1.")})
    return {"days": int(days)}


def span(wanted: dict[str, Any]) -> dict[str, Any]:
    """A least and a most, at least one of the two, in order."""
    least, most = number(wanted.get("least"), "least"), number(wanted.get("most"), "most")
    if least is None and most is None:
        raise ValidationError({"least": _("Give the least, the greatest, or both.")})
    if least is not None and most is not None and least > most:
        raise ValidationError({"most": _("The greatest is below the least.")})
    return {name: value for name, value in (("least", least), ("most", most)) if value is not None}


def number(value: Any, field: str) -> float | None:
    """A finite number, or none where nothing was given."""
    if value is None or value == "":
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if isinstance(value, bool) or not math.isfinite(found):
        raise ValidationError({field: _("Enter a number.")})
    return found


def carry_out(run: JobRun) -> None:
    """Check one ready version again, because what is expected changed. Safe to run twice."""
    version = DatasetVersion.objects.select_related("dataset").get(pk=run.payload["version"])
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        place = Path(folder)
        out = place / "out"
        out.mkdir()
        try:
            table = filestore.fetch(version.table_digest, place / "in" / "table.parquet")
        except (FileNotFoundError, filestore.FileDamaged):
            raise JobFailed(N_("The table is not there any more. Ask its owner to send it again.")) from None
        kept = look(run, version.dataset, table, out)
    with run.finishing(version=str(version.pk), broken=broken_in(kept)):
        DatasetVersion.objects.filter(pk=version.pk).update(kept=kept)


def look(run: JobRun, dataset: Dataset, table: Path, out: Path) -> dict[str, Any]:
    """What the engine finds; an empty answer where nothing is expected."""
    wanted = Dataset.objects.values_list("expectations", flat=True).get(pk=dataset.pk)
    if not wanted:
        return {}
    run.report(80, N_("Checking what is expected"))
    asked = out / "expectations.json"
    engine.write_json(asked, wanted)
    today = clock.today().isoformat()
    arguments = ["expect", "--table", str(table), "--expectations", str(asked), "--today", today]
    arguments += ["--out", str(out / "expected.json")]
    readable = [] if table.is_relative_to(out) else [table]
    ended = engine.call(run, arguments, readable=readable, writable=out, seconds=SECONDS)
    if ended.code != 0:
        raise JobFailed(N_("What is expected could not be checked within the limits of time and memory."))
    return {"results": engine.answer(out / "expected.json")["results"], "on": today}


def broken_in(kept: dict[str, Any]) -> int:
    """How many are not kept."""
    return sum(not each["ok"] for each in kept.get("results", []))


def tell_broken(version: DatasetVersion, kept: dict[str, Any]) -> None:
    """Owner, steward and whoever brought it hear that a new version breaks what is expected."""
    count = broken_in(kept)
    if not count:
        return
    dataset = version.dataset
    audit.record("dataset_version.broke_expectations", version, by=None, count=count)
    people = {each.pk: each for each in (dataset.owner, dataset.steward, version.uploaded_by) if each}
    notices.tell(
        list(people.values()),
        text=N_("“%(name)s” breaks %(count)s of the things expected of it."),
        url=reverse("projects:dataset_expectations", args=[dataset.pk]),
        icon="alert",
        by=None,
        name=version,
        count=count,
    )
