"""Proposing one question at a time; every answer is kept, so one may leave and come back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import require
from projects import rules
from projects.forms.framing import StepForm, SupportForm
from projects.forms.use_cases import EmptyForm
from projects.models import UseCase
from projects.selectors import triage, use_cases as reads
from projects.services import supports, use_cases
from projects.views.answers import carried_out, find, status_of

# slug -> (word on the rail, fields, why we ask)
STEPS: dict[str, tuple[Any, tuple[str, ...], Any]] = {
    "problem": (gettext_lazy("The problem"), ("problem",), gettext_lazy("Start from what goes wrong, not from a model. Two sentences are enough.")),
    "name": (gettext_lazy("A name"), ("title",), gettext_lazy("A few words by which others recognise it.")),
    "decision": (gettext_lazy("The decision"), ("decides_today",), gettext_lazy("A prediction only helps somebody who decides something.")),
    "data": (gettext_lazy("The data"), ("data_hint",), gettext_lazy("A guess is fine: which system, which lists, since when?")),
    "people": (gettext_lazy("The people"), ("people_affected",), gettext_lazy("Customers, colleagues, cases: whoever feels it when it goes wrong.")),
    "benefit": (gettext_lazy("The benefit"), ("rough_benefit",), gettext_lazy("Hours times their cost, or losses avoided. Nobody holds you to it.")),
    "sensitive": (gettext_lazy("Who may see it"), ("is_confidential",), gettext_lazy("Most proposals are open, so that others can say “mine too”.")),
    "send": (gettext_lazy("Look and send"), (), gettext_lazy("Read it once more, then send it or keep it for later.")),
}  # fmt: skip
ORDER = list(STEPS)


def rail(use_case: UseCase | None, here: str) -> list[dict[str, Any]]:
    """The steps; those with an answer are done, and each can be gone back to."""
    steps = []
    for slug, (label, names, _why) in STEPS.items():
        is_given = use_case is not None and any(
            getattr(use_case, name) not in (None, "", False) for name in names
        )
        state = "current" if slug == here else "done" if is_given else "todo"
        url = reverse("projects:proposal_step", args=[use_case.pk, slug]) if use_case else ""
        steps.append({"label": label, "state": state, "note": "", "url": url})
    return steps


def first_words(problem: str) -> str:
    """A working title until the author gives one."""
    words = " ".join(problem.split())
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + "…"


def draft_of(request: HttpRequest, pk: UUID) -> UseCase:
    """One's own draft or questioned proposal, or 404."""
    use_case = find(request, pk)
    if use_case.submitter_id != request.user.pk:
        raise Http404
    return use_case


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def proposal_begin(request: HttpRequest) -> HttpResponse:
    """The first question; its answer becomes a draft that only the author sees."""
    verdict = rules.use_cases.may_propose(request.user)
    if request.method == "POST":
        require(verdict)
    form = StepForm(request.POST if request.method == "POST" else None, names=("problem",))
    made: list[UseCase] = []

    def propose() -> None:
        problem = form.cleaned_data["problem"]
        made.append(
            use_cases.propose(title=first_words(problem), problem=problem, submit=False, by=request.user)
        )

    if request.method == "POST" and carried_out(form, propose):
        return redirect("projects:proposal_step", pk=made[0].pk, step="name")
    drafts = UseCase.objects.filter(submitter_id=request.user.pk, phase=UseCase.Phase.DRAFT)[:5]
    context = step_context(None, "problem") | {"form": form, "may_propose": verdict, "drafts": drafts}
    return render(request, "projects/proposal_step.html", context, status=status_of(form))


def step_context(use_case: UseCase | None, step: str) -> dict[str, Any]:
    """What every step shows."""
    label, _names, why = STEPS[step]
    place = ORDER.index(step)
    return {
        "use_case": use_case,
        "step": step,
        "label": label,
        "why": why,
        "place": place + 1,
        "count": len(ORDER),
        "percent": round(100 * place / (len(ORDER) - 1)),
        "before": ORDER[place - 1] if place else "",
        "steps": rail(use_case, step),
        "may_propose": True,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def proposal_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """One question of a draft. “Save and come back later” keeps the answer as well."""
    if step not in STEPS:
        raise Http404
    use_case = draft_of(request, pk)
    verdict = rules.use_cases.may_submit(request.user, use_case)
    if request.method == "POST":
        require(verdict)
    names = STEPS[step][1]
    initial = {name: getattr(use_case, name) for name in names}
    data = request.POST if request.method == "POST" else None
    form = StepForm(data, names=names, initial=initial)
    if request.method == "POST" and carried_out(form, lambda: keep(request, use_case, step, form)):
        return onward(request, use_case, step)
    text = f"{use_case.title} {use_case.problem}"
    context = step_context(use_case, step) | {
        "form": form,
        "may_propose": verdict,
        "found": [each for each, _likeness in reads.similar_to(text, user=request.user) if each.pk != pk],
        "draft": use_case,
    }
    return render(request, "projects/proposal_step.html", context, status=status_of(form))


def keep(request: HttpRequest, use_case: UseCase, step: str, form: StepForm) -> None:
    """Keep the answer; the last step sends, unless it is kept for later."""
    if form.cleaned_data:
        use_cases.update(use_case, **form.cleaned_data, by=request.user)
    if step == "send" and request.POST.get("then") != "later":
        use_cases.submit(use_case, by=request.user)


def onward(request: HttpRequest, use_case: UseCase, step: str) -> HttpResponse:
    """To the next question, out, or to what happens now."""
    if use_case.phase == UseCase.Phase.SUBMITTED:
        return redirect("projects:proposal_sent", pk=use_case.pk)
    if request.POST.get("then") == "later":
        messages.success(request, _("Kept. You find your draft on your home page."))
        return redirect("projects:use_case_detail", pk=use_case.pk)
    return redirect("projects:proposal_step", pk=use_case.pk, step=ORDER[ORDER.index(step) + 1])


@require_safe
@login_required
def proposal_sent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What happens now, by when and by whom."""
    use_case = draft_of(request, pk)
    context = {
        "use_case": use_case,
        "level": triage.level(use_case) if use_case.phase in rules.triage.WAITING else None,
        "managers": User.objects.with_duty(Duty.PORTFOLIO_MANAGER)[:5],
    }
    return render(request, "projects/proposal_sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_support(request: HttpRequest, pk: UUID) -> HttpResponse:
    """“This is mine too”: a vote with a word; from a draft, the draft's words go along and the draft ends."""
    use_case = find(request, pk)
    key = request.POST.get("draft") or request.GET.get("draft") or ""
    draft = own_draft(request, key)
    verdict = rules.supports.may_support(request.user, use_case)
    if request.method == "POST":
        require(verdict)
    words = draft.problem if draft else request.GET.get("problem", "")[:4000]
    form = SupportForm(request.POST if request.method == "POST" else None, initial={"comment": words})

    def support() -> None:
        if draft:
            supports.join_instead(draft, of=use_case, by=request.user)
        else:
            supports.add(use_case, by=request.user, comment=form.cleaned_data["comment"])

    if request.method == "POST" and carried_out(form, support):
        messages.success(request, _("Your vote counts. You hear what becomes of it."))
        return redirect("projects:use_case_detail", pk=pk)
    context = {
        "use_case": use_case,
        "draft": draft,
        "form": form,
        "verdict": verdict,
        "count": use_case.supports.count(),
        "is_mine": use_case.supports.filter(user_id=request.user.pk).exists(),
    }
    return render(request, "projects/use_case_support.html", context, status=status_of(form))


def own_draft(request: HttpRequest, key: str) -> UseCase | None:
    """The draft that the vote replaces; 404 for what is not one's own draft."""
    if not key:
        return None
    try:
        found = UUID(key)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(UseCase, pk=found, submitter_id=request.user.pk, phase=UseCase.Phase.DRAFT)


@require_http_methods(["POST"])
@login_required
def use_case_unsupport(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's vote back."""
    use_case = find(request, pk)
    carried_out(EmptyForm({}), lambda: supports.take_back(use_case, by=request.user))
    return redirect("projects:use_case_detail", pk=pk)
