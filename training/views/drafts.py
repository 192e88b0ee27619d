"""Writing questions: the editor with preview and guessers, the second reader, files in and out."""

from statistics import fmean
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.verdicts import require
from training import answers, measuring, studio_rules
from training.explaining import right_words
from training.forms import DraftForm, ImportForm, SendBackForm
from training.models import Question, QuestionDraft
from training.services import drafts
from training.showing import shown

SAMPLE = """uid: my-question
kind: single
use: practice
objective: known-when
stem:
  en: ""
  fr: ""
options:
  - {key: a, right: true, en: "", fr: ""}
  - {key: b, en: "", fr: ""}
feedback:
  en: ""
  fr: ""
"""


def preview(text: str) -> dict[str, Any]:
    """The question as a learner sees it, its answer, and what a thousand guessers get."""
    question = drafts.parsed(text)
    scores = measuring.guessers(question.kind, question.content, question.answer)
    return {
        "shown": shown(question.kind, question.content, order={}, response=None),
        "right": right_words(question.kind, question.content, question.answer),
        "chance": round(100 * fmean(scores)),
        "whole": round(100 * sum(1 for score in scores if score == 1) / len(scores)),
        "example": answers.EXAMPLES[question.kind],
        "question": question,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft_new(request: HttpRequest) -> HttpResponse:
    """Write a new question: look at it first, or keep it."""
    require(studio_rules.may_write(request.user))
    form = DraftForm(request.POST or None, initial={"text": SAMPLE})
    if request.method != "POST":
        return editor(request, form)
    return worked(request, form, None)


def editor(
    request: HttpRequest,
    form: DraftForm,
    draft: QuestionDraft | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of the editor."""
    context = {
        "form": form,
        "draft": draft,
        "may_change": studio_rules.may_change_draft(request.user, draft) if draft else True,
        "may_publish": studio_rules.may_publish_draft(request.user, draft) if draft else None,
        "send_back": SendBackForm(),
        **more,
    }
    return render(request, "training/draft_detail.html", context, status=status)


def worked(request: HttpRequest, form: DraftForm, draft: QuestionDraft | None) -> HttpResponse:
    """What the button asked for; a mistake keeps what was written and names its line."""
    if not form.is_valid():
        return editor(request, form, draft, status=422)
    text, note = form.cleaned_data["text"], form.cleaned_data["note"]
    try:
        if request.POST.get("act") == "preview":
            return editor(request, form, draft, preview=preview(text))
        if draft is None:
            draft = drafts.begin(text=text, note=note, by=request.user)
        else:
            drafts.change(draft, text=text, note=note, by=request.user)
    except ValidationError as problem:
        for message in problem.messages:
            form.add_error("text", message)
        return editor(request, form, draft, status=422)
    messages.success(request, _("Draft kept."))
    return redirect("training:draft_detail", pk=draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """A draft: change it while it is one's own, read it, publish it."""
    require(studio_rules.may_write(request.user))
    draft = get_object_or_404(QuestionDraft.objects.visible_to(request.user).for_list(), pk=pk)
    if request.method == "POST":
        return worked(request, DraftForm(request.POST), draft)
    form = DraftForm(initial={"text": draft.text, "note": draft.note})
    try:
        seen = preview(draft.text)
    except ValidationError as problem:
        return editor(request, form, draft, broken=" ".join(problem.messages))
    if draft.author_id != request.user.pk and seen["question"].use == Question.Use.EXAM:
        drafts.see_keys(Question.objects.filter(uid=draft.uid)[:1], by=request.user)
    return editor(request, form, draft, preview=seen)


@require_POST
@login_required
def draft_act(request: HttpRequest, pk: Any, act: str) -> HttpResponse:
    """Hand in, send back, publish or drop."""
    require(studio_rules.may_write(request.user))
    draft = get_object_or_404(QuestionDraft.objects.visible_to(request.user).for_list(), pk=pk)
    if act not in {"hand-in", "send-back", "publish", "drop"}:
        raise Http404
    try:
        if act == "publish":
            question = drafts.publish(draft, by=request.user)
            messages.success(request, _("Published: %(name)s") % {"name": str(question)})
            return redirect("training:question_detail", uid=question.uid)
        if act == "send-back":
            drafts.send_back(draft, remark=request.POST.get("remark", ""), by=request.user)
        elif act == "hand-in":
            drafts.hand_in(draft, by=request.user)
        else:
            drafts.drop(draft, by=request.user)
    except ValidationError as problem:
        form = DraftForm(initial={"text": draft.text, "note": draft.note})
        return editor(request, form, draft, status=422, broken=" ".join(problem.messages))
    return redirect("training:draft_detail", pk=draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def question_import(request: HttpRequest) -> HttpResponse:
    """Questions from YAML or Moodle XML become drafts."""
    require(studio_rules.may_write(request.user))
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "training/question_import.html", {"form": form})
    made, left = [], []
    if form.is_valid():
        given, objective = form.cleaned_data, form.cleaned_data["objective"]
        try:
            made, left = drafts.bring_in(
                given["text"],
                form=given["form"],
                objective=objective.code if objective else "",
                use=given["use"],
                by=request.user,
            )
        except ValidationError as problem:
            for message in problem.messages:
                form.add_error("text", message)
    status = 422 if form.errors else 200
    context = {"form": form, "made": made, "left": left, "is_done": not form.errors}
    return render(request, "training/question_import.html", context, status=status)


@require_POST
@login_required
def question_export(request: HttpRequest) -> HttpResponse:
    """The bank of a course, with its keys, as a file."""
    require(studio_rules.may_write(request.user))
    form = "moodle" if request.POST.get("form") == "moodle" else "yaml"
    rows = Question.objects.current().filter(objective__course__code=request.POST.get("course", ""))
    text, left = drafts.take_out(list(rows.order_by("uid")), form=form, by=request.user)
    kind, end = ("application/xml", "xml") if form == "moodle" else ("application/yaml", "yaml")
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="questions.{end}"'
    response["X-Left-Out"] = ", ".join(left)[:500]
    return response
