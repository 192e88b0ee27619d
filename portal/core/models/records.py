"""What every object of the portal has in common."""

import uuid

from django.db import models

from portal.core import clock


class Record(models.Model):
    """A row with an unguessable key and the moment it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
