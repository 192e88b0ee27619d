"""What governance adds to a bundle: decisions, findings, risks, value, and models with card and report."""

import json
from typing import Any

from django.utils.translation import gettext as _

from governance import manifests, renderings
from governance.models import (
    ApprovalRequest,
    BenefitLine,
    Deployment,
    DocumentEdition,
    Finding,
    GateSignature,
    Model,
    ModelVersion,
    ResidualRisk,
    RiskAssessment,
    Waiver,
)
from governance.selectors.trail import events_of, subject_of
from portal.core.models import User
from portal.core.rules import may_read_audit
from portal.core.verdicts import no
from projects.bundle_sections import Collector, row
from projects.models import Trial, UseCase
from projects.selectors.bundle_data import may_take_model

REQUEST = (
    "kind", "state", "comment", "subject_digest", "revision", "proposal", "policy_version", "policy", "noted", "waivers",
    "course", "due_on", "created_at", "closed_at", "applied_at",
)  # fmt: skip
DECISION = (
    "step", "role", "answer", "category", "reason", "until", "lessons", "checklist", "decided_at", "subject_digest", "certificate",
)  # fmt: skip
FINDING = (
    "source", "severity", "title", "detail", "state", "due_on", "resolution", "accepted_until", "acceptance_reason",
    "settled_at", "created_at",
)  # fmt: skip
VERSION = (
    "number", "status", "model_sha256", "bundle_digest", "table_digest", "question", "environment", "computed_card",
    "manifest", "manifest_digest", "submitted_at", "decided_at", "valid_until", "ended_reason", "block_waiver", "created_at",
)  # fmt: skip
EVENT = (
    "seq",
    "at",
    "actor_id",
    "actor",
    "verb",
    "target_type",
    "target_id",
    "target",
    "details",
    "previous_hash",
    "hash",
)


def fill(use_case: UseCase, person: User, into: Collector) -> None:
    """Everything decided about one use case, as the person sees it."""
    into.facts("governance/requests.json", requests(use_case, person))
    into.facts("governance/findings.json", findings(use_case, person))
    into.facts("governance/risks.json", risks(use_case, person))
    into.facts("governance/waivers.json", waivers(use_case, person))
    into.facts("governance/signatures.json", signatures(use_case))
    into.facts("governance/value.json", value(use_case, person))
    trail(use_case, person, into)
    models = Model.objects.visible_to(person).filter(use_case=use_case).select_related("created_by")
    for number, model in enumerate(models.order_by("created_at", "pk"), start=1):
        model_part(f"models/m{number}", model, person, into)


def requests(use_case: UseCase, person: User) -> list[dict[str, Any]]:
    """Each question with the answers, opinions that differ, and the rules it was asked under."""
    seen = ApprovalRequest.objects.visible_to(person).filter(use_case=use_case).for_list()
    return [
        row(each, *REQUEST, people=["requested_by"])
        | {
            "about": str(each.version or each.use_case),
            "decisions": [
                row(said, *DECISION, people=["decided_by", "on_behalf_of"]) for said in each.decisions.all()
            ],
            "dissents": [row(said, "text", "said_at", people=["said_by"]) for said in each.dissents.all()],
        }
        for each in seen.order_by("created_at", "pk")
    ]


def findings(use_case: UseCase, person: User) -> list[dict[str, Any]]:
    """What had to be put right."""
    people = ("raised_by", "owner", "resolved_by", "verified_by", "accepted_by")
    seen = (
        Finding.objects.visible_to(person).filter(use_case=use_case).select_related(*people, "version__model")
    )
    return [
        row(each, *FINDING, people=people) | {"about": str(each.version or "")}
        for each in seen.order_by("created_at", "pk")
    ]


def risks(use_case: UseCase, person: User) -> dict[str, Any]:
    """Answers to the risk questions, and risks that somebody carries."""
    asked = ("questionnaire", "answers", "reasons", "suggested", "chosen", "reason", "before", "created_at")
    kept = ("statement", "likelihood", "impact", "reason", "until", "ended_at", "created_at")
    assessed = (
        RiskAssessment.objects.visible_to(person).filter(use_case=use_case).order_by("created_at", "pk")
    )
    carried = ResidualRisk.objects.visible_to(person).filter(use_case=use_case).order_by("created_at", "pk")
    return {
        "assessments": [
            row(each, *asked, people=["assessed_by"]) for each in assessed.select_related("assessed_by")
        ],
        "residual": [
            row(each, *kept, people=["accepted_by"]) for each in carried.select_related("accepted_by")
        ],
    }


def waivers(use_case: UseCase, person: User) -> list[dict[str, Any]]:
    """Requirements let go for a time."""
    fields = ("gate", "code", "reason", "meanwhile", "until", "ended_at", "end_reason", "created_at")
    seen = (
        Waiver.objects.visible_to(person)
        .filter(use_case=use_case)
        .select_related("ended_by", "version__model")
    )
    return [
        row(each, *fields, people=["ended_by"]) | {"about": str(each.version or each.gate)}
        for each in seen.order_by("created_at", "pk")
    ]


def signatures(use_case: UseCase) -> list[dict[str, Any]]:
    """Who signed a gate beside the product owner."""
    fields = ("gate", "signed_at", "role", "certificate", "note", "subject_digest")
    rows = (
        GateSignature.objects.filter(use_case=use_case)
        .select_related("signed_by")
        .order_by("signed_at", "pk")
    )
    return [row(each, *fields, people=["signed_by"]) for each in rows]


def value(use_case: UseCase, person: User) -> list[dict[str, Any]]:
    """What was expected, and what was measured."""
    line = ("title", "kind", "yearly_amount", "evidence", "method", "baseline", "ended_on", "created_at")
    told = ("starts_on", "ends_on", "amount", "evidence", "note", "state", "verified_at", "verification_note")
    seen = (
        BenefitLine.objects.visible_to(person)
        .filter(use_case=use_case)
        .for_list()
        .order_by("created_at", "pk")
    )
    return [
        row(each, *line, people=["created_by"])
        | {
            "measurements": [
                row(one, *told, people=["reported_by", "verified_by"]) for one in each.measurements.all()
            ]
        }
        for each in seen
    ]


def trail(use_case: UseCase, person: User, into: Collector) -> None:
    """The chained events of the use case and its parts, for those who read the trail; the activity is there for all."""
    verdict = may_read_audit(person)
    if not verdict:
        into.leave_out(_("Details of the audit trail"), verdict)
        return
    subject = subject_of("usecase", str(use_case.pk))
    assert subject is not None  # it is being taken along
    rows = events_of(subject, None).order_by("seq").values(*EVENT)
    lines = [json.dumps(each | {"at": each["at"].isoformat()}, ensure_ascii=False) + "\n" for each in rows]
    into.words("governance/trail.jsonl", "".join(lines))


def model_part(home: str, model: Model, person: User, into: Collector) -> None:
    """One model: its versions with bundle, card and documents, and where they served."""
    served = Deployment.objects.filter(model=model).select_related("version", "started_by", "ended_by")
    fields = ("environment", "role", "started_at", "ended_at", "reason", "end_reason")
    told = row(model, "name", "created_at", people=["created_by"])
    told["deployments"] = [
        row(each, *fields, people=["started_by", "ended_by"]) | {"version": each.version.number}
        for each in served.order_by("started_at", "pk")
    ]
    into.facts(f"{home}/model.json", told)
    related = (
        "model", "registered_by", "card_by", "dataset_version__dataset__owner", "trial__experiment__use_case",
        "trial__experiment__job", "trial__experiment__dataset_version__dataset__owner",
    )  # fmt: skip
    for version in model.versions.select_related(*related).order_by("number"):
        version_part(f"{home}/v{version.number}", version, person, into)


def version_part(home: str, version: ModelVersion, person: User, into: Collector) -> None:
    """One version: facts and card for whoever sees it, the model itself for whoever may take it."""
    card = row(version, *VERSION, *ModelVersion.AUTHORED, people=["registered_by", "card_by"])
    card["guardrails"] = [
        {name: value for name, value in each.items() if name != "id"}
        for each in manifests.guardrails_of(version)
    ]
    card["bundle"] = ""
    verdict = may_take_model(person, version.trial)
    if verdict and not Trial.objects.visible_to(person).filter(pk=version.trial_id).exists():
        verdict = no(_("You do not see the experiment it comes from."), code="bundle.experiment_not_seen")
    if verdict:
        card["bundle"] = f"{home}/model.zip"
        into.stored(card["bundle"], version.bundle_digest, kind="trial", key=version.trial_id)
    else:
        into.leave_out(_("The model %(version)s") % {"version": version}, verdict)
    into.facts(f"{home}/card.json", card)
    documents(home, version, into)


def documents(home: str, version: ModelVersion, into: Collector) -> None:
    """The newest edition of each document, as data, as text and as a page."""
    newest: dict[str, DocumentEdition] = {}
    for edition in version.editions.order_by("kind", "number"):
        newest[edition.kind] = edition
    for kind, edition in sorted(newest.items()):
        for form in ("json", "md", "html"):
            digest, language = edition.content_digest, edition.language
            made = renderings.render(edition.content, form, digest=digest, language=language)
            into.words(f"{home}/{kind}.{form}", made)
    if "validation_report" not in newest:
        absent = no(_("None was issued for this version."), code="bundle.no_report")
        into.leave_out(_("Validation report of %(version)s") % {"version": version}, absent)
