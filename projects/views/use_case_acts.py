"""The acts on one use case, each a short page: what it does, a few fields, one button."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.core.models import User
from portal.core.verdicts import Verdict, require
from projects import rules
from projects.forms import use_cases as given
from projects.forms.framing import DecisionForm
from projects.models import UseCase
from projects.services import phases, pivots, undos, use_cases
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.undos import offered as offered_back


@dataclass(frozen=True)
class Act:
    """One act: its word, what it means, the form, the rule, the service."""

    label: Any
    lead: Any
    form: type[forms.Form]
    rule: Callable[[User, UseCase], Verdict]
    run: Callable[..., Any]
    icon: str = "arrow-right"
    style: str = "primary"
    confirm: Any = ""  # asked before what cannot be undone


ACTS: dict[str, Act] = {
    "submit": Act(_("Send to triage"), _("A portfolio manager reads it and answers."), given.AnswerForm, rules.use_cases.may_submit, use_cases.submit, "send"),
    "withdraw": Act(_("Take back"), _("It becomes a draft again that only you see."), given.EmptyForm, rules.use_cases.may_withdraw, use_cases.withdraw, "arrow-left", confirm=_("It leaves the queue of triage. Go on?")),
    "health": Act(_("Report health"), _("How the work goes, in one word and a sentence."), given.HealthForm, rules.use_cases.may_set_health, use_cases.set_health, "activity"),
    "tier": Act(_("Set the risk tier"), _("The tier says which gates ask for more. “Prohibited” stops every move forward."), given.TierForm, rules.use_cases.may_set_risk_tier, use_cases.set_risk_tier, "risk", confirm=_("This cannot be undone by yourself: a lower tier needs a second person. Go on?")),
    "make-or-buy": Act(_("Decide make or buy"), _("A common model is bought; a product with a part of AI is made; where the model is the product, try first."), DecisionForm, rules.use_cases.may_decide_make_or_buy, use_cases.decide_make_or_buy, "scale"),
    "owner": Act(_("Name another product owner"), _("The accountable person from now on; the former one is told."), given.OwnerForm, rules.use_cases.may_name_owner, use_cases.name_product_owner, "user-check"),
    "hold": Act(_("Put on hold"), _("It stays in its phase; the day says when to look again."), given.HoldForm, rules.use_cases.may_hold, use_cases.hold, "pause"),
    "resume": Act(_("Go on"), _("The hold ends now."), given.EmptyForm, rules.use_cases.may_resume, use_cases.resume, "play"),
    "turn": Act(_("Write the new direction"), _("Change what needs changing first: problem, kill criteria, time box. Then say in a few sentences what is different; the gate may be asked for again."), given.TurnForm, rules.pivots.may_turn, pivots.turn, "refresh"),
    "stop": Act(_("Stop with lessons"), _("Stopping early is a success: the money goes to what works, and the lessons stay for everybody. Work on it ends now."), given.StopForm, rules.phases.may_stop, phases.stop, "hand-stop", "danger", confirm=_("This ends the use case. Go on?")),
    "reopen": Act(_("Re-open"), _("A new spell begins; the old one stays in the history."), given.ReasonForm, rules.phases.may_reopen, phases.reopen, "refresh", confirm=_("A new spell begins and cannot be undone. Go on?")),
}  # fmt: skip


def offered(user: User, use_case: UseCase) -> list[dict[str, Any]]:
    """The acts this reader may carry out now."""
    return [
        {
            "label": act.label,
            "icon": act.icon,
            "url": reverse("projects:use_case_act", args=[use_case.pk, slug]),
        }
        for slug, act in ACTS.items()
        if act.rule(user, use_case)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Ask for what the act needs, then carry it out. A refused reader sees why instead of the form."""
    use_case = find(request, pk)
    if act not in ACTS:
        raise Http404
    chosen = ACTS[act]
    verdict = chosen.rule(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(verdict)
    form = chosen.form(request.POST if request.method == "POST" else None)
    call = lambda: chosen.run(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST":
        with undos.offering([use_case], act, by=request.user) as offer:  # type: ignore[arg-type]
            done = carried_out(form, call)
        if done:
            if offer.undo:
                offered_back(request, f"{use_case.ref}: {chosen.label}.", offer)
            return redirect("projects:use_case_detail", pk=use_case.pk)
    context = frame(use_case, act) | {"form": form, "act": chosen, "verdict": verdict}
    return render(request, "projects/use_case_act.html", context, status=status_of(form))
