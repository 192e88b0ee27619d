"""What several of these tests do in the court."""

import yaml

from governance import policies, policy_text
from governance.checklist import for_tier
from governance.models import (
    ApprovalRequest,
    Decision,
    Deployment,
    ModelVersion,
    Override,
    PolicyVersion,
    Showcase,
    Waiver,
)
from governance.services import risks
from projects.models import DatasetShare, UseCase
from tests.governance import factories as f

YES = {"answer": "approve", "checklist": f.CHECKLIST}


DECIDE = ("/approvals/{request}/decide/", "/api/approvals/{request}/decide/")


def decided():
    """All that a decision leaves; a request may end undecided."""
    return {
        "votes": Decision.objects.count(),
        "approved": set(ApprovalRequest.objects.filter(state="approved").values_list("pk", flat=True)),
        "usable": set(
            ModelVersion.objects.filter(status__in=ModelVersion.USABLE).values_list("pk", flat=True)
        ),
        "serving": set(Deployment.objects.current().values_list("pk", flat=True)),
        "overrides": set(Override.objects.filter(state="in_force").values_list("pk", flat=True)),
        "policies": set(PolicyVersion.objects.published().values_list("pk", flat=True)),
        "granted": (Waiver.objects.count(), DatasetShare.objects.count()),
        "shown": Showcase.objects.shown().count(),
        "cases": set(UseCase.objects.values_list("pk", "phase", "risk_tier")),
    }


def rules(tier, change):
    """Another policy in force, as a publication would put it."""
    row = PolicyVersion.objects.published().get(tier=tier)
    raw = yaml.safe_load(row.text)
    change(raw)
    policy_text.of_tier(raw, policies.CHECKS)
    text = policy_text.write(raw)
    PolicyVersion.objects.filter(pk=row.pk).update(text=text, checksum=policies.checksum(text))


def two_reviewers(raw):
    raw["steps"]["model_review"] = [{"role": "model_reviewer", "quorum": 2}]
    raw["timetable"]["expire_after"] = 300


def fresh(court):
    """The review as the database has it, every justification accepted."""
    court.accept_justification()
    return court.request("model_review")


def answer(client, who, review, way):
    """Approve."""
    client.force_login(who)
    page, api = (each.format(request=review.pk) for each in DECIDE)
    said = YES | {"checklist": list(for_tier(review.policy["tier"]))}
    done = client.post(page, said) if way == "page" else client.post(api, said, "application/json")
    assert done.status_code in {200, 302}


def changed_card(court):
    ModelVersion.objects.filter(pk=court.version.pk).update(limits="None.")
    return court.judge, DECIDE, YES


def changed_guardrail(court):
    f.guardrail(court.version.trial.experiment, code="leakage", severity="warn", is_alerted=True)
    return court.judge, DECIDE, YES


def all_no():
    """No to every question."""
    return dict.fromkeys((each.code for each in risks.risk_questions.load().questions), False)
