"""No order of acts walks around R1 to R15; and the machine that says so sees it when a rule is taken out."""

import ast
import inspect
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test

from governance import policies
from governance.models import ApprovalRequest, Delegation
from governance.models.approvals import Step
from governance.models.delegations import DelegationQuerySet
from governance.rules import (
    approvals as rules,
    conflicts,
    deployments as deployment_rules,
    overrides as override_rules,
    preapproval,
)
from governance.selectors import approval_plans
from governance.services import answers, approvals, champions, models, overrides, risks, version_life
from portal.core import append_only
from portal.core.verdicts import YES
from tests.judging import ledger
from tests.judging.bench import STAKES, bench
from tests.judging.machine import Acts

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _bench(tmp_path_factory, courts, django_db_setup, django_db_blocker):
    """Built once; each run takes itself back. Requests and people of another world would be drawn instead of its own."""
    courts.rises()
    place, hashers = tmp_path_factory.mktemp("bench"), ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(VAR=place, PASSWORD_HASHERS=hashers):
        if not append_only.guarded_tables():
            append_only.install_triggers()
        with transaction.atomic():
            assert not ApprovalRequest.objects.exists(), "another world stands beside this one"
            Acts.w = bench()
            yield
            transaction.set_rollback(True)


def only(acts: str) -> type[Acts]:
    """The machine with a few of its acts."""
    found = {name: each for name, each in vars(Acts).items() if hasattr(each, RULE_MARKER)}
    others = {name: plain(each) for name, each in found.items() if name not in acts.split()}
    return type("Few", (Acts,), others)


def plain(act: Any) -> Any:
    """The same act, to be called and not to be drawn."""
    return lambda self, *args, **kwargs: act(self, *args, **kwargs)


def run(machine: type[Acts], *, runs: int, acts: int) -> None:
    """Always the same runs; to shrink fifty acts would take longer than to read them."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs, phases=[Phase.generate], stateful_step_count=acts, deadline=None, derandomize=True,
            report_multiple_bugs=False, suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


@pytest.mark.usefixtures("_bench")
def test_no_order_of_acts_walks_around_an_approval():
    run(Acts, runs=2, acts=25)


def without(sentence):
    """A person with this stake, and with no other, is let in."""

    def take_out(patch):
        told = conflicts.reasons
        patch.setattr(
            conflicts, "reasons", lambda user, asked: (each for each in told(user, asked) if each != sentence)
        )

    return take_out


def gone(place, name, instead):
    """A rule that says something else."""
    return lambda patch: patch.setattr(place, name, lambda *args, **kwargs: instead)


def role(name):
    """Everybody fills this role."""
    return lambda patch: patch.setitem(rules.ROLES, name, lambda user, asked: YES)


def live_steps(patch):
    """The steps of the policy in force now, whatever was pinned."""

    def plan(asked):
        found = policies.for_use_case(asked.use_case).steps if asked.use_case else {}
        return [
            Step(**each) for each in found.get(asked.kind, asked.policy["steps"]) if asked.policy
        ] or pinned(asked)

    pinned = ApprovalRequest.plan.fget
    patch.setattr(
        ApprovalRequest,
        "plan",
        property(lambda asked: plan(asked) if asked.kind == "model_review" else pinned(asked)),
    )


def giver_with(condition):
    """A seat is handed on without looking at the giver's stake, or at whether the giver has one."""

    def take_out(patch):
        def place(user, asked, step):
            if rules.fills(user, asked, step) or not rules.holds_what_the_step_asks(user, step):
                return None
            given = Delegation.objects.current().filter(given_to=user).select_related("given_by")
            return next((each.given_by for each in given if condition(each.given_by, asked, step)), None)

        patch.setattr(rules, "in_whose_place", place)

    return take_out


def one_vote(patch):
    """The first yes ends it."""
    patch.setattr(approvals, "counted", lambda asked, step, decision: approvals.ended("approve"))


def time_approves(patch):
    patch.setitem(ApprovalRequest.LIFE.moves, "expire", {"open": "approved"})


def promotable(patch):
    for place in (champions, deployment_rules):
        patch.setattr(place, "is_promotable", lambda version: YES)


TRY, ONE, SEATS = "everybody_without_a_seat_tries", "answer_one", "seats_approve"
# Rule -> how it is taken out, and the acts that are drawn: the others would only take time.
REMOVED = {f"R1 {sentence}": (without(sentence), TRY) for sentence in dict.fromkeys(STAKES.values())} | {
    "R2 the seat": (gone(rules, "has_seat", YES), TRY),
    "R2 the duty of a reviewer": (role("model_reviewer"), TRY),
    "R2 the duty of a risk officer": (role("risk_officer"), TRY),
    "R2 the certificate of a delegate": (gone(rules, "holds_what_the_step_asks", True), TRY),
    "R2 one voice": (gone(rules, "one_voice", YES), SEATS),
    "R3 the pinned policy": (live_steps, "the_policy_changes"),
    "R4 enough people": (gone(approval_plans, "require_people", None), "too_few_are_left_and_it_is_submitted_anew"),
    "R5 the same subject": (gone(approvals, "require_same_subject", None), "change_the_card"),
    "R6 time ends and never approves": (time_approves, "time_passes"),
    "R7 as many votes as asked": (one_vote, SEATS),
    "R8 duty and stake": (gone(override_rules, "may_take_part", YES), "override"),
    "R8 the finding": (gone(overrides, "open_finding", None), "override_in_order"),
    "R8 the hours": (gone(overrides, "end_overdue", 0), "override_and_wait"),
    "R9 the stake of the giver": (giver_with(lambda giver, asked, step: rules.fills(giver, asked, step)), TRY),
    "R9 one hop": (giver_with(lambda giver, asked, step: not rules.conflicts(giver, asked)), TRY),
    "R9 the days": (lambda patch: patch.setattr(DelegationQuerySet, "current", lambda self: self.filter(ended_at=None)), TRY),
    "R10 a finding": (gone(answers, "findings_errors", {}), SEATS),
    "R10 its day": (gone(models, "revoke_overdue", 0), "approve_and_wait"),
    "R11 the timetable": (gone(version_life, "expire_approvals", 0), "approve_and_wait"),
    "R11 the promotion": (promotable, "approve_and_wait"),
    "R12 the checklist and the justifications": (gone(answers, "review_errors", {}), ONE),
    "R14 kept aside": (gone(risks, "is_lower", False), "ask_for_a_lower_tier"),
    "R15 the short track": (gone(preapproval, "is_small", True), "too_few_are_left_and_it_is_submitted_anew"),
}  # fmt: skip
# What the database holds as well: without the rule nothing comes through all the same.
HELD_TWICE = {
    "R8 two people": (gone(override_rules, "may_confirm", YES), "override_in_order"),
    "R12 a no says why": (gone(answers, "reason_errors", {}), ONE),
}


class Seen(BaseException):
    """The ledger has seen it; Hypothesis stops at once and repeats nothing."""


def test_every_stake_of_the_rules_has_somebody_who_has_it_alone():
    tree = ast.parse(inspect.getsource(conflicts))
    said = {
        each.value.args[0].value for each in ast.walk(tree) if isinstance(each, ast.Yield) and isinstance(each.value, ast.Call)
    }  # fmt: skip
    assert said == set(STAKES.values())


@pytest.mark.usefixtures("_bench")
@pytest.mark.parametrize("name", REMOVED)
def test_the_machine_sees_when_a_rule_is_taken_out(name, monkeypatch):
    take_out, acts = REMOVED[name]
    take_out(monkeypatch)
    monkeypatch.setattr(ledger, "Broken", Seen)
    with pytest.raises(Seen, match=rf"\b{name.split()[0]}\b"):
        run(only(acts), runs=15, acts=4)


@pytest.mark.usefixtures("_bench")
@pytest.mark.parametrize("name", HELD_TWICE)
def test_what_the_database_holds_too_holds_without_its_rule(name, monkeypatch):
    take_out, acts = HELD_TWICE[name]
    take_out(monkeypatch)
    run(only(acts), runs=2, acts=6)
