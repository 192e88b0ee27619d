"""Pages of datasets: bring a table, see what stands in it, say what it means."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from portal.core.uploads import UploadRefused
from projects import readings
from projects.filters.datasets import DatasetFilter
from projects.forms.datasets import (
    ClassForm,
    DatasetForm,
    PeopleForm,
    ReadingForm,
    VersionForm,
)
from projects.models import Dataset, DatasetVersion, PartialUpload
from projects.rules import datasets as rules
from projects.selectors import datasets as selectors, dictionary, expectations, privacy, recipes
from projects.selectors.artifacts import sees_use_case
from projects.selectors.downloads import may_take
from projects.selectors.shares import shown_on_page
from projects.sentences import sentences
from projects.services import datasets, partial_uploads
from projects.tables.datasets import DatasetTable


def tell_errors(form: Form, error: ValidationError) -> None:
    """The service's refusal beside the fields it names."""
    for name, texts in (
        error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    ).items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


@contextmanager
def table_of(request: HttpRequest, form: Form) -> Iterator[Any]:
    """The table as a file, however it came; one that came in pieces is forgotten once it was taken."""
    data = form.cleaned_data
    if data.get("pasted"):
        head = data["pasted"].partition("\n")[0]
        yield ContentFile(data["pasted"].encode(), name="pasted.tsv" if "\t" in head else "pasted.csv")
    elif data.get("upload"):
        upload = PartialUpload.objects.visible_to(request.user).filter(pk=data["upload"]).first()  # type: ignore[arg-type]
        if upload is None:
            raise ValidationError({"file": _("The file is not there any more. Send it again.")})
        with partial_uploads.opened(upload, by=request.user) as file:  # type: ignore[arg-type]
            yield file
        partial_uploads.forget(upload)
    else:
        yield data["file"]


def about(form: Form) -> dict[str, Any]:
    """What was said about the table, without the table."""
    return {
        name: value for name, value in form.cleaned_data.items() if name not in {"file", "pasted", "upload"}
    }


def tell_twins(request: HttpRequest, version: DatasetVersion) -> None:
    """The very same content that stands already under another name is worth knowing."""
    twin = selectors.twin_of(version, request.user)  # type: ignore[arg-type]
    if twin:
        messages.info(request, _("The same content stands already as %(twin)s.") % {"twin": twin})


@require_safe
@login_required
def dataset_list(request: HttpRequest) -> HttpResponse:
    """The datasets one sees."""
    found = DatasetFilter(request.GET, queryset=selectors.listed(request.user), request=request)
    table = DatasetTable(found.qs if found.is_valid() else found.queryset.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {"filter": found, "table": table, "may_upload": rules.may_upload(request.user)}
    return render(request, "projects/dataset_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_new(request: HttpRequest) -> HttpResponse:
    """Bring a table."""
    start = {"use_case": request.GET.get("use_case")} if request.method != "POST" else None
    form = DatasetForm(request.POST or None, request.FILES or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            with table_of(request, form) as file:
                _dataset, version = datasets.create(**about(form), file=file, by=request.user)
            tell_twins(request, version)
            return redirect("projects:dataset_version", pk=version.pk)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as error:
            tell_errors(form, error)
    context = {"form": form, "verdict": rules.may_upload(request.user)}
    return render(request, "projects/dataset_new.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def dataset_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """A dataset: its versions, its people, its dictionary."""
    dataset = get_object_or_404(Dataset.objects.visible_to(request.user).for_list(), pk=pk)
    versions = list(dataset.versions.for_list())
    newest = next((version for version in versions if version.state == DatasetVersion.State.READY), None)
    context = {
        "dataset": dataset,
        "color": Dataset.COLORS[dataset.classification],
        "versions": [(version, DatasetVersion.COLORS[version.status]) for version in versions],
        "newest": newest,
        "sees_case": sees_use_case(request.user, dataset),
        "may_use": rules.may_use(request.user, dataset),
        "shares": shown_on_page(dataset, request.user),
        "may_add_version": rules.may_add_version(request.user, dataset),
        "broken": expectations.broken_count(newest) if newest else 0,
        "suspected": privacy.open_question(dataset, newest),
        "may_classify": rules.may_classify(request.user, dataset),
        "class_form": ClassForm(initial={"classification": dataset.classification}),
        "may_name_people": rules.may_name_people(request.user, dataset),
        "people_form": PeopleForm(initial={"owner": dataset.owner_id, "steward": dataset.steward_id}),
    }
    return render(request, "projects/dataset_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_version_new(request: HttpRequest, pk: str) -> HttpResponse:
    """Bring a new state of a dataset."""
    dataset = get_object_or_404(Dataset.objects.visible_to(request.user).for_list(), pk=pk)
    form = VersionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with table_of(request, form) as file:
                version, is_new = datasets.add_version(dataset, file, by=request.user)
            if not is_new:
                words = _("This file is identical to version %(number)s, which you see here.") % {
                    "number": version.number
                }
                messages.info(request, words)
            return redirect("projects:dataset_version", pk=version.pk)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as error:
            tell_errors(form, error)
    context = {"form": form, "dataset": dataset, "verdict": rules.may_add_version(request.user, dataset)}
    return render(request, "projects/dataset_version_new.html", context, status=422 if form.errors else 200)


def version_of(request: HttpRequest, pk: str) -> DatasetVersion:
    """A version the person sees, with its profile."""
    versions = DatasetVersion.objects.visible_to(request.user)  # type: ignore[arg-type]
    return get_object_or_404(
        versions.select_related("dataset__owner", "dataset__use_case", "uploaded_by", "job", "recipe"), pk=pk
    )


@require_safe
@login_required
def dataset_version(request: HttpRequest, pk: str) -> HttpResponse:
    """One version: how far its check is, why it was not accepted, or its profile."""
    version = version_of(request, pk)
    profile = privacy.masked_profile(version, request.user)  # type: ignore[arg-type]
    hints = dictionary.suggestions(version, request.user)  # type: ignore[arg-type]
    columns = Paginator(selectors.columns(version, profile, hints), 12).get_page(request.GET.get("page"))
    names, rows = selectors.sample(profile)
    context: dict[str, Any] = {
        "version": version,
        "dataset": version.dataset,
        "color": DatasetVersion.COLORS[version.status],
        "columns": columns,
        "missing": selectors.missing_chart(version),
        "names": names,
        "rows": rows,
        "remarks": sentences(version.remarks),
        "problems": sentences(version.problems),
        "masked": profile.get("masked"),
        "reading": readings.shown(version.reading.get("found", {})),
        "reading_form": ReadingForm(initial=version.reading.get("asked", {})),
        "has_hints": any(each.hint for each in columns),
        "broken": expectations.broken_count(version),
        "line": recipes.lineage(version, request.user),  # type: ignore[arg-type]
        "may_describe": rules.may_describe(request.user, version.dataset),
        "may_add_version": rules.may_add_version(request.user, version.dataset),
        "may_take_table": may_take(request.user, version),
    }
    return render(request, "projects/dataset_version.html", context)


@require_safe
@login_required
def dataset_version_progress(request: HttpRequest, pk: str) -> HttpResponse:
    """The progress alone, asked for every two seconds; once it is over the page loads anew."""
    version = version_of(request, pk)
    if version.state != DatasetVersion.State.CHECKING or version.status == "rejected":
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "projects/dataset_progress.html", {"version": version})


@require_POST
@login_required
def dataset_describe(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep what columns mean; columns that were not on the form stay as they are."""
    dataset = get_object_or_404(Dataset.objects.visible_to(request.user).for_list(), pk=pk)
    names, meanings, units = (request.POST.getlist(each) for each in ("column", "meaning", "unit"))
    said = dict(zip(names, meanings, strict=False))
    measured = dict(zip(names, units, strict=False))
    newest = dataset.versions.ready().first()
    if request.POST.get("fill") and newest:
        said = dictionary.filled(newest, request.user, said)  # type: ignore[arg-type]
    try:
        datasets.describe(
            dataset,
            dictionary={**dataset.dictionary, **said},
            units={**dataset.units, **measured},
            by=request.user,  # type: ignore[arg-type]
        )
        messages.success(request, _("The data dictionary is kept."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    version = dataset.versions.ready().first()
    return (
        redirect("projects:dataset_version", pk=version.pk)
        if version
        else redirect("projects:dataset_detail", pk=pk)
    )


@require_POST
@login_required
def dataset_version_read_again(request: HttpRequest, pk: str) -> HttpResponse:
    """Read the file of a version in another way."""
    version = version_of(request, pk)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This way to read a file is not known."))
        return redirect("projects:dataset_version", pk=pk)
    try:
        version, is_new = datasets.read_again(version, form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        if not is_new:
            messages.info(request, _("The file was read in this way already."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("projects:dataset_version", pk=version.pk)
