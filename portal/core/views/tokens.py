"""Keys for programs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.core import clock
from portal.core.forms import TokenForm
from portal.core.models import ApiToken
from portal.core.services import tokens


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """One's tokens, and a form for a new one; the secret stands in this one answer only."""
    form, made, secret = TokenForm(request.POST or None), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = tokens.create(**form.cleaned_data, by=request.user)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            form = TokenForm()
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "tokens": ApiToken.objects.visible_to(request.user),
        "now": clock.now(),
    }
    return render(request, "core/token_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: str) -> HttpResponse:
    """End a token."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    tokens.revoke(token, by=request.user)
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect("core:token_list")
