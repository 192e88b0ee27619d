"""Asking for a move on the board: by the services that decide, with everything that is missing."""

import json

import pytest
from django.test import Client

from governance.models import ApprovalRequest
from governance.services import moves
from portal.core.models import AuditEvent
from projects.models import UseCase
from projects.services import phases
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, manager, proposal

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def untouched(use_case, phase, events):
    use_case.refresh_from_db()
    assert use_case.phase == phase
    assert AuditEvent.objects.count() == events
    assert not ApprovalRequest.objects.exists()


def test_a_refused_move_names_every_unmet_requirement_with_its_remedy_and_changes_nothing():
    use_case = in_backlog()
    events = AuditEvent.objects.count()

    answer = moves.ask(use_case, to="initialisation", user=use_case.product_owner)

    assert answer.outcome == "refused"
    assert len(answer.unmet) >= 3
    assert all(each.remedy for each in answer.unmet)
    untouched(use_case, "backlog", events)


def test_the_board_gets_the_list_as_a_fragment_and_a_plain_form_as_a_page():
    use_case = in_backlog()
    client = signed_in(use_case.product_owner)
    url = f"/use-cases/{use_case.pk}/move/"

    fragment = client.post(url, {"to": "initialisation"}, headers={"HX-Request": "true"})
    page = client.post(url, {"to": "initialisation"})

    assert (fragment.status_code, fragment["X-Move"]) == (403, "refused")
    assert "<html" not in fragment.content.decode()
    assert page.status_code == 403 and "<html" in page.content.decode()
    shown = fragment.content.decode().replace("&#x27;", "'").replace("&amp;", "&")
    for each in moves.ask(use_case, to="initialisation", user=use_case.product_owner).unmet:
        assert f"<strong>{each.label}</strong>" in shown
        assert str(each.remedy) in shown


def test_a_stranger_is_refused_and_a_hidden_one_does_not_exist():
    use_case, secret = in_backlog(), in_backlog(is_confidential=True)
    events = AuditEvent.objects.count()
    client = signed_in(person())

    assert client.post(f"/use-cases/{use_case.pk}/move/", {"to": "stopped"}).status_code == 403
    assert client.post(f"/use-cases/{secret.pk}/move/", {"to": "stopped"}).status_code == 404
    body = json.dumps({"use_case": str(secret.pk), "to": "stopped"})
    assert client.post("/api/moves/", body, content_type="application/json").status_code == 404
    untouched(use_case, "backlog", AuditEvent.objects.count())
    assert UseCase.objects.get(pk=secret.pk).phase == "backlog"
    assert events <= AuditEvent.objects.count()


@pytest.mark.parametrize("to", ["production", "backlog", "draft"])
def test_where_no_move_leads_is_a_conflict_that_says_where_one_may_go(to):
    use_case = in_backlog()

    answer = moves.ask(use_case, to=to, user=use_case.product_owner)

    assert answer.outcome == "conflict"
    assert to == "backlog" or "Initialisation" in str(answer.verdict.remedy)


def test_what_needs_words_leads_to_its_page():
    boss, use_case, waiting = manager(), in_backlog(), proposal()

    stop = moves.ask(use_case, to="stopped", user=use_case.product_owner)
    accept = moves.ask(waiting, to="backlog", user=boss)

    assert (stop.outcome, accept.outcome) == ("form", "form")
    assert stop.url.endswith("/do/stop/") and str(waiting.pk) in accept.url
    assert signed_in(use_case.product_owner).get(stop.url).status_code == 200


def test_taking_back_and_sending_are_done_at_once():
    waiting = proposal()

    assert moves.ask(waiting, to="draft", user=waiting.submitter).outcome == "moved"
    assert moves.ask(waiting, to="submitted", user=waiting.submitter).outcome == "moved"
    waiting.refresh_from_db()
    assert waiting.phase == "submitted"


def test_somebody_else_was_faster():
    use_case = in_phase("initialisation")
    stale = UseCase.objects.get(pk=use_case.pk)
    phases.stop(use_case, reason="No.", lessons="Ask first.", by=use_case.product_owner)

    assert moves.ask(stale, to="development", user=use_case.product_owner).outcome == "conflict"


def test_the_api_answers_with_the_same_list():
    use_case = in_backlog()
    body = json.dumps({"use_case": str(use_case.pk), "to": "initialisation"})

    answer = signed_in(use_case.product_owner).post("/api/moves/", body, content_type="application/json")

    assert answer.status_code == 403
    found = answer.json()
    wanted = moves.ask(use_case, to="initialisation", user=use_case.product_owner).unmet
    assert [each["label"] for each in found["unmet"]] == [str(each.label) for each in wanted]
    assert answer.json()["outcome"] == "refused"
