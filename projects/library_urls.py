"""Addresses of the library and of artifacts."""

from django.urls import path

from projects.views import artifacts, library, shares

ARTIFACT = {"kind": "artifact"}

urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/new/", artifacts.artifact_new, name="artifact_new"),
    path("library/sources/", artifacts.artifact_sources, name="artifact_sources"),
    path("library/<slug:kind>/<uuid:pk>/lineage/", library.library_lineage, name="library_lineage"),
    path("library/<slug:kind>/<uuid:pk>/panel/", library.library_panel, name="library_panel"),
    path("library/<uuid:pk>/", artifacts.artifact_detail, name="artifact_detail"),
    path("library/<uuid:pk>/edit/", artifacts.artifact_edit, name="artifact_edit"),
    path("library/<uuid:pk>/versions/new/", artifacts.artifact_version_new, name="artifact_version_new"),
    path("library/<uuid:pk>/put-away/", artifacts.artifact_retire, name="artifact_retire"),
    path("library/<uuid:pk>/take-back/", artifacts.artifact_restore, name="artifact_restore"),
    path("library/<uuid:pk>/sharing/", shares.sharing, ARTIFACT, name="artifact_sharing"),
    path("library/<uuid:pk>/share/", shares.share, ARTIFACT, name="artifact_share"),
    path("library/shares/<uuid:pk>/change/", shares.share_change, ARTIFACT, name="artifact_share_change"),
    path("library/shares/<uuid:pk>/end/", shares.share_end, ARTIFACT, name="artifact_share_end"),
    path("library/versions/<uuid:pk>/", artifacts.artifact_version, name="artifact_version"),
    path("library/versions/<uuid:pk>/download/", artifacts.artifact_download, name="artifact_download"),
    path("library/versions/<uuid:pk>/inline/", artifacts.artifact_inline, name="artifact_inline"),
]
