"""Random people do random things: no order of acts lets somebody decide on their own work, or a decision outlive its digest."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from governance import manifests
from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion, Override
from governance.rules.conflicts import made, squad
from governance.services import approval_times, approvals, delegations, deployments, models, overrides
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models.credentials import Right
from portal.core.services import credentials, people
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import SquadMember
from projects.services import squads
from tests.governance import factories as f
from tests.people import give, person

pytestmark = pytest.mark.django_db
NO = (Refused, ValidationError, IllegalMove)
PEOPLE = (
    "author",
    "owner",
    "sponsor",
    "member",
    "reviewer",
    "second",
    "risk",
    "risk2",
    "administrator",
    "stranger",
)
WHO = st.sampled_from(PEOPLE)
# Those whose acts could do harm act often.
STAKED = st.sampled_from(["author", "owner", "sponsor", "member", "administrator"])
JUDGING = st.sampled_from(["reviewer", "second", "risk", "risk2"])
ASKING = st.sampled_from(["author", "author", "author", "owner", "member", "stranger"])
JOINING = st.sampled_from(["second", "stranger", "risk2"])
ANSWERS = st.sampled_from(["approve", "approve", "approve", "request_changes", "abstain", "reject"])


class Acts(RuleBasedStateMachine):
    """One use case with one model of high risk; everybody tries everything."""

    @initialize()
    def begin(self):
        """Everything of this run is taken back at its end."""
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.w = w = f.world("high")
        self.people = {
            "author": w.author, "owner": w.owner, "sponsor": w.sponsor, "member": w.squad["data_engineer"],
            "reviewer": w.reviewer, "second": f.reviewer("Sven Second"), "risk": w.risk,
            "risk2": person("Rita Second", duties=(Duty.RISK_OFFICER,)),
            "administrator": person("Ada", duties=(Duty.ADMINISTRATOR,)), "stranger": person("Stranger"),
        }  # fmt: skip
        for name in ("author", "member", "administrator"):  # certified, so that only the stake refuses them
            give(self.people[name], Right.APPROVE_MODEL)
        people.assign_duties(w.author, duties=(Duty.MODEL_REVIEWER, Duty.RISK_OFFICER), by=None)
        people.assign_duties(self.people["member"], duties=(Duty.MODEL_REVIEWER,), by=None)

    def teardown(self):
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def attempt(self, call):
        """What is refused leaves nothing behind."""
        before = Deployment.objects.count()
        with contextlib.suppress(*NO), transaction.atomic():
            call()
        if Deployment.objects.count() > before:
            self.was_decided_on_as_it_is()

    def version(self):
        return ModelVersion.objects.for_list().get(pk=self.w.version.pk)

    def newest(self):
        return ApprovalRequest.objects.for_list().order_by("-created_at", "-pk").first()

    @rule(who=STAKED, answer=ANSWERS)
    def decide_on_own_work(self, who, answer):
        self.decide(who, answer)

    @rule(who=JUDGING)
    def approve(self, who):
        self.decide(who, "approve")

    @rule(who=JOINING)
    def join_decide_and_leave(self, who):
        """Having been a member for a moment does not wear off."""
        self.join(who)
        self.leave(who)
        self.decide(who, "approve")

    @rule(who=WHO, answer=ANSWERS)
    def decide(self, who, answer):
        no = {"reason": "Because.", "category": "data"} if answer != "approve" else {}
        somebody, asked = self.people[who], self.newest()
        is_same = manifests.subject_digest(asked) == asked.subject_digest
        before = Decision.objects.filter(decided_by=somebody).count()
        self.attempt(lambda: approvals.decide(asked, answer=answer, checklist=f.CHECKLIST, by=somebody, **no))
        if Decision.objects.filter(decided_by=somebody).count() > before:
            assert is_same, "decided on what had changed since it was asked"
            worked = SquadMember.objects.filter(use_case=self.w.use_case, user=somebody).exists()
            assert not worked, f"{who} is or was in the squad"

    @rule(who=ASKING)
    def submit(self, who):
        self.attempt(lambda: models.submit(self.version(), card=f.CARD, by=self.people[who]))

    @rule(who=WHO)
    def withdraw(self, who):
        self.attempt(lambda: approvals.withdraw(self.newest(), by=self.people[who]))

    @rule(who=st.sampled_from(["owner", "author", "stranger"]))
    def promote(self, who):
        self.attempt(lambda: deployments.promote(self.version(), by=self.people[who]))
        self.attempt(
            lambda: deployments.request_promotion(self.version(), reason="Now.", by=self.people[who])
        )

    def was_decided_on_as_it_is(self):
        """What has just begun to serve is, word for word, what was approved."""
        version = self.version()
        now = manifests.digest(manifests.of_version(version, version.manifest["policy"]))
        assert version.requests.filter(kind="model_review", state="approved", subject_digest=now).exists()

    @rule(who=JOINING)
    def leave(self, who):
        member = SquadMember.objects.current().filter(use_case=self.w.use_case, user=self.people[who]).first()
        if member:
            self.attempt(lambda: squads.end_membership(member, by=self.w.owner))

    @rule(who=WHO, text=st.sampled_from(["None.", "Adults only."]))
    def change_the_card(self, who, text):
        """Past every door, as a slip of a program would."""
        ModelVersion.objects.filter(pk=self.w.version.pk).update(limits=text)

    @rule(who=WHO, to=WHO)
    def delegate(self, who, to):
        day = clock.today()
        self.attempt(
            lambda: delegations.give(
                to=self.people[to], starts_on=day, ends_on=day, reason="Away.", by=self.people[who]
            )
        )

    @rule(who=JOINING)
    def join(self, who):
        self.attempt(
            lambda: squads.add_member(self.w.use_case, user=self.people[who], role="mentor", by=self.w.owner)
        )

    @rule(who=WHO)
    def lose_the_certificate(self, who):
        held = self.people[who].credentials.valid().first()
        if held:
            self.attempt(lambda: credentials.revoke(held, reason="Lost.", by=None))

    @rule()
    def a_new_reviewer(self):
        """So that requests can open, whoever has left, joined or lost."""
        self.people["reviewer"] = f.reviewer("Rex New")

    @rule(who=WHO)
    def override(self, who):
        self.attempt(
            lambda: overrides.propose(
                self.newest(), reason="The champion fails every day.", by=self.people[who]
            )
        )
        waiting = Override.objects.for_list().filter(state="proposed").first()
        if waiting:
            self.attempt(lambda: overrides.confirm(waiting, by=self.people[who]))

    @rule()
    def time_passes(self):
        approval_times.expire_overdue()

    @invariant()
    def nobody_decides_on_their_own_work(self):
        if not hasattr(self, "w"):
            return
        for each in Decision.objects.select_related("request__version", "decided_by", "on_behalf_of"):
            for who in filter(None, (each.decided_by, each.on_behalf_of)):
                assert not list(made(who, each.request.version)), f"{who} decided on their own work"
                assert who.pk != each.request.requested_by_id

    @invariant()
    def members_of_the_squad_had_not_joined_when_they_decided(self):
        if hasattr(self, "w"):
            for name in ("member", "owner", "sponsor", "author", "administrator", "stranger"):
                who = self.people[name]
                as_reviewer = Decision.objects.filter(decided_by=who, on_behalf_of=None)
                assert not as_reviewer.exists(), (name, list(squad(who, self.w.use_case)))

    @invariant()
    def a_champion_was_approved_as_it_is(self):
        if not hasattr(self, "w"):
            return
        for each in Deployment.objects.champions().select_related("version", "request"):
            assert each.request.state == "approved" and each.request.kind == "promotion"
            voted = each.request.decisions.filter(answer="approve").exists()
            assert voted or each.request.overrides.filter(state="in_force").exists()
            assert each.version.requests.filter(
                kind="model_review", state="approved", subject_digest=each.version.manifest_digest
            ).exists()

    @invariant()
    def a_decision_is_bound_to_what_was_asked(self):
        if hasattr(self, "w"):
            for each in Decision.objects.select_related("request"):
                assert each.subject_digest == each.request.subject_digest
            version = self.version()
            if version.status == "approved":
                assert manifests.digest(version.manifest) == version.manifest_digest


def test_no_order_of_acts_walks_around_an_approval():
    run_state_machine_as_test(
        Acts,
        settings=settings(
            max_examples=3,
            phases=[Phase.generate],  # to shrink fifty acts takes longer than to read them
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
