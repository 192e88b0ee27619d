"""Random people do random things with everything that waits; after each act the ledger looks at what has changed."""

import contextlib
from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from governance import tasks
from governance.models import (
    ApprovalRequest,
    Decision,
    Deployment,
    JustificationAnswer,
    ModelVersion,
    Override,
)
from governance.selectors.approvals import justifications
from governance.services import approvals, delegations, deployments, models, overrides, risks
from portal.core import clock
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import SquadMember, UseCase
from projects.services import squads
from tests.governance import factories as f
from tests.judging import ledger
from tests.judging.acts import all_no, rules
from tests.judging.bench import DECIDERS, OFFICERS, OUTSIDERS, STAKES, on_duty
from tests.people import give

NO = (Refused, ValidationError, IllegalMove, DatabaseError)
WITHOUT_SEAT = (*STAKES, *OUTSIDERS)
ANYBODY = st.sampled_from([*WITHOUT_SEAT, *DECIDERS, *OFFICERS, "proxy"])
SEATED = st.sampled_from([*DECIDERS, *OFFICERS, "proxy"])
WHICH = st.sampled_from([0, 0, 0, 1, 2])  # the review stands first
ANSWERS = st.sampled_from(
    ["approve", "approve", "approve_with_findings", "request_changes", "abstain", "reject"]
)
YES = ("approve", "approve_with_findings", "approve_on_a_promise")
EMERGENCY = "The champion fails every single day."


class Acts(RuleBasedStateMachine):
    """The bench, one act after the other."""

    w: ClassVar[Any]

    @initialize()
    def begin(self):
        """Everything of this run is taken back at its end."""
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.people, self.opened = self.w.people, {}
        self.tier = UseCase.objects.get(pk=self.w.use_case.pk).risk_tier
        for each in ApprovalRequest.objects.all():
            self.opened[each.pk] = ledger.as_asked(each)
        self.look()

    def teardown(self):
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def attempt(self, call):
        """What is refused leaves nothing behind; what is done is looked at while it is fresh."""
        try:
            with transaction.atomic():
                call()
        except NO:
            return
        asked, votes, serving, emergencies = self.seen
        for each in ApprovalRequest.objects.exclude(pk__in=asked):
            self.opened[each.pk] = ledger.as_asked(each)
            ledger.check_opened(each)
        for vote in Decision.objects.exclude(pk__in=votes).select_related("request"):
            step, state = asked[vote.request_id]
            before = self.opened[vote.request_id] | {"step": step, "state": state}
            ledger.check_vote(vote, vote.request, before)
        for each in Deployment.objects.exclude(pk__in=serving).select_related("version"):
            self.began_to_serve(each.version)
        for each in Override.objects.filter(state__in=["proposed", "in_force"]):
            if (each.pk, each.state) not in emergencies:
                ledger.check_override(each)
        self.look()

    def look(self):
        """What is there before the next act."""
        requests = ApprovalRequest.objects.values_list("pk", "active_step", "state")
        self.seen = (
            {pk: (step, state) for pk, step, state in requests},
            list(Decision.objects.values_list("pk", flat=True)),
            list(Deployment.objects.values_list("pk", flat=True)),
            set(Override.objects.values_list("pk", "state")),
        )

    def began_to_serve(self, version):
        """Word for word what was approved, in time."""
        ledger.must(
            version.valid_until and version.valid_until > clock.now(),
            "R11 an approval that has run out serves",
        )
        review = version.requests.filter(kind="model_review", state="approved").first()
        same = review and ledger.subject(review) == self.opened[review.pk]["subject"]
        ledger.must(same, "R5 what serves is not what was approved")

    def version(self):
        return ModelVersion.objects.for_list().get(pk=self.w.version.pk)

    def waiting(self, which):
        """One of the open requests, else an older one."""
        found = list(ApprovalRequest.objects.for_list().order_by("kind", "created_at"))
        still = [each for each in found if each.state == "open"] or found
        return still[which % len(still)]

    def answer(self, who, asked, answer="approve", *, is_careful=True):
        """On the page as it should be, or in a hurry."""
        somebody = self.people[who]
        said = {} if answer.startswith("approve") else {"reason": "Because.", "category": "data"}
        if answer == "approve_on_a_promise":
            answer = "approve_with_findings"
        elif answer == "approve_with_findings":
            said = {"findings": [{"title": "Say the limits", "severity": "medium", "owner": self.w.owner}]}
        if not is_careful:
            self.attempt(lambda: approvals.decide(asked, answer=answer, by=somebody))
            return
        self.accept_justifications(asked)
        self.attempt(
            lambda: approvals.decide(asked, answer=answer, checklist=f.CHECKLIST, by=somebody, **said)
        )

    def accept_justifications(self, asked):
        """Past every door, for this is about the decision."""
        if asked.kind == "model_review" and not asked.answers.exists():
            for row in justifications(asked):
                said = {"is_accepted": True, "answered_by": self.people["first"]}
                JustificationAnswer.objects.create(request=asked, guardrail=row.guardrail, **said)

    @rule(which=WHICH, first=st.integers(0, len(WITHOUT_SEAT) - 1))
    def everybody_without_a_seat_tries(self, which, first):
        asked = self.waiting(which)
        with on_duty(self.people):
            for name in (*WITHOUT_SEAT[first:], *WITHOUT_SEAT[:first]):
                self.answer(name, asked)

    @rule(which=WHICH, who=SEATED, answer=ANSWERS, is_careful=st.booleans())
    def answer_one(self, which, who, answer, is_careful):
        self.answer(who, self.waiting(which), answer, is_careful=is_careful)

    @rule(which=WHICH, answer=st.sampled_from(YES))
    def seats_approve(self, which, answer):
        """Twice on one seat among them."""
        asked = self.waiting(which)
        for name in ("proxy", *DECIDERS, *OFFICERS):
            self.answer(name, asked, answer)
            asked = ApprovalRequest.objects.for_list().get(pk=asked.pk)

    @rule(who=st.sampled_from(["registrant", "runner", "member"]))
    def submit(self, who):
        self.attempt(lambda: models.submit(self.version(), card=f.CARD, by=self.people[who]))

    @rule(which=WHICH, who=ANYBODY)
    def withdraw(self, which, who):
        self.attempt(lambda: approvals.withdraw(self.waiting(which), by=self.people[who]))

    @rule(who=st.sampled_from(["owner", "member", "first"]), days=st.sampled_from([0, 0, 200]))
    def promote(self, who, days):
        """Also on a day after the approval has run out, before the timetable has looked."""
        somebody, version = self.people[who], self.version()
        with clock.at(clock.now() + timedelta(days=days)) if days else contextlib.nullcontext():
            self.attempt(lambda: deployments.promote(version, by=somebody))
            self.attempt(lambda: deployments.request_promotion(version, reason="Now.", by=somebody))
            for asked in ApprovalRequest.objects.open().for_list().filter(kind="promotion"):
                self.answer("colleague", asked)

    @rule(text=st.sampled_from(["None.", "Adults only."]), who=SEATED)
    def change_the_card(self, text, who):
        """Past every door, as a slip of a program would; then somebody decides."""
        ModelVersion.objects.filter(pk=self.w.version.pk).update(limits=text)
        for asked in ApprovalRequest.objects.open().for_list().filter(kind="model_review"):
            self.answer(who, asked)

    @rule(which=WHICH)
    def the_policy_changes(self, which):
        """While requests are open; the next to answer is alone, by the new one."""

        def easier(raw):
            raw["steps"]["model_review"] = ["model_reviewer"]
            raw["people"].pop("model_review", None)

        rules("high", easier)
        self.seats_approve(which, "approve")

    @precondition(lambda self: self.version().status in {"submitted", "candidate"})
    @rule()
    def too_few_are_left_and_it_is_submitted_anew(self):
        for name in DECIDERS[1:]:
            for held in self.people[name].credentials.valid():
                credentials.revoke(held, reason="Lost.", by=None)
        for asked in ApprovalRequest.objects.open().for_list().filter(kind="model_review"):
            self.attempt(lambda asked=asked: approvals.withdraw(asked, by=self.w.owner))
        self.submit("runner")
        for name in DECIDERS[1:]:
            give(self.people[name], Right.APPROVE_MODEL)

    @rule(which=WHICH, who=ANYBODY, other=ANYBODY)
    def override(self, which, who, other):
        asked = self.waiting(which)
        with on_duty(self.people):
            self.attempt(lambda: overrides.propose(asked, reason=EMERGENCY, by=self.people[who]))
            self.confirm(who)
            self.confirm(other)

    @rule(which=WHICH)
    def override_in_order(self, which):
        asked = self.waiting(which)
        self.attempt(lambda: overrides.propose(asked, reason=EMERGENCY, by=self.people["officer"]))
        self.confirm("colleague")

    @rule(which=WHICH)
    def override_and_wait(self, which):
        """Its three days are over before anybody has decided in the ordinary way."""
        self.override_in_order(which)
        self.time_passes(4)

    def confirm(self, who):
        waits = Override.objects.for_list().filter(state="proposed").first()
        if waits:
            self.attempt(lambda: overrides.confirm(waits, by=self.people[who]))

    @rule(days=st.sampled_from([1, 4, 40, 60, 200, 200, 400]))
    def time_passes(self, days):
        with clock.at(clock.now() + timedelta(days=days)):
            self.attempt(tasks.keep_deadlines)
            ledger.check_standing()

    @rule(answer=st.sampled_from(YES), days=st.sampled_from([200, 60]))
    def approve_and_wait(self, answer, days):
        """The whole life of an approval: given, put into service too late, looked at by the timetable."""
        self.seats_approve(0, answer)
        self.promote("owner", days)
        self.time_passes(days)

    @rule(who=ANYBODY, to=ANYBODY)
    def delegate(self, who, to):
        day = clock.today()
        given = {"to": self.people[to], "starts_on": day, "ends_on": day, "reason": "Away."}
        self.attempt(lambda: delegations.give(**given, by=self.people[who]))

    @rule(which=WHICH)
    def join_leave_and_decide(self, which):
        """Having been a member for a moment does not wear off."""
        third, owner, made = self.people["third"], self.w.owner, self.w.use_case
        self.attempt(lambda: squads.add_member(made, user=third, role="mentor", by=owner))
        for member in SquadMember.objects.current().filter(use_case=made, user=third):
            self.attempt(lambda member=member: squads.end_membership(member, by=owner))
        self.answer("third", self.waiting(which))

    @rule(who=st.sampled_from(["owner", "member", "officer"]))
    def ask_for_a_lower_tier(self, who):
        for asked in ApprovalRequest.objects.open().for_list().filter(kind="tier_change"):
            self.attempt(lambda asked=asked: approvals.withdraw(asked, by=self.w.owner))
        fresh = UseCase.objects.get(pk=self.w.use_case.pk)
        self.attempt(lambda: risks.assess(fresh, answers=all_no(), reason="No persons.", by=self.people[who]))

    @invariant()
    def what_was_answered_has_its_votes(self):
        if hasattr(self, "opened"):
            for each in ApprovalRequest.objects.filter(pk__in=self.opened):
                ledger.check_answered(each, self.opened[each.pk])

    @invariant()
    def what_stands_was_decided(self):
        if hasattr(self, "opened"):
            ledger.check_service()
            lower = ApprovalRequest.objects.filter(
                kind="tier_change", state="approved", use_case=self.w.use_case
            )
            now = UseCase.objects.get(pk=self.w.use_case.pk).risk_tier
            ledger.check_tier(self.tier, now, lower.exists())
