"""A table taken along from its page."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from projects.downloads import PARQUET, on_page
from projects.models import DatasetVersion
from projects.services import downloads


@require_safe
@login_required
def dataset_version_download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The frozen table as Parquet."""
    visible = DatasetVersion.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]
    version = get_object_or_404(visible.select_related("dataset__owner", "dataset__use_case"), pk=pk)
    take = partial(downloads.take_table, version, by=request.user)
    back = reverse("projects:dataset_version", args=[version.pk])
    return on_page(request, take, name=downloads.file_name(version), kind=PARQUET, back=back)
