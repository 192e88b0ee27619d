"""Templates: the list, one of them, and beginning from one or from another use case."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.verdicts import require
from projects import rules, standards
from projects.forms.framing import BeginForm, TemplateCriterionForm, TemplateForm, TemplateNameForm
from projects.forms.use_cases import EmptyForm
from projects.models import SquadRole, UseCase, UseCaseTemplate
from projects.services import templates
from projects.views.answers import carried_out, find, frame, status_of


@require_safe
@login_required
def template_list(request: HttpRequest) -> HttpResponse:
    """What one may begin with; those no longer offered for their keepers."""
    verdict = rules.templates.may_manage(request.user)
    shown = UseCaseTemplate.objects.visible_to(request.user)
    context = {
        "templates": shown if verdict else shown.in_use(),
        "may_manage": verdict,
    }
    return render(request, "projects/template_list.html", context)


def find_template(request: HttpRequest, pk: UUID) -> UseCaseTemplate:
    """The template, or 404."""
    return get_object_or_404(UseCaseTemplate.objects.visible_to(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def template_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One template; a POST begins a draft with it."""
    template = find_template(request, pk)
    verdict = rules.templates.may_begin(request.user, template)
    if request.method == "POST":
        require(verdict)
    form = BeginForm(request.POST if request.method == "POST" else None)
    made: list[UseCase] = []
    act = lambda: made.append(templates.begin(template, **form.cleaned_data, by=request.user))  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:proposal_step", pk=made[0].pk, step="decision")
    context = {
        "template": template,
        "details": [(UseCase._meta.get_field(name).verbose_name, said(name, text)) for name, text in template.details.items()],
        "roles": [SquadRole(role).label for role in template.roles],
        "standards": [standards.BY_CODE[code].label for code in template.standards if code in standards.BY_CODE],
        "used": template.use_cases.visible_to(request.user).count(),  # type: ignore[attr-defined]
        "form": form,
        "may_begin": verdict,
        "may_manage": rules.templates.may_manage(request.user),
        "trail": [(_("Templates"), "/templates/")],
    }  # fmt: skip
    return render(request, "projects/template_detail.html", context, status=status_of(form))


def said(name: str, text: str) -> Any:
    """The words of a field; of a choice its label."""
    return UseCase.Kind(text).label if name == "ai_kind" else text


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def template_new(request: HttpRequest) -> HttpResponse:
    """Write a template by hand."""
    verdict = rules.templates.may_manage(request.user)
    if request.method == "POST":
        require(verdict)
    form = TemplateForm(
        request.POST if request.method == "POST" else None, initial={"standards": standards.HOUSE}
    )
    made: list[UseCaseTemplate] = []
    act = lambda: made.append(templates.create(**form.content, by=request.user))  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:template_detail", pk=made[0].pk)
    context = {"form": form, "verdict": verdict, "trail": [(_("Templates"), "/templates/")]}
    return render(request, "projects/template_edit.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def template_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a template, its kill criteria, or whether it is offered."""
    template = find_template(request, pk)
    verdict = rules.templates.may_manage(request.user)
    if request.method == "POST":
        require(verdict)
    does = request.POST.get("does", "")
    change = TemplateForm(
        request.POST if does == "change" else None, initial=TemplateForm.initial_of(template)
    )
    criterion = TemplateCriterionForm(request.POST if does == "criterion" else None, auto_id="criterion_%s")
    sent: forms.Form = {"change": change, "criterion": criterion}.get(does) or EmptyForm(request.POST)
    if request.method == "POST" and carried_out(sent, lambda: do(request, template, does, sent)):
        return redirect("projects:template_edit", pk=pk)
    context = {
        "template": template,
        "form": change,
        "criterion": criterion,
        "verdict": verdict,
        "trail": [(_("Templates"), "/templates/"), (template.name, f"/templates/{template.pk}/")],
        "problems": sent.non_field_errors() if request.method == "POST" else [],
    }
    status = status_of(sent) if request.method == "POST" else 200
    return render(request, "projects/template_edit.html", context, status=status)


def do(request: HttpRequest, template: UseCaseTemplate, does: str, form: Any) -> None:
    """One of the acts on a template."""
    by = request.user
    if does == "change":
        templates.change(template, **form.content, by=by)
    elif does == "criterion":
        templates.change(template, criteria=[*template.criteria, form.cleaned_data], by=by)
    elif does == "drop":
        gone = request.POST.get("statement", "")
        kept = [row for row in template.criteria if row["statement"] != gone]
        templates.change(template, criteria=kept, by=by)
    elif does in {"retire", "offer"}:
        (templates.retire if does == "retire" else templates.offer)(template, by=by)
    messages.success(request, _("Kept."))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_to_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a template of a finished use case."""
    use_case = find(request, pk)
    verdict = rules.templates.may_make_from(request.user, use_case)
    if request.method == "POST":
        require(verdict)
    form = TemplateNameForm(
        request.POST if request.method == "POST" else None, initial={"name": use_case.title[:120]}
    )
    made: list[UseCaseTemplate] = []
    act = lambda: made.append(templates.make_from(use_case, **form.cleaned_data, by=request.user))  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:template_detail", pk=made[0].pk)
    context = frame(use_case, "standards") | {
        "form": form,
        "verdict": verdict,
        "title": _("Make a template of it"),
        "lead": _("Its words, kill criteria and roles, without its people, data and figures."),
        "action": _("Make the template"),
    }
    return render(request, "projects/template_begin.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a draft with the words of another use case."""
    use_case = find(request, pk)
    verdict = rules.templates.may_copy(request.user, use_case)
    if request.method == "POST":
        require(verdict)
    form = BeginForm(
        request.POST if request.method == "POST" else None, initial={"problem": use_case.problem}
    )
    made: list[UseCase] = []
    act = lambda: made.append(templates.copy(use_case, **form.cleaned_data, by=request.user))  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:proposal_step", pk=made[0].pk, step="decision")
    context = frame(use_case, "standards") | {
        "form": form,
        "verdict": verdict,
        "title": _("Begin another one like it"),
        "lead": _("A draft with its words; only you see it until you send it."),
        "action": _("Begin"),
    }
    return render(request, "projects/template_begin.html", context, status=status_of(form))
