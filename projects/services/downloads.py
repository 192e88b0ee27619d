"""Takes a frozen table along, and writes down who did."""

from pathlib import Path

from django.db import transaction

from portal.core import filestore
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects.models import DatasetVersion
from projects.selectors.downloads import may_take


def take_table(version: DatasetVersion, *, by: User) -> Path:
    """
    The verified Parquet file of a version. Raises `Refused`, and `FileDamaged` or `OSError` when the
    stored table is not what was frozen.
    """
    require(may_take(by, version))
    path = filestore.cached(version.table_digest, ".parquet")
    with transaction.atomic():
        audit.record("dataset_version.downloaded", version, by=by, file=version.table_digest)
    return path


def file_name(version: DatasetVersion) -> str:
    """The name it is saved under: the dataset and the number of the version."""
    return f"{version.dataset.name} v{version.number}.parquet"
