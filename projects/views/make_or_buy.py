"""Make or buy: the questions, what follows from the answers, and the decision."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects import bids, buying, rules
from projects.forms.framing import AssessmentForm, DecisionForm, initial_of
from projects.models import MakeOrBuyAssessment, Offer, UseCase
from projects.selectors import offers
from projects.services import make_or_buy, use_cases
from projects.views.answers import carried_out, find, frame, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_make_or_buy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answers, recommendation, decision; a POST keeps the answers or decides."""
    use_case = find(request, pk)
    assessment = MakeOrBuyAssessment.objects.filter(use_case=use_case).select_related("assessed_by").first()
    does = request.POST.get("does", "")
    answers = AssessmentForm(request.POST if does == "assess" else None, initial=initial_of(assessment))
    choice = assessment.recommendation if assessment else ""
    decision = DecisionForm(
        request.POST if does == "decide" else None, initial={"choice": choice}, auto_id="decide_%s"
    )
    sent = {"assess": answers, "decide": decision}.get(does)
    if request.method == "POST" and sent is None:
        return redirect("projects:use_case_make_or_buy", pk=pk)
    if sent is not None and carried_out(sent, lambda: do(request, use_case, does, sent)):
        return redirect("projects:use_case_make_or_buy", pk=pk)
    judged = offers.judged(use_case, assessment)
    context = frame(use_case, "make_or_buy") | {
        "assessment": assessment,
        "found": reading(use_case, assessment, judged),
        "offers": judged,
        "offer_answers": answers_of(judged),
        "may_add_offer": rules.offers.may_add(request.user, use_case),
        "answers": answers,
        "decision": decision,
        "may_assess": rules.make_or_buy.may_assess(request.user, use_case),
        "may_decide": rules.use_cases.may_decide_make_or_buy(request.user, use_case),
    }
    status = status_of(sent) if sent is not None else 200
    return render(request, "projects/make_or_buy.html", context, status=status)


def do(request: HttpRequest, use_case: UseCase, does: str, form: Any) -> None:
    """Keep the answers, or decide."""
    if does == "assess":
        make_or_buy.assess(use_case, **form.given, by=request.user)
        messages.success(request, _("Kept. See what follows from it."))
    else:
        use_cases.decide_make_or_buy(use_case, **form.cleaned_data, by=request.user)
        messages.success(request, _("Decided."))


def answers_of(judged: list[bids.Judged]) -> list[tuple[Any, list[Any]]]:
    """Question by question what each vendor says."""
    words = dict(Offer.Answer.choices) | {"": "–"}
    return [
        (question, [words[each.bid.answers[code]] for each in judged])
        for code, question in bids.QUESTIONS.items()
    ]


def reading(
    use_case: UseCase, assessment: MakeOrBuyAssessment | None, judged: list[bids.Judged]
) -> dict[str, Any]:
    """The assessment in words: first opinion, vetoes, balance, cost year by year."""
    if assessment is None:
        return {}
    is_prohibited = use_case.risk_tier == UseCase.Tier.PROHIBITED
    first, why = buying.FIRST_OPINION[assessment.category]
    money = bids.costs_with(assessment.costs, judged)
    facts = bids.facts_with(assessment.facts, judged)
    flows = buying.flows(money)
    names = dict(UseCase.MakeOrBuy.choices)
    shown = [option for option in ("make", "buy") if buying.has_costs(money, option)]
    return {
        "first": names.get(first, ""),
        "first_why": why,
        "vetoes": buying.vetoes(facts, is_prohibited=is_prohibited),
        "recommendation": names.get(assessment.recommendation, ""),
        "open": [each.label for each in buying.CRITERIA if each.code not in assessment.scores],
        "costs": [
            {
                "label": names[option],
                "years": flows[option],
                "total": buying.three_year_cost(money, option),
            }
            for option in shown
        ],
        "rate": assessment.costs.get("rate", buying.COSTS["rate"][2]),
        "is_against": use_case.make_or_buy not in {"undecided", assessment.recommendation}
        and bool(assessment.recommendation),
    }
