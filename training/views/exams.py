"""What an exam asks, before it starts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from training import rules
from training.models import Attempt, Exam, Objective
from training.services import attempts


@require_safe
@login_required
def exam_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The contract: size, time, pass mark, retake delays, attempts left, earlier attempts."""
    exam = get_object_or_404(Exam.objects.visible_to(request.user).for_list(), code=code)
    counts = {row["objective"]: row["count"] for row in exam.blueprint}
    objectives = Objective.objects.filter(code__in=counts).order_by("course__position", "code")
    context = {
        "exam": exam,
        "outlook": rules.attempts_outlook(request.user, exam),
        "may_start": rules.may_start(request.user, exam),
        "objectives": [{"objective": each, "count": counts[each.code]} for each in objectives],
        "earlier": Attempt.objects.visible_to(request.user).filter(exam=exam, state=Attempt.State.GRADED)[
            :10
        ],
    }
    return render(request, "training/exam_detail.html", context)


@require_POST
@login_required
def exam_start(request: HttpRequest, code: str) -> HttpResponse:
    """Begin, or go on with the attempt under way."""
    exam = get_object_or_404(Exam.objects.visible_to(request.user).for_list(), code=code)
    under_way = Attempt.objects.visible_to(request.user).open().filter(exam=exam).first()
    attempt = under_way if under_way and not under_way.is_over else attempts.start(exam, by=request.user)
    return redirect("training:attempt", pk=attempt.pk)
