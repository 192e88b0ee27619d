"""R1 to R15 × page, API and timetable: the table names the test of each entry, and a hole in it fails."""

import importlib
from datetime import timedelta

import pytest

from governance.models import (
    ApprovalRequest,
)
from governance.services import approvals
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.services import credentials
from projects.services import squads
from tests.governance import factories as f
from tests.judging.acts import (
    DECIDE,
    YES,
    changed_card,
    changed_guardrail,
    decided,
    fresh,
)
from tests.judging.world import taken_back

pytestmark = pytest.mark.django_db


PATHS = "test_decision_paths.test_each_kind_of_person_gets_the_answer_of_the_table_and_a_no_changes_nothing"
BREACH = "test_invariants.test_what_breaks_an_invariant_is_refused_on_page_and_by_code"
TIME = "test_invariants.test_time_alone_decides_nothing_whatever_waits"
WRITES = "test_direct_writes."
PEOPLE = "test_people_and_policies.test_"
ENDS = "test_endings.test_"
# Invariant -> page, API, task. "task" is the timetable, which is all that acts without a person.
TABLE = {
    "R1 nobody decides on what they made": (PATHS, PATHS, TIME),
    "R2 an assignee of the active step, one vote each": (BREACH, BREACH, TIME),
    "R3 an open request keeps the policy it was asked under": (PEOPLE + "a_policy_changed_meanwhile_alters_no_open_request",) * 3,
    "R4 too few people: it does not open and is never approved": (
        PEOPLE + "what_nobody_could_decide_does_not_open_and_names_who_helps",
        PEOPLE + "what_nobody_could_decide_does_not_open_and_names_who_helps",
        PEOPLE + "a_request_whose_deciders_are_gone_ends_unanswered"),
    "R5 a changed subject voids": (BREACH, BREACH, ENDS + "the_timetable_approves_nothing_whose_subject_changed"),
    "R6 time never approves": (BREACH, BREACH, TIME),
    "R7 as many different people as the policy asks": (PEOPLE + "one_vote_of_two_decides_nothing",) * 3,
    "R8 an override needs two people, words, and ends": (
        BREACH, BREACH, ENDS + "an_override_ends_with_its_hours_and_its_finding_stays"),
    "R9 a delegate answers only what the giver could": (PATHS, PATHS, TIME),
    "R10 a conditional approval has findings and falls when they are late": (
        BREACH, BREACH, ENDS + "an_approval_falls_with_its_late_finding"),
    "R11 an approval runs out, also when the tier rises": (ENDS + "what_ran_out_or_outgrew_its_tier_is_not_promoted",) * 3,
    "R12 a no says why": (BREACH, BREACH, TIME),
    "R13 a status has one writer": (
        WRITES + "test_no_form_sets_a_status", WRITES + "test_no_method_of_any_address_of_the_api_sets_a_status",
        WRITES + "test_only_services_and_machines_write_a_status"),
    "R14 a proposed change is nowhere seen before it is applied": (PEOPLE + "a_proposed_tier_is_nowhere_in_force_before_it_is_decided",) * 3,
    "R15 only a small change goes the short track, and is sampled": (PEOPLE + "only_a_small_change_goes_the_short_track",) * 3,
}  # fmt: skip


def test_every_invariant_has_a_test_for_every_entry():
    assert [name.split()[0] for name in TABLE] == [f"R{number}" for number in range(1, 16)]
    for name, entries in TABLE.items():
        assert len(entries) == 3, name
        for entry in entries:
            module, test = entry.split(".")
            assert callable(getattr(importlib.import_module(f"tests.judging.{module}"), test, None)), entry
        if BREACH in entries:
            assert any(key.startswith(name.split()[0] + " ") for key in BREACHES), name


PROPOSE = ("/approvals/{request}/override/", "/api/overrides/")


def another_step(court):
    return court.officer, DECIDE, YES


def certificate_gone(court):
    credentials.revoke(court.judge.credentials.get(), reason="Now.", by=None)
    return court.judge, DECIDE, YES


def second_vote(court):
    approvals.decide(fresh(court), answer="abstain", reason="My brother works on it.", by=court.judge)
    return court.judge, DECIDE, YES


def older_page(court):
    return court.judge, DECIDE, YES | {"seen_digest": "0" * 64}


def ran_out(court):
    later = clock.now() - timedelta(days=1)
    ApprovalRequest.objects.filter(pk=court.waiting["model_review"].pk).update(expires_at=later)
    keep_deadlines()
    return court.judge, DECIDE, YES


def override_without_words(court):
    return court.officer, PROPOSE, {"reason": "Now!"}


def confirm(override):
    return f"/overrides/{override.pk}/confirm/", f"/api/overrides/{override.pk}/confirm/"


def override_alone(court):
    return court.override.proposed_by, confirm(court.override), {}


def override_of_one_who_joined(court):
    squads.add_member(court.use_case, user=court.override.proposed_by, role="mentor", by=court.owner)
    return court.officer, confirm(court.override), {}


def conditional_without_finding(court):
    return court.judge, DECIDE, YES | {"answer": "approve_with_findings"}


def bare(answer):
    return lambda court: (court.judge, DECIDE, {"answer": answer})


def unconfirmed_checklist(court):
    return court.judge, DECIDE, {"answer": "approve", "checklist": f.CHECKLIST[1:]}


REFUSED, CONFLICT, INVALID = ({403}, {403}), ({409, 422}, {409}), ({302, 422}, {400})
BREACHES = {
    "R2 another step": (another_step, REFUSED), "R2 certificate gone": (certificate_gone, REFUSED),
    "R2 second vote": (second_vote, REFUSED), "R5 card changed": (changed_card, CONFLICT),
    "R5 guardrail added": (changed_guardrail, CONFLICT), "R5 older page": (older_page, CONFLICT),
    "R6 expired": (ran_out, CONFLICT), "R8 no words": (override_without_words, INVALID), "R8 alone": (override_alone, REFUSED),
    "R8 the first joined the squad": (override_of_one_who_joined, REFUSED),
    "R10 no finding": (conditional_without_finding, INVALID), "R12 bare no": (bare("reject"), INVALID),
    "R12 bare wish for changes": (bare("request_changes"), INVALID), "R12 bare abstention": (bare("abstain"), INVALID),
    "R12 checklist not confirmed": (unconfirmed_checklist, INVALID),
}  # fmt: skip


@pytest.mark.parametrize("breach", BREACHES)
def test_what_breaks_an_invariant_is_refused_on_page_and_by_code(breach, court, client):
    make, statuses = BREACHES[breach]
    for way, right in zip(("page", "api"), statuses, strict=True):
        with taken_back():
            review = fresh(court)
            who, addresses, body = make(court)
            before = decided()
            client.force_login(who)
            url = dict(zip(("page", "api"), addresses, strict=True))[way].format(request=review.pk)
            if way == "api":
                said = body | ({"request": str(review.pk)} if url == "/api/overrides/" else {})
                status = client.post(url, said, "application/json").status_code
            else:
                status = client.post(url, body).status_code
            assert status in right, way
            assert decided() == before, way


@pytest.mark.parametrize("days", [1, 12, 30, 400])
def test_time_alone_decides_nothing_whatever_waits(days, court):
    with taken_back():
        before = decided()
        with clock.at(clock.now() + timedelta(days=days)):
            keep_deadlines()
            keep_deadlines()
        after = decided()
        assert after["usable"] <= before["usable"]  # an approval may run out, never begin
        assert after | {"usable": 0} == before | {"usable": 0}
        if days == 400:
            assert not ApprovalRequest.objects.open().exists()
