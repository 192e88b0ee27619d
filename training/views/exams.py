"""What an exam asks, before it starts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from training import remedies, rules, short_exams
from training.models import Attempt, Exam, Objective
from training.services import attempts


@require_safe
@login_required
def exam_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The contract: size, time, pass mark, retake delays, attempts left, earlier attempts."""
    exam = get_object_or_404(Exam.objects.visible_to(request.user).for_list(), code=code)
    counts = {row["objective"]: row["count"] for row in exam.blueprint}
    objectives = Objective.objects.filter(code__in=counts).order_by("course__position", "code")
    outlook = rules.attempts_outlook(request.user, exam)
    context = {
        "exam": exam,
        "outlook": outlook,
        "may_start": rules.may_start(request.user, exam),
        "may_start_short": rules.may_start_short(request.user, exam),
        "renews": bool(rules.holds_what_ends(request.user, exam)),
        "short_size": min(short_exams.SIZE, exam.size),
        "short_minutes": short_exams.minutes(exam.minutes, exam.size),
        "remedy": remedies.remedy(request.user, exam) if outlook.needs_remedy else None,
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
    if under_way and not under_way.is_over:
        return redirect("training:attempt", pk=under_way.pk)
    is_short = request.POST.get("short") == "yes"
    attempt = attempts.start(exam, is_short=is_short, by=request.user)
    return redirect("training:attempt", pk=attempt.pk)
