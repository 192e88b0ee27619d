"""The kinds of the library that stand in this storey: models, their versions, documents and services."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from governance.models import Deployment, DocumentEdition, DocumentKind, Model, ModelVersion
from projects import shelves
from projects.library_kinds import is_sandbox
from projects.shelves import Edge, Kind, Origin

DATA = "dataset_version__dataset__classification"


def model_rows(user: Any) -> Any:
    """Models, each with the class of the data of its newest version."""
    versions = ModelVersion.objects.filter(model=OuterRef("pk")).order_by("-number")
    return Model.objects.visible_to(user).annotate(
        lib_title=F("name"), lib_words=F("use_case__title"), lib_class=Subquery(versions.values(DATA)[:1]),
        lib_case=F("use_case_id"), lib_owner=F("created_by_id"), lib_at=F("created_at"),
    )  # fmt: skip


def version_rows(user: Any) -> Any:
    """Versions by the name of their model and their number, however one writes it: “Renewals v2”, “renewals 2”."""
    number = Cast("number", TextField())
    return ModelVersion.objects.visible_to(user).for_list().annotate(
        lib_title=Concat("model__name", Value(" v"), number, output_field=TextField()),
        lib_words=number, lib_at=F("created_at"),
    )  # fmt: skip


def newest(editions: Any) -> Any:
    """Of each document the newest of these editions."""
    later = DocumentEdition.objects.filter(
        version=OuterRef("version"), kind=OuterRef("kind"), number__gt=OuterRef("number")
    )
    return editions.filter(~Exists(later))


def document_rows(user: Any) -> Any:
    """Documents of models; a search finds them under the name of the model."""
    return newest(DocumentEdition.objects.visible_to(user)).annotate(
        lib_title=F("version__model__name"), lib_words=F("kind"), lib_class=F(f"version__{DATA}"),
        lib_case=F("version__model__use_case_id"), lib_owner=F("made_by_id"), lib_at=F("made_at"),
    )  # fmt: skip


def version_origin(version: ModelVersion) -> Origin:
    """The class of the data it was trained on, at the use case of its model."""
    use_case = version.model.use_case
    return Origin(version.dataset_version.dataset.classification, use_case.pk, is_sandbox(use_case))


def register() -> None:
    """Put them on the shelves of the library. Safe to call twice."""
    shelves.register(
        Kind(
            "model", _("Model"), "model", "governance:model_detail",
            lambda: Model.objects.all(), lambda user: Model.objects.visible_to(user), model_rows,
        ),
        Kind(
            "version", _("Model version"), "model", "governance:version_detail",
            lambda: ModelVersion.objects.for_list(),
            lambda user: ModelVersion.objects.visible_to(user).for_list(),
            origin=version_origin, named=version_rows,
        ),
        Kind(
            "edition", _("Model document"), "document", "governance:edition_detail",
            lambda: DocumentEdition.objects.for_list(),
            lambda user: DocumentEdition.objects.visible_to(user).for_list(), document_rows,
            form="kind", says=lambda form: DocumentKind(form).label,
        ),
        Kind(
            "deployment", _("Service"), "rocket", "governance:deployment_detail",
            lambda: Deployment.objects.select_related("model", "version"),
            lambda user: Deployment.objects.visible_to(user).select_related("model", "version"),
        ),
    )  # fmt: skip
    shelves.join(
        Edge("version", "experiment", ModelVersion.objects.all, "pk", "trial__experiment_id"),
        Edge("edition", "version", lambda: newest(DocumentEdition.objects.all()), "pk", "version_id"),
        Edge("deployment", "version", Deployment.objects.all, "pk", "version_id"),
    )
