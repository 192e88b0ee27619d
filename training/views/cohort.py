"""For community leads: who is asked to learn what until when, problems reported, and the literacy register."""

import csv
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.verdicts import require
from training import registers, studio_rules
from training.forms import AssignForm, ReplyForm, TimeForm
from training.models import Assignment, LessonProblem
from training.services import allowances, assignments, notes


@require_safe
@login_required
def cohort(request: HttpRequest) -> HttpResponse:
    """Progress, exam and due day of everybody asked."""
    require(studio_rules.may_see_cohort(request.user))
    return cohort_page(request)


def cohort_page(
    request: HttpRequest, *, assign: Any = None, time: Any = None, status: int = 200
) -> HttpResponse:
    """The page, with the forms as they were filled in."""
    rows = registers.cohort(request.user)
    context = {
        "rows": rows,
        "late": sum(1 for row in rows if row.state == "late"),
        "blocked": sum(1 for row in rows if row.state == "blocked"),
        "done": sum(1 for row in rows if row.state == "done"),
        "may_assign": studio_rules.may_assign(request.user),
        "assign": assign or AssignForm(),
        "time": time or TimeForm(),
    }
    return render(request, "training/cohort.html", context, status=status)


def refused(form: forms.Form, problem: ValidationError) -> None:
    """The service's words beside the fields."""
    for name, found in getattr(problem, "error_dict", {None: problem.error_list}).items():
        form.add_error(name if name in form.fields else None, found)


@require_POST
@login_required
def assignment_new(request: HttpRequest) -> HttpResponse:
    """Ask people to follow a path."""
    require(studio_rules.may_assign(request.user))
    form = AssignForm(request.POST)
    if form.is_valid():
        try:
            made = assignments.assign(**form.cleaned_data, by=request.user)
            messages.success(request, _("Asked: %(n)s people.") % {"n": len(made)})
            return redirect("training:cohort")
        except ValidationError as problem:
            refused(form, problem)
    return cohort_page(request, assign=form, status=422)


@require_POST
@login_required
def assignment_withdraw(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take an assignment back."""
    assignment = get_object_or_404(Assignment.objects.visible_to(request.user).for_list(), pk=pk)
    assignments.withdraw(assignment, by=request.user)
    return redirect("training:cohort")


@require_POST
@login_required
def exam_time(request: HttpRequest) -> HttpResponse:
    """More time in exams for one person."""
    require(studio_rules.may_assign(request.user))
    form = TimeForm(request.POST)
    if form.is_valid():
        person, percent = form.cleaned_data["person"], form.cleaned_data["extra_percent"]
        allowances.allow_time(person, extra_percent=percent, by=request.user)
        messages.success(request, _("Kept for %(name)s.") % {"name": person.display_name})
        return redirect("training:cohort")
    return cohort_page(request, time=form, status=422)


@require_safe
@login_required
def register(request: HttpRequest) -> HttpResponse:
    """The AI-literacy register, as a page or for the auditors as CSV."""
    require(studio_rules.may_see_cohort(request.user))
    rows = registers.literacy(request.user)
    if request.GET.get("format") == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="ai-literacy.csv"'
        csv.writer(response).writerows(
            [[harmless(cell) for cell in row] for row in registers.as_csv_rows(rows)]
        )
        return response
    context = {"rows": rows, "without": sum(1 for row in rows if not row.has_measure)}
    return render(request, "training/register.html", context)


def harmless(cell: str) -> str:
    """A spreadsheet must not take a text for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


@require_safe
@login_required
def problem_list(request: HttpRequest) -> HttpResponse:
    """Problems that readers reported; one's own for everybody else."""
    rows = LessonProblem.objects.visible_to(request.user).for_list()[:100]
    return problem_page(request, list(rows))


def problem_page(
    request: HttpRequest, rows: list[LessonProblem], *, wrong: Any = None, error: str = "", status: int = 200
) -> HttpResponse:
    """The list, with an error beside the answer that caused it."""
    lines = [
        {
            "problem": each,
            "color": LessonProblem.COLORS[each.state],
            "may_settle": studio_rules.may_settle(request.user, each),
            "error": error if wrong == each.pk else "",
        }
        for each in rows
    ]
    return render(request, "training/problem_list.html", {"lines": lines, "form": ReplyForm()}, status=status)


@require_POST
@login_required
def problem_settle(request: HttpRequest, pk: Any) -> HttpResponse:
    """Answer a problem."""
    problem = get_object_or_404(LessonProblem.objects.visible_to(request.user).for_list(), pk=pk)
    try:
        notes.settle(problem, reply=request.POST.get("reply", ""), by=request.user)
    except ValidationError as wrong:
        rows = list(LessonProblem.objects.visible_to(request.user).for_list()[:100])
        return problem_page(request, rows, wrong=problem.pk, error=" ".join(wrong.messages), status=422)
    return redirect("training:problem_list")
