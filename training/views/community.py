"""Questions and answers between colleagues."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from training import community_rules
from training.filters import HelpQuestionFilter
from training.forms import HelpAnswerForm, HelpQuestionForm
from training.models import HelpQuestion
from training.services import community


@require_safe
@login_required
def help_list(request: HttpRequest) -> HttpResponse:
    """Newest first; filters by lesson and by what is still open."""
    rows = HelpQuestion.objects.visible_to(request.user).for_list()
    found = HelpQuestionFilter(request.GET or None, queryset=rows)
    page = Paginator(found.qs, 25).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "filter": found,
        "page": page,
        "kept": f"{kept.urlencode()}&" if kept else "",
        "may_ask": community_rules.may_ask(request.user),
    }
    return render(request, "training/help_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def help_ask(request: HttpRequest) -> HttpResponse:
    """Ask; the lesson or use case may be named in the address."""
    form = HelpQuestionForm(
        request.POST or None,
        user=request.user,
        initial={name: request.GET.get(name) for name in ("lesson", "use_case")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            question = community.ask(**form.cleaned_data, by=request.user)
            return redirect("training:help_detail", pk=question.pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    return render(request, "training/help_ask.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def help_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """The question with its answers; a POST answers."""
    question = get_object_or_404(HelpQuestion.objects.visible_to(request.user).for_list(), pk=pk)
    form = HelpAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            community.answer(question, text=form.cleaned_data["text"], by=request.user)
            return redirect("training:help_detail", pk=question.pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    context = {
        "question": question,
        "answers": question.answers.select_related("author"),
        "form": form,
        "may_accept": community_rules.may_accept(request.user, question),
    }
    return render(request, "training/help_detail.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def help_accept(request: HttpRequest, pk: Any, answer_pk: Any) -> HttpResponse:
    """Say which answer helped."""
    question = get_object_or_404(HelpQuestion.objects.visible_to(request.user).for_list(), pk=pk)
    answer = get_object_or_404(question.answers.select_related("author"), pk=answer_pk)
    community.accept(question, answer=answer, by=request.user)
    return redirect("training:help_detail", pk=question.pk)
