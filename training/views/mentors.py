"""Mentors: who has room, one's own offer, asking, and the two people's own page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.states import IllegalMove
from projects.models import UseCase
from training import community_reads, community_rules, mentor_rules
from training.community_forms import AskMentorForm, OfferForm, WordForm
from training.filters import MentorOfferFilter
from training.models import MentorOffer, Mentorship
from training.services import mentoring
from training.views.cohort import refused


@require_safe
@login_required
def mentor_list(request: HttpRequest) -> HttpResponse:
    """Everybody who offers, by name, and one's own offer."""
    return mentors_page(request, None)


def mentors_page(request: HttpRequest, form: OfferForm | None, *, status: int = 200) -> HttpResponse:
    """The list, with the offer form as it was filled in."""
    visible = MentorOffer.objects.visible_to(request.user).for_list()
    own = visible.filter(mentor=request.user).first()
    rows = visible.filter(is_open=True).exclude(mentor=request.user).order_by("mentor__display_name", "id")
    found = MentorOfferFilter(request.GET or None, queryset=rows)
    page = Paginator(found.qs, 25).get_page(request.GET.get("page"))
    initial = {"topics": own.topics, "capacity": own.capacity, "is_open": own.is_open} if own else None
    context = {
        "filter": found,
        "page": page,
        "own": own,
        "form": form or OfferForm(initial=initial),
        "may_offer": mentor_rules.may_offer(request.user),
        "mine": Mentorship.objects.visible_to(request.user).for_list().filter(state__in=["asked", "active"]),
    }
    return render(request, "training/mentor_list.html", context, status=status)


@require_POST
@login_required
def mentor_offer(request: HttpRequest) -> HttpResponse:
    """Offer, or change one's offer."""
    form = OfferForm(request.POST)
    if form.is_valid():
        try:
            mentoring.offer(**form.cleaned_data, by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            messages.success(request, _("Your offer is kept."))
            return redirect("training:mentor_list")
    return mentors_page(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mentor_ask(request: HttpRequest, pk: Any) -> HttpResponse:
    """Ask this mentor."""
    offer = get_object_or_404(MentorOffer.objects.visible_to(request.user).for_list(), pk=pk)
    form = AskMentorForm(
        request.POST or None, user=request.user, initial={"use_case": request.GET.get("use_case")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = mentoring.ask(offer, **form.cleaned_data, by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            messages.success(request, _("Asked. You are told as soon as there is an answer."))
            return redirect("training:mentorship_detail", pk=made.pk)
    context = {"offer": offer, "form": form, "may_ask": mentor_rules.may_ask(request.user, offer)}
    return render(request, "training/mentor_ask.html", context, status=422 if form.errors else 200)


def visible(request: HttpRequest, pk: Any) -> Mentorship:
    """A mentorship the reader may see."""
    return get_object_or_404(Mentorship.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def mentorship_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """Who, on what, since when, and what can be done."""
    return mentorship_page(request, visible(request, pk), WordForm())


def mentorship_page(
    request: HttpRequest, found: Mentorship, form: WordForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The page of the two."""
    user = request.user
    context = {
        "mentorship": found,
        "color": Mentorship.COLORS[found.state],
        "use_case": community_reads.seen_case(user, found),
        "is_mentor": found.mentor_id == user.pk,
        "is_mine": user.pk in {found.mentor_id, found.learner_id},
        "form": form,
        "error": error,
        "may": {
            "accept": mentor_rules.may_accept(user, found),
            "decline": mentor_rules.may_decline(user, found),
            "withdraw": mentor_rules.may_withdraw(user, found),
            "end": mentor_rules.may_end(user, found),
            "talk": mentor_rules.may_note_talk(user, found),
        },
    }
    return render(request, "training/mentorship_detail.html", context, status=status)


WITH_WORD = {"accept": mentoring.accept, "decline": mentoring.decline, "end": mentoring.end}
PLAIN = {"withdraw": mentoring.withdraw, "talk": mentoring.note_talk}


@require_POST
@login_required
def mentorship_act(request: HttpRequest, pk: Any, act: str) -> HttpResponse:
    """Accept, decline, withdraw, end, or note a talk."""
    found, form = visible(request, pk), WordForm(request.POST)
    if act not in {*WITH_WORD, *PLAIN}:
        raise Http404
    if not form.is_valid():
        return mentorship_page(request, found, form, status=422)
    try:
        if act in WITH_WORD:
            WITH_WORD[act](found, text=form.cleaned_data["text"], by=request.user)
        else:
            PLAIN[act](found, by=request.user)
    except IllegalMove as problem:
        return mentorship_page(request, visible(request, pk), form, error=str(problem), status=409)
    return redirect("training:mentorship_detail", pk=found.pk)


@require_safe
@login_required
def use_case_panel(request: HttpRequest, use_case_pk: Any) -> HttpResponse:
    """On the page of a use case: who supervises it, questions about it, and how to find a mentor."""
    use_case = get_object_or_404(UseCase.objects.visible_to(request.user), pk=use_case_pk)
    context = {
        "use_case": use_case,
        "supervision": community_reads.supervision(use_case),
        "works_here": mentor_rules.works_on(request.user, use_case),
        "may_ask": community_rules.may_ask(request.user),
    }
    return render(request, "training/use_case_panel.html", context)
