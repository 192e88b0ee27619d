"""The community page, thanks, and what one gave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.panels import panels
from training import community_reads, hour_rules, mentor_rules
from training.community_forms import ThanksForm
from training.services import thanks
from training.views.cohort import refused


@require_safe
@login_required
def community(request: HttpRequest) -> HttpResponse:
    """Mentors, office hours, questions, finished projects: from here everything is reached."""
    context = {
        "page": community_reads.community_page(request.user),
        "may_offer": mentor_rules.may_offer(request.user),
        "may_host": hour_rules.may_host(request.user),
        "panels": [{"title": each.title, "url": each.url("few")} for each in panels("community")],
    }
    return render(request, "training/community.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contributions(request: HttpRequest) -> HttpResponse:
    """One's own page: what one gave, who said thanks, and a word of thanks to somebody."""
    form = ThanksForm(request.POST or None, initial={"receiver": request.GET.get("to")})
    if request.method == "POST" and form.is_valid():
        try:
            thanks.give(form.cleaned_data["receiver"], text=form.cleaned_data["text"], by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            messages.success(request, _("Your thanks are on their way."))
            return redirect("training:contributions")
    context = {
        "form": form,
        "contributions": community_reads.contributions(request.user),
        **community_reads.thanks_of(request.user),
    }
    return render(request, "training/contributions.html", context, status=422 if form.errors else 200)
