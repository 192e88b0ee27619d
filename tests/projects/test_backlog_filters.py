"""Every filter of the backlog finds what it names, and nothing that its reader does not see."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from portal.core import clock
from projects.filters.use_cases import UseCaseFilter, kept
from projects.models import GatePlan, UseCase
from projects.selectors import narrowing
from projects.services import comments, use_cases
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, join, proposal, scored

pytestmark = pytest.mark.django_db


def found(user, query: str) -> set[str]:
    """References that a query finds, through the form."""
    request = RequestFactory().get("/?" + query)
    request.user = user
    result = UseCaseFilter(request.GET, queryset=UseCase.objects.visible_to(user), request=request)
    assert result.form.is_valid(), result.form.errors
    by_selectors = narrowing.found_by(kept(QueryDict(query), request), user)
    refs = set(result.qs.values_list("ref", flat=True))
    assert refs == set(by_selectors.values_list("ref", flat=True)), "a saved view means the same"
    return refs


@pytest.fixture
def pair():
    """One with everything said, one with little."""
    rich = in_backlog(
        title="Hail after storms", tags=["météo", "claims"], rough_benefit=90000, people_affected=500,
        ai_kind="forecasting", process="Planning", decision_supported="Shifts", success_metric="Days", metric_target=2.0,
        end_users="Agents", external_source="jira", external_id="A-1",
    )  # fmt: skip
    scored(rich)
    join(rich, "data_scientist", person("Lea Lead"), is_lead=True)
    criterion(rich)
    poor = proposal(title="Letters")
    return rich, poor


@pytest.mark.parametrize(
    "query",
    [
        "q=hail", "q=UC-", "phase=backlog", "phase=backlog&phase=production", "risk_tier=minimal", "tag=météo",
        "tag=claims,nothing", "product_owner=Olga", "lead=lea", "member=Lea Lead", "sponsor=Sponsor", "ai_kind=forecasting",
        "priority_min=1", "priority_max=100", "value_min=10", "feasibility_min=10", "risk_min=1", "benefit_min=80000",
        "people_min=500", "external_source=jira", "submitter=Ana&phase=backlog", "is=open&phase=backlog", "make_or_buy=undecided&phase=backlog",
        "health=unknown&phase=backlog",
    ],
)  # fmt: skip
def test_a_filter_finds_the_one_that_fits_and_not_the_other(pair, query):
    rich, poor = pair

    refs = found(person(), query)

    if query != "q=UC-":
        assert refs == {rich.ref}


@pytest.mark.parametrize(
    "query",
    [
        "without=product_owner", "without=tags", "without=process&without=end_users", "product_owner=none", "sponsor=none",
        "is=unscored", "phase=submitted", "without=metric_target", "without=rough_benefit",
    ],
)  # fmt: skip
def test_what_is_empty_can_be_asked_for(pair, query):
    _rich, poor = pair

    assert found(person(), query) == {poor.ref}


def test_mine_and_my_squads_depend_on_the_reader(pair):
    rich, poor = pair

    assert found(rich.product_owner, "is=mine") == {rich.ref}
    assert found(poor.submitter, "submitter=me") == {poor.ref}
    member = rich.members.get().user
    assert found(member, "is=my_squads") == {rich.ref}
    assert found(person(), "is=my_squads") == set()


def test_a_framing_beyond_its_time_box_is_overdue():
    late, fresh = in_phase("initialisation"), in_phase("initialisation")
    UseCase.objects.filter(pk=late.pk).update(phase_since=clock.now() - timedelta(days=40))

    assert found(person(), "is=over_timebox") == {late.ref} == found(person(), "is=overdue")
    assert found(person(), "days_in_phase=39") == {late.ref}
    assert fresh.ref in found(person(), "phase=initialisation")


def test_a_missed_day_makes_overdue():
    planned, measured, held, calm = (in_backlog() for _each in range(4))
    yesterday = clock.today() - timedelta(days=1)
    GatePlan.objects.create(use_case=planned, gate="G1", planned_on=yesterday)
    criterion(measured).__class__.objects.update(deadline=yesterday)
    UseCase.objects.filter(pk=held.pk).update(held_until=yesterday)

    assert found(person(), "is=overdue") == {planned.ref, measured.ref, held.ref}
    assert found(person(), "is=on_hold") == {held.ref}
    assert found(person(), "gate_within=0") == {planned.ref}
    assert calm.ref in found(person(), "is=no_kill_criteria")


def test_silence_ends_with_a_word():
    silent, spoken = in_backlog(), in_backlog()
    UseCase.objects.update(phase_since=clock.now() - timedelta(days=31))
    comments.add(spoken, text="Still wanted.", by=person())

    assert found(person(), "is=stale") == {silent.ref}


def test_no_lead_and_no_squad_and_missed_criteria():
    led, unled = in_backlog(), in_backlog()
    join(led, "data_scientist", is_lead=True)
    join(unled, "data_analyst")
    bare = in_backlog()
    missed = criterion(bare)
    use_cases.update(bare, tags=["x"], by=bare.product_owner)
    missed.__class__.objects.filter(pk=missed.pk).update(result="missed")

    assert found(person(), "is=no_lead") == {unled.ref, bare.ref}
    assert found(person(), "is=no_squad") == {bare.ref}
    assert found(person(), "is=kill_missed") == {bare.ref}


def test_a_provisional_score_is_found(pair):
    rich, _poor = pair
    rich.score_cards.update(coverage=0.5)

    assert found(person(), "is=provisional") == {rich.ref}


def test_nobody_finds_what_they_do_not_see(pair):
    secret = in_backlog(title="Hail in secret", is_confidential=True)

    assert secret.ref not in found(person(), "q=hail")
    assert secret.ref in found(secret.product_owner, "is=confidential")


@pytest.mark.parametrize(
    "query",
    [
        "phase=nowhere",
        "q=tier:rich",
        "q=-priority_min:abc",
        "priority_min=200",
        "is=rich",
        "created_after=yesterday",
        "unit=0",
        "value_min=abc",
    ],
)
def test_a_filter_that_makes_no_sense_is_named(query):
    request = RequestFactory().get("/?" + query)
    request.user = person()

    result = UseCaseFilter(request.GET, queryset=UseCase.objects.all(), request=request)

    assert query.split("=")[0] in result.form.errors
    assert kept(request.GET, request) == {}


def test_days_are_compared():
    use_case = in_backlog()
    today = clock.today().isoformat()

    assert (
        found(person(), f"created_after={today}")
        == {use_case.ref}
        == found(person(), f"created_before={today}")
    )
    assert found(person(), "created_before=2001-01-01") == set()


def test_conditions_in_the_text_box_mean_the_same_as_the_filters_and_a_minus_turns_them_round(pair):
    rich, poor = pair
    reader = person()
    for query, wanted in (
        ("phase:backlog hail", {rich.ref}),
        ("phase:submitted,backlog", {rich.ref, poor.ref}),
        ("-phase:backlog", {poor.ref}),
        ("-lead:lea", {poor.ref}),
        ("owner:olga tag:météo", {rich.ref}),
        ('sponsor:"Sponsor" -is:unscored', {rich.ref}),
        ("-owner:none", {rich.ref}),
        ("benefit_min:80000 -health:on_track", {rich.ref}),
        ("tier:minimal letters", set()),
        ("phase:backlog OR q:x letters", set()),  # the text is no condition
        ("-phase:backlog OR tag:météo", {rich.ref, poor.ref}),
        ("tag:météo OR is:ended phase:submitted", set()),
        ("storms:hail", set()),  # no condition of this name: words like any other
    ):
        assert found(reader, urlencode({"q": query})) == wanted, query
