"""Datasets as a table."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from portal.core.templatetags.ui import component
from projects.models import Dataset

FIGURE = {"td": {"class": "number"}, "th": {"class": "number"}}


class DatasetTable(tables.Table):
    """One dataset per row."""

    name = tables.Column(verbose_name=_("Dataset"), linkify=("projects:dataset_detail", [tables.A("pk")]))
    classification = tables.Column(verbose_name=_("Classification"))
    use_case = tables.Column(verbose_name=_("Use case"), order_by=("use_case__ref",))
    owner = tables.Column(verbose_name=_("Owner"), order_by=("owner__display_name",))
    newest = tables.Column(verbose_name=_("Version"), attrs=FIGURE)
    newest_rows = tables.Column(verbose_name=_("Rows"), attrs=FIGURE)

    class Meta:
        caption = _("Datasets")
        empty_icon = "data"
        empty_text = _("No dataset fits. Take a filter away, or bring a table of your own.")

    def render_classification(self, record: Dataset) -> Any:
        """As a chip."""
        return component(
            "badge", record.get_classification_display(), color=Dataset.COLORS[record.classification]
        )

    def render_use_case(self, record: Dataset) -> str:
        """By its reference, where the reader may know it."""
        return record.use_case.ref if record.use_case and record.knows_case else ""  # type: ignore[attr-defined]
