"""The move of a card on the board."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from governance.services import moves
from governance.views.gates import visible

STATUS = {moves.REFUSED: 403, moves.CONFLICT: 409}


@require_POST
@login_required
def use_case_move(request: HttpRequest, use_case_pk: str) -> HttpResponse:
    """Ask for a move; a fragment for the board, a page or the way on for a plain form."""
    use_case = visible(request, use_case_pk)
    answer = moves.ask(use_case, to=request.POST.get("to", ""), user=request.user)
    is_fragment = request.headers.get("HX-Request") == "true"
    if not is_fragment and answer.outcome not in STATUS:
        messages.success(request, answer.sentence)
        return redirect(answer.url or "projects:use_case_board")
    context = {
        "use_case": use_case,
        "answer": answer,
        "layout": "governance/fragment.html" if is_fragment else "base.html",
    }
    response = render(request, "governance/move_answer.html", context, status=STATUS.get(answer.outcome, 200))
    response.headers["X-Move"] = answer.outcome
    return response
