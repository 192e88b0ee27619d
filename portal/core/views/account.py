"""Signing in, and the last pages of changing a password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.addresses import nearest_page
from portal.core.forms import SignInForm


class SignIn(LoginView):
    """E-mail and password; whoever is in already goes on."""

    template_name = "core/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where the person came from; from an address that only takes forms, the page above it."""
        there = super().get_redirect_url()
        return nearest_page(there) if there.startswith("/") else str(there)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong with the status of a refused form."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_safe
@login_required
def password_changed(request: HttpRequest) -> HttpResponse:
    """Back to the profile with the good news."""
    messages.success(request, _("Your password is changed."))
    return redirect("core:profile")


@require_safe
def reset_sent(request: HttpRequest) -> HttpResponse:
    """The same words whether the address is known or not."""
    return render(request, "core/password_reset_sent.html")


@require_safe
def reset_complete(request: HttpRequest) -> HttpResponse:
    """Back to signing in."""
    messages.success(request, _("Your password is changed. Sign in with the new one."))
    return redirect("core:login")
