"""Things that governance judges, made as far as possible by the real services."""

import io
import json
import zipfile
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from governance.checklist import ITEMS, for_tier
from governance.models import ApprovalRequest, Deployment, ModelVersion, Rehearsal, VersionComparison
from governance.services import approvals, benefits, models, signatures
from portal.core import clock, filestore
from portal.core.duties import Duty
from portal.core.models import Job, User
from portal.core.models.credentials import Right
from projects.models import (
    ContractSignature,
    Dataset,
    DatasetVersion,
    Experiment,
    GuardrailResult,
    KillCriterion,
    ReadinessCheck,
    ScoreCard,
    Trial,
    TrustContract,
    UseCase,
)
from projects.services import dossiers, squads, triage, use_cases
from tests.people import person

CARD = dict.fromkeys(ModelVersion.AUTHORED, "Written with care.")
CHECKLIST = list(ITEMS)
LIMITED_CHECKLIST = list(for_tier("limited"))


def reviewer(name: str = "Rita Reviewer", **profile: Any) -> User:
    """Certified, with the duty, in no squad."""
    return person(name, duties=(Duty.MODEL_REVIEWER,), rights=(Right.APPROVE_MODEL,), **profile)


def use_case(tier: str = "limited", *, sponsor: bool = True, owner: User | None = None) -> UseCase:
    """In the backlog, with a product owner and usually a sponsor."""
    manager = person("Pia Portfolio", duties=(Duty.PORTFOLIO_MANAGER,))
    made = use_cases.propose(
        title="Who may leave us",
        problem="Clients leave and nobody sees it coming.",
        by=person("Sam Submitter"),
    )
    triage.accept(
        made, product_owner=owner or person("Olga Owner", rights=(Right.OWN_USE_CASE,)), risk_tier=tier,
        sponsor=person("Stan Sponsor") if sponsor else None, by=manager,
    )  # fmt: skip
    return made


def squad(made: UseCase, *roles: str) -> dict[str, User]:
    """People in roles; the first leads."""
    people = {}
    for number, role in enumerate(
        roles or ("citizen_data_scientist", "data_engineer", "ml_engineer", "it_engineer", "end_user")
    ):
        rights = (Right.LAUNCH_AUTOML,) if role == "citizen_data_scientist" else ()
        people[role] = person(f"Member {role}", rights=rights)
        squads.add_member(made, user=people[role], role=role, is_lead=number == 0, by=made.product_owner)
    return people


def ready_for_g1(made: UseCase) -> None:
    """Score, criteria, make or buy: what gate 1 asks besides the squad."""
    ScoreCard.objects.create(
        use_case=made,
        state="agreed",
        opened_by=made.product_owner,
        coverage=0.9,
        voters=2,
        priority=50,
        agreed_at=clock.now(),
    )
    KillCriterion.objects.create(
        use_case=made,
        statement="AUC is above 0.7",
        metric="AUC",
        threshold=0.7,
        deadline=clock.today() + timedelta(days=20),
    )
    UseCase.objects.filter(pk=made.pk).update(make_or_buy="make")
    made.refresh_from_db()
    dossiers.write(
        made, data_asked="Clients of three years.", data_asked_of=person("Dina Data"), by=made.product_owner
    )


def signed(made: UseCase, by: User) -> None:
    """A builder of the squad signs gate 2 beside the product owner."""
    signatures.sign(made, gate="G2", by=by)


FILE = "c" * 64  # of a model file that nobody made


def answers(bundle: str, model_file: str = FILE) -> None:
    """The stored model has scored its sample row, as a worker leaves it; `test_rehearsals` has the engine do it."""
    Rehearsal.objects.get_or_create(
        bundle_digest=bundle,
        model_sha256=model_file,
        number=1,
        defaults={"ok": True, "finished_at": clock.now()},
    )


def stored_bundle(content: bytes = b"a model") -> str:
    """A zip of a model that nobody loads, in the file store."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("model.skops", "recipe.json", "meta.json"):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    from django.conf import settings

    path = settings.VAR / "bundle.zip"
    path.write_bytes(buffer.getvalue())
    digest = filestore.store(path)
    answers(digest)
    return digest


def compared(version: ModelVersion, champion: ModelVersion) -> None:
    """A finished comparison, as the engine leaves it; `test_challengers` has it made by the engine."""
    VersionComparison.objects.update_or_create(
        model=version.model, base=champion, others=[str(version.pk)],
        defaults={
            "digest": f"{version.pk.hex}{champion.pk.hex}"[:64], "asked_by": version.registered_by,
            "figures": {str(version.pk): {"ok": True, "tests": [], "metric": ""}}, "finished_at": clock.now(),
        },
    )  # fmt: skip


def trial(made: UseCase, author: User, *, justify: bool = False, uploader: User | None = None) -> Trial:
    """A finished experiment with a baseline and a best trial."""
    owner = uploader or person("Dora Data")
    dataset = Dataset.objects.create(name="Clients", owner=owner, use_case=made)
    version = DatasetVersion.objects.create(
        dataset=dataset, number=1, state="ready", uploaded_by=owner, original_name="clients.csv", upload_digest="a" * 64,
        table_digest="b" * 64, rows=1000, columns=5, profile={"columns": []},
    )  # fmt: skip
    job = Job.objects.create(kind="experiment.run", label="x", state="done", owner=author, queue="ml")
    experiment = Experiment.objects.create(
        title="Churn", use_case=made, dataset_version=version, author=author, question={"target": "left"}, job=job,
        result={"task": "binary", "target": "left", "metric": {"name": "roc_auc", "label": "AUC", "direction": "max"}, "environment": {"python": "3.11"}},
    )  # fmt: skip
    Trial.objects.create(
        experiment=experiment,
        number=0,
        name="Always no",
        family="baseline",
        is_baseline=True,
        status="done",
        test_metrics={"roc_auc": {"value": 0.5, "low": 0.5, "high": 0.5}},
    )
    guardrail(experiment, code="duplicates", severity="info", is_alerted=False)
    if justify:
        guardrail(
            experiment,
            code="imbalance",
            severity="justify",
            is_alerted=True,
            justification="Rare on purpose.",
            justified_by=author,
            justified_at=clock.now(),
        )
    return Trial.objects.create(
        experiment=experiment, number=1, name="Boosted trees", family="lightgbm", is_best=True, status="done", cv_score=0.8,
        test_metrics={"roc_auc": {"value": 0.79, "low": 0.7, "high": 0.85}}, bundle_digest=stored_bundle(), model_sha256=FILE,
    )  # fmt: skip


def guardrail(experiment: Experiment, **fields: Any) -> GuardrailResult:
    """One result of one check."""
    base = {"stage": "pre_train", "question_digest": "d" * 64, "message": "Something was seen."}
    return GuardrailResult.objects.create(experiment=experiment, **{**base, **fields})


def in_phase(made: UseCase, phase: str) -> None:
    """Set the phase for tests that are not about getting there."""
    UseCase.objects.filter(pk=made.pk).update(phase=phase)
    made.refresh_from_db()


def world(tier: str = "limited", *, justify: bool = False, bundle: Any = None) -> SimpleNamespace:
    """A use case in development with a squad, a submitted version and its open review."""
    made = use_case(tier)
    people = squad(made)
    in_phase(made, "development")
    author = people["citizen_data_scientist"]
    uploader = person("Una Uploader")
    person("Erin Executive", duties=(Duty.EXECUTIVE,))
    risk = person("Rolf Risk", duties=(Duty.RISK_OFFICER,))
    rita = reviewer()
    one = trial(made, author, justify=justify, uploader=uploader)
    if bundle:
        Trial.objects.filter(pk=one.pk).update(
            bundle_digest=filestore.store(bundle.bundle), model_sha256=bundle.sha256
        )
        one.refresh_from_db()
        answers(one.bundle_digest, one.model_sha256)
    version = models.register(one, by=author)
    request = models.submit(version, card=CARD, by=author)
    return SimpleNamespace(
        use_case=made, owner=made.product_owner, sponsor=made.sponsor, squad=people, author=author, reviewer=rita, risk=risk,
        uploader=uploader, trial=one, version=version, request=request, model=version.model,
    )  # fmt: skip


def approve(request: ApprovalRequest, by: User) -> None:
    """Accept every justification, confirm the checklist, approve."""
    from governance.selectors.approvals import justifications

    for row in justifications(request):
        approvals.answer_justification(request, guardrail=row.guardrail, is_accepted=True, by=by)
    version = request.version
    serving = Deployment.objects.champions().filter(model__versions=version).first() if version else None
    if version and serving and serving.version_id != version.pk:
        compared(version, serving.version)
    approvals.decide(request, answer="approve", checklist=CHECKLIST, by=by)


def ready_for_g3(w: SimpleNamespace) -> None:
    """Owners, readiness, benefit and papers: what gate 3 asks besides the model."""
    UseCase.objects.filter(pk=w.use_case.pk).update(
        process="Calls to clients", process_owner=person("Paul Process"), monitoring_owner=w.squad["data_engineer"],
        operation_owner=w.squad["it_engineer"], improvement_owner=w.author,
    )  # fmt: skip
    w.use_case.refresh_from_db()
    papers = {"rollback_plan": "IT switches it off.", "documentation": "On the wiki."}
    dossiers.write(w.use_case, **papers, support_owner=w.squad["it_engineer"], by=w.owner)
    for kind in ReadinessCheck.Kind.values:
        ReadinessCheck.objects.create(use_case=w.use_case, kind=kind, evidence="Seen.", confirmed_by=w.owner)
    contract = TrustContract.objects.create(
        use_case=w.use_case, version=1, intended_use="Calls.", promised_figures="8 of 10.", not_to_follow="Never.",
        human_fallback="As before.", feedback_channel="The squad.", written_by=w.owner,
    )  # fmt: skip
    for capacity, user in (
        ("product_owner", w.owner),
        ("end_user", person("Una User")),
        ("data_scientist", w.author),
    ):
        ContractSignature.objects.create(contract=contract, capacity=capacity, user=user)
    benefits.add_line(
        w.use_case,
        title="Clients kept",
        kind="revenue",
        yearly_amount=100_000,
        evidence="estimated",
        method="A/B test",
        baseline="7 % leave",
        by=w.owner,
    )


def as_json(response: Any) -> Any:
    """The body of an answer."""
    return json.loads(response.content)
