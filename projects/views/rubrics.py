"""Pages of the scoring rubric: its versions, one of them, and a criterion of the draft."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects import rubric, rules
from projects.forms.rubrics import QuestionForm, RubricForm
from projects.forms.use_cases import EmptyForm
from projects.models import RubricVersion
from projects.rubric import STANDARD, Rubric
from projects.selectors import rubrics as reads
from projects.services import rubrics
from projects.views.answers import carried_out, status_of

NEW = "new"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rubric_list(request: HttpRequest) -> HttpResponse:
    """All versions; a POST begins a draft."""
    if request.method == "POST":
        try:
            return redirect("projects:rubric_detail", number=rubrics.draft(by=request.user).number)
        except IllegalMove as problem:
            messages.error(request, str(problem))
            return redirect("projects:rubric_list")
    context = {
        "versions": RubricVersion.objects.visible_to(request.user).for_list(),
        "in_force": reads.current().version,
        "standard": STANDARD,
        "may_draft": rules.rubrics.may_draft(request.user),
    }
    return render(request, "projects/rubric_list.html", context)


def version_of(request: HttpRequest, number: int) -> RubricVersion | None:
    """A version the reader sees, or 404; nothing for the standard one."""
    if number == STANDARD.version:
        return None
    return get_object_or_404(RubricVersion.objects.visible_to(request.user).for_list(), number=number)


def axes(given: Rubric) -> list[dict[str, Any]]:
    """Axis by axis, with what the weights come to."""
    return [
        {"label": label, "criteria": given.of(axis), "total": sum(each.weight for each in given.of(axis))}
        for axis, label in rubric.AXES.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rubric_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One version with its anchors; a draft can be changed, published and thrown away here."""
    version = version_of(request, number)
    if version is None and request.method == "POST":
        raise Http404
    given = reads.read(version) if version else STANDARD
    does = request.POST.get("does", "")
    first = {"reason": version.reason, "aversion": version.aversion} if version else {}
    settings = RubricForm(request.POST if does == "settings" else None, initial=first)
    sent = settings if does == "settings" else EmptyForm(request.POST)
    if request.method == "POST" and version and carried_out(sent, lambda: do(request, version, does, sent)):
        return redirect("projects:rubric_list" if does == "discard" else request.path)
    may_change = rules.rubrics.may_change(request.user, version) if version else None
    is_draft = bool(version and version.state == RubricVersion.State.DRAFT)
    context = {
        "version": version,
        "number": number,
        "axes": axes(given),
        "aversion": given.aversion,
        "may_change": may_change,
        "is_draft": is_draft,
        "settings": settings,
        "problems": sent.non_field_errors() if request.method == "POST" else [],
        "missing": rubrics.missing(version) if version and is_draft else [],
        "preview": reads.preview(version, request.user) if version and is_draft and may_change else None,
        "in_force": reads.current().version,
    }
    status = status_of(sent) if request.method == "POST" else 200
    return render(request, "projects/rubric_detail.html", context, status=status)


def do(request: HttpRequest, version: RubricVersion, does: str, form: Any) -> None:
    """One of the acts on a draft."""
    by = request.user
    if does == "settings":
        rubrics.change(version, **form.cleaned_data, by=by)
        messages.success(request, _("Kept."))
    elif does == "drop":
        rubrics.drop(version, request.POST.get("code", ""), by=by)
    elif does == "publish":
        rubrics.publish(version, by=by)
        messages.success(request, _("In force: new votes are opened with it."))
    elif does == "discard":
        rubrics.discard(version, by=by)
        messages.success(request, _("The draft is gone."))
    else:
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rubric_criterion(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """One criterion of the draft, or a new one."""
    version = version_of(request, number)
    row = next((each for each in version.criteria if each["code"] == code), None) if version else None
    if version is None or (row is None and code != NEW):
        raise Http404
    verdict = rules.rubrics.may_change(request.user, version)
    if request.method == "POST":
        require(verdict)
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=shown(row))
    act = lambda: rubrics.put(version, unspoken(form.criterion, row), by=request.user, instead_of=old(row))  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:rubric_detail", number=number)
    context = {"form": form, "version": version, "verdict": verdict, "row": row}
    return render(request, "projects/rubric_criterion.html", context, status=status_of(form))


def old(row: dict[str, Any] | None) -> str:
    """Which one is replaced."""
    return row["code"] if row else ""


def shown(row: dict[str, Any] | None) -> dict[str, Any]:
    """A kept criterion as the form shows it, in the reader's words."""
    if row is None:
        return {}
    levels = {f"level_{level}": reads.spoken(text) for level, text in row["anchors"].items()}
    return {"code": row["code"], "label": reads.spoken(row["label"]), "weight": row["weight"], **levels}


def unspoken(given: dict[str, Any], row: dict[str, Any] | None) -> dict[str, Any]:
    """What was not rewritten keeps the words that are translated."""
    if row is None:
        return given
    same = lambda text, kept: kept if kept and reads.spoken(kept) == text else text  # noqa: E731
    anchors = {level: same(text, row["anchors"].get(level)) for level, text in given["anchors"].items()}
    return given | {"label": same(given["label"], row["label"]), "anchors": anchors}
