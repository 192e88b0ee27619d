"""Which stored files the rows of projects still need."""

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from projects.models import (
    ArtifactVersion,
    CaseImport,
    DatasetVersion,
    Export,
    ImportedProject,
    ProjectBundle,
    Trial,
)


def is_needed(digest: str) -> bool:
    """Whether a table, a file, a model or a bundle of somebody lies under this digest."""
    return any(rows.exists() for rows in holding(digest))


def holding(digest: str) -> list[QuerySet]:  # type: ignore[type-arg]
    """The rows by kind; what was not accepted holds nothing, and the zip of an import only while it is read."""
    accepted = DatasetVersion.objects.exclude(state=DatasetVersion.State.REJECTED)
    manifests = ImportedProject.objects.annotate(listed=Cast("manifest", TextField()))
    reading = Q(bundle_digest=digest, state=ImportedProject.State.READING)
    return [
        accepted.filter(Q(upload_digest=digest) | Q(table_digest=digest)),
        ArtifactVersion.objects.filter(digest=digest),
        CaseImport.objects.filter(Q(upload_digest=digest) | Q(rows_digest=digest)),
        manifests.filter(reading | Q(listed__contains=digest)),
        ProjectBundle.objects.filter(file_digest=digest),
        Export.objects.filter(file_digest=digest),
        Trial.objects.filter(bundle_digest=digest),
    ]
