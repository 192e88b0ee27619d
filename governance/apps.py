"""Registers the app with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    """See the package's docstring."""

    name = "governance"

    def ready(self) -> None:
        """Put gate, models and value on the page of a use case; say that a version can be deleted."""
        from governance import champion_rule, library_kinds
        from governance.models import ModelVersion
        from governance.selectors import backlog_marks, bundle, handover, needed_files, own_work, registry
        from governance.services import policies
        from portal.core import destinations, panels
        from portal.core.services import stored_files
        from projects import bundle_sections
        from projects.selectors import handover as left_behind

        backlog_marks.register()
        own_work.register()
        left_behind.register(handover.findings)
        bundle_sections.register("3 governance", bundle.fill)
        library_kinds.register()
        stored_files.register(needed_files.is_needed)
        post_migrate.connect(policies.install_shipped, sender=self)
        post_migrate.connect(champion_rule.install, sender=self)
        destinations.register(
            ModelVersion.objects.visible_to, "governance:version_detail", "governance:version_submit"
        )
        panels.register_sequels("trial", registry.registered)
        panels.register("use_case", url_name="governance:gate_panel", title=_("Next gate"), order=10)
        panels.register("triage", url_name="governance:intake_panel", title=_("Gate 0"), order=10)
        panels.register("use_case", url_name="governance:model_panel", title=_("Models"), order=20)
        panels.register("use_case", url_name="governance:value_panel", title=_("Value"), order=30)
        panels.register("use_case", url_name="governance:showcase_panel", title=_("Showcase"), order=50)
        panels.register(
            "community", url_name="governance:showcase_few", title=_("Finished projects"), order=10
        )
