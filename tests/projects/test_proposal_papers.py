"""A proposal on paper: everything that is known, nothing the reader does not see, and a real PDF."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from projects import proposal_paper
from projects.selectors import proposal_papers
from projects.services import supports, triage, use_cases
from tests.people import person
from tests.projects.cases import in_backlog, manager, proposal, scored

pytestmark = pytest.mark.django_db


def told(use_case, reader=None):
    """Its sections by title."""
    return {each["title"]: each for each in proposal_papers.paper(use_case, reader or manager())["sections"]}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_proposal_says_what_why_who_and_by_when_it_is_answered():
    use_case = proposal(decides_today="The desk head.", people_affected=1200, rough_benefit=150000)
    supports.add(use_case, by=person())

    found = told(use_case)

    assert found["The problem"]["text"] == "Too few adjusters after a storm."
    assert ("Who decides what today", "The desk head.") in found["The problem"]["facts"]
    assert found["The problem"]["note"].startswith("Not said yet: Decision supported, ")
    worth = dict(found["What it is worth"]["facts"])
    assert (
        worth["People affected"].replace(",", "") == "1200"
        and worth["Mine too"] == "1 other person has this problem"
    )
    assert dict(found["People"]["facts"])["Proposed by"] == "Ana Author"
    assert "Not scored yet" in found["Score"]["note"]
    assert [name for name, _value in found["Triage and after"]["facts"]] == ["Waits since", "Answer due"]
    assert [row[1:3] for row in found["Triage and after"]["rows"]] == [["Submitted", "Ana Author"]]


def test_the_score_the_question_and_the_answers_stand_there():
    asked = proposal()
    triage.ask(asked, question="Which data?", by=manager())
    assert ("Question", "Which data?") in told(asked)["Triage and after"]["facts"]

    agreed = scored(in_backlog()).use_case
    found = told(agreed)
    assert dict(found["Score"]["tiles"])["Value"].isdecimal()
    assert [row[1] for row in found["Triage and after"]["rows"]] == ["Submitted", "Backlog"]


def test_similar_ones_are_only_those_the_reader_sees():
    use_case = proposal(title="Forecast hail claims in the south")
    shown, secret = proposal(), in_backlog(is_confidential=True)

    seen = {row[0] for row in told(use_case, person("Stranger"))["Similar use cases"]["rows"]}

    assert seen == {shown.ref}
    assert secret.ref in {row[0] for row in told(use_case)["Similar use cases"]["rows"]}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_people_write_is_text_on_the_page(language):
    wild = '#panic("x") $x^2$ *bold* \\ @ref <label> `raw` " é 漢 \n\n= Heading'
    use_case = proposal(title="#import evil", problem=wild)
    with translation.override(language):
        made = proposal_paper.pdf(proposal_papers.paper(use_case, manager()))
    assert made.startswith(b"%PDF-") and len(made) > 5000
    assert told(use_case)["The problem"]["text"] == wild.strip()


def test_page_and_api_give_the_file_to_those_who_see_the_use_case():
    use_case, secret = proposal(), proposal(is_confidential=True)
    draft = use_cases.propose(title="Later", problem="Not yet told.", submit=False, by=person("Dora"))
    client = signed_in(person())
    for where in ("projects:use_case_paper", "api:use-case-paper"):
        answer = client.get(reverse(where, args=[use_case.pk]))
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == f'attachment; filename="{use_case.ref}.pdf"'
        for hidden in (secret, draft):
            assert client.get(reverse(where, args=[hidden.pk])).status_code == 404
    shown = client.get(reverse("projects:use_case_detail", args=[use_case.pk])).content.decode()
    assert reverse("projects:use_case_paper", args=[use_case.pk]) in shown
