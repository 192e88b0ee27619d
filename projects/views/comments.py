"""Changing what was said, signs below it, and how much one hears."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.verdicts import require
from projects import rules
from projects.forms.use_cases import CommentForm
from projects.models import Comment
from projects.selectors import watching as reads
from projects.services import comments, watching
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.deeds import done


def find_comment(request: HttpRequest, pk: UUID, comment: UUID) -> Comment:
    """A comment on a use case the reader sees."""
    use_case = find(request, pk)
    found = get_object_or_404(Comment.objects.select_related("author"), use_case=use_case, pk=comment)
    found.use_case = use_case
    return found


def talk_url(pk: UUID) -> str:
    """Where the discussion stands."""
    return f"{reverse('projects:use_case_detail', args=[pk])}#comments"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def comment_edit(request: HttpRequest, pk: UUID, comment: UUID) -> HttpResponse:
    """Say it better."""
    found = find_comment(request, pk, comment)
    verdict = rules.comments.may_edit(request.user, found)  # type: ignore[arg-type]
    if request.method == "POST":
        require(verdict)
    form = CommentForm(request.POST or None, initial={"text": found.text})
    act = lambda: comments.edit(found, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect(talk_url(pk))
    context = frame(found.use_case, "comment") | {"comment": found, "form": form, "verdict": verdict}
    return render(request, "projects/comment.html", context, status=status_of(form))


@require_POST
@login_required
def comment_withdraw(request: HttpRequest, pk: UUID, comment: UUID) -> HttpResponse:
    """Take the words back."""
    found = find_comment(request, pk, comment)
    done(request, lambda: comments.withdraw(found, by=request.user))  # type: ignore[arg-type]
    return redirect(talk_url(pk))


@require_POST
@login_required
def comment_react(request: HttpRequest, pk: UUID, comment: UUID) -> HttpResponse:
    """Leave a sign, or take it away."""
    found = find_comment(request, pk, comment)
    done(request, lambda: comments.react(found, kind=request.POST.get("kind", ""), by=request.user))  # type: ignore[arg-type]
    return redirect(talk_url(pk))


@require_POST
@login_required
def use_case_watch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose how much one hears."""
    use_case = find(request, pk)
    if done(request, lambda: watching.watch(use_case, level=request.POST.get("level", ""), by=request.user)):  # type: ignore[arg-type]
        messages.success(request, _("Noted: you hear of this use case as you chose."))
    return redirect("projects:use_case_detail", pk=pk)


@require_safe
@login_required
def use_case_people(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fragment: people to mention who see this use case."""
    use_case = find(request, pk)
    found = reads.offered(use_case, request.GET.get("q", "").strip()[:60])
    return render(request, "projects/people_offered.html", {"found": found})
