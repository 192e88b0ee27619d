"""Tables on the pages of the floor."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Job, User
from portal.core.selectors import job_label
from portal.core.templatetags.ui import component


class PersonTable(tables.Table):
    """The directory."""

    display_name = tables.Column(verbose_name=_("Name"))
    email = tables.EmailColumn(verbose_name=_("E-mail"))
    unit = tables.Column(verbose_name=_("Unit"), order_by="unit__name")
    site = tables.Column(verbose_name=_("Site"))
    duties = tables.Column(verbose_name=_("Duties"), orderable=False)

    class Meta:
        order_by = "display_name"
        empty_text = _("Nobody matches. Try fewer words, or clear the filters.")
        caption = _("People")
        empty_icon = "users"

    def render_display_name(self, record: User) -> str:
        """Round picture, name and job title."""
        return component("person", user=record)

    def render_duties(self, record: User) -> Any:
        """One chip for each duty."""
        names = [Duty(code).label for code in sorted(record.duties) if code in Duty.values]
        chips = [component("badge", text=name, color="teal") for name in names]
        return format_html_join(" ", "{}", ((chip,) for chip in chips)) or "–"


class JobTable(tables.Table):
    """Background work."""

    label = tables.Column(verbose_name=_("What"), linkify=("core:job_detail", {"pk": tables.A("pk")}))
    state = tables.Column(verbose_name=_("State"))
    percent = tables.Column(
        verbose_name=_("Done"), attrs={"td": {"class": "number"}, "th": {"class": "number"}}
    )
    owner = tables.Column(verbose_name=_("For"), default="Agora", order_by="owner__display_name")
    queue = tables.Column(verbose_name=_("Queue"))
    created_at = tables.Column(verbose_name=_("Asked"))

    class Meta:
        empty_text = _("No background work. Uploads, checks and experiments appear here while they run.")
        caption = _("Background work")
        empty_icon = "clock"

    def render_label(self, record: Job) -> str:
        """What this reader may know of it."""
        return job_label(self.request.user, record)

    def render_state(self, record: Job) -> str:
        """The state in its colour."""
        return component("badge", text=record.get_state_display(), color=Job.COLORS[record.state])

    def render_percent(self, value: int) -> str:
        """How far it is."""
        return f"{value} %"

    def render_created_at(self, value: Any) -> str:
        """How long ago."""
        return component("when", at=value)
