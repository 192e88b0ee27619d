"""Every component in every state, for those who build pages and for the accessibility test."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from portal.core import clock
from portal.core.management.commands.vendor import LIST
from portal.core.verdicts import YES, no


@dataclass(frozen=True)
class Somebody:
    """A person who exists on this page only."""

    pk: int
    display_name: str
    job_title: str

    @property
    def initials(self) -> str:
        """Two letters."""
        return "".join(word[0] for word in self.display_name.split())


CAST = [
    Somebody(1, "Amina Diallo", "Claims expert"),
    Somebody(2, "Bo Lindqvist", "Data scientist"),
    Somebody(3, "Chiara Rossi", "Product owner"),
    Somebody(4, "Dmitri Ivanov", "Data engineer"),
    Somebody(5, "Élise Martin", "Risk officer"),
    Somebody(6, "Farid Benali", "IT engineer"),
    Somebody(7, "Grace Okafor", "UX designer"),
]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
CHARTS: list[dict[str, Any]] = [
    {"kind": "bar", "x": ["Age", "Income", "Region"], "y_label": "Importance", "series": [{"name": "Importance", "values": [0.42, 0.31, 0.11], "low": [0.37, 0.25, 0.07], "high": [0.47, 0.36, 0.16]}]},  # noqa: E501
    {"kind": "line", "x": MONTHS, "unit": "%", "y_label": "Recall", "series": [{"name": "Champion", "values": [81, 80, 82, 79, 76, 74], "low": [78, 77, 79, 75, 72, 70], "high": [84, 83, 85, 83, 80, 78]}, {"name": "Challenger", "values": [None, None, 82, 83, 83, 84]}]},  # noqa: E501
    {"kind": "scatter", "x": [], "x_label": "Feasibility", "y_label": "Value", "series": [{"name": "Limited risk", "values": [[3.1, 4.2], [2.0, 3.0]], "sizes": [18, 30], "labels": ["A", "B"]}, {"name": "High risk", "values": [[4.4, 4.6]], "sizes": [24], "labels": ["C"]}]},  # noqa: E501
    {"kind": "funnel", "x": ["Submitted", "Backlog", "Initialisation", "Development", "Production"], "series": [{"name": "Use cases", "values": [48, 31, 17, 9, 6]}]},  # noqa: E501
    {"kind": "hist", "x": [0, 20, 40, 60, 80, 100], "x_label": "Age", "y_label": "Rows", "series": [{"name": "Rows", "values": [120, 430, 610, 240, 35]}]},  # noqa: E501
    {"kind": "waterfall", "x": ["Expected", "Adoption", "Price", "Realised"], "unit": "k€", "totals": [0, 3], "series": [{"name": "Value", "values": [420, -130, 35, 325]}]},  # noqa: E501
]  # fmt: skip


class Sample(forms.Form):
    """One field of every kind."""

    title = forms.CharField(label=_("Title"), help_text=_("A few words that say what it is."))
    problem = forms.CharField(label=_("Problem"), widget=forms.Textarea, required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=[("a", _("Backlog")), ("b", _("Production"))])
    effort = forms.IntegerField(label=_("Effort in days"), min_value=1)
    begins_on = forms.DateField(
        label=_("Begins"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    scope = forms.ChoiceField(
        label=_("Scope"), choices=[("r", _("Read")), ("w", _("Read and change"))], widget=forms.RadioSelect
    )
    tags = forms.MultipleChoiceField(
        label=_("Tags"),
        choices=[("x", "fraud"), ("y", "churn")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    paper = forms.FileField(label=_("File"), required=False)
    agreed = forms.BooleanField(label=_("I have read the contract of trust"))


class SampleFilter(forms.Form):
    """Narrows the sample table down."""

    q = forms.CharField(label=_("Search"), required=False)
    phase = forms.ChoiceField(label=_("Phase"), choices=[("", _("All")), ("b", _("Backlog"))], required=False)


class SampleTable(tables.Table):
    """A table with sorting and pages."""

    title = tables.Column(verbose_name=_("Title"))
    phase = tables.Column(verbose_name=_("Phase"))
    value = tables.Column(
        verbose_name=_("Value"), attrs={"td": {"class": "number"}, "th": {"class": "number"}}
    )

    class Meta:
        empty_text = _("Nothing matches. Clear the filters to see everything.")
        caption = _("Sample table")


@cache
def icons() -> list[str]:
    """The names of the sprite."""
    packages = json.loads(LIST.read_text())["packages"]
    return [name for package in packages for name in package.get("sprite", {}).get("icons", {})]


def steps() -> list[dict[str, Any]]:
    """The way of a use case."""
    states = ["done", "done", "current", "todo", "skipped", "failed"]
    names = [_("Backlog"), _("Initialisation"), _("Development"), _("Production"), _("Review"), _("Retired")]
    return [
        {"label": name, "state": state, "note": _("since 12 May") if state == "current" else "", "url": ""}
        for name, state in zip(names, states, strict=True)
    ]


def words() -> dict[str, Any]:
    """Figures, people, moments and refusals."""
    now = clock.now()
    return {
        "cast": CAST,
        "later": now + timedelta(days=3, hours=1),
        "earlier": now - timedelta(hours=5),
        "today": clock.today(),
        "charts": CHARTS,
        "colors": ["grey", "blue", "green", "yellow", "orange", "red", "purple", "teal"],
        "yes": YES,
        "refused": no(
            _("You need the right to launch experiments."), _("Take the 40-minute course"), "/learning/"
        ),
        "refused_plain": no(_("Nobody decides on what they made themselves."), _("Ask another reviewer.")),
        "steps": steps(),
        "events": [
            {"at": now, "who": "Chiara Rossi", "text": _("moved it to development"), "icon": "rocket"},
            {
                "at": now - timedelta(days=2),
                "who": "Bo Lindqvist",
                "text": _("added a dataset"),
                "icon": "data",
            },
        ],
        "tabs": [
            {"label": _("Overview"), "url": "?", "active": True, "count": None},
            {"label": _("Squad"), "url": "?tab=squad", "active": False, "count": 6},
            {"label": _("Activity"), "url": "?tab=activity", "active": False, "count": 0},
        ],
        "facts": [(_("Owner"), "Chiara Rossi"), (_("Risk"), _("Limited")), (_("External id"), "")],
        "icons": icons(),
    }


@require_safe
@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the kit."""
    wanted = request.GET.get("q", "").lower()
    titles = [(f"Use case {number}", number * 13) for number in range(1, 24)]
    rows = [
        {"title": title, "phase": "Backlog", "value": value}
        for title, value in titles
        if wanted in title.lower()
    ]
    table = SampleTable(rows)
    RequestConfig(request, paginate={"per_page": 5}).configure(table)
    context = {
        **words(),
        "sample": Sample(),
        "wrong": Sample({"title": "", "effort": "0"}, prefix="wrong"),
        "filter_form": SampleFilter(request.GET),
        "table": table,
        "empty_table": SampleTable([], prefix="none-"),
    }
    return render(request, "core/gallery.html", context)
