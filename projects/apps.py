"""Registers the app with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """See the package's docstring."""

    name = "projects"

    def ready(self) -> None:
        """
        Offer the forms of the best model on the page of its experiment; index use cases for likeness; fill bundles;
        say which pages can go away.
        """
        from portal.core import destinations, panels
        from portal.core.services import stored_files
        from projects import bundle_sections, library_kinds, library_words
        from projects.models import Dataset, DatasetVersion, Experiment, Explanation, ImportedProject, Recipe
        from projects.selectors import bundle_case, bundle_data, needed_files
        from projects.services import compared_texts

        library_kinds.register()
        stored_files.register(needed_files.is_needed)
        post_migrate.connect(compared_texts.keep_missing, sender=self)
        post_migrate.connect(library_words.install, sender=self)
        panels.register("experiment", url_name="projects:export_panel", title=_("Take it with you"), order=50)
        panels.register(
            "use_case", url_name="projects:bundle_panel", title=_("Take the project along"), order=60
        )
        bundle_sections.register("1 use case", bundle_case.fill)
        bundle_sections.register("2 data", bundle_data.fill)
        # Brought projects can be discarded; everything else here goes with the sandbox it lies in.
        for model, *names in (
            (ImportedProject, "imported_project_detail"),
            (Dataset, "dataset_detail", "dataset_expectations"),
            (DatasetVersion, "dataset_version"),
            (Recipe, "recipe_detail"),
            (Experiment, "experiment_detail", "experiment_checks", "experiment_columns"),
            (Explanation, "explanation_detail"),
        ):
            destinations.register(model.objects.visible_to, *(f"projects:{name}" for name in names))
