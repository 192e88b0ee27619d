"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    """See the package's docstring."""

    name = "training"

    def ready(self) -> None:
        """Put mentors and questions on the page of a use case."""
        from portal.core import panels
        from training import own_work

        own_work.register("use_case", own_work.carried)
        own_work.register("coaching", own_work.coached)
        panels.register("use_case", url_name="training:use_case_panel", title=_("Community"), order=40)
