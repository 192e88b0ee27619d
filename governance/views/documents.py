"""Documents of a version: as they stand now, their editions, and each as a file."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance import renderings
from governance.models import DocumentEdition, DocumentKind, ModelVersion
from governance.rules import documents as rules
from governance.selectors import documents as selectors
from governance.services import documents
from governance.views.answers import attempt_or_tell
from governance.views.models import visible


@require_safe
@login_required
def document_detail(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    """What an edition issued now would say, what is missing and who writes it."""
    version = visible(request, pk)
    draft = selectors.compose(version, kind)
    editions = list(DocumentEdition.objects.filter(version=version, kind=kind).select_related("made_by"))
    context = {
        "version": version,
        "kind": kind,
        "title": DocumentKind(kind).label,
        "tabs": tabs(version, kind),
        "content": selectors.for_reader(draft.content, version, request.user),
        "draft": draft,
        "editions": editions,
        "is_stale": bool(editions) and selectors.is_stale(editions[0]),
        "may_write": rules.may_write(request.user, version, kind),
        "may_issue": rules.may_issue(request.user, version, kind),
    }
    return render(request, "governance/document_detail.html", context)


def tabs(version: ModelVersion, kind: str) -> list[dict[str, Any]]:
    """The three documents."""
    return [
        {
            "label": each.label,
            "url": reverse("governance:document_detail", args=[version.pk, each.value]),
            "active": each.value == kind,
        }
        for each in DocumentKind
    ]


@require_POST
@login_required
def document_write(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    """Write one paragraph."""
    version = visible(request, pk)
    code, text = request.POST.get("code", "")[:40], request.POST.get("text", "")[:20000]
    attempt_or_tell(
        request,
        lambda: documents.write(version, kind=kind, code=code, text=text, by=request.user),
        _("Written."),
    )
    return redirect("governance:document_detail", pk=version.pk, kind=kind)


@require_POST
@login_required
def document_issue(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    """Freeze an edition."""
    version = visible(request, pk)
    attempt_or_tell(
        request, lambda: documents.issue(version, kind=kind, by=request.user), _("The edition is issued.")
    )
    return redirect("governance:document_detail", pk=version.pk, kind=kind)


def edition_of(request: HttpRequest, pk: str) -> DocumentEdition:
    """The edition, or 404."""
    return get_object_or_404(DocumentEdition.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def edition_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """One edition, as it was issued."""
    edition = edition_of(request, pk)
    context = {
        "edition": edition,
        "version": edition.version,
        "content": selectors.for_reader(edition.content, edition.version, request.user),
        "is_stale": selectors.is_stale(edition),
    }
    return render(request, "governance/edition_detail.html", context)


@require_safe
@login_required
def edition_download(request: HttpRequest, pk: str, form: str) -> HttpResponse:
    """One edition as HTML, Markdown, JSON or PDF."""
    edition = edition_of(request, pk)
    body = documents.download(edition, form=form, by=request.user)
    answer = HttpResponse(body, content_type=renderings.TYPES[form])
    name = f"{edition.kind}-v{edition.version.number}-edition-{edition.number}.{form}".replace("_", "-")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
