"""Which stored files the rows of governance still need."""

from django.db.models import Q

from governance.models import BatchScoring, ModelVersion


def is_needed(digest: str) -> bool:
    """Whether a registered model, its table or a scored file lies under this digest."""
    models = ModelVersion.objects.filter(Q(bundle_digest=digest) | Q(table_digest=digest))
    return models.exists() or BatchScoring.objects.filter(output_digest=digest).exists()
