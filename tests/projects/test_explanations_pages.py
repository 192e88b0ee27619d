"""Pages and API of explanations: the same questions by hand and by program, with the same refusals."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.core.duties import Duty
from portal.core.models import Job
from projects.models import Explanation
from projects.services import explanations
from tests.people import person
from tests.projects.explain_scene import finished, replayed_engine, worked

__all__ = ["replayed_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("replayed_engine")]


def signed_in(user):
    """A browser of this person."""
    client = Client()
    client.force_login(user)
    return client


def page(client, name, key, **query):
    """The answer to a GET."""
    return client.get(reverse(f"projects:{name}", args=[key]), query)


def send(client, name, key, **body):
    """The answer to a POST."""
    return client.post(reverse(f"projects:{name}", args=[key]), body)


def api(client, method, path, body=None):
    """A call of the API."""
    more = {"data": body, "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/{path}", **more)


def test_the_result_page_speaks_in_the_order_of_a_business_person_and_has_an_expert_view():
    play = finished()
    client = signed_in(play.citizen)

    shown = page(client, "experiment_detail", play.experiment.pk)
    plain = shown.content.decode()
    expert = page(client, "experiment_detail", play.experiment.pk, view="expert").content.decode()

    marks = [
        "What it can do",
        "How many to act on",
        "How sure we are",
        "What drives it",
        "Where it errs",
        "Is it fair",
    ]
    places = [plain.index(f">{mark}<") for mark in [*marks, "Candidates", "What next"]]
    assert places == sorted(places)
    assert "roc_auc" not in plain and "chosen by the person" not in plain
    assert "All measures" in expert and "All measures" not in plain
    board = [row.trial for row, *_acts in shown.context["rows"]]
    assert board[0].is_baseline and board[1].is_best


def test_a_capacity_is_answered_at_once_and_a_wrong_one_says_what_is_wrong():
    play = finished()
    client = signed_in(play.citizen)

    fits = page(client, "experiment_detail", play.experiment.pk, capacity="500", of="5000")
    wrong = page(client, "experiment_detail", play.experiment.pk, capacity="500", of="")
    strange = page(client, "experiment_detail", play.experiment.pk, capacity="many", cost_false_positive="-1")

    decision = fits.context["decision"]
    assert decision.basis == "capacity" and 0 < decision.taken <= 500 and decision.of == 5000
    assert f"Act on the {decision.taken} rows of 5000" in fits.content.decode()
    assert wrong.status_code == 200 and "Say out of how many rows." in wrong.content.decode()
    assert strange.status_code == 200 and wrong.context["decision"].basis == "cost"


def test_a_row_is_asked_explained_changed_and_another_answer_found():
    play = finished()
    client = signed_in(play.citizen)
    begun = send(client, "explain_ask", play.experiment.pk, what="rows", row=3)
    asked = Explanation.objects.get()
    assert begun.status_code == 302 and begun.url.endswith(f"{asked.pk}/")
    assert "comes by itself" in page(client, "explanation_detail", asked.pk).content.decode()
    assert page(client, "explanation_live", asked.pk).status_code == 200
    worked()
    assert page(client, "explanation_live", asked.pk).headers["HX-Refresh"] == "true"
    shown = page(client, "explanation_detail", asked.pk)
    fields = {each["name"]: each for each in shown.context["answer"]["rows"][0]["fields"]}
    assert "What speaks for and against" in shown.content.decode()

    typed = {each["key"]: each["value"] for each in fields.values()} | {fields["visits"]["key"]: "8"}
    whatif = send(client, "explanation_whatif", asked.pk, what="whatif", row=3, **typed)
    other = next(name for name in ("yes", "no") if name != asked_said(asked))
    change = send(client, "explanation_whatif", asked.pk, what="change", row=3, goal=other)
    worked()

    made = Explanation.objects.get(what="whatif")
    assert made.options == {"row": 3, "changes": {"visits": 8.0}}  # only what differs is a change
    assert "Each change alone" in client.get(whatif.url).content.decode()
    assert client.get(change.url).status_code == 200
    for way in Explanation.objects.get(what="change").result["ways"]:
        assert not {each["column"] for each in way["changes"]} & {"age", "sex"}


def asked_said(asked):
    """What the model says of the row."""
    asked.refresh_from_db()
    return asked.result["rows"][0]["said"]


def test_wrong_entries_are_answered_with_422_and_keep_what_was_typed():
    play = finished()
    client = signed_in(play.citizen)
    asked = explanations.ask(play.experiment, what="rows", options={"rows": [0]}, by=play.citizen)
    worked()
    jobs = Job.objects.count()

    far = send(client, "explain_ask", play.experiment.pk, what="rows", row=9999)
    alone = send(client, "explain_ask", play.experiment.pk, what="compare", other="")
    poem = send(client, "explain_ask", play.experiment.pk, what="poetry")
    text = send(client, "explanation_whatif", asked.pk, what="whatif", row=0, v0="a lot")
    gone = send(client, "explanation_whatif", asked.pk, what="whatif", row=7, v0="1")

    assert [each.status_code for each in (far, alone, poem, text, gone)] == [422] * 5
    assert "is not a number" in text.content.decode() and 'value="a lot"' in text.content.decode()
    assert Job.objects.count() == jobs and Explanation.objects.count() == 1


def test_rows_are_hidden_from_those_who_do_not_see_the_data_on_page_and_api():
    play = finished()
    asked = explanations.ask(play.experiment, what="rows", options={"rows": [0]}, by=play.citizen)
    worked()
    dataset = play.experiment.dataset_version.dataset
    dataset.classification = "confidential"
    dataset.save()
    reviewer = signed_in(person("Rita Reviewer", duties=(Duty.MODEL_REVIEWER,)))
    auditor, stranger = (
        signed_in(person("Alma Auditor", duties=(Duty.AUDITOR,))),
        signed_in(play.stranger),
    )

    shown = page(reviewer, "explanation_detail", asked.pk)
    told = api(reviewer, "get", f"explanations/{asked.pk}/").json()

    assert shown.status_code == 200 and "shown to those who may use the data" in shown.content.decode()
    assert "answer" not in shown.context
    assert told["result"] == {} and told["options"] == {} and not told["can"]["read"]["allowed"]
    assert send(reviewer, "explain_ask", play.experiment.pk, what="rows", row=1).status_code == 403
    assert send(auditor, "explain_ask", play.experiment.pk, what="effects").status_code == 403
    for name, key in (("explain", play.experiment.pk), ("explanation_detail", asked.pk)):
        assert page(stranger, name, key).status_code == 404
    assert Explanation.objects.count() == 1


def test_the_api_asks_waits_and_answers_like_the_pages():
    play = finished()
    client = signed_in(play.citizen)
    path = f"experiments/{play.experiment.pk}/explain/"

    begun = api(client, "post", path, {"what": "effects", "options": {"columns": ["visits"]}})
    worked()
    again = api(client, "post", path, {"what": "effects", "options": {"columns": ["visits"]}})

    assert (begun.status_code, again.status_code) == (202, 200)
    assert begun.json()["id"] == again.json()["id"]
    assert again.json()["result"]["effects"][0]["column"] == "visits"
    listed = api(client, "get", f"explanations/?experiment={play.experiment.pk}&what=effects").json()
    assert [each["id"] for each in listed["results"]] == [begun.json()["id"]]
    for body, field in (
        ({"what": "poetry"}, "what"),
        ({"what": "effects", "colour": 1}, "colour"),
        ({"what": "effects", "options": {"columns": ["nope"]}}, "columns"),
        ({"what": "report", "trial": str(play.use_case.pk)}, "trial"),
    ):
        refused = api(client, "post", path, body)
        assert refused.status_code == 400 and field in refused.content.decode(), body


def test_the_api_decides_by_capacity_and_refuses_half_a_capacity():
    play = finished()
    client = signed_in(play.citizen)
    path = f"experiments/{play.experiment.pk}/decision/"

    found = api(client, "get", f"{path}?capacity=10&of=100").json()

    assert found["basis"] == "capacity" and found["taken"] <= 10
    assert api(client, "get", f"{path}?capacity=10").status_code == 400
    assert api(client, "get", f"{path}?of=zero").status_code == 400


def test_the_list_of_questions_costs_the_same_however_long_it_is(django_assert_max_num_queries):
    play = finished()
    client = signed_in(play.citizen)
    counts = []
    for columns in (["age"], ["visits"], ["region"]):
        explanations.ask(play.experiment, what="effects", options={"columns": columns}, by=play.citizen)
        with django_assert_max_num_queries(60) as queries:
            page(client, "explain", play.experiment.pk)
        counts.append(len(queries))

    assert counts[1] == counts[2]


def test_an_experiment_of_before_still_shows_its_result():
    play = finished()
    play.experiment.result.pop("explanations")
    for each in play.experiment.result["importance"]:
        each.pop("sure")
    play.experiment.save()
    client = signed_in(play.citizen)

    assert page(client, "experiment_detail", play.experiment.pk).status_code == 200
    assert page(client, "experiment_detail", play.experiment.pk, view="expert").status_code == 200
    assert page(client, "explain", play.experiment.pk).status_code == 200
    assert api(client, "get", f"experiments/{play.experiment.pk}/decision/").status_code == 409
