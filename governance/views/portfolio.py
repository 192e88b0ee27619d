"""The page of the executives."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.rules.portfolio import may_read_portfolio
from governance.selectors import portfolio as selectors
from portal.core.verdicts import require


@require_safe
@login_required
def portfolio(request: HttpRequest) -> HttpResponse:
    """What the portfolio is worth, how it flows, what it asks of this meeting."""
    require(may_read_portfolio(request.user))
    return render(request, "governance/portfolio.html", {"board": selectors.board(request.user)})
