"""Cycles and the small board of their stories."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.models import User
from portal.core.verdicts import require
from projects import rules
from projects.forms.teamwork import CycleCloseForm, CycleForm, StoryChangeForm, StoryForm
from projects.models import Cycle, Story, UseCase
from projects.selectors import cycles as reads
from projects.services import cycles, stories
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.deeds import done


def find_cycle(request: HttpRequest, pk: UUID, cycle: UUID) -> Cycle:
    """A cycle of a use case the reader sees."""
    use_case = find(request, pk)
    found = get_object_or_404(Cycle.objects.select_related("closed_by"), use_case=use_case, pk=cycle)
    found.use_case = use_case
    return found


def find_story(request: HttpRequest, pk: UUID, story: UUID) -> Story:
    """A story of a use case the reader sees."""
    use_case = find(request, pk)
    found = get_object_or_404(Story.objects.select_related("cycle", "assignee"), use_case=use_case, pk=story)
    found.use_case = use_case
    return found


def board_url(story: Story) -> str:
    """The board on which a story lies."""
    if story.cycle_id:
        return reverse("projects:cycle", args=[story.use_case_id, story.cycle_id])
    return reverse("projects:use_case_cycles", args=[story.use_case_id])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_cycles(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The cycles, and stories that wait for one; a POST plans a cycle or writes a story."""
    use_case = find(request, pk)
    reader: User = request.user  # type: ignore[assignment]
    may = reads.may(reader, use_case)
    writes_story = request.POST.get("does") == "story"
    form = CycleForm(request.POST if request.method == "POST" and not writes_story else None)
    story_form = StoryForm(request.POST if writes_story else None, auto_id="story_%s")
    sent = story_form if writes_story else form
    if request.method == "POST":
        require(may["may_work" if writes_story else "may_plan"])
        write = stories.add if writes_story else cycles.plan
        if carried_out(sent, lambda: write(use_case, **sent.cleaned_data, by=reader)):
            return redirect("projects:use_case_cycles", pk=pk)
    context = frame(use_case, "cycles") | {
        "form": form,
        "story_form": story_form,
        "cycles": reads.cycle_rows(use_case),
        "stories": reads.waiting_stories(use_case),
        **may,
    }
    return render(request, "projects/cycles.html", context, status=status_of(sent))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cycle(request: HttpRequest, pk: UUID, cycle: UUID) -> HttpResponse:
    """The board of one cycle; a POST writes a story for it."""
    found = find_cycle(request, pk, cycle)
    reader: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        require(rules.cycles.may_work(reader, found.use_case))
    form = StoryForm(request.POST or None)
    act = lambda: stories.add(found.use_case, cycle=found, **form.cleaned_data, by=reader)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:cycle", pk=pk, cycle=cycle)
    context = frame(found.use_case, "cycle") | {
        "cycle": found,
        "word": reads.word(found),
        "color": Cycle.COLORS[found.demo],
        "lanes": reads.lanes(found.use_case, found),
        "form": form,
        "may_change": rules.cycles.may_change(reader, found),
        "may_close": rules.cycles.may_close(reader, found),
        "is_closed": found.state == Cycle.State.CLOSED,
        **reads.may(reader, found.use_case),
    }
    context["trail"].append((_("Cycles"), reverse("projects:use_case_cycles", args=[pk])))
    return render(request, "projects/cycle.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cycle_edit(request: HttpRequest, pk: UUID, cycle: UUID) -> HttpResponse:
    """Change goal or days."""
    found = find_cycle(request, pk, cycle)
    verdict = rules.cycles.may_change(request.user, found)  # type: ignore[arg-type]
    now = {name: getattr(found, name) for name in cycles.CHANGEABLE}
    form = CycleForm(request.POST or None, initial=now)
    act = lambda: cycles.change(found, **form.cleaned_data, by=request.user)  # noqa: E731
    words = {"title": _("Change the cycle"), "button": _("Save")}
    return form_page(request, found, verdict, form, act, words)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cycle_close(request: HttpRequest, pk: UUID, cycle: UUID) -> HttpResponse:
    """The demo: accepted or not, and what changed."""
    found = find_cycle(request, pk, cycle)
    verdict = rules.cycles.may_close(request.user, found)  # type: ignore[arg-type]
    form = CycleCloseForm(request.POST or None)
    act = lambda: cycles.close(found, **form.cleaned_data, by=request.user)  # noqa: E731
    words = {
        "title": _("Close the cycle"),
        "lead": _("Stories that are not done go back to the list."),
        "button": _("Close the cycle"),
    }
    return form_page(request, found, verdict, form, act, words)


def form_page(
    request: HttpRequest, found: Cycle, verdict: Any, form: Any, act: Any, words: dict[str, Any]
) -> HttpResponse:
    """One form about one cycle."""
    if request.method == "POST":
        require(verdict)
        if carried_out(form, act):
            return redirect("projects:cycle", pk=found.use_case_id, cycle=found.pk)
    context = frame(found.use_case, "cycle_form") | {
        "cycle": found,
        "form": form,
        "verdict": verdict,
        "words": words,
    }
    return render(request, "projects/cycle_form.html", context, status=status_of(form))


@require_POST
@login_required
def story_move(request: HttpRequest, pk: UUID, story: UUID) -> HttpResponse:
    """Move a card one column on or back."""
    found = find_story(request, pk, story)
    if done(request, lambda: stories.move(found, action=request.POST.get("action", ""), by=request.user)):  # type: ignore[arg-type]
        messages.success(
            request,
            _("%(story)s: now “%(state)s”.") % {"story": found, "state": found.get_state_display()},
        )
    return redirect(f"{board_url(found)}#story-{found.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def story(request: HttpRequest, pk: UUID, story: UUID) -> HttpResponse:
    """Say it better, give it to somebody, take it into a cycle."""
    found = find_story(request, pk, story)
    verdict = rules.cycles.may_move(request.user, found)  # type: ignore[arg-type]
    if request.method == "POST":
        require(verdict)
    now = {"title": found.title, "assignee": found.assignee_id, "cycle": found.cycle_id}
    open_cycles = open_in(found.use_case)
    form = StoryChangeForm(request.POST or None, initial=now, cycles=open_cycles)
    act = lambda: stories.change(found, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect(board_url(found))
    context = frame(found.use_case, "story") | {"story": found, "form": form, "verdict": verdict}
    return render(request, "projects/story.html", context, status=status_of(form))


def open_in(use_case: UseCase) -> Any:
    """Cycles into which a story may go."""
    return use_case.cycles.filter(state=Cycle.State.OPEN)


@require_POST
@login_required
def story_remove(request: HttpRequest, pk: UUID, story: UUID) -> HttpResponse:
    """Take away what is not to be done."""
    found = find_story(request, pk, story)
    back = board_url(found)
    done(request, lambda: stories.remove(found, by=request.user))  # type: ignore[arg-type]
    return redirect(back)
