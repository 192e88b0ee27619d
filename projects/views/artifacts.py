"""Pages of artifacts: bring one, see what stands in it, where it comes from and who built on it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import filestore
from portal.core.uploads import UploadRefused
from projects.downloads import SHOWN, inline, on_page
from projects.forms.artifacts import ArtifactForm, EditForm, RetireForm, VersionForm
from projects.models import Artifact, ArtifactVersion
from projects.previews import preview
from projects.rules import artifacts as rules
from projects.selectors import artifacts as selectors, sources
from projects.selectors.lineage import lineage, reuse
from projects.selectors.shares import shown_on_page
from projects.services import artifact_files, artifacts
from projects.views.datasets import tell_errors


def artifact_of(request: HttpRequest, pk: str) -> Artifact:
    """The artifact, or 404."""
    return get_object_or_404(Artifact.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]


def version_of(request: HttpRequest, pk: str) -> ArtifactVersion:
    """The version, or 404."""
    return get_object_or_404(ArtifactVersion.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]


def trail(artifact: Artifact) -> list[tuple[str, str]]:
    """The way back from a form."""
    here = reverse("projects:artifact_detail", args=[artifact.pk])
    return [(_("Library"), reverse("projects:library")), (artifact.title, here)]


def content(form: Form) -> dict[str, Any]:
    """File or address as the service takes them; a text written here becomes a file."""
    data = form.cleaned_data
    if data["text"]:
        return {"file": ContentFile(data["text"].encode(), name="note.md")}
    return {"link": data["link"]} if data["link"] else {"file": data["file"]}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def artifact_new(request: HttpRequest) -> HttpResponse:
    """Bring an artifact."""
    start = {name: request.GET[name] for name in ("use_case", "made_from", "kind") if name in request.GET}
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ArtifactForm(*posted, user=request.user, initial=start)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        about = {
            name: form.cleaned_data[name] for name in form.fields if name not in {"file", "text", "link"}
        }
        try:
            artifact = artifacts.create(**about, **content(form), by=request.user)  # type: ignore[arg-type]
            if artifact.classification != about["classification"]:
                said = _("It inherits the class “%(class)s” from what it was made from.")
                messages.info(request, said % {"class": artifact.get_classification_display()})
            return redirect("projects:artifact_detail", pk=artifact.pk)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as error:
            tell_errors(form, error)
    context = {"form": form, "verdict": rules.may_bring(request.user)}  # type: ignore[arg-type]
    return render(request, "projects/artifact_new.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def artifact_sources(request: HttpRequest) -> HttpResponse:
    """Boxes to tick beside a form: what is chosen already, and what the words find among what one may use."""
    user: Any = request.user
    chosen = sources.picked(user, "\n".join(request.GET.getlist("made_from")))
    words = request.GET.get("q", "")[:200]
    context = {"picked": chosen, "words": words.strip(), "found": sources.offered(user, words, chosen.chosen)}
    return render(request, "projects/sources_found.html", context)


@require_safe
@login_required
def artifact_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """An artifact: what stands in its newest version, its versions, where it comes from, who built on it."""
    artifact = artifact_of(request, pk)
    return shown(request, artifact, artifact.versions.for_list().first())


@require_safe
@login_required
def artifact_version(request: HttpRequest, pk: str) -> HttpResponse:
    """The same page with an older version on it."""
    version = version_of(request, pk)
    return shown(request, artifact_of(request, version.artifact_id), version)


def shown(request: HttpRequest, artifact: Artifact, version: ArtifactVersion) -> HttpResponse:
    """The page of an artifact with one of its versions."""
    user: Any = request.user
    versions = list(artifact.versions.for_list()[:50])
    context = {
        "artifact": artifact,
        "version": version,
        "versions": versions,
        "is_newest": version.number == versions[0].number,
        "preview": preview(version),
        "line": lineage("artifact", artifact.pk, user),
        "reuse": reuse("artifact", artifact.pk, user),
        "similar": selectors.similar(artifact, user),
        "sees_case": selectors.sees_use_case(user, artifact),
        "shares": shown_on_page(artifact, user),
        "may_change": rules.may_change(user, artifact),
        "may_retire": rules.may_retire(user, artifact),
        "may_restore": rules.may_restore(user, artifact),
        "retire_form": RetireForm(),
    }
    return render(request, "projects/artifact_detail.html", context | use_of(user, artifact, version))


def use_of(user: Any, artifact: Artifact, version: ArtifactVersion) -> dict[str, Any]:
    """What one may do with its content; that one may only look is said once, above it, with what to ask for."""
    may_use, may_take = rules.may_use(user, artifact), rules.may_take(user, version)
    only_looks = not may_use and not artifact.retired_at
    return {
        "may_use": may_use,
        "may_take": may_take,
        "only_looks": only_looks,
        "offers_file": not (only_looks and may_take.code == may_use.code),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def artifact_version_new(request: HttpRequest, pk: str) -> HttpResponse:
    """Bring a new state of an artifact."""
    artifact = artifact_of(request, pk)
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = VersionForm(*posted)
    if request.method == "POST" and form.is_valid():
        try:
            remark = form.cleaned_data["remark"]
            _version, is_new = artifacts.add_version(
                artifact, **content(form), remark=remark, by=request.user
            )  # type: ignore[arg-type]
            if not is_new:
                messages.info(request, _("This is what stands already; nothing was added."))
            return redirect("projects:artifact_detail", pk=artifact.pk)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        except ValidationError as error:
            tell_errors(form, error)
    context = {
        "form": form,
        "artifact": artifact,
        "trail": trail(artifact),
        "verdict": rules.may_change(request.user, artifact),  # type: ignore[arg-type]
    }
    return render(request, "projects/artifact_version_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def artifact_edit(request: HttpRequest, pk: str) -> HttpResponse:
    """Change what is said about an artifact, its tags, its class and what it was made from."""
    artifact = artifact_of(request, pk)
    start = {
        "title": artifact.title,
        "description": artifact.description,
        "classification": artifact.classification,
        "tags": ", ".join(each.word for each in artifact.tags.all()),
        "made_from": selectors.addresses(selectors.sources_of(artifact, request.user)),  # type: ignore[arg-type]
    }
    form = EditForm(request.POST if request.method == "POST" else None, initial=start, user=request.user)  # type: ignore[arg-type]
    if not rules.may_classify(request.user, artifact):  # type: ignore[arg-type]
        del form.fields["classification"]
    if request.method == "POST" and form.is_valid():
        try:
            artifacts.revise(artifact, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The changes are kept."))
            return redirect("projects:artifact_detail", pk=artifact.pk)
        except ValidationError as error:
            tell_errors(form, error)
    context = {
        "form": form,
        "artifact": artifact,
        "trail": trail(artifact),
        "verdict": rules.may_change(request.user, artifact),  # type: ignore[arg-type]
    }
    return render(request, "projects/artifact_edit.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def artifact_retire(request: HttpRequest, pk: str) -> HttpResponse:
    """Put it away."""
    artifact = artifact_of(request, pk)
    form = RetireForm(request.POST)
    if form.is_valid():
        artifacts.retire(artifact, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("It is put away. You can take it back on this page."))
    else:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect("projects:artifact_detail", pk=artifact.pk)


@require_POST
@login_required
def artifact_restore(request: HttpRequest, pk: str) -> HttpResponse:
    """Take it back."""
    artifact = artifact_of(request, pk)
    artifacts.restore(artifact, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("It is back in the library."))
    return redirect("projects:artifact_detail", pk=artifact.pk)


@require_safe
@login_required
def artifact_download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The file of a version, to be saved; the trail keeps who took it."""
    version = version_of(request, pk)
    back = reverse("projects:artifact_detail", args=[version.artifact_id])
    take = partial(artifact_files.take, version, by=request.user)
    return on_page(request, take, name=version.original_name, back=back)


@require_safe
@login_required
def artifact_inline(request: HttpRequest, pk: str) -> HttpResponseBase:
    """An image or a PDF as it is, for the page and the viewer of the browser; anything else is not here."""
    version = version_of(request, pk)
    if version.media_type not in SHOWN:
        raise Http404
    try:
        path = filestore.cached(version.digest)
    except (filestore.FileDamaged, OSError):
        raise Http404 from None
    return inline(version, path)
