"""The score page: open a vote, give one's levels, agree."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.core.models import User
from portal.core.verdicts import Verdict, no
from projects import rules
from projects.forms.framing import EstimateForm
from projects.forms.squads import AgreeForm, VoteForm
from projects.forms.use_cases import EmptyForm
from projects.models import UseCase
from projects.selectors.lenses import lenses_of
from projects.selectors.scores import ScorePage, score_page
from projects.services import estimates, scores
from projects.views.answers import carried_out, find, frame, status_of


def figures_of(use_case: UseCase) -> dict[str, Any]:
    """The estimates given so far, as the form shows them."""
    estimate = getattr(use_case, "estimate", None)
    return {name: getattr(estimate, name, None) for name in estimates.FIELDS}


def vote_form(page: ScorePage, data: Any) -> VoteForm:
    """The levels one gave before, or nothing."""
    first: dict[str, Any] = {}
    if page.own_vote:
        first = {**page.own_vote.levels, "note": page.own_vote.note}
        first |= {f"{code}_evidence": proof for code, proof in page.own_vote.evidence.items()}
    return VoteForm(data, initial=first, asks=page.asks)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_score(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agreed figures with what would raise them; while a vote is open, one's own levels only."""
    use_case = find(request, pk)
    user: User = request.user  # type: ignore[assignment]
    page = score_page(use_case, user)
    does = request.POST.get("does", "")
    vote = vote_form(page, request.POST if does == "vote" else None)
    agree = AgreeForm(request.POST if does == "agree" else None, auto_id="agree_%s")
    estimate = EstimateForm(
        request.POST if does == "estimate" else None, initial=figures_of(use_case), auto_id="estimate_%s"
    )
    sent: forms.Form = {"vote": vote, "agree": agree, "estimate": estimate}.get(does) or EmptyForm(
        request.POST
    )
    if request.method == "POST" and carried_out(sent, lambda: do(does, use_case, page, sent, user)):
        return redirect("projects:use_case_score", pk=pk)
    context = (
        frame(use_case, "score")
        | verdicts(page, use_case, user)
        | {"page": page, "vote": vote, "agree": agree, "estimate": estimate}
        | {"lenses": lenses_of(use_case, user, page.agreed)}
    )
    return render(
        request, "projects/score.html", context, status=status_of(sent) if request.method == "POST" else 200
    )


def do(does: str, use_case: UseCase, page: ScorePage, form: Any, user: User) -> None:
    """One of the acts; without an open vote the last two go nowhere."""
    if does == "open":
        scores.open_card(use_case, by=user)
    elif does == "estimate":
        estimates.give(use_case, **form.cleaned_data, by=user)
    elif page.open_card and does == "vote":
        scores.vote(
            page.open_card,
            levels=form.levels,
            evidence=form.evidence,
            note=form.cleaned_data["note"],
            by=user,
        )
    elif page.open_card and does == "agree":
        scores.agree(page.open_card, comment=form.cleaned_data["comment"], by=user)


def verdicts(page: ScorePage, use_case: UseCase, user: User) -> dict[str, Verdict]:
    """What the reader may do here."""
    card = page.open_card
    return {
        "may_open": rules.scores.may_open(user, use_case),
        "may_estimate": rules.scores.may_estimate(user, use_case),
        "may_vote": rules.scores.may_vote(user, card) if card else no("", code="score.no_card"),
        "may_agree": rules.scores.may_agree(user, card) if card else no("", code="score.no_card"),
    }
