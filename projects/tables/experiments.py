"""Experiments as a table."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext, gettext_lazy as _

from portal.core.models import Job
from portal.core.templatetags.ui import component
from projects.models import Experiment


class ExperimentTable(tables.Table):
    """One experiment per row, the newest first."""

    title = tables.Column(
        verbose_name=_("Experiment"), linkify=("projects:experiment_detail", [tables.A("pk")])
    )
    use_case = tables.Column(verbose_name=_("Use case"), order_by=("use_case__ref",))
    dataset_version = tables.Column(verbose_name=_("Data"), orderable=False)
    author = tables.Column(verbose_name=_("Author"), order_by=("author__display_name",))
    status = tables.Column(verbose_name=_("Status"), order_by=("job__state",))
    created_at = tables.Column(verbose_name=_("Begun"))

    class Meta:
        caption = _("Experiments")
        empty_icon = "experiment"
        empty_text = _("No experiment fits. Take a filter away, or ask a first question of a dataset.")

    def render_use_case(self, record: Experiment) -> str:
        """By its reference."""
        return record.use_case.ref

    def render_status(self, record: Experiment) -> Any:
        """As a chip, with how far it is."""
        if record.job is None:
            return component("badge", gettext("Draft"), color="grey")
        words = record.job.get_state_display()
        if record.job.state == Job.State.RUNNING:
            words = f"{words} · {record.job.percent} %"
        return component("badge", words, color=Job.COLORS[record.job.state])

    def render_created_at(self, record: Experiment) -> Any:
        """In words."""
        return component("when", at=record.created_at)
