"""Language, appearance and profile of the person signed in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core import selectors
from portal.core.context import THEME_COOKIE, THEMES
from portal.core.forms import ProfileForm
from portal.core.services import people

ONE_YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the person came from, never to another site."""
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if is_ours else reverse("core:login"))


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice on this device."""
    response.set_cookie(name, value, max_age=ONE_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Change the language here and, signed in, everywhere."""
    response = back(request)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        remember(response, settings.LANGUAGE_COOKIE_NAME, code)
        if request.user.is_authenticated and request.user.language != code:
            people.update_profile(request.user, by=request.user, language=code)
    return response


@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Change light or dark here and, signed in, everywhere."""
    response = back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        remember(response, THEME_COOKIE, theme)
        if request.user.is_authenticated and request.user.theme != theme:
            people.update_profile(request.user, by=request.user, theme=theme)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """What the portal knows of this person, and what they may change."""
    initial = {name: getattr(request.user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            people.update_profile(request.user, by=request.user, **form.cleaned_data)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Your profile is saved."))
            response = redirect("core:profile")
            remember(response, THEME_COOKIE, form.cleaned_data["theme"])
            return response
    page = selectors.profile_page(request.user)
    status = 422 if form.errors else 200
    return render(request, "core/profile.html", {"form": form, "page": page}, status=status)
