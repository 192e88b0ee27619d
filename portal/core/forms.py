"""What people fill in on the pages of the floor."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import get_language_info, gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import ApiToken, Job, Notice, NoticePreference, OrgUnit, User
from portal.core.services.tokens import LONGEST_DAYS


@cache
def time_zones() -> list[tuple[str, str]]:
    """Every zone the machine knows, as places people recognise."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ").replace("/", " / ")) for name in names)]


def languages() -> list[tuple[str, str]]:
    """Each language in its own words."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class SignInForm(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": _("This e-mail and password do not belong together. Check both and try again."),
        "inactive": _("This account is closed. Ask an administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autofocus": True, "autocomplete": "username"}
        )


class NewPassword(PasswordChangeForm):
    """The old password and a new one."""

    field_order = ["old_password", "new_password1", "new_password2"]


class ProfileForm(forms.Form):
    """What a person says about themselves."""

    display_name = forms.CharField(label=_("Name"), max_length=120)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    site = forms.CharField(
        label=_("Site"),
        max_length=80,
        required=False,
        help_text=_("Where you work. Squads sit together where they can."),
    )
    manager = forms.ModelChoiceField(
        label=_("Manager"),
        queryset=User.objects.filter(is_active=True, is_service=False),
        required=False,
        empty_label=_("Nobody named"),
        help_text=_("Hears when one of your certificates is about to end; sees no answer and no mark."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices)


class NoticeForm(forms.Form):
    """A channel for each kind of notice, and the hour of the digest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in Notice.Kind.choices:
            self.fields[kind] = forms.ChoiceField(label=label, choices=NoticePreference.Channel.choices)
        self.fields["digest_hour"] = forms.TypedChoiceField(
            label=_("The digest comes from"),
            choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
            coerce=int,
            help_text=_("In your time zone, once a day, and only when something waits."),
        )

    @property
    def channels(self) -> dict[str, str]:
        """The channels chosen."""
        return {kind: self.cleaned_data[kind] for kind in Notice.Kind.values}


class TokenForm(forms.Form):
    """A new key for a program."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What it is for, so that you know it again. Example: nightly report."),
    )
    scope = forms.ChoiceField(
        label=_("What it may do"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        widget=forms.RadioSelect,
        help_text=_("A token can never do more than you may do yourself."),
    )
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=LONGEST_DAYS, initial=30)


class PersonFilter(forms.Form):
    """Narrows the directory down."""

    q = forms.CharField(
        label=_("Search"), max_length=100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=OrgUnit.objects.all(), required=False, empty_label=_("All units")
    )
    duty = forms.ChoiceField(label=_("Duty"), choices=[("", _("All duties")), *Duty.choices], required=False)


class JobFilter(forms.Form):
    """Narrows the list of background work down."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All states")), *Job.State.choices], required=False
    )
    queue = forms.ChoiceField(
        label=_("Queue"), choices=[("", _("All queues")), *Job.Queue.choices], required=False
    )
