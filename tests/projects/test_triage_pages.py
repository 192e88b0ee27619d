"""The pages on which use cases are proposed and triaged."""

import pytest

from projects.models import UseCase
from projects.services import use_cases
from tests.people import person
from tests.projects.cases import in_backlog, manager, owner, proposal
from tests.projects.page_visits import at, queries, signed_in

pytestmark = pytest.mark.django_db


def test_triage_asks_as_often_for_six_as_for_one():
    client = signed_in(manager())
    proposal()
    one = queries(client, at("triage"))
    for _each in range(5):
        proposal()

    assert queries(client, at("triage")) == one


def test_a_proposal_is_sent_or_kept_as_a_draft():
    ana = person("Ana")
    client = signed_in(ana)
    words = {"title": "Fewer wrong claims", "problem": "Forms come back."}

    answer = client.post(at("use_case_new"), words | {"then": "send"})
    sent = UseCase.objects.get()
    assert answer.status_code == 302 and answer.url == at("use_case_detail", sent.pk)
    assert (sent.phase, sent.submitter) == ("submitted", ana)
    client.post(at("use_case_new"), words | {"then": "draft"})

    assert UseCase.objects.filter(phase="draft").count() == 1


def test_a_wrong_proposal_comes_back_with_what_was_entered():
    answer = signed_in(person()).post(
        at("use_case_new"), {"title": "", "problem": "Forms come back.", "people_affected": "many"}
    )

    assert answer.status_code == 422
    assert "Forms come back." in answer.content.decode()
    assert {"title", "people_affected"} <= set(answer.context["form"].errors)
    assert not UseCase.objects.exists()


def test_alike_use_cases_appear_while_typing():
    proposal(title="Forecast of hail claims")

    found = signed_in(person()).get(at("use_case_similar"), {"title": "Hail claims forecast"})

    assert "Forecast of hail claims" in found.content.decode()


def test_triage_is_for_portfolio_managers():
    use_case = proposal()
    client = signed_in(person(duties=("administrator",)))

    assert client.get(at("triage")).status_code == 403
    assert client.get(at("triage_decide", use_case.pk)).status_code == 403
    assert (
        client.post(at("triage_decide", use_case.pk), {"answer": "decline", "reason": "No."}).status_code
        == 403
    )
    use_case.refresh_from_db()
    assert use_case.phase == "submitted"


def test_a_manager_accepts_through_the_page():
    use_case, olga = proposal(), owner()
    client = signed_in(manager())

    page = client.get(at("triage_decide", use_case.pk)).content.decode()
    assert "Olga Owner" in page
    answer = client.post(
        at("triage_decide", use_case.pk),
        {"answer": "accept", "product_owner": olga.pk, "risk_tier": "limited"},
    )

    assert answer.status_code == 302
    use_case.refresh_from_db()
    assert (use_case.phase, use_case.product_owner) == ("backlog", olga)


@pytest.mark.parametrize(
    ("sent", "phase"),
    [
        ({"answer": "ask", "question": "Who acts?"}, "needs_info"),
        ({"answer": "decline", "reason": "A rule does it."}, "declined"),
    ],
)
def test_a_manager_asks_or_declines_through_the_page(sent, phase):
    use_case = proposal()

    signed_in(manager()).post(at("triage_decide", use_case.pk), sent)

    use_case.refresh_from_db()
    assert use_case.phase == phase


@pytest.mark.parametrize(
    "sent",
    [
        {"answer": "accept"},
        {"answer": "ask", "question": " "},
        {"answer": "duplicate", "of": "nonsense"},
        {"answer": "decline"},
    ],
)
def test_an_incomplete_answer_comes_back_and_changes_nothing(sent):
    use_case = proposal()

    assert signed_in(manager()).post(at("triage_decide", use_case.pk), sent).status_code == 422

    use_case.refresh_from_db()
    assert use_case.phase == "submitted"


def test_an_untrained_owner_is_not_offered():
    use_case, untrained = proposal(), person("Untrained")

    answer = signed_in(manager()).post(
        at("triage_decide", use_case.pk),
        {"answer": "accept", "product_owner": untrained.pk, "risk_tier": "minimal"},
    )

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("act", "words", "field", "value"),
    [
        ("tier", {"tier": "high", "reason": "People."}, "risk_tier", "high"),
        ("make-or-buy", {"choice": "buy", "reason": "Common."}, "make_or_buy", "buy"),
        ("hold", {"until": "2999-01-01", "reason": "Data."}, "held_reason", "Data."),
    ],
)
def test_acts_of_a_portfolio_manager(act, words, field, value):
    use_case = in_backlog()
    client = signed_in(manager())

    assert client.get(at("use_case_act", use_case.pk, act)).status_code == 200
    assert client.post(at("use_case_act", use_case.pk, act), words).status_code == 302

    use_case.refresh_from_db()
    assert getattr(use_case, field) == value


def test_a_draft_is_submitted_with_an_answer_through_the_page():
    ana = person("Ana")
    draft = proposal(by=ana, submit=False)

    assert signed_in(ana).post(at("use_case_act", draft.pk, "submit"), {"answer": ""}).status_code == 302
    draft.refresh_from_db()
    assert draft.phase == "submitted"
    assert use_cases.withdraw(draft, by=ana).phase == "draft"
