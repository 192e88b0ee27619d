"""Acts on several use cases, and the backlog as a file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock
from portal.core.models import Right, User
from projects.forms.backlog import BulkForm
from projects.models import UseCase
from projects.rules.bulk import ACTS
from projects.services import bulk, exports_backlog, undos
from projects.views.answers import carried_out, status_of
from projects.views.backlog import is_key, narrowed
from projects.views.undos import offered


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_bulk(request: HttpRequest) -> HttpResponse:
    """What the act would do to each chosen one; a POST does it and reports row by row."""
    given = request.POST if request.method == "POST" else request.GET
    act = given.get("act", "")
    keys = [each for each in dict.fromkeys(given.getlist("id")) if is_key(each)]
    chosen = list(UseCase.objects.visible_to(request.user).for_list().filter(pk__in=keys).order_by("ref"))
    if request.method == "POST" and not chosen:
        raise Http404
    try:
        rows = bulk.preview(chosen, act=act, user=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("projects:use_case_list")
    owners = User.objects.holding(Right.OWN_USE_CASE).order_by("display_name")
    form = BulkForm(request.POST or None, act=act, owners=owners)
    done: list[bulk.Row] = []
    offers: list[undos.Offer] = []

    def apply() -> None:
        with undos.offering(chosen, act, by=request.user) as offer:  # type: ignore[arg-type]
            done.extend(bulk.apply(chosen, act=act, by=request.user, **form.cleaned_data))
        offers.append(offer)

    if request.method == "POST" and carried_out(form, apply):
        count = sum(row.is_changed for row in done)
        words = ngettext("%(n)s use case changed.", "%(n)s use cases changed.", count) % {"n": count}
        offered(request, words, offers[0])
        context = {"act": ACTS[act], "rows": done, "is_done": True}
        return render(request, "projects/use_case_bulk.html", context)
    allowed = sum(bool(row.verdict) for row in rows)
    context = {
        "act": ACTS[act],
        "rows": rows,
        "form": form,
        "allowed": allowed,
        "refused": len(rows) - allowed,
        "can_undo": act in undos.STATE,
    }
    return render(request, "projects/use_case_bulk.html", context, status=status_of(form))


@require_safe
@login_required
def use_case_export(request: HttpRequest) -> HttpResponse:
    """What the filters show, as CSV, XLSX or JSON."""
    kind = request.GET.get("as", "csv")
    found, rows = narrowed(request)
    if found.form.errors:
        return refused(request, _("A filter of this address makes no sense: nothing was exported."))
    state = request.GET.copy()
    state.pop("as", None)
    try:
        content = exports_backlog.export(rows, kind=kind, query=state.urlencode(), by=request.user)
    except ValidationError as problem:
        return refused(request, " ".join(problem.messages))
    return file_of(content, kind)


def refused(request: HttpRequest, words: Any) -> HttpResponse:
    """Back to the table with the reason."""
    messages.error(request, words)
    return redirect("projects:use_case_list")


def file_of(content: bytes, kind: str) -> HttpResponse:
    """A download under a name with the day."""
    response = HttpResponse(content, content_type=exports_backlog.KINDS[kind])
    name = f"agora-backlog-{clock.today().isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
