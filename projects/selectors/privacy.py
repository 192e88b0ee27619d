"""Reads: which columns look personal, who sees their values, and which class a dataset must have at least."""

from typing import Any

from portal.core.models import User
from projects.models import Dataset, DatasetVersion
from projects.rules import datasets as rules

MASK = "•••"
STRICT = {Dataset.Classification.PERSONAL, Dataset.Classification.SPECIAL}


def suspicions(version: DatasetVersion) -> dict[str, str]:
    """Columns that look personal, with what they look like (name, email, phone ...)."""
    found: dict[str, str] = {}
    for column in version.columns_described:
        reason = column.get("reason", {})
        if reason.get("code") == "role_personal":
            found[column["name"]] = str(reason.get("params", {}).get("what", ""))
    for name in version.reading.get("found", {}).get("masked", []):
        found.setdefault(name, "")  # made by a recipe of columns that look personal
    return found


def suspected_in(dataset: Dataset) -> dict[str, str]:
    """The same of the newest ready version."""
    version = dataset.versions.ready().first()
    return suspicions(version) if version else {}


def open_question(dataset: Dataset, version: DatasetVersion | None) -> dict[str, str]:
    """Columns of a version that look personal and about which nobody has answered yet."""
    if version is None or dataset.classification in STRICT:
        return {}
    answered = set(dataset.classified.get("columns", []))
    return {name: what for name, what in suspicions(version).items() if name not in answered}


def least_class(dataset: Dataset) -> str:
    """The strictest class of what a prepared dataset was made of; public for one that came as a file."""
    parents = Dataset.objects.filter(versions__children__dataset=dataset).exclude(pk=dataset.pk)
    return Dataset.strictest(["public", *parents.values_list("classification", flat=True)])


def sees_values(version: DatasetVersion, user: User) -> bool:
    """Whoever keeps the dataset, and every table it was prepared from: a recipe lifts no mask."""
    if not rules.may_see_personal(user, version.dataset):
        return False
    return all(sees_values(parent, user) for parent in version.parents.select_related("dataset"))


def masked_columns(version: DatasetVersion, user: User) -> set[str]:
    """Columns whose single values this person does not see; protected attributes too where the class is strict."""
    if sees_values(version, user):
        return set()
    hidden = set(suspicions(version))
    if version.dataset.classification in STRICT:
        hidden |= {
            column["name"]
            for column in version.columns_described
            if column.get("suggested_role") == "sensitive"
        }
    return hidden


def masked_profile(version: DatasetVersion, user: User) -> dict[str, Any]:
    """The profile without single values of masked columns: neither sample rows, examples nor frequent values."""
    hidden = masked_columns(version, user)
    if not hidden:
        return dict(version.profile)
    profile = dict(version.profile)
    profile["columns"] = [
        masked(column) if column["name"] in hidden else column for column in profile.get("columns", [])
    ]
    profile["sample"] = [
        {name: MASK if name in hidden and value is not None else value for name, value in row.items()}
        for row in profile.get("sample", [])
    ]
    profile["masked"] = sorted(hidden)
    return profile


def masked(column: dict[str, Any]) -> dict[str, Any]:
    """One column without single values: counts stay."""
    kept = {
        name: value
        for name, value in column.items()
        if name not in {"min", "max", "mean", "median", "std", "quantiles", "histogram", "notes"}
    }
    return {**kept, "top_values": [], "examples": [], "notes": [], "is_masked": True}
