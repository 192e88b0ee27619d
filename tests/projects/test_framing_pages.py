"""The pages and the API of make or buy, lenses, standards, templates and proposals to stop."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from portal.core import clock
from projects import buying
from projects.models import MakeOrBuyAssessment, StopProposal, Support, UseCase, UseCaseTemplate
from projects.services import make_or_buy, phases, stops, templates
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, manager, proposal, scored
from tests.projects.test_make_or_buy import COSTS, VECTOR
from tests.projects.test_templates import CRITERION, written

pytestmark = pytest.mark.django_db
ROOT = "/api/use-cases/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def caller(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def at(name, *args):
    return reverse(f"projects:{name}", args=args)


def one(use_case, *rest):
    return "/".join([ROOT + str(use_case.pk), *map(str, rest)]) + "/"


def proposed_to_stop():
    use_case = in_backlog()
    criterion(use_case)
    phases.move(use_case, "initialise", by=None, gate="G1")
    with clock.at(clock.now() + timedelta(days=60)):
        stops.look_at(use_case)
    return use_case, StopProposal.objects.get(use_case=use_case, cause="time_over")


@pytest.mark.parametrize("page", ["use_case_make_or_buy", "use_case_standards", "use_case_copy", "use_case_to_template", "use_case_support"])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_stand_for_owner_and_stranger_and_hide_what_is_confidential(page, language):
    use_case, hidden = in_phase("production"), proposal(is_confidential=True)
    make_or_buy.assess(
        use_case,
        category="common",
        scores=VECTOR,
        costs=COSTS,
        facts=list(buying.FACTS),
        by=use_case.product_owner,
    )

    for user in (use_case.product_owner, person(language=language), manager()):
        assert signed_in(user).get(at(page, use_case.pk)).status_code == 200
    assert Client().get(at(page, use_case.pk)).status_code == 302
    assert signed_in(person()).get(at(page, hidden.pk)).status_code == 404
    assert signed_in(person()).get(at(page, uuid.uuid4())).status_code == 404


def test_answers_are_kept_on_the_page_and_the_recommendation_shows():
    use_case = in_backlog()
    client = signed_in(use_case.product_owner)
    form = {
        "does": "assess",
        "category": "common",
        **VECTOR,
        **{f"cost_{code}": x for code, x in COSTS.items()},
    }

    assert client.post(at("use_case_make_or_buy", use_case.pk), form).status_code == 302

    page = client.get(at("use_case_make_or_buy", use_case.pk)).content.decode()
    assert "379,366" in page and "319,297" in page
    assert MakeOrBuyAssessment.objects.get().recommendation == "buy"


def test_a_wrong_cost_comes_back_with_everything_that_was_typed():
    use_case = in_backlog()
    form = {
        "does": "assess",
        "category": "common",
        "cost_make_build": "-5",
        "answer_exit": "Export of the data",
    }

    answer = signed_in(use_case.product_owner).post(at("use_case_make_or_buy", use_case.pk), form)

    assert answer.status_code == 422
    assert "Export of the data" in answer.content.decode()
    assert not MakeOrBuyAssessment.objects.exists()


def test_a_vetoed_decision_comes_back_with_the_veto():
    use_case = in_backlog()
    make_or_buy.assess(
        use_case, category="common", facts=["data_stay", "no_on_site"], by=use_case.product_owner
    )

    answer = signed_in(use_case.product_owner).post(
        at("use_case_make_or_buy", use_case.pk), {"does": "decide", "choice": "buy", "reason": "Cheap."}
    )

    assert answer.status_code == 422
    assert "it cannot be bought" in answer.content.decode()


def test_figures_are_entered_on_the_score_page_and_the_lenses_show():
    use_case = in_backlog()
    scored(use_case)
    client = signed_in(use_case.product_owner)
    form = {"does": "estimate", "reach": 4000, "impact": "1.0", "effort_months": 4}

    assert client.post(at("use_case_score", use_case.pk), form).status_code == 302
    assert client.post(at("use_case_score", use_case.pk), form | {"effort_months": 0}).status_code == 422

    assert "800" in client.get(at("use_case_score", use_case.pk)).content.decode()


def test_why_compares_two_that_one_sees():
    one_, other, hidden = in_backlog(), in_backlog(), proposal(is_confidential=True)
    client = signed_in(person())

    waiting = client.get(at("use_case_why"), {"a": one_.pk, "b": other.pk})
    assert waiting.status_code == 200 and "agreed score" in waiting.content.decode()
    scored(one_)
    scored(other)
    assert "same priority" in client.get(at("use_case_why"), {"a": one_.pk, "b": other.pk}).content.decode()
    for b in (hidden.pk, "x", ""):
        assert client.get(at("use_case_why"), {"a": one_.pk, "b": b}).status_code == 404


def test_the_sponsor_goes_on_with_a_reason_and_the_owner_is_shown_why_not():
    use_case, found = proposed_to_stop()
    url = at("stop_proposal", use_case.pk, found.pk)

    assert "sponsor" in signed_in(use_case.product_owner).get(url).content.decode()
    assert signed_in(use_case.product_owner).post(url, {"reason": "Please."}).status_code == 403
    assert signed_in(use_case.sponsor).post(url, {"reason": ""}).status_code == 422
    found.refresh_from_db()
    assert found.state == "open"
    assert signed_in(use_case.sponsor).post(url, {"reason": "Labels arrived."}).status_code == 302
    assert signed_in(person()).get(at("use_case_kill_criteria", use_case.pk)).status_code == 200
    assert signed_in(person()).get(at("stop_proposal", in_backlog().pk, found.pk)).status_code == 404


def test_a_manager_keeps_a_template_on_its_pages_and_anybody_begins_with_it():
    client = signed_in(manager())
    form = {"does": "change", "name": "Whom to call", "standards": ["decision"], "action_taken": "A call."}

    answer = client.post(at("template_new"), form)
    template = UseCaseTemplate.objects.get()
    assert answer.url == at("template_detail", template.pk)
    edit = at("template_edit", template.pk)
    assert client.post(edit, {"does": "criterion", **CRITERION}).status_code == 302
    assert client.post(edit, {"does": "criterion", **CRITERION, "in_days": 0}).status_code == 422
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"does": "drop", "statement": CRITERION["statement"]}).status_code == 302
    assert client.post(edit, {"does": "retire"}).status_code == 302
    assert client.post(edit, {"does": "retire"}).status_code == 422
    assert client.post(edit, {"does": "offer"}).status_code == 302

    template.refresh_from_db()
    assert (template.criteria, template.state) == ([], "offered")
    anybody = signed_in(person(language="fr"))
    assert (
        anybody.get(at("template_list")).status_code
        == anybody.get(at("template_detail", template.pk)).status_code
        == 200
    )
    assert anybody.post(edit, {"does": "retire"}).status_code == 403
    begin = {"title": "Call movers", "problem": "They leave when they move house."}
    assert anybody.post(at("template_detail", template.pk), {"title": ""}).status_code == 422
    assert anybody.post(at("template_detail", template.pk), begin).status_code == 302
    assert UseCase.objects.get().action_taken == "A call."


def test_the_standards_page_takes_over_the_criteria():
    use_case = in_backlog()
    UseCase.objects.filter(pk=use_case.pk).update(template=written())

    assert signed_in(person()).post(at("use_case_apply_criteria", use_case.pk)).status_code == 403
    assert (
        signed_in(use_case.product_owner).post(at("use_case_apply_criteria", use_case.pk)).status_code == 302
    )

    assert use_case.kill_criteria.count() == 1


def test_the_api_frames_a_use_case():
    use_case = in_backlog()
    scored(use_case)
    olga, sven = caller(use_case.product_owner), caller(person())

    assert olga.get(one(use_case, "make-or-buy/assessment")).status_code == 404
    sent = {"category": "common", "scores": VECTOR, "costs": COSTS}
    kept = olga.post(one(use_case, "make-or-buy/assessment"), sent)
    assert (kept.status_code, kept.data["recommendation"]) == (200, "buy")
    assert (
        olga.post(one(use_case, "make-or-buy/assessment"), sent | {"scores": {"cost": 9}}).status_code == 400
    )
    assert sven.post(one(use_case, "make-or-buy/assessment"), sent).status_code == 403
    assert (
        olga.post(one(use_case, "estimate"), {"reach": 4000, "impact": 1.0, "effort_months": 4}).status_code
        == 200
    )
    assert olga.post(one(use_case, "estimate"), {"reach": -4}).status_code == 400
    assert olga.post(one(use_case, "estimate"), {"mood": 1}).status_code == 400
    figures = {row["lens"]: row["figure"] for row in sven.get(one(use_case, "lenses")).data}
    assert figures["rice"] == pytest.approx(800)
    assert sven.get(one(use_case, "standards")).data["against_house"] is True
    assert sven.post(one(use_case, "support"), {"comment": "Us too."}).data == {"supports": 1}
    assert sven.delete(one(use_case, "support")).status_code == 204
    assert not Support.objects.exists()


def test_the_api_says_why_and_proposes_to_stop():
    one_, other = in_backlog(), in_backlog()
    assert caller(person()).get(one(one_, "why", other.pk)).data["upper"] is None
    scored(one_)
    scored(other)
    assert caller(person()).get(one(one_, "why", other.pk)).data["difference"] == 0
    assert caller(person()).get(one(one_, "why", uuid.uuid4())).status_code == 404

    use_case, found = proposed_to_stop()
    shown = caller(person()).get(one(use_case, "stop-proposals")).data
    assert "time_over" in [each["cause"] for each in shown["proposals"]]
    assert shown["saving"]["basis"] == "timebox"
    go_on = one(use_case, "stop-proposals", found.pk, "go-on")
    assert caller(use_case.product_owner).post(go_on, {"reason": "x"}).status_code == 403
    assert caller(use_case.sponsor).post(go_on, {"reason": "Labels."}).data["state"] == "went_on"
    assert caller(use_case.sponsor).post(go_on, {"reason": "Labels."}).status_code == 403


def test_the_api_puts_off_wakes_and_joins():
    waiting, portia = proposal(), caller(manager())
    day = str(clock.today() + timedelta(days=4))

    assert portia.post(one(waiting, "snooze"), {"until": day}).data["snoozed_until"] == day
    assert portia.post(one(waiting, "snooze"), {"until": "2001-01-01"}).status_code == 400
    assert caller(waiting.submitter).post(one(waiting, "wake"), {}).status_code == 403
    assert portia.post(one(waiting, "wake"), {}).data["snoozed_until"] is None
    draft, older = proposal(submit=False), in_backlog()
    assert (
        caller(draft.submitter).post(one(draft, "join"), {"of": str(older.pk)}).data["phase"] == "duplicate"
    )


def test_the_api_keeps_templates():
    portia, sven = caller(manager()), caller(person())

    made = portia.post(
        "/api/templates/", {"name": "Whom to call", "criteria": [CRITERION], "roles": ["end_user"]}
    )
    assert made.status_code == 201
    url = f"/api/templates/{made.data['id']}/"
    assert sven.patch(url, {"name": "Mine"}).status_code == 403
    assert portia.patch(url, {"criteria": [CRITERION | {"in_days": 999}]}).status_code == 400
    assert (
        portia.patch(url, {"summary": "When many can be called."}).data["summary"]
        == "When many can be called."
    )
    assert sven.post(f"{url}begin/", {"title": "Call", "problem": "They leave."}).status_code == 201
    assert portia.post(f"{url}retire/", {}).data["state"] == "retired"
    assert portia.post(f"{url}retire/", {}).status_code == 409
    assert sven.post(f"{url}begin/", {"title": "Call", "problem": "They leave."}).status_code == 403
    assert portia.post(f"{url}offer/", {}).data["can"]["begin"]["allowed"] is True
    assert sven.get("/api/templates/").data["count"] == 1
    live = in_phase("production")
    assert caller(live.product_owner).post(one(live, "to-template"), {"name": "Storms"}).status_code == 201
    assert sven.post(one(live, "copy"), {"title": "Floods", "problem": "Floods."}).data["phase"] == "draft"
    assert sven.post(one(live, "apply-criteria"), {}).status_code == 403


def test_the_list_of_templates_asks_a_constant_number_of_queries():
    client = signed_in(person())

    def asked():
        client.get(at("template_list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(at("template_list"))
        return len(queries)

    written()
    before = asked()
    for number in range(5):
        written(name=f"Template {number}")

    assert asked() == before
    assert templates.CONTENT
