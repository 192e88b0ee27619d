"""Addresses of the floor."""

from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy
from django.views.decorators.http import require_http_methods

from portal.core import forms
from portal.core.views import account, gallery, health, jobs, notices, people, preferences, status, tokens

app_name = "core"
form = require_http_methods(["GET", "HEAD", "POST"])  # Django's form views would take PUT, too
urlpatterns = [
    path("healthz", health.health, name="health"),
    path("sign-in/", form(account.SignIn.as_view()), name="login"),
    path("sign-out/", auth.LogoutView.as_view(), name="logout"),
    path(
        "password/",
        form(
            auth.PasswordChangeView.as_view(
                template_name="core/password_change.html",
                form_class=forms.NewPassword,
                success_url=reverse_lazy("core:password_change_done"),
            )
        ),
        name="password_change",
    ),
    path("password/changed/", account.password_changed, name="password_change_done"),
    path(
        "password/forgotten/",
        form(
            auth.PasswordResetView.as_view(
                template_name="core/password_reset.html",
                email_template_name="core/password_reset_mail.txt",
                subject_template_name="core/password_reset_subject.txt",
                success_url=reverse_lazy("core:password_reset_done"),
            )
        ),
        name="password_reset",
    ),
    path("password/forgotten/sent/", account.reset_sent, name="password_reset_done"),
    path(
        "password/new/<uidb64>/<token>/",
        form(
            auth.PasswordResetConfirmView.as_view(
                template_name="core/password_new.html",
                success_url=reverse_lazy("core:password_reset_complete"),
            )
        ),
        name="password_reset_confirm",
    ),
    path("password/new/done/", account.reset_complete, name="password_reset_complete"),
    path("language/", preferences.language_set, name="language_set"),
    path("appearance/", preferences.theme_set, name="theme_set"),
    path("profile/", preferences.profile, name="profile"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/<uuid:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/preferences/", notices.notice_preferences, name="notice_preferences"),
    path("notices/read/", notices.notice_read_all, name="notice_read_all"),
    path("notices/<uuid:pk>/read/", notices.notice_read, name="notice_read"),
    path("people/", people.person_list, name="person_list"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<uuid:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<uuid:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("system/", status.status, name="status"),
    path("kit/", gallery.gallery, name="gallery"),
]
