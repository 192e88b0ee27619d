"""The pages of use cases: lists and filters, one case with its acts, scores, squad and kill criteria."""

import re
import uuid

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.core.context import address
from projects.models import Comment, KillCriterion, ScoreCard, SquadMember
from projects.selectors import activity, home
from projects.services import scores
from tests.people import person
from tests.projects.cases import (
    LEVELS,
    criterion,
    in_backlog,
    in_phase,
    join,
    manager,
    proposal,
    scored,
)
from tests.projects.page_visits import at, queries, signed_in

pytestmark = pytest.mark.django_db

OF_ONE = ("detail", "edit", "activity", "readiness", "score", "squad", "kill_criteria")


@pytest.mark.parametrize("name", ["use_case_list", "use_case_board", "use_case_new", "squad_list", "triage"])
def test_a_visitor_is_sent_to_sign_in(name):
    assert Client().get(at(name)).status_code == 302


@pytest.mark.parametrize("name", ["use_case_list", "use_case_board", "use_case_new", "squad_list"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pages_stand_empty_and_filled(name, language):
    client = signed_in(person(language=language))
    assert client.get(at(name)).status_code == 200

    in_phase("initialisation")
    assert client.get(at(name)).status_code == 200


@pytest.mark.parametrize("page", OF_ONE)
def test_every_page_of_a_use_case_stands_for_owner_and_stranger(page):
    use_case = in_backlog()
    scored(use_case)
    join(use_case, "data_analyst", is_lead=True)
    criterion(use_case)
    url = at(f"use_case_{page}", use_case.pk)

    for user in (use_case.product_owner, person(), manager(), person(language="fr")):
        answer = signed_in(user).get(url)
        assert answer.status_code == 200
        assert use_case.ref in answer.content.decode()


@pytest.mark.parametrize("page", OF_ONE)
def test_what_one_may_not_see_does_not_exist(page):
    hidden = proposal(is_confidential=True)
    client = signed_in(person())

    assert client.get(at(f"use_case_{page}", hidden.pk)).status_code == 404
    assert client.get(at(f"use_case_{page}", uuid.uuid4())).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "phase=backlog",
        "q=hail",
        "product_owner=1",
        "risk_tier=minimal&health=unknown",
        "sort=priority",
        "sort=-priority",
        "sort=zzz",
        "page=99",
        "page=x",
        "q=%25%27%22",
    ],
)
def test_any_filter_or_order_is_answered(query):
    in_backlog()

    assert signed_in(person()).get(f"{at('use_case_list')}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["phase=nonsense", "unit=999999999999999999999", "unit=x"])
def test_a_filter_that_means_nothing_is_named_instead_of_ignored(query):
    in_backlog()

    page = signed_in(person()).get(f"{at('use_case_list')}?{query}")

    assert page.status_code == 422
    assert query.partition("=")[0] in page.content.decode()


def test_the_filter_narrows_the_list():
    one, two = in_backlog(title="Hail claims"), proposal(title="Read invoices")
    client = signed_in(person())

    page = client.get(f"{at('use_case_list')}?phase=backlog").content.decode()
    assert one.ref in page and two.ref not in page
    page = client.get(f"{at('use_case_list')}?q=invoices").content.decode()
    assert two.ref in page and one.ref not in page


@pytest.mark.parametrize("name", ["use_case_list", "use_case_board", "squad_list"])
def test_lists_ask_as_often_for_six_as_for_one(name):
    client = signed_in(person())
    join(in_phase("initialisation"), "designer", is_lead=True)
    one = queries(client, at(name))
    for _each in range(5):
        join(in_phase("initialisation"), "designer", is_lead=True)

    assert queries(client, at(name)) == one


def test_no_address_of_projects_moves_through_a_gate():
    use_case = in_backlog()
    client = signed_in(use_case.product_owner)

    for act in ("initialise", "develop", "go_live", "retire", "accept"):
        assert client.post(at("use_case_act", use_case.pk, act)).status_code == 404

    use_case.refresh_from_db()
    assert use_case.phase == "backlog"


def test_an_act_is_done_by_who_may_and_refused_with_its_reason_to_others():
    use_case = in_phase("initialisation")
    url, words = at("use_case_act", use_case.pk, "stop"), {"reason": "No signal.", "lessons": "Labels first."}

    stranger = signed_in(person())
    assert "decides to stop" in stranger.get(url).content.decode()
    assert stranger.post(url, words).status_code == 403
    use_case.refresh_from_db()
    assert use_case.phase == "initialisation"
    mine = signed_in(use_case.product_owner)
    assert mine.post(url, {"reason": ""}).status_code == 422
    assert mine.post(url, words).status_code == 302

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.lessons) == ("stopped", "Labels first.")


def test_the_owner_edits_and_a_stranger_does_not():
    use_case = in_backlog()
    words = {
        "title": "New title",
        "problem": use_case.problem,
        "ai_kind": "prediction",
        "sponsor": use_case.sponsor_id,
    }

    assert signed_in(person()).post(at("use_case_edit", use_case.pk), words).status_code == 403
    assert (
        signed_in(use_case.product_owner)
        .post(at("use_case_edit", use_case.pk), words | {"title": ""})
        .status_code
        == 422
    )
    assert signed_in(use_case.product_owner).post(at("use_case_edit", use_case.pk), words).status_code == 302

    use_case.refresh_from_db()
    assert use_case.title == "New title"


def test_a_comment_is_left_and_an_empty_one_comes_back():
    use_case = in_backlog()
    client = signed_in(person())

    assert client.post(at("use_case_detail", use_case.pk), {"text": " "}).status_code == 422
    assert (
        client.post(at("use_case_detail", use_case.pk), {"text": "<b>hello</b> **you**"}).status_code == 302
    )

    assert Comment.objects.count() == 1
    page = client.get(at("use_case_detail", use_case.pk)).content.decode()
    assert "<strong>you</strong>" in page and "<b>hello" not in page


def test_a_vote_runs_through_the_page_and_stays_blind():
    use_case = in_backlog()
    mine, other = signed_in(use_case.product_owner), signed_in(use_case.submitter)
    url = at("use_case_score", use_case.pk)

    assert mine.post(url, {"does": "open"}).status_code == 302
    sent = {code: str(level) for code, level in LEVELS.items()} | {"does": "vote", "note": "my private words"}
    assert mine.post(url, sent).status_code == 302
    assert "my private words" in mine.get(url).content.decode()
    assert "my private words" not in other.get(url).content.decode()
    assert other.get(url).context["page"].own_vote is None
    assert other.post(url, {"does": "agree"}).status_code == 403
    assert mine.post(url, {"does": "agree"}).status_code == 302

    assert ScoreCard.objects.get().state == "agreed"
    assert "31.6" in mine.get(url).content.decode() or ScoreCard.objects.get().priority


def test_a_wrong_level_or_an_empty_vote_comes_back():
    use_case = in_backlog()
    scores.open_card(use_case, by=use_case.product_owner)
    client, url = signed_in(use_case.product_owner), at("use_case_score", use_case.pk)

    assert client.post(url, {"does": "vote", "V1": "9"}).status_code == 422
    assert client.post(url, {"does": "vote"}).status_code == 422
    assert not ScoreCard.objects.get().votes.exists()


def test_a_squad_is_formed_led_and_left_through_the_page():
    use_case, ben = in_backlog(), person("Ben")
    client = signed_in(use_case.product_owner)

    words = {"user": ben.pk, "role": "data_analyst", "allocation": 40}
    assert client.post(at("use_case_squad", use_case.pk), words).status_code == 302
    assert client.post(at("use_case_squad", use_case.pk), words).status_code == 422
    member = SquadMember.objects.get()
    client.post(at("squad_member_lead", use_case.pk, member.pk))
    member.refresh_from_db()
    assert member.is_lead
    stranger = signed_in(person())
    assert stranger.post(at("squad_member_end", use_case.pk, member.pk)).status_code == 403
    assert client.get(at("squad_member_end", use_case.pk, member.pk)).status_code == 405
    client.post(at("squad_member_end", use_case.pk, member.pk))

    assert not SquadMember.objects.current().exists()


def test_a_member_of_another_squad_is_not_reached_through_this_one():
    use_case, other = in_backlog(), in_backlog()
    member = join(other, "designer")

    assert (
        signed_in(use_case.product_owner).post(at("squad_member_end", use_case.pk, member.pk)).status_code
        == 404
    )


def test_the_squad_list_names_who_holds_production_alone():
    use_case = in_phase("production")
    atlas = person("Atlas Alone")
    for role in ("business_expert", "data_engineer", "it_engineer"):
        join(use_case, role, user=atlas)

    assert "Atlas Alone holds everything" in signed_in(person()).get(at("squad_list")).content.decode()


def test_kill_criteria_are_written_measured_and_removed_through_the_page():
    use_case = in_backlog()
    client, url = signed_in(use_case.product_owner), at("use_case_kill_criteria", use_case.pk)
    words = {
        "statement": "Agents use it",
        "metric": "share",
        "comparator": "at_least",
        "threshold": "0.5",
        "deadline": "2999-01-01",
    }

    assert client.post(url, words | {"threshold": "much"}).status_code == 422
    assert client.post(url, words).status_code == 302
    written = KillCriterion.objects.get()
    one = at("kill_criterion", use_case.pk, written.pk)
    assert client.get(one).status_code == 200
    assert client.post(one, words | {"does": "change", "threshold": "0.6"}).status_code == 302
    assert client.post(one, {"does": "record", "measured_value": "1", "evidence": "x"}).status_code == 403
    assert KillCriterion.objects.get().threshold == 0.6
    assert client.post(at("kill_criterion_remove", use_case.pk, written.pk)).status_code == 302

    assert not KillCriterion.objects.exists()


def test_readiness_is_confirmed_through_the_page():
    use_case = in_phase("development")
    client, url = signed_in(use_case.product_owner), at("use_case_readiness", use_case.pk)

    assert client.post(url, {"kind": "adoption", "evidence": ""}).status_code == 422
    assert client.post(url, {"kind": "operational", "evidence": "Agreed."}).status_code == 403
    assert client.post(url, {"kind": "adoption", "evidence": "Signed."}).status_code == 302
    assert use_case.readiness_checks.count() == 1


def test_the_next_step_leads_the_owner_through_the_backlog():
    use_case = in_backlog()
    client, url = signed_in(use_case.product_owner), at("use_case_detail", use_case.pk)

    assert client.get(url).context["next"].href == at("use_case_score", use_case.pk)
    scored(use_case)
    assert client.get(url).context["next"].href == at("use_case_squad", use_case.pk)
    join(use_case, "citizen_data_scientist", is_lead=True)
    assert client.get(url).context["next"].href == at("use_case_kill_criteria", use_case.pk)
    criterion(use_case)
    step = client.get(url).context["next"]

    gate = address("governance:portfolio") and reverse("governance:gate_detail", args=[use_case.pk, "G1"])
    assert (step.href if step else "") == gate
    assert signed_in(person()).get(url).context["next"] is None


def test_the_home_page_tells_each_person_what_waits():
    use_case, portia = proposal(), manager()
    assert [each.url for each in home.triage(portia)] == [at("triage")]
    assert home.triage(person(duties=("executive",))) == []

    from projects.services import triage

    triage.ask(use_case, question="Who acts?", by=portia)
    assert [str(each.title) for each in home.questions(use_case.submitter)] == ["Answer a question"]

    accepted = in_backlog()
    assert [each.url for each in home.to_bring_on(accepted.product_owner)] == [
        at("use_case_score", accepted.pk)
    ]
    scores.open_card(accepted, by=accepted.product_owner)
    assert [each.url for each in home.votes(accepted.sponsor)] == [at("use_case_score", accepted.pk)]


def test_the_home_page_warns_of_deadlines_and_time_boxes():
    from datetime import timedelta

    from portal.core import clock

    use_case = in_backlog()
    criterion(use_case, deadline=clock.today() + timedelta(days=10))
    from projects.services import phases

    phases.move(use_case, "initialise", by=None, gate="G1")
    olga = use_case.product_owner
    assert home.deadlines(olga) == [] and home.time_boxes(olga) == []
    with clock.at(clock.now() + timedelta(days=40)):
        assert [each.urgent for each in home.deadlines(olga)] == [True]
        assert [each.urgent for each in home.time_boxes(olga)] == [True]


def test_every_verb_written_about_a_use_case_has_its_words_in_the_timeline():
    written = set()
    for path in [
        *(settings.ROOT / "projects/services").glob("*.py"),
        *(settings.ROOT / "governance/services").glob("*.py"),
    ]:
        found = re.findall(r'audit\.record\(\s*"([a-z_.]+)",\s*([\w.]+)', path.read_text())
        written |= {verb for verb, subject in found if "use_case" in subject}

    assert len(written) > 40
    assert written - set(activity.WORDS) - set(activity.QUIET) == set()
