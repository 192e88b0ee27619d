"""Finished projects: the list, one of them, writing, and agreeing."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.filters.showcases import ShowcaseFilter
from governance.forms.showcases import RemarkForm, ShowcaseForm
from governance.models import Showcase
from governance.rules import showcases as rules
from governance.selectors import showcases as reads
from governance.services import showcases
from governance.views.answers import attempt, attempt_or_tell
from portal.core.verdicts import require
from projects.models import UseCase


@require_safe
@login_required
def showcase_list(request: HttpRequest) -> HttpResponse:
    """Everything that is shown, the latest first; one's own drafts above."""
    visible = Showcase.objects.visible_to(request.user)
    found = ShowcaseFilter(request.GET or None, queryset=visible.shown().for_list())
    page = Paginator(found.qs, 20).get_page(request.GET.get("page"))
    drafts = visible.filter(state__in=["draft", "waiting"]).for_list()
    context = {
        "filter": found,
        "page": page,
        "rows": reads.told(list(page.object_list)),
        "drafts": drafts[:10],
    }
    return render(request, "governance/showcase_list.html", context)


@require_safe
@login_required
def showcase_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """The story with its verified figures."""
    return page_of(request, find(request, pk), RemarkForm())


def find(request: HttpRequest, pk: Any) -> Showcase:
    """One the reader may see."""
    return get_object_or_404(Showcase.objects.visible_to(request.user).for_list(), pk=pk)


def page_of(request: HttpRequest, showcase: Showcase, form: RemarkForm, *, status: int = 200) -> HttpResponse:
    """The page with what the reader may do."""
    user = request.user
    context = {
        "told": reads.told([showcase])[0],
        "showcase": showcase,
        "use_case": showcase.use_case,
        "form": form,
        "may_change": rules.may_change(user, showcase),
        "may_hand_in": rules.may_hand_in(user, showcase),
        "may_consent": rules.may_consent(user, showcase),
        "may_send_back": rules.may_send_back(user, showcase),
        "may_withdraw": rules.may_withdraw(user, showcase),
    }
    return render(request, "governance/showcase_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def showcase_write(request: HttpRequest, use_case_pk: Any) -> HttpResponse:
    """Write or rewrite."""
    use_case = get_object_or_404(UseCase.objects.visible_to(request.user).for_list(), pk=use_case_pk)
    require(rules.may_write(request.user, use_case))
    held = Showcase.objects.filter(use_case=use_case).first()
    initial = {name: getattr(held, name) for name in Showcase.TEXTS} if held else None
    form = ShowcaseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done, made = attempt(form, lambda: showcases.write(use_case, **form.cleaned_data, by=request.user))
        if done:
            return redirect("governance:showcase_detail", pk=made.pk)
    context = {"form": form, "use_case": use_case, "held": held}
    return render(request, "governance/showcase_write.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def showcase_act(request: HttpRequest, pk: Any, act: str) -> HttpResponse:
    """Hand in, agree, send back, withdraw."""
    showcase, user = find(request, pk), request.user
    if act == "send-back":
        form = RemarkForm(request.POST)
        valid = form.is_valid()
        remark = form.cleaned_data.get("remark", "")
        if not valid or not attempt(form, lambda: showcases.send_back(showcase, remark=remark, by=user))[0]:
            return page_of(request, showcase, form, status=422)
        return redirect("governance:showcase_detail", pk=showcase.pk)
    digest = request.POST.get("digest", "")[:64]
    calls = {
        "hand-in": (lambda: showcases.hand_in(showcase, by=user), _("The product owner is asked.")),
        "consent": (
            lambda: showcases.consent(showcase, digest=digest, by=user),
            _("It is shown to everybody now."),
        ),
        "withdraw": (lambda: showcases.withdraw(showcase, by=user), _("It is no longer shown.")),
    }
    call, done = calls[act]
    attempt_or_tell(request, call, done)
    return redirect("governance:showcase_detail", pk=showcase.pk)


@require_safe
@login_required
def showcase_panel(request: HttpRequest, use_case_pk: Any) -> HttpResponse:
    """On the page of a use case: its story, or whether it can be told."""
    use_case = get_object_or_404(UseCase.objects.visible_to(request.user), pk=use_case_pk)
    held = Showcase.objects.visible_to(request.user).filter(use_case=use_case).first()
    may_write = rules.may_write(request.user, use_case)
    context = {"use_case": use_case, "held": held, "may_write": may_write}
    return render(request, "governance/showcase_panel.html", context)


@require_safe
@login_required
def showcase_few(request: HttpRequest, key: str) -> HttpResponse:
    """On the community page: the latest few."""
    return render(request, "governance/showcase_few.html", {"rows": reads.newest(request.user)})
