"""Forms of the community."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects.models import UseCase
from training.community_reads import projects_to_supervise
from training.models.mentoring import LONGEST_AIM, LONGEST_TOPICS, MOST_PLACES
from training.models.office_hours import LONGEST, MOST_SEATS, SHORTEST
from training.models.thanks import LONGEST_THANKS


class OfferForm(forms.Form):
    """What one offers as a mentor."""

    topics = forms.CharField(
        label=_("What I can help with"),
        max_length=LONGEST_TOPICS,
        help_text=_("A few words: preparing data, choosing a metric, explaining a model …"),
    )
    capacity = forms.IntegerField(label=_("People at once"), min_value=1, max_value=MOST_PLACES, initial=2)
    is_open = forms.BooleanField(label=_("Takes requests now"), required=False, initial=True)


class AskMentorForm(forms.Form):
    """What one wants to learn, and on which project."""

    aim = forms.CharField(
        label=_("What do you want to learn, or where are you stuck?"),
        max_length=LONGEST_AIM,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    use_case = forms.ModelChoiceField(
        label=_("Supervise a project of mine"),
        queryset=UseCase.objects.none(),
        required=False,
        empty_label=_("No project, just me"),
        help_text=_(
            "Whoever sees the project then sees who supervises it; a supervisor never reviews its models."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use_case"].queryset = projects_to_supervise(user)  # type: ignore[attr-defined]


class WordForm(forms.Form):
    """A word to the other."""

    text = forms.CharField(
        label=_("A word to them"),
        max_length=LONGEST_AIM,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OfficeHourForm(forms.Form):
    """When, where, for how many."""

    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("What it is about"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    starts_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone."),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=SHORTEST, max_value=LONGEST, initial=60)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    link = forms.CharField(
        label=_("Link"), max_length=300, required=False, help_text=_("To the meeting; begins with https://.")
    )
    capacity = forms.IntegerField(label=_("Seats"), min_value=1, max_value=MOST_SEATS, initial=10)


class SeatForm(forms.Form):
    """What one wants to ask."""

    wish = forms.CharField(
        label=_("What do you want to ask?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only the host reads it."),
    )


class CancelForm(forms.Form):
    """Why it is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Everybody who comes reads it."))


class ThanksForm(forms.Form):
    """Whom one thanks, and what for."""

    receiver = forms.ModelChoiceField(
        label=_("Whom"),
        queryset=User.objects.filter(is_active=True, is_service=False).order_by("display_name"),
    )
    text = forms.CharField(
        label=_("What for"), max_length=LONGEST_THANKS, widget=forms.Textarea(attrs={"rows": 2})
    )
