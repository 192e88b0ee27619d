"""Registers the floor with Django."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Tables and services every other app stands on."""

    name = "portal.core"
    label = "core"

    def ready(self) -> None:
        """Keep groups and append-only triggers in step with the code after each migration."""
        from portal.core import append_only, duties
        from portal.core.api import schema  # noqa: F401  registers how the API signs in

        post_migrate.connect(duties.sync_groups, sender=self)
        post_migrate.connect(append_only.install_triggers)
        checks.register(append_only.check_triggers, "database")
