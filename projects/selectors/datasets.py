"""Reads for the pages of datasets."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from portal.core.models import User
from projects.models import Dataset, DatasetVersion
from projects.selectors.artifacts import with_case_known
from projects.sentences import sentence


@dataclass(frozen=True)
class Column:
    """One column as the profile page shows it."""

    name: str
    kind: str
    missing_percent: float
    distinct: int
    meaning: str
    reason: str
    unit: str = ""
    hint: str = ""
    is_masked: bool = False
    facts: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chart: dict[str, Any] | None = None


def kind_word(kind: str) -> str:
    """The kind of a column in plain words."""
    words = {
        "number": _("number"),
        "category": _("category"),
        "boolean": _("yes or no"),
        "date": _("date"),
        "text": _("free text"),
        "identifier": _("identifier"),
        "constant": _("one value only"),
    }
    return words.get(kind, kind)


def listed(user: User) -> QuerySet[Dataset]:
    """Datasets the person sees, each with its newest ready version."""
    newest = DatasetVersion.objects.filter(dataset=OuterRef("pk")).ready().order_by("-number")
    found: QuerySet[Dataset] = with_case_known(
        Dataset.objects.visible_to(user)
        .for_list()
        .annotate(
            newest=Subquery(newest.values("number")[:1]), newest_rows=Subquery(newest.values("rows")[:1])
        ),
        user,
    )
    return found


def columns(version: DatasetVersion, profile: dict[str, Any], hints: dict[str, str]) -> list[Column]:
    """The profile of every column, as the reader may see it, with its chart and what it may mean."""
    return [column(each, version.dataset, hints) for each in profile.get("columns", [])]


def column(found: dict[str, Any], dataset: Dataset, hints: dict[str, str]) -> Column:
    """One column."""
    name = found["name"]
    facts = [
        (label, figure(found[name]))
        for name, label in (
            ("min", _("Least")),
            ("median", _("Middle")),
            ("mean", _("Mean")),
            ("max", _("Greatest")),
        )
        if found.get(name) is not None
    ]
    return Column(
        name=name,
        kind=kind_word(found["kind"]),
        missing_percent=100 * found["missing_share"],
        distinct=found["distinct"],
        meaning=dataset.dictionary.get(name, ""),
        unit=dataset.units.get(name, ""),
        hint="" if dataset.dictionary.get(name) else hints.get(name, ""),
        is_masked=bool(found.get("is_masked")),
        reason=sentence(found.get("reason", {})),
        facts=facts,
        notes=[sentence(note) for note in found.get("notes", [])],
        chart=chart(found),
    )


def figure(value: Any) -> str:
    """A figure with four digits; a date without midnight."""
    return f"{value:.4g}" if isinstance(value, int | float) else cell(value)


def cell(value: Any) -> Any:
    """A cell as people write it: no ".0" behind a whole number, no midnight behind a day."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.removesuffix("T00:00:00") if isinstance(value, str) else value


def chart(found: dict[str, Any]) -> dict[str, Any] | None:
    """A histogram of numbers, the most frequent values of the others."""
    histogram = found.get("histogram")
    if histogram and found["distinct"] > 10:
        edges = [float(f"{edge:.4g}") for edge in histogram["edges"]]
        return {"kind": "hist", "x": edges, "series": [{"name": _("Rows"), "values": histogram["counts"]}]}
    top = found.get("top_values", [])
    if not top or found["distinct"] < 2 or found["kind"] in {"identifier", "text"}:
        return None
    return {
        "kind": "bar",
        "horizontal": True,
        "x": [str(each["value"])[:30] for each in top],
        "series": [{"name": _("Rows"), "values": [each["count"] for each in top]}],
    }


def missing_chart(version: DatasetVersion) -> dict[str, Any] | None:
    """Columns with missing values, the emptiest first; nothing when all is filled."""
    gaps = sorted(
        ((each["missing_share"], each["name"]) for each in version.columns_described if each["missing"]),
        reverse=True,
    )[:20]
    if not gaps:
        return None
    values = [round(100 * share, 1) for share, name in gaps]
    return {
        "kind": "bar",
        "horizontal": True,
        "x": [name for share, name in gaps],
        "series": [{"name": _("Missing"), "values": values}],
        "unit": "%",
    }


def sample(profile: dict[str, Any], rows: int = 10, most: int = 30) -> tuple[list[str], list[list[Any]]]:
    """The first rows of the table, with at most thirty columns."""
    names = [each["name"] for each in profile.get("columns", [])][:most]
    return names, [[cell(row.get(name)) for name in names] for row in profile.get("sample", [])[:rows]]


def twin_of(version: DatasetVersion, user: User) -> DatasetVersion | None:
    """Another dataset's version of the very same bytes, if the reader sees one."""
    same = DatasetVersion.objects.visible_to(user).filter(upload_digest=version.upload_digest)
    others = same.exclude(dataset=version.dataset_id).exclude(state=DatasetVersion.State.REJECTED)
    return others.exclude(upload_digest="").select_related("dataset").order_by("created_at").first()
