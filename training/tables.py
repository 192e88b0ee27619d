"""Tables of training."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from training.models import Certificate


class CertificateTable(tables.Table):
    """Who holds what, until when."""

    user = tables.Column(verbose_name=_("Holder"), order_by="user__display_name")
    template = tables.Column(verbose_name=_("Certificate"), order_by="template__code")
    status = tables.Column(verbose_name=_("State"), orderable=False)
    valid_from = tables.DateColumn(verbose_name=_("Since"))
    valid_until = tables.DateColumn(verbose_name=_("Until"))

    class Meta:
        model = Certificate
        fields = ("user", "template", "status", "valid_from", "valid_until")
        order_by = "valid_until"
        empty_text = _("No certificate fits these filters.")

    def render_user(self, record: Certificate) -> Any:
        """Links to the certificate."""
        url = reverse("training:certificate_detail", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.user.display_name)

    def render_status(self, record: Certificate) -> str:
        """In words."""
        return record.status_label
