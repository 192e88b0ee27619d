"""Registers the demo organisation's command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """No tables: it only calls services."""

    name = "portal.demo"
    label = "demo"
