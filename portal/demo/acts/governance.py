"""Gates, models, reviews, service and value."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from governance import checklist
from governance.models import ApprovalRequest, Deployment, Finding, ModelVersion
from governance.rules import signatures as signature_rules
from governance.selectors import approvals as approval_reads
from governance.services import (
    approvals,
    batches,
    benefits,
    deployments,
    drift,
    findings,
    gates,
    models,
    signatures,
)
from portal.core.models import Job
from portal.demo.acts import experiments
from portal.demo.book import Scene
from portal.demo.stage import BrokenStory, Stage, act
from projects.models import SquadMember, UseCase
from projects.services.experiments import mark_seen

READ_TOGETHER = (
    "Seen after the training and read with the whole squad; the limits of use in the card name it."
)


def open_request(use_case: UseCase, kind: str) -> ApprovalRequest:
    """The request of this kind that waits for an answer."""
    return ApprovalRequest.objects.for_list().get(use_case=use_case, kind=kind, state="open")


@act("gate")
def gate(stage: Stage, scene: Scene) -> None:
    """The product owner asks for a gate; with a decider named, or for the gates before G3, it is answered."""
    use_case, told = stage.case(scene.subject), scene.told
    if told["gate"] == "G2":
        signed_by_a_builder(use_case)
    asked = gates.request(
        use_case, gate=told["gate"], comment=told.get("comment", ""), by=use_case.product_owner
    )
    if asked.state == ApprovalRequest.State.APPROVED:
        return
    if told["gate"] in {"G1", "G2"}:
        answer(stage, use_case, asked, use_case.sponsor)
    elif "decider" in told:
        answer(stage, use_case, asked, stage.person(told["decider"]))


def signed_by_a_builder(use_case: UseCase) -> None:
    """Whoever of the squad may sign beside the product owner does."""
    for member in SquadMember.objects.current().filter(use_case=use_case).select_related("user"):
        if signature_rules.may_sign(member.user, use_case):
            signatures.sign(use_case, gate="G2", by=member.user)
            return


def answer(stage: Stage, use_case: UseCase, asked: ApprovalRequest, decider: Any) -> None:
    """The decider says yes, and the use case moves."""
    approvals.decide(
        open_request(use_case, asked.kind),
        answer="approve",
        reason="I read what is asked for and agree.",
        by=decider,
    )
    asked.refresh_from_db()
    if asked.state == ApprovalRequest.State.OPEN:
        raise BrokenStory(f"{asked} needs one more decision: {asked.active_role}")


@act("register")
def register(stage: Stage, scene: Scene) -> None:
    """The best model of an experiment becomes a candidate, and a worker sees that it answers."""
    told = scene.told
    best = stage.experiment(told["exp"]).trials.get(is_best=True)
    person = stage.person(told["by"])
    mark_seen(stage.experiment(told["exp"]), by=person)
    version = models.register(best, name=told["name"], by=person)
    stage.keep("version", told["exp"], version)
    experiments.work_through(Job.Queue.QUICK)  # a worker lets it score its sample row


@act("submit")
def submit(stage: Stage, scene: Scene) -> None:
    """The author answers what the training has raised, writes the card and hands the model in."""
    words = stage.told(scene).get("after_training", READ_TOGETHER)
    experiments.justify(stage, replace(scene, told={**scene.told, "text": words}))
    models.submit(
        stage.version(scene.told["exp"]),
        card=stage.told(scene)["card"],
        comment=scene.told.get("comment", ""),
        by=stage.person(scene.told["by"]),
    )


@act("review")
def review(stage: Stage, scene: Scene) -> None:
    """A certified reviewer answers each justification, confirms the checklist and approves."""
    told = scene.told
    reviewer, version = stage.person(told["by"]), stage.version(told["exp"])
    request = open_request(version.model.use_case, ApprovalRequest.Kind.MODEL_REVIEW)
    for row in approval_reads.justifications(request):
        approvals.answer_justification(request, guardrail=row.guardrail, is_accepted=True, by=reviewer)
    approvals.decide(
        open_request(version.model.use_case, ApprovalRequest.Kind.MODEL_REVIEW),
        answer="approve",
        reason=told["reason"],
        checklist=list(checklist.ITEMS),
        by=reviewer,
    )


@act("raise")
def raise_finding(stage: Stage, scene: Scene) -> None:
    """Somebody who judges writes down what must be put right."""
    told, use_case = scene.told, stage.case(scene.subject)
    finding = findings.raise_finding(
        use_case,
        title=told["title"],
        severity=told["severity"],
        owner=stage.person(told["owner"]),
        by=stage.person(told["by"]),
    )
    stage.keep("finding", told.get("key", scene.subject), finding)


@act("resolve")
def resolve(stage: Stage, scene: Scene) -> None:
    """Its owner says what was done; somebody else will verify it."""
    finding = Finding.objects.get(pk=stage.made[f"finding:{scene.subject}"])
    findings.resolve(finding, resolution=scene.told["resolution"], by=stage.person(scene.told["by"]))


@act("promote")
def promote(stage: Stage, scene: Scene) -> None:
    """An engineer makes the approved version champion."""
    person = stage.person(scene.told["by"])
    deployments.promote(stage.version(scene.told["exp"]), reason="Approved; it serves from today.", by=person)


def champion(version: ModelVersion) -> Deployment:
    """Where the version serves."""
    return Deployment.objects.champions().get(version=version)


@act("drift")
def measure_drift(stage: Stage, scene: Scene) -> None:
    """New rows are compared with those the champion learned from."""
    told = scene.told
    deployment = champion(stage.version(told["exp"]))
    drift.request(deployment, dataset_version=stage.data(told["data"]), by=stage.person(told["by"]))


@act("batch")
def score_batch(stage: Stage, scene: Scene) -> None:
    """A whole list is scored."""
    told = scene.told
    deployment = champion(stage.version(told["exp"]))
    batches.request(deployment, dataset_version=stage.data(told["data"]), by=stage.person(told["by"]))


@act("benefit")
def benefit(stage: Stage, scene: Scene) -> None:
    """What is expected each year."""
    told = scene.told
    line = benefits.add_line(
        stage.case(scene.subject),
        title=told["name"],
        kind=told.get("kind", "revenue"),
        yearly_amount=told["amount"],
        evidence=told["evidence"],
        method=told["method"],
        baseline=told["baseline"],
        by=stage.person(told["by"]),
    )
    stage.keep("line", scene.subject, line)


@act("realised")
def realised(stage: Stage, scene: Scene) -> None:
    """What came of it in a past period, told in days before the present."""
    told = scene.told
    measurement = benefits.report(
        stage.line(scene.subject),
        starts_on=stage.today - timedelta(days=told["from"]),
        ends_on=stage.today - timedelta(days=told["to"]),
        amount=told["amount"],
        evidence=told["evidence"],
        note=told["note"],
        by=stage.person(told["by"]),
    )
    stage.keep("measurement", scene.subject, measurement)


@act("verify")
def verify(stage: Stage, scene: Scene) -> None:
    """The finance controller verifies the latest figure."""
    note = "Compared with the branch accounts."
    benefits.verify(stage.measurement(scene.subject), note=note, by=stage.person(scene.told["by"]))


@act("retire")
def retire(stage: Stage, scene: Scene) -> None:
    """The model goes out of service, the lessons are written, and the use case is retired through G5."""
    told, use_case = scene.told, stage.case(scene.subject)
    person = stage.person(told["by"])
    for deployment in Deployment.objects.current().filter(model__use_case=use_case):
        deployments.end(deployment, reason=told["reason"], by=person)
    asked = gates.request(use_case, gate="G5", comment=told["comment"], by=person)
    if asked.state == ApprovalRequest.State.OPEN:
        answer(stage, use_case, asked, stage.person(told["decider"]))
