"""The value of a use case."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from governance.forms.acts import LineForm, MeasurementForm
from governance.models import BenefitLine, Measurement
from governance.models.benefits import EVIDENCE_COLORS
from governance.rules import benefits as rules
from governance.services import benefits
from governance.views.answers import attempt, attempt_or_tell
from portal.core.models import User
from projects.models import UseCase


def described(line: BenefitLine, user: User) -> dict[str, object]:
    """A line with its measurements and what the reader may do."""
    rows = [
        (each, Measurement.COLORS[each.state], rules.may_verify(user, each))
        for each in line.measurements.all()
    ]
    verified = sum(each.amount for each, _color, _verdict in rows if each.state == Measurement.State.VERIFIED)
    return {
        "line": line,
        "color": EVIDENCE_COLORS[line.evidence],
        "rows": rows,
        "verified": verified,
        "may_change": rules.may_change(user, line),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def value_detail(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """Expected lines, realised figures; the form adds a line."""
    use_case = get_object_or_404(UseCase.objects.visible_to(request.user).for_list(), pk=use_case_pk)
    form = LineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done, _line = attempt(form, lambda: benefits.add_line(use_case, **form.cleaned_data, by=request.user))
        if done:
            messages.success(request, _("The expected benefit is entered."))
            return redirect("governance:value_detail", use_case_pk=use_case.pk)
    lines = BenefitLine.objects.filter(use_case=use_case).for_list()
    context = {
        "use_case": use_case,
        "lines": [described(line, request.user) for line in lines],
        "form": form,
        "may_enter": rules.may_enter(request.user, use_case),
        "measurement_form": MeasurementForm(),
    }
    return render(request, "governance/value_detail.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def measurement_new(request: HttpRequest, pk: str) -> HttpResponse:
    """Report what was realised."""
    line = get_object_or_404(BenefitLine.objects.visible_to(request.user).for_list(), pk=pk)
    form = MeasurementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done, _made = attempt(form, lambda: benefits.report(line, **form.cleaned_data, by=request.user))
        if done:
            messages.success(request, _("Reported. Finance verifies it."))
            return redirect("governance:value_detail", use_case_pk=line.use_case_id)
    context = {
        "line": line,
        "use_case": line.use_case,
        "form": form,
        "verdict": rules.may_change(request.user, line),
    }
    return render(request, "governance/measurement_new.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def measurement_settle(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """Verify or dispute."""
    found = get_object_or_404(Measurement.objects.visible_to(request.user).for_list(), pk=pk)
    note = request.POST.get("note", "")
    if act == "verify":
        attempt_or_tell(request, lambda: benefits.verify(found, note=note, by=request.user), _("Verified."))
    else:
        attempt_or_tell(
            request, lambda: benefits.dispute(found, note=note, by=request.user), _("Noted: not accepted.")
        )
    return redirect("governance:value_detail", use_case_pk=found.line.use_case_id)
