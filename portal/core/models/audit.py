"""The audit trail: rows that are only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Speaking filters over the trail."""

    def about(self, target: models.Model) -> "AuditQuerySet":
        """The history of one object."""
        return self.filter(target_type=target._meta.label_lower, target_id=str(target.pk))


class AuditEvent(models.Model):
    """
    One thing that was done, by whom, to what.

    No foreign keys: the trail never stands in the way of live rows. Each row carries the hash
    of the one before it. Database triggers refuse update and delete (portal/core/append_only.py).
    """

    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(_("when"), db_index=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor = models.CharField(_("who"), max_length=150)
    verb = models.CharField(_("what"), max_length=60, db_index=True)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    target = models.CharField(_("on what"), max_length=200)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        indexes = [models.Index(fields=["target_type", "target_id", "-seq"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.target}"

    APPEND_ONLY = ("seq", "previous_hash", "hash")
