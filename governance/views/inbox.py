"""One inbox: what waits for me, what I wait for, and everything that was asked."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.filters import ApprovalFilter
from governance.models import ApprovalRequest
from governance.selectors import inbox as selectors
from governance.selectors.home import asked
from governance.selectors.petitions import kinds_together


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Sorted by age, the oldest first; nothing in it is ever answered by time."""
    user = request.user
    found = ApprovalFilter(
        request.GET, queryset=ApprovalRequest.objects.visible_to(user).for_list(), request=request
    )
    page = Paginator(found.qs if found.is_valid() else found.queryset.none(), 25).get_page(
        request.GET.get("page")
    )
    mine, others = selectors.mine(user), selectors.others(user)  # type: ignore[arg-type]
    context = {
        "mine": mine,
        "others": others,
        "urgent": sum(each.urgent for each in mine),
        "oldest": max((each.age for each in mine), default=0),
        "filter": found,
        "page": page,
        "kinds": kinds_together(user, asked(user)),  # type: ignore[arg-type]
        "rows": [(each, ApprovalRequest.COLORS[each.state]) for each in page],
    }
    return render(request, "governance/inbox.html", context)
