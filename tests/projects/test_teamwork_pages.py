"""Pages of squads, trust, hypotheses, cycles and discussion: what each shows, refuses and does."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core import clock
from projects.models import Comment, Component, Cycle, Hypothesis, SizeWaiver, Story, TrustContract, Watch
from projects.services import comments, cycles, hypotheses, squad_sizes, stories
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager
from tests.projects.test_trust import TEXTS, signed, table

pytestmark = pytest.mark.django_db


def day(offset):
    """As a browser sends it."""
    return (clock.today() + timedelta(days=offset)).isoformat()


def at(name, *args):
    """An address."""
    return reverse(f"projects:{name}", args=args)


@pytest.fixture
def scene(client):
    """A use case in development whose owner is signed in."""
    use_case = in_phase("development")
    client.force_login(use_case.product_owner)
    return use_case


def filled(use_case):
    """Something on every page."""
    owner = use_case.product_owner
    analyst = join(use_case, "data_analyst", starts_on=clock.today()).user
    join(use_case, "designer", starts_on=clock.today() + timedelta(days=9))
    signed(use_case)
    made = hypotheses.state(use_case, statement="One in ten leaves.", by=owner)
    version = table(use_case)
    hypotheses.answer(made, is_true=True, version=version, column="left", finding="10 of 100.", by=analyst)
    hypotheses.state(use_case, statement="Rain matters.", by=owner)
    cycle = cycles.plan(
        use_case,
        goal="Agents see it",
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=9),
        metric="calls",
        metric_before=1.0,
        by=owner,
    )
    stories.add(use_case, title="Show why", cycle=cycle, assignee=analyst, by=owner)
    stories.add(use_case, title="Later", by=owner)
    part = in_backlog(owner)
    squad_sizes.link(use_case, part=part, by=owner)
    squad_sizes.waive(use_case, reason="Tiny.", until=clock.today() + timedelta(days=30), by=use_case.sponsor)
    said = comments.add(use_case, text="Hello", by=owner)
    comments.react(said, kind="agree", by=analyst)
    return made, cycle, said


PAGES = ("use_case_detail", "use_case_squad", "squad_size", "squad_parts", "use_case_readiness", "use_case_raci",
         "use_case_contract", "use_case_hypotheses", "use_case_cycles", "use_case_activity")  # fmt: skip


def test_every_page_shows_what_there_is_to_everybody_who_sees_the_use_case(client, scene):
    _made, cycle, said = filled(scene)
    open_one = Hypothesis.objects.get(state="open")
    story, member = Story.objects.first(), scene.members.first()
    addresses = [at(name, scene.pk) for name in PAGES] + [
        at("squad_list"),
        at("squad_load"),
        at("squad_staffing"),
        at("hypothesis", scene.pk, open_one.pk),
        at("cycle", scene.pk, cycle.pk),
        at("cycle_edit", scene.pk, cycle.pk),
        at("cycle_close", scene.pk, cycle.pk),
        at("story", scene.pk, story.pk),
        at("squad_member", scene.pk, member.pk),
        at("comment_edit", scene.pk, said.pk),
        at("use_case_people", scene.pk) + "?q=Data",
    ]
    analyst = scene.members.get(role="data_analyst").user
    for reader in (scene.product_owner, analyst, person(), manager(), person(duties=("auditor",))):
        client.force_login(reader)
        for address in addresses:
            assert client.get(address).status_code == 200, (address, reader)


def test_hidden_use_cases_and_unknown_things_do_not_exist(client, scene):
    hidden = in_phase("development", is_confidential=True)
    for name in PAGES:
        assert client.get(at(name, hidden.pk)).status_code == 404
    nobody = "00000000-0000-4000-8000-000000000000"
    for name in ("cycle", "story", "hypothesis", "comment_edit", "squad_member"):
        assert client.get(at(name, scene.pk, nobody)).status_code == 404
    assert client.post(at("contract_sign", scene.pk, 1), {"capacity": "end_user"}).status_code == 404


def test_a_membership_is_changed_and_wrong_shares_come_back(client, scene):
    member = join(scene, "designer")
    page = at("squad_member", scene.pk, member.pk)

    wrong = client.post(page, {"allocation": 101, "starts_on": day(0)})
    assert wrong.status_code == 422
    assert client.post(page, {"allocation": 50, "starts_on": day(5), "ends_on": day(1)}).status_code == 422
    assert client.post(page, {"allocation": 50, "starts_on": day(0), "site": "Lyon"}).status_code == 302
    member.refresh_from_db()
    assert (member.allocation, member.site) == (50, "Lyon")
    client.force_login(member.user)
    assert client.post(page, {"allocation": 10, "starts_on": day(0)}).status_code == 403


def test_too_much_time_is_told_on_the_form_of_the_squad(client, scene):
    busy = join(scene, "designer", allocation=90).user

    answer = client.post(
        at("use_case_squad", scene.pk), {"user": busy.pk, "role": "end_user", "allocation": 20}
    )

    assert answer.status_code == 422
    assert "at most 10 % are free" in answer.content.decode()


def test_size_and_parts(client, scene):
    assert client.post(at("squad_size", scene.pk), {"reason": "x", "until": day(9)}).status_code == 403
    part = in_backlog(scene.product_owner)
    assert client.post(at("squad_parts", scene.pk), {"part": part.pk}).status_code == 302
    link = Component.objects.get()
    assert client.post(at("squad_part_remove", scene.pk, link.pk)).status_code == 302
    assert not Component.objects.exists()
    client.force_login(scene.sponsor)
    assert client.post(at("squad_size", scene.pk), {"reason": "x", "until": day(-1)}).status_code == 422
    assert client.post(at("squad_size", scene.pk), {"reason": "x", "until": day(9)}).status_code == 302
    assert SizeWaiver.objects.count() == 1


def test_owners_are_named_area_by_area(client, scene):
    page = at("use_case_raci", scene.pk)
    ana = person("Ana")

    assert client.post(page, {"area": "operation", "accountable": ana.pk}).status_code == 422
    assert (
        client.post(page, {"area": "cooking", "accountable": ana.pk, "responsible": [ana.pk]}).status_code
        == 422
    )
    good = {"area": "operation", "accountable": ana.pk, "responsible": [ana.pk]}
    assert client.post(page, good).status_code == 302
    scene.refresh_from_db()
    assert scene.operation_owner == ana


def test_the_contract_is_written_and_signed_through_its_page(client, scene):
    page = at("use_case_contract", scene.pk)

    assert client.post(page, TEXTS | {"promised_figures": "Much."}).status_code == 422
    assert client.post(page, TEXTS).status_code == 302
    sign = at("contract_sign", scene.pk, 1)
    assert client.post(sign, {"capacity": "product_owner"}).status_code == 302
    assert client.post(sign, {"capacity": "end_user"}).status_code == 403
    assert client.post(sign, {"capacity": "king"}).status_code == 404
    assert TrustContract.objects.get().signatures.count() == 1


def test_a_hypothesis_goes_across_its_board(client, scene):
    analyst = join(scene, "data_analyst").user
    version = table(scene)
    board = at("use_case_hypotheses", scene.pk)

    assert client.post(board, {"statement": ""}).status_code == 422
    assert client.post(board, {"statement": "One in ten leaves"}).status_code == 302
    made = Hypothesis.objects.get()
    page = at("hypothesis", scene.pk, made.pk)
    answer = {"version": version.pk, "column": "left", "is_true": "yes", "finding": "10 of 100."}
    assert client.post(page, answer).status_code == 403
    client.force_login(analyst)
    assert "left" in client.get(page, {"version": version.pk, "column": "left"}).content.decode()
    assert client.post(page, answer | {"column": "id"}).status_code == 422
    assert client.post(page, answer).status_code == 302
    assert client.post(at("hypothesis_act", scene.pk, made.pk, "dance")).status_code == 404
    assert client.post(at("hypothesis_act", scene.pk, made.pk, "reopen")).status_code == 302
    made.refresh_from_db()
    assert made.state == "open"


def test_a_cycle_from_plan_to_demo(client, scene):
    page = at("use_case_cycles", scene.pk)
    plan = {"goal": "See it", "starts_on": day(0), "ends_on": day(9)}

    assert client.post(page, plan | {"ends_on": day(-1)}).status_code == 422
    assert client.post(page, plan).status_code == 302
    assert client.post(page, plan).status_code == 422
    assert client.post(page, {"does": "story", "title": ""}).status_code == 422
    assert client.post(page, {"does": "story", "title": "Later"}).status_code == 302
    cycle, later = Cycle.objects.get(), Story.objects.get()
    assert client.post(at("cycle", scene.pk, cycle.pk), {"title": "Now"}).status_code == 302
    assert (
        client.post(at("story", scene.pk, later.pk), {"title": "Soon", "cycle": cycle.pk}).status_code == 302
    )
    assert client.post(at("story_move", scene.pk, later.pk), {"action": "begin"}).status_code == 302
    assert (
        client.post(at("story_move", scene.pk, later.pk), {"action": "begin"}, follow=True).status_code == 200
    )
    later.refresh_from_db()
    assert (later.title, later.state, later.cycle) == ("Soon", "doing", cycle)
    assert client.post(at("cycle_edit", scene.pk, cycle.pk), plan | {"goal": "Use it"}).status_code == 302
    assert client.post(at("cycle_close", scene.pk, cycle.pk), {"outcome": "x"}).status_code == 422
    close = {"is_accepted": "yes", "outcome": "They liked it."}
    assert client.post(at("cycle_close", scene.pk, cycle.pk), close).status_code == 302
    assert client.post(at("cycle_close", scene.pk, cycle.pk), close).status_code == 403
    cycle.refresh_from_db()
    assert (cycle.goal, cycle.demo) == ("Use it", "accepted")
    assert client.post(at("story_remove", scene.pk, later.pk)).status_code == 302
    assert not Story.objects.filter(pk=later.pk).exists()


def test_discussion_and_watching(client, scene):
    said = comments.add(scene, text="Hello", by=scene.product_owner)

    assert client.post(at("comment_edit", scene.pk, said.pk), {"text": "Better"}).status_code == 302
    assert client.post(at("comment_react", scene.pk, said.pk), {"kind": "agree"}).status_code == 302
    assert client.post(at("comment_react", scene.pk, said.pk), {"kind": "rage"}).status_code == 302
    assert said.reactions.count() == 1
    assert client.post(at("use_case_watch", scene.pk), {"level": "all"}).status_code == 302
    assert Watch.objects.get().level == "all"
    client.force_login(person())
    assert client.post(at("comment_edit", scene.pk, said.pk), {"text": "Forged"}).status_code == 403
    assert client.post(at("comment_withdraw", scene.pk, said.pk)).status_code == 403
    client.force_login(scene.product_owner)
    assert client.post(at("comment_withdraw", scene.pk, said.pk)).status_code == 302
    assert Comment.objects.get().text == ""


def test_staffing_refuses_reversed_days_softly_and_strangers_kindly(client, scene):
    page = at("squad_staffing")

    assert client.get(page, {"first": day(5), "last": day(1)}).status_code == 200
    assert client.get(page, {"free": "abc", "role": "king"}).status_code == 200
    client.force_login(person())
    assert "Find" in client.get(page).content.decode()


def queries_of(client, address, capture):
    """How many a page asks."""
    with capture() as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_week_grid_and_staffing_ask_no_more_for_more_people(client, scene, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(manager())
    found = []
    for _round in range(2):
        for _number in range(4):
            join(scene, "designer")
        found.append(
            [
                queries_of(client, at(name), lambda: CaptureQueriesContext(connection))
                for name in ("squad_load", "squad_staffing", "squad_list")
            ]
        )

    assert found[0] == found[1]
