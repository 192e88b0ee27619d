"""Components draw what they are given, and say why when something is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

from portal.core import clock
from portal.core.templatetags import ui
from portal.core.verdicts import YES, no

REFUSED = no("You need the right <automl.launch>.", "Take the course", "/learning/course/")


def drawn(name: str, slot: str = "", /, **given: Any) -> str:
    """One component as the browser gets it."""
    template = engines["django"].from_string(f'{{% cotton {name} :attrs="given" %}}{slot}{{% endcotton %}}')
    return template.render({"given": given}, RequestFactory().get("/somewhere/"))


def test_a_refused_action_is_shown_disabled_with_its_reason_and_the_way_out():
    html = drawn("act", verdict=REFUSED, label="Start", url="/start/")

    assert "disabled" in html
    assert "You need the right &lt;automl.launch&gt;." in html
    assert 'href="/learning/course/"' in html
    assert "Take the course" in html
    assert "<form" not in html


def test_the_reason_of_a_refusal_is_read_with_the_button():
    html = drawn("act", verdict=REFUSED, label="Start", url="/start/")

    assert 'aria-describedby="why-1"' in html
    assert 'id="why-1"' in html


def test_an_allowed_action_is_a_form_with_a_csrf_token_and_a_question():
    html = drawn(
        "act", verdict=YES, label="Delete", url="/delete/", confirm="Really?", name="move", value="stop"
    )

    assert '<form class="act" method="post" action="/delete/" data-confirm="Really?">' in html
    assert "csrfmiddlewaretoken" in html
    assert 'name="move" value="stop"' in html
    assert "disabled" not in html


def test_an_action_that_changes_nothing_is_a_link():
    html = drawn("act", label="Open", url="/there/", method="get")

    assert 'href="/there/"' in html
    assert "<form" not in html


def test_a_refusal_that_is_none_draws_nothing():
    assert drawn("refusal", verdict=YES).strip() == ""


def test_a_page_has_one_title_and_a_trail_that_survives_an_apostrophe():
    html = drawn("page", title="Scores", trail="[('L'équipe', '/squads/'), ('Tri', '/triage/')]")

    assert html.count("<h1") == 1
    assert '<a href="/squads/">L&#x27;équipe</a>' in html
    assert '<a href="/triage/">Tri</a>' in html


def test_what_was_escaped_in_an_attribute_is_not_escaped_twice():
    assert ui.pairs([("Owner", "L&#x27;Oréal")]) == [("Owner", "L'Oréal")]
    assert "&amp;#x27;" not in drawn("facts", pairs=[("Owner", "L&#x27;Oréal")])


@pytest.mark.parametrize("kind", ["bar", "line", "scatter", "funnel", "hist", "waterfall"])
def test_a_chart_carries_its_figures_as_data_and_as_a_table(kind: str):
    spec = {"kind": kind, "x": ["a", "b"], "series": [{"name": "Value", "values": [1, 1234.5]}], "unit": "k€"}

    html = drawn("chart", spec=spec, title="Value")

    assert '<script type="application/json">' in html
    assert "<td" in html
    assert "1234.50" in html or "1,234.50" in html
    assert "Value (k€)" in html


def test_a_chart_cannot_smuggle_in_a_script():
    spec = {"kind": "bar", "x": ["</script><script>alert(1)"], "series": [{"name": "n", "values": [1]}]}

    assert "<script>alert" not in drawn("chart", spec=spec, title="x")


def test_the_table_of_a_histogram_names_its_bins_and_intervals_have_columns():
    hist = {"kind": "hist", "x": [0, 20, 40], "series": [{"name": "Rows", "values": [3, 4]}]}
    line = {
        "kind": "line",
        "x": ["May"],
        "series": [{"name": "F1", "values": [0.5], "low": [0.4], "high": [None]}],
    }

    assert ui.chart_rows(hist) == [["0 – 20", "3"], ["20 – 40", "4"]]
    assert ui.chart_columns(line) == ["", "F1", "from", "to"]
    assert ui.chart_rows(line) == [["May", "0.5000", "0.4000", "–"]]


def test_a_scatter_shows_both_figures_of_a_point():
    spec = {"kind": "scatter", "x": [], "series": [{"name": "A", "values": [[3.5, 4]]}]}

    assert ui.chart_rows(spec) == [["–", "3.50 / 4"]]


def test_moments_are_told_in_words_and_exactly():
    now = clock.now()

    assert ui.relative(now) == "just now"
    assert ui.relative(now - timedelta(hours=3, minutes=5)) == "3\xa0hours ago"
    assert ui.relative(now + timedelta(days=3, hours=1)) == "in 3\xa0days"
    assert ui.relative(clock.today() + timedelta(days=1)) == "tomorrow"
    assert ui.relative(clock.today() - timedelta(days=4)) == "4 days ago"
    assert 'datetime="' in drawn("when", at=now)
    assert ui.relative(None) == ""


def test_the_steps_say_their_state_aloud():
    html = drawn(
        "stepper", steps=[{"label": "Backlog", "state": "done"}, {"label": "Build", "state": "current"}]
    )

    assert 'aria-current="step"' in html
    assert "(done)" in html
    assert "(now)" in html


def test_progress_is_a_progress_element_and_not_a_style():
    html = drawn("progress", percent=42, label="Training")

    assert '<progress max="100" value="42"' in html
    assert "style=" not in html


def test_an_unknown_colour_is_grey_and_known_words_have_one():
    assert ui.hue("chartreuse") == "tone-grey"
    assert ui.hue("danger") == "tone-red"
    assert "tone-green" in drawn("badge", "Fine", color="green")


def test_more_people_than_fit_are_counted():
    class Somebody:
        def __init__(self, number: int) -> None:
            self.pk, self.display_name, self.initials = number, f"Person {number}", "P"

    html = drawn("avatars", users=[Somebody(n) for n in range(7)], max=3)

    assert html.count("Person ") == 6  # shown and read, three times
    assert "and 4 more" in html


class Question(forms.Form):
    """A form with one field of each kind."""

    title = forms.CharField(help_text="A few words.")
    note = forms.CharField(required=False, widget=forms.Textarea)
    scope = forms.ChoiceField(choices=[("r", "Read")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()


def test_a_form_names_describes_and_marks_its_fields():
    html = str(Question())

    assert '<label class="form-label" for="id_title">' in html
    assert 'aria-describedby="id_title_helptext"' in html
    assert 'class="form-control"' in html
    assert "optional" in html
    assert "<fieldset" in html
    assert 'type="radio"' in html


def test_a_refused_form_says_so_at_the_top_and_at_the_field():
    html = str(Question({"title": ""}))

    assert 'role="alert"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "is-invalid" in html


def test_active_filters_become_chips_that_can_be_dropped():
    class Narrow(forms.Form):
        q = forms.CharField(required=False)
        phase = forms.ChoiceField(choices=[("b", "Backlog")], required=False)

    request = RequestFactory().get("/list/?q=churn&phase=b&page=3")

    chips = ui.active_filters({"request": request}, Narrow(request.GET))

    assert [(chip["label"], chip["text"], chip["url"]) for chip in chips] == [
        ("Q", "churn", "?phase=b"),
        ("Phase", "Backlog", "?q=churn"),
    ]
