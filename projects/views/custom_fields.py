"""Pages of custom fields: which there are, and one of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.verdicts import require
from projects import rules
from projects.forms.custom_fields import CustomFieldForm
from projects.models import CustomField
from projects.services import custom_fields
from projects.views.answers import carried_out, status_of

CHANGEABLE = ("label", "help_text", "options", "required_from")


def field_of(request: HttpRequest, pk: UUID) -> CustomField:
    """A field, or 404."""
    return get_object_or_404(CustomField.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def custom_field_list(request: HttpRequest) -> HttpResponse:
    """All fields; a POST defines one."""
    may_define = rules.custom_fields.may_define(request.user)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_define)
    form = CustomFieldForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form,
        lambda: custom_fields.define(**form.cleaned_data, by=request.user),  # type: ignore[arg-type]
    ):
        messages.success(request, _("Every use case has this field now."))
        return redirect("projects:custom_field_list")
    found = list(CustomField.objects.visible_to(request.user))  # type: ignore[arg-type]
    context: dict[str, Any] = {
        "active": [each for each in found if each.retired_at is None],
        "retired": [each for each in found if each.retired_at is not None],
        "form": form,
        "may_define": may_define,
    }
    return render(request, "projects/custom_field_list.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def custom_field_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change one; key and kind stay."""
    field = field_of(request, pk)
    may_change = rules.custom_fields.may_change(request.user, field)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_change)
    initial = {name: getattr(field, name) for name in CHANGEABLE}
    form = CustomFieldForm(request.POST or None, field=field, initial=initial)
    if request.method == "POST" and carried_out(
        form,
        lambda: custom_fields.change(field, **form.cleaned_data, by=request.user),  # type: ignore[arg-type]
    ):
        messages.success(request, _("Kept."))
        return redirect("projects:custom_field_list")
    context = {
        "field": field,
        "form": form,
        "may_change": may_change,
        "may_restore": rules.custom_fields.may_restore(request.user, field),  # type: ignore[arg-type]
    }
    return render(request, "projects/custom_field_edit.html", context, status=status_of(form))


@require_POST
@login_required
def custom_field_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Retire, or ask for it again."""
    field = field_of(request, pk)
    try:
        (custom_fields.retire if act == "retire" else custom_fields.restore)(field, by=request.user)  # type: ignore[arg-type]
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(
            request, _("Retired: what was written is kept.") if act == "retire" else _("Asked for again.")
        )
    return redirect("projects:custom_field_list")
