"""Editing what stands before what: one rule at a time, the whole graph checked at each save."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.core.states import IllegalMove
from portal.core.verdicts import require
from training import graph, graph_words, studio_rules
from training.forms import PrerequisiteForm
from training.models import Prerequisite, PrerequisiteEdition
from training.services import prerequisites


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def prerequisite_list(request: HttpRequest) -> HttpResponse:
    """The rules with their editions; a POST puts one in, changes one or takes one out."""
    require(studio_rules.may_enter_studio(request.user))
    rules = [row.rule for row in Prerequisite.objects.all()]
    if request.method == "GET" or request.method == "HEAD":
        return page(request, rules, blank_form(request, rules))
    require(studio_rules.may_write(request.user))
    if request.POST.get("act") == "remove":
        return removed(request, rules)
    form = PrerequisiteForm(request.POST)
    if not form.is_valid():
        return page(request, rules, form, status=422)
    place = form.cleaned_data["position"]
    rule = form.rule
    changed = [*rules, rule] if place is None else [*rules[:place], rule, *rules[place + 1 :]]
    try:
        publish(request, changed, base=form.cleaned_data["base"], note=form.cleaned_data["note"])
    except ValidationError as problem:
        for name, found in problem.error_dict.items():
            form.add_error(name if name in form.fields else None, found)
        return page(request, rules, form, status=422)
    except IllegalMove as problem:
        form.add_error(None, str(problem))
        return page(request, rules, form, status=409)
    return redirect("training:prerequisite_list")


def publish(request: HttpRequest, rules: list[graph.Rule], *, base: int, note: str = "") -> None:
    """One call of the service, and a word."""
    prerequisites.publish(rules, base=base, note=note, by=request.user)
    messages.success(request, _("Saved. What people have finished stays finished."))


def number(text: str) -> int | None:
    """A small whole number of a form or address."""
    return int(text[:6]) if text.isascii() and text.isdigit() else None


def removed(request: HttpRequest, rules: list[graph.Rule]) -> HttpResponse:
    """Without one rule; a stale page is told so."""
    place, base = number(request.POST.get("position", "")), number(request.POST.get("base", ""))
    if place is None or base is None or place >= len(rules):
        messages.error(request, _("This rule is not there any more."))
        return redirect("training:prerequisite_list")
    try:
        publish(request, [*rules[:place], *rules[place + 1 :]], base=base)
    except (IllegalMove, ValidationError) as problem:
        messages.error(request, " ".join(getattr(problem, "messages", [str(problem)])))
    return redirect("training:prerequisite_list")


def blank_form(request: HttpRequest, rules: list[graph.Rule]) -> PrerequisiteForm:
    """Empty, or filled with the rule named in the address."""
    initial: dict[str, Any] = {"base": prerequisites.newest(), "kind": graph.REQUIRES}
    place = number(request.GET.get("edit", ""))
    if place is not None and place < len(rules):
        rule = rules[place]
        initial |= {
            "position": place,
            "node": rule.node,
            "kind": rule.kind,
            "of": rule.of,
            "least": rule.least or None,
        }
    return PrerequisiteForm(initial=initial)


def page(
    request: HttpRequest, rules: list[graph.Rule], form: PrerequisiteForm, *, status: int = 200
) -> HttpResponse:
    """The table, the form and the last editions."""
    names, kinds = dict(graph_words.choices()), dict(Prerequisite.Kind.choices)
    lines = [
        {
            "position": place,
            "node": names.get(rule.node, rule.node),
            "kind": kinds.get(rule.kind, rule.kind),
            "least": rule.least if rule.kind == graph.ANY_OF else 0,
            "of": [names.get(each, each) for each in rule.of],
        }
        for place, rule in enumerate(rules)
    ]
    context = {
        "lines": lines,
        "form": form,
        "base": prerequisites.newest(),
        "is_edit": form["position"].value() not in (None, ""),
        "may_write": studio_rules.may_write(request.user),
        "editions": PrerequisiteEdition.objects.select_related("by")[:10],
    }
    return render(request, "training/prerequisite_list.html", context, status=status)
