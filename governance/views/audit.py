"""Reading, exporting and verifying the audit trail."""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from governance.audit_words import sentence
from governance.filters import AuditFilter
from governance.forms.registry import DayForm
from governance.rules.portfolio import may_read_audit
from governance.selectors import as_of, trail as trail_selectors
from governance.services import trail
from portal.core import clock
from portal.core.models import AuditEvent
from portal.core.verdicts import require


@require_safe
@login_required
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who did what to what, when; the newest first."""
    require(may_read_audit(request.user))
    found = AuditFilter(request.GET, queryset=AuditEvent.objects.all(), request=request)
    page = Paginator(found.qs if found.is_valid() else found.queryset.none(), 50).get_page(
        request.GET.get("page")
    )
    events = [
        {
            "at": each.at,
            "who": each.actor,
            "text": f"{sentence(each.verb)}: {each.target}",
            "icon": "audit",
            "seq": each.seq,
            "verb": each.verb,
            "details": each.details,
            "hash": each.hash[:12],
            "subject": trail_selectors.page_of(each),
            "about": urlencode({"target_type": each.target_type, "target_id": each.target_id}),
        }
        for each in page
    ]
    context = {"filter": found, "page": page, "events": events, "asked": request.GET.urlencode()}
    return render(request, "governance/audit_list.html", context)


@require_safe
@login_required
def audit_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the filter shows, as a file."""
    require(may_read_audit(request.user))
    found = AuditFilter(request.GET, queryset=AuditEvent.objects.all(), request=request)
    if not found.is_valid():
        return redirect(f"{reverse('governance:audit_list')}?{request.GET.urlencode()}")
    asked = {name: value for name, value in request.GET.items() if value}
    lines = trail.export(found.qs, kind, asked, by=request.user)
    answer = StreamingHttpResponse(lines, content_type=f"{trail.FORMATS[kind]}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{clock.today():%Y-%m-%d}.{kind}"'
    return answer


@require_POST
@login_required
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say what was found."""
    checked = trail.verify(by=request.user)
    found = AuditEvent.objects.filter(seq=checked.broken_at).first() if checked.broken_at else None
    context = {"checked": checked, "event": found, "problem": in_words(checked.problem)}
    if found:
        context["sentence"] = f"{sentence(found.verb)}: {found.target}"
    return render(request, "governance/audit_verify.html", context)


PROBLEMS = {
    "it does not follow the event before it": _(
        "it does not follow the event before it: one was put in, taken out or moved"
    ),
    "it was put in": _("it was put in: the chain does not know it"),
    "its content was changed": _("its content was changed"),
    "it differs from the exported head": _("it differs from the head that was exported earlier"),
    "events at the end are missing": _("events at the end are missing"),
}


def in_words(problem: str) -> Any:
    """What is wrong, in the reader's language."""
    missing = re.fullmatch(r"event (\d+) is missing", problem)
    if missing:
        return gettext("event %(seq)s is missing: it was removed") % {"seq": missing[1]}
    return PROBLEMS.get(problem) or gettext(problem)


def subject_or_404(request: HttpRequest, kind: str, pk: str) -> trail_selectors.Subject:
    """The thing, for those who read the trail."""
    require(may_read_audit(request.user))
    subject = trail_selectors.subject_of(kind, pk)
    if subject is None:
        raise Http404
    return subject


@require_safe
@login_required
def audit_subject(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Everything about one thing: its timeline, and its state at the end of a day."""
    subject = subject_or_404(request, kind, pk)
    form = DayForm(request.GET if request.GET.get("on") else None)
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    rows = trail_selectors.events_of(subject, day)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    facts = as_of.state_on(subject.thing, day or clock.today())
    context = {
        "subject": subject,
        "form": form,
        "day": day,
        "state": [(fact.label, ", ".join(fact.values) or "–") for fact in facts],
        "page": page,
        "events": [
            {"at": e.at, "who": e.actor, "text": f"{sentence(e.verb)}: {e.target}", "icon": "circle-dot"}
            for e in page
        ],
        "asked": urlencode({"on": day.isoformat()}) if day else "",
    }
    return render(request, "governance/audit_subject.html", context)


@require_safe
@login_required
def audit_subject_export(request: HttpRequest, kind: str, pk: str, what: str, form: str) -> HttpResponseBase:
    """The timeline, or the state on a day, as a file."""
    subject = subject_or_404(request, kind, pk)
    asked = DayForm(request.GET if request.GET.get("on") else None)
    if asked.is_bound and not asked.is_valid():
        return redirect(
            f"{reverse('governance:audit_subject', args=[kind, pk])}?{urlencode({'on': request.GET['on']})}"
        )
    day = asked.cleaned_data["on"] if asked.is_bound else None
    lines = trail.export_subject(subject, what, form, day, by=request.user)
    answer = StreamingHttpResponse(lines, content_type=f"{trail.FORMATS[form]}; charset=utf-8")
    name = f"{what}-{kind}-{day or clock.today():%Y-%m-%d}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
