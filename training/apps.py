"""Registers the app with Django."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """See the package's docstring."""

    name = "training"
