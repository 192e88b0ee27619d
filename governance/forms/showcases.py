"""What is told about a finished project."""

from django import forms
from django.utils.translation import gettext_lazy as _


def area(rows: int) -> forms.Textarea:
    """A field of several lines."""
    return forms.Textarea(attrs={"rows": rows})


class ShowcaseForm(forms.Form):
    """The story in four parts; figures come from what finance verified."""

    headline = forms.CharField(label=_("In one line"), max_length=160)
    story = forms.CharField(label=_("The problem, and what was done"), max_length=4000, widget=area(7))
    outcome = forms.CharField(
        label=_("What came of it"),
        max_length=2000,
        widget=area(4),
        help_text=_("Verified figures are shown beside it by themselves."),
    )
    advice = forms.CharField(
        label=_("What others should know before they try"), max_length=2000, widget=area(4)
    )


class RemarkForm(forms.Form):
    """What should change."""

    remark = forms.CharField(label=_("What should change"), max_length=500, widget=area(2))
