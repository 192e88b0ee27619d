"""A table taken along from its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core import filestore
from projects.models import DatasetVersion
from projects.services import downloads


@require_safe
@login_required
def dataset_version_download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The frozen table as Parquet."""
    visible = DatasetVersion.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]
    version = get_object_or_404(visible.select_related("dataset__owner", "dataset__use_case"), pk=pk)
    try:
        path = downloads.take_table(version, by=request.user)  # type: ignore[arg-type]
    except (filestore.FileDamaged, OSError):
        messages.error(request, _("The stored table is missing or damaged; IT must look at it."))
        return redirect("projects:dataset_version", version.pk)
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=downloads.file_name(version),
        content_type="application/vnd.apache.parquet",
    )
