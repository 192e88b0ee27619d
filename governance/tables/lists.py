"""One table per noun."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext, gettext_lazy as _

from governance.models import Deployment, Finding, Model, ModelVersion
from portal.core.templatetags.ui import component


class ModelTable(tables.Table):
    """One model per row."""

    name = tables.Column(verbose_name=_("Model"), linkify=("governance:model_detail", [tables.A("pk")]))
    use_case = tables.Column(verbose_name=_("Use case"), order_by=("use_case__ref",))
    newest = tables.Column(verbose_name=_("Newest version"), accessor="pk", orderable=False)
    champion = tables.Column(verbose_name=_("Champion"), accessor="pk", orderable=False)

    class Meta:
        caption = _("Models")
        empty_icon = "model"
        empty_text = _("No model fits. Models are registered from a trial of a finished experiment.")

    def render_newest(self, record: Model) -> Any:
        """Its number and where its review stands."""
        newest = next(iter(record.versions.all()), None)
        if newest is None:
            return "–"
        return component(
            "badge",
            f"v{newest.number} · {newest.get_status_display()}",
            color=ModelVersion.COLORS[newest.status],
        )

    def render_champion(self, record: Model) -> Any:
        """What serves now."""
        serving = [
            each
            for each in record.deployments.all()
            if each.ended_at is None and each.role == Deployment.Role.CHAMPION
        ]
        return (
            component("badge", f"v{serving[0].version.number}", color="green") if serving else gettext("None")
        )


class DeploymentTable(tables.Table):
    """One deployment per row, the newest first."""

    version = tables.Column(
        verbose_name=_("Version"), linkify=("governance:deployment_detail", [tables.A("pk")]), orderable=False
    )
    use_case = tables.Column(
        verbose_name=_("Use case"), accessor="model__use_case", order_by=("model__use_case__ref",)
    )
    role = tables.Column(verbose_name=_("Role"))
    started_at = tables.Column(verbose_name=_("From"))
    ended_at = tables.Column(verbose_name=_("Until"), default=_("in service"))
    started_by = tables.Column(verbose_name=_("By"), order_by=("started_by__display_name",))

    class Meta:
        caption = _("Deployments")
        empty_icon = "rocket"
        empty_text = _("Nothing is in service yet. An approved version is promoted on its own page.")

    def render_role(self, record: Deployment) -> Any:
        """As a chip."""
        return component(
            "badge",
            record.get_role_display(),
            color=Deployment.COLORS[record.role] if record.ended_at is None else "grey",
        )

    def render_started_at(self, record: Deployment) -> Any:
        """In words."""
        return component("when", at=record.started_at)

    def render_ended_at(self, record: Deployment) -> Any:
        """In words."""
        return component("when", at=record.ended_at)


class FindingTable(tables.Table):
    """One finding per row, the most urgent first."""

    title = tables.Column(verbose_name=_("Finding"), linkify=("governance:finding_detail", [tables.A("pk")]))
    severity = tables.Column(verbose_name=_("Severity"))
    state = tables.Column(verbose_name=_("State"))
    use_case = tables.Column(verbose_name=_("Use case"), order_by=("use_case__ref",))
    owner = tables.Column(verbose_name=_("Owner"), order_by=("owner__display_name",))
    due_on = tables.Column(verbose_name=_("Due"))

    class Meta:
        caption = _("Findings")
        empty_icon = "check"
        empty_text = _("No finding fits. That is good news, or the filter is too narrow.")

    def render_severity(self, record: Finding) -> Any:
        """As a chip."""
        return component(
            "badge", record.get_severity_display(), color=Finding.SEVERITY_COLORS[record.severity]
        )

    def render_state(self, record: Finding) -> Any:
        """As a chip, red when it is late."""
        words = (
            f"{record.get_state_display()} · {gettext('overdue')}"
            if record.is_overdue
            else record.get_state_display()
        )
        return component("badge", words, color="red" if record.is_overdue else Finding.COLORS[record.state])
