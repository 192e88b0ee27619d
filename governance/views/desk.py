"""Discussion at the review desk."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.models import ApprovalRequest, DeskThread
from governance.services import threads
from governance.views.answers import attempt_or_tell


@require_POST
@login_required
def thread_open(request: HttpRequest, pk: str) -> HttpResponse:
    """Begin a thread about one item."""
    asked = get_object_or_404(ApprovalRequest.objects.visible_to(request.user).for_list(), pk=pk)
    text, anchor = request.POST.get("text", "")[:8000], request.POST.get("anchor", "")[:60]
    attempt_or_tell(
        request, lambda: threads.begin(asked, anchor=anchor, text=text, by=request.user), _("Asked.")
    )
    return redirect(f"{threads.page(asked)}#talk")


@require_POST
@login_required
def thread_act(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """Reply, settle, open again."""
    seen = ApprovalRequest.objects.visible_to(request.user)
    thread = get_object_or_404(
        DeskThread.objects.select_related(
            "request__use_case", "request__version__trial__experiment__use_case"
        ),
        pk=pk,
        request__in=seen.values("pk"),
    )
    acts = {
        "reply": lambda: threads.reply(thread, text=request.POST.get("text", "")[:8000], by=request.user),
        "settle": lambda: threads.settle(thread, by=request.user),
        "reopen": lambda: threads.reopen(thread, by=request.user),
    }
    attempt_or_tell(request, acts[act], _("Noted."))
    return redirect(f"{threads.page(thread.request)}#thread-{thread.pk}")
