"""People of every kind, certified as far as they can be, before one waiting request of every kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from governance.models import (
    ApprovalRequest,
    Decision,
    Deployment,
    Dissent,
    Finding,
    GateSignature,
    JustificationAnswer,
    ModelVersion,
    Override,
    PolicyVersion,
    ResidualRisk,
    Showcase,
    Waiver,
)
from governance.risk_questions import load as questions
from governance.services import (
    approvals,
    delegations,
    deployments,
    findings,
    gates,
    models,
    overrides,
    petitions,
    policies,
    risks,
    showcases,
)
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent, User
from portal.core.models.credentials import Credential, Right
from projects.models import Artifact, ArtifactShare, Dataset, DatasetShare, SquadMember, Trial, UseCase
from projects.services import phases, shares, squads
from tests.access.ruled import drafted
from tests.governance import factories as f
from tests.people import give, person

PEOPLE = (
    "author", "member", "former", "delegate", "reviewer", "uncertified", "expired", "administrator", "auditor",
    "anonymous",
)  # fmt: skip
JUDGES = (Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.EXECUTIVE)
EMERGENCY = "The champion fails every single day."


class Court:
    """
    `people`: by kind. Author, members and former members hold every duty and the certificate, so
    that nothing but their stake refuses them; the delegate holds the certificate and the author's seat.
    The reviewer owns another, ended project and its data; the author is steward of the data and told its story.
    """

    def __init__(self) -> None:
        self.people: dict[str, User | None] = {"anonymous": None}
        self.cast()
        self.owner = person("Olga Owner", rights=(Right.OWN_USE_CASE,))
        self.judge = f.reviewer("Rita Reviewer")
        self.officer = person("Olaf Officer", duties=(Duty.RISK_OFFICER,))
        self.use_case = self.worked_on("development")
        self.version_work()
        self.ended_work()
        self.waiting: dict[str, ApprovalRequest] = dict(self.requests())
        self.override = overrides.propose(
            self.waiting["promotion"], reason=EMERGENCY, by=person("Rolf", duties=(Duty.RISK_OFFICER,))
        )
        self.granted_work()
        self.finding_work()
        self.sessions = {name: signed_in(user) for name, user in self.people.items() if user}

    def cast(self) -> None:
        """Who tries."""
        for name in ("author", "member", "former", "reviewer"):
            rights = (Right.APPROVE_MODEL, Right.LAUNCH_AUTOML, Right.OWN_USE_CASE)
            self.people[name] = person(name.title(), duties=JUDGES, rights=rights)
        self.people["uncertified"] = person("Uncertified", duties=JUDGES)
        self.people["expired"] = expired = person("Expired", duties=JUDGES)
        give(expired, Right.APPROVE_MODEL)
        past = clock.now() - timedelta(days=1)
        Credential.objects.filter(user=expired).update(
            valid_from=past - timedelta(days=400), valid_until=past
        )
        for name, duty in (("administrator", Duty.ADMINISTRATOR), ("auditor", Duty.AUDITOR)):
            self.people[name] = person(name.title(), duties=(duty,), rights=(Right.APPROVE_MODEL,))
        self.people["delegate"] = person("Delegate", rights=(Right.APPROVE_MODEL,))
        today = clock.today()
        self.delegation = delegations.give(
            to=self.people["delegate"], starts_on=today, ends_on=today + timedelta(days=5), reason="Away.",
            by=self.people["author"],
        )  # fmt: skip

    def worked_on(self, phase: str) -> UseCase:
        """A use case of high risk without a sponsor; author and member are in the squad, the former member was."""
        made = f.use_case("high", sponsor=False, owner=self.owner)
        for name, role in (
            ("author", "citizen_data_scientist"),
            ("member", "data_engineer"),
            ("former", "end_user"),
        ):
            squads.add_member(made, user=self.people[name], role=role, is_lead=name == "author", by=self.owner)  # fmt: skip
        for role in ("ml_engineer", "it_engineer"):
            squads.add_member(made, user=person(f"Other {role}"), role=role, by=self.owner)
        if phase == "backlog":
            f.ready_for_g1(made)
        else:
            f.in_phase(made, phase)
        squads.end_membership(
            SquadMember.objects.get(use_case=made, user=self.people["former"]), by=self.owner
        )
        return made

    def version_work(self) -> None:
        """One version in review, one approved, one blocked; `spare` is a candidate."""
        author = self.people["author"]
        uploader = person("Una Uploader")
        trial = f.trial(self.use_case, author, justify=True, uploader=uploader)
        self.version = models.register(trial, by=author)
        self.waiting_justification = trial.experiment.guardrails.get(severity="justify")
        other = f.trial(self.use_case, author, uploader=uploader)
        self.approved = models.register(other, model=self.version.model, by=author)
        f.approve(models.submit(self.approved, card=f.CARD, by=author), self.judge)
        self.approved = ModelVersion.objects.for_list().get(pk=self.approved.pk)
        self.approved.requests.update(is_sampled=True)
        self.sampled = self.approved.requests.get()
        third = f.trial(self.use_case, author, uploader=uploader)
        f.guardrail(third.experiment, code="leakage", severity="block", is_alerted=True)
        self.blocked = models.register(third, model=self.version.model, by=author)
        Trial.objects.filter(pk=third.pk).update(name="Blocked")

    def ended_work(self) -> None:
        """A project that ended with lessons: its story waits for the product owner, its data may be asked for."""
        reviewer, author = self.people["reviewer"], self.people["author"]
        ended = f.use_case(owner=reviewer)
        for name, role in (("author", "citizen_data_scientist"), ("member", "end_user")):
            squads.add_member(ended, user=self.people[name], role=role, is_lead=name == "author", by=reviewer)
        phases.stop(ended, reason="Too few rows.", lessons="Count the rows first.", by=reviewer)
        texts = {name: "Told with care." for name in Showcase.TEXTS}
        self.story = showcases.hand_in(showcases.write(ended, **texts, by=author), by=author)
        self.data = Dataset.objects.create(
            name="Salaries", classification="confidential", owner=reviewer, steward=author, use_case=ended
        )

    def requests(self) -> Iterator[tuple[str, ApprovalRequest]]:
        """One that waits of every kind; what follows from readiness alone is not looked at here but at gate 1."""
        author, owner, officer = self.people["author"], self.owner, self.officer
        yield "model_review", models.submit(self.version, card=f.CARD, by=author)
        yield "promotion", deployments.request_promotion(self.approved, reason="Now.", by=owner)
        answers = dict.fromkeys((each.code for each in questions().questions), False)
        yield (
            "tier_change",
            risks.assess(self.use_case, answers=answers, reason="No persons.", by=owner).request,
        )
        yield "policy", policies.propose(drafted("minimal", "2027-01.9", author), by=officer)
        self.fresh = self.worked_on("backlog")
        yield "G1", gates.request(self.fresh, gate="G1", by=owner)
        for gate in ("G2", "G3", "G4", "G5"):
            yield gate, approvals.open_request(kind=gate, use_case=self.use_case, by=owner)
        yield from self.petitions()

    def petitions(self) -> Iterator[tuple[str, ApprovalRequest]]:
        """What is asked besides: to let go, to see, to retire."""
        author, owner, until = self.people["author"], self.owner, clock.today() + timedelta(days=20)
        yield "waiver", self.ask_to_waive("rollback_plan")
        blocked = petitions.waive_block(
            self.blocked, reason="It is known then.", meanwhile="We look.", until=until, by=author
        )
        yield "block_waiver", blocked
        access = petitions.access(
            self.data, purpose="Compare.", until=until, use_case=self.use_case, by=owner
        )
        yield "data_access", access
        yield "retirement", petitions.retire(self.approved, reason="Old.", until=until, by=owner)

    def ask_to_waive(self, code: str) -> ApprovalRequest:
        """A requirement of gate 3, by the product owner."""
        return petitions.waive(
            self.use_case, gate="G3", code=code, reason="Nobody is free.", meanwhile="We look.",
            until=clock.today() + timedelta(days=20), by=self.owner,
        )  # fmt: skip

    def granted_work(self) -> None:
        """What was asked and granted, so that it can be ended: a waiver, and access of the former member to data."""
        asked = self.ask_to_waive("documentation")
        approvals.decide(asked, answer="approve", by=self.officer)
        self.waiver = Waiver.objects.for_list().get(request=asked)
        until = clock.today() + timedelta(days=20)
        access = petitions.access(self.data, purpose="Count.", until=until, by=self.people["former"])
        approvals.decide(access, answer="approve", by=self.people["reviewer"])
        self.grant = DatasetShare.objects.for_list().get(dataset=self.data)
        self.lend_an_artifact(until)

    def lend_an_artifact(self, until: date) -> None:
        """The former member may look at it, asks to use it, and gets it from its owner."""
        reviewer, former = self.people["reviewer"], self.people["former"]
        minutes = Artifact.objects.create(
            kind="note", title="Minutes", classification="confidential", owner=reviewer, use_case=self.data.use_case
        )  # fmt: skip
        shares.share(minutes, person=former, right="view", reason="To know of it.", by=reviewer)
        asked = petitions.access(minutes, purpose="Count.", until=until, by=former)
        approvals.decide(asked, answer="approve", by=reviewer)
        self.artifact_grant = ArtifactShare.objects.on_request().for_list().get(artifact=minutes)

    def finding_work(self) -> None:
        """One that is open, one that waits to be verified, both owned by somebody who is not in the table."""
        somebody = person("Ole Other")
        said = {"severity": "medium", "owner": somebody, "by": self.judge}
        self.finding = findings.raise_finding(self.use_case, title="Say the limits", **said)
        self.resolved = findings.raise_finding(self.use_case, title="Check the dates", **said)
        findings.resolve(self.resolved, resolution="Checked.", by=somebody)
        self.risk = risks.accept(
            self.use_case, statement="Some are missed", likelihood=2, impact=2, reason="Rare.",
            until=clock.today() + timedelta(days=90), by=self.officer,
        )  # fmt: skip

    def request(self, kind: str) -> ApprovalRequest:
        """The request of this kind as the database has it now."""
        return ApprovalRequest.objects.for_list().get(pk=self.waiting[kind].pk)

    def accept_justification(self) -> None:
        """By a reviewer who is not in the table."""
        approvals.answer_justification(
            self.waiting["model_review"],
            guardrail=self.waiting_justification,
            is_accepted=True,
            by=self.judge,
        )

    def initialise(self) -> None:
        """Gate 1 is behind the fresh use case, so that gate 2 can be signed."""
        UseCase.objects.filter(pk=self.fresh.pk).update(phase="initialisation")

    def client(self, name: str) -> Client:
        """A browser in which this person is signed in."""
        client = Client(raise_request_exception=False)
        if name in self.sessions:
            client.cookies["sessionid"] = self.sessions[name]
        return client


def signed_in(user: User) -> str:
    """A session."""
    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def standing() -> dict[str, Any]:
    """Everything a decision could change: states, votes, roles, tiers, grants, certificates, and the last word of the trail."""
    state = {
        "versions": ModelVersion.objects.values_list("pk", "status", "block_waiver", "valid_until"),
        "requests": ApprovalRequest.objects.values_list("pk", "state", "active_step", "applied_at"),
        "findings": Finding.objects.values_list("pk", "state", "accepted_by"),
        "overrides": Override.objects.values_list("pk", "state"),
        "policies": PolicyVersion.objects.values_list("pk", "state", "text"),
        "deployments": Deployment.objects.values_list("pk", "ended_at"),
        "cases": UseCase.objects.values_list("pk", "phase", "risk_tier"),
        "risks": ResidualRisk.objects.values_list("pk", "ended_at"),
        "waivers": Waiver.objects.values_list("pk", "until", "ended_at"),
        "grants": DatasetShare.objects.values_list("pk", "until", "ended_at"),
        "artifact_grants": ArtifactShare.objects.values_list("pk", "until", "ended_at"),
        "stories": Showcase.objects.values_list("pk", "state", "consent_digest"),
        "certificates": Credential.objects.values_list("pk", "valid_until", "revoked_at"),
    }
    counts = {
        "votes": Decision.objects.count(),
        "answers": JustificationAnswer.objects.count(),
        "opinions": Dissent.objects.count(),
        "signatures": GateSignature.objects.count(),
        "trail": AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first(),
    }
    return {name: sorted(rows, key=str) for name, rows in state.items()} | counts


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
