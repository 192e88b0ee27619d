"""Addresses of governance."""

from django.urls import path, register_converter

from governance.views import (
    approvals,
    audit,
    benefits,
    comparisons,
    deployments,
    desk,
    documents,
    drift,
    findings,
    gates,
    inbox,
    models,
    moves,
    petitions,
    policies,
    portfolio,
    risks,
    seats,
    showcases,
    together,
    versions,
)

app_name = "governance"


class Word:
    """Base of the converters below: one of a few words."""

    regex = ""

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class VersionAct(Word):
    """Acts on a version."""

    regex = (
        "withdraw|promote|request-promotion|revoke|take-review|archive|lift-block|challenger|shadow|alias|delete|"
        "rehearse"
    )


class TableAct(Word):
    """What is done with a table."""

    regex = "batch|drift"


class Settlement(Word):
    """What finance says."""

    regex = "verify|dispute"


class PolicyAct(Word):
    """What is done with a policy version."""

    regex = "draft|propose|drop"


class OverrideAct(Word):
    """What the second, or the first, person does."""

    regex = "confirm|drop"


class TrailFormat(Word):
    """How the trail is written to a file."""

    regex = "csv|jsonl"


class TrailPart(Word):
    """What of one thing is written to a file."""

    regex = "timeline|state"


class ModelAct(Word):
    """Acts on a model."""

    regex = "unname|delete"


class DocKind(Word):
    """Documents of a version."""

    regex = "model_card|validation_report|technical_file"


class DocForm(Word):
    """Forms in which an edition leaves."""

    regex = "html|md|json|pdf"


class DeskAct(Word):
    """What is done with a thread."""

    regex = "reply|settle|reopen"


class ShowcaseAct(Word):
    """What is done with the story of a project."""

    regex = "hand-in|consent|send-back|withdraw"


register_converter(ShowcaseAct, "showcase_act")
register_converter(ModelAct, "model_act")
register_converter(DocKind, "doc_kind")
register_converter(DocForm, "doc_form")
register_converter(DeskAct, "desk_act")
register_converter(TrailFormat, "trail_format")
register_converter(TrailPart, "trail_part")
register_converter(PolicyAct, "policy_act")
register_converter(OverrideAct, "override_act")
register_converter(VersionAct, "version_act")
register_converter(TableAct, "table_act")
register_converter(Settlement, "settlement")

urlpatterns = [
    path("use-cases/<uuid:use_case_pk>/move/", moves.use_case_move, name="use_case_move"),
    path("showcase/", showcases.showcase_list, name="showcase_list"),
    path("showcase/<uuid:pk>/", showcases.showcase_detail, name="showcase_detail"),
    path("showcase/<uuid:pk>/<showcase_act:act>/", showcases.showcase_act, name="showcase_act"),
    path("showcase/write/<uuid:use_case_pk>/", showcases.showcase_write, name="showcase_write"),
    path("showcase/panel/<uuid:use_case_pk>/", showcases.showcase_panel, name="showcase_panel"),
    path("showcase/few/<slug:key>/", showcases.showcase_few, name="showcase_few"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("approvals/together/", together.approval_together, name="approval_together"),
    path("approvals/<uuid:pk>/", approvals.approval_detail, name="approval_detail"),
    path("approvals/<uuid:pk>/decide/", approvals.approval_decide, name="approval_decide"),
    path("approvals/<uuid:pk>/look-again/", approvals.approval_look_again, name="approval_look_again"),
    path("approvals/<uuid:pk>/dissent/", approvals.approval_dissent, name="approval_dissent"),
    path("approvals/<uuid:pk>/withdraw/", approvals.approval_withdraw, name="approval_withdraw"),
    path(
        "approvals/<uuid:pk>/justifications/<uuid:guardrail_pk>/",
        approvals.justification_answer,
        name="justification_answer",
    ),
    path("approvals/<uuid:pk>/threads/", desk.thread_open, name="thread_open"),
    path("threads/<uuid:pk>/<desk_act:act>/", desk.thread_act, name="thread_act"),
    path("approvals/<uuid:pk>/override/", seats.override_propose, name="override_propose"),
    path("overrides/<uuid:pk>/<override_act:act>/", seats.override_act, name="override_act"),
    path("delegations/", seats.delegation_list, name="delegation_list"),
    path("delegations/<uuid:pk>/end/", seats.delegation_end, name="delegation_end"),
    path("policies/", policies.policy_list, name="policy_list"),
    path("policies/<uuid:pk>/", policies.policy_detail, name="policy_detail"),
    path("policies/<uuid:pk>/edit/", policies.policy_edit, name="policy_edit"),
    path("policies/<uuid:pk>/diff/", policies.policy_diff, name="policy_diff"),
    path("policies/<uuid:pk>/<policy_act:act>/", policies.policy_act, name="policy_act"),
    path("use-cases/<uuid:use_case_pk>/policy/", policies.policy_case, name="policy_case"),
    path("use-cases/<uuid:use_case_pk>/risk/", risks.risk_detail, name="risk_detail"),
    path("use-cases/<uuid:use_case_pk>/risk/accept/", risks.risk_accept, name="risk_accept"),
    path("residual-risks/<uuid:pk>/end/", risks.risk_end, name="risk_end"),
    path("models/", models.model_list, name="model_list"),
    path("models/<uuid:pk>/", models.model_detail, name="model_detail"),
    path("models/register/<uuid:trial_pk>/", models.model_register, name="model_register"),
    path("model-versions/<uuid:pk>/", models.version_detail, name="version_detail"),
    path("model-versions/<uuid:pk>/submit/", models.version_submit, name="version_submit"),
    path("model-versions/<uuid:pk>/<version_act:act>/", versions.version_act, name="version_act"),
    path("model-versions/<uuid:pk>/take-over/", versions.version_take_over, name="version_take_over"),
    path("models/<uuid:pk>/<model_act:act>/", versions.model_act, name="model_act"),
    path("models/<uuid:pk>/compare/", comparisons.version_compare, name="version_compare"),
    path("comparisons/<uuid:pk>/", comparisons.comparison_detail, name="comparison_detail"),
    path(
        "model-versions/<uuid:pk>/documents/<doc_kind:kind>/",
        documents.document_detail,
        name="document_detail",
    ),
    path(
        "model-versions/<uuid:pk>/documents/<doc_kind:kind>/write/",
        documents.document_write,
        name="document_write",
    ),
    path(
        "model-versions/<uuid:pk>/documents/<doc_kind:kind>/issue/",
        documents.document_issue,
        name="document_issue",
    ),
    path("documents/<uuid:pk>/", documents.edition_detail, name="edition_detail"),
    path("documents/<uuid:pk>/<doc_form:form>/", documents.edition_download, name="edition_download"),
    path("deployments/", deployments.deployment_list, name="deployment_list"),
    path("deployments/<uuid:pk>/", deployments.deployment_detail, name="deployment_detail"),
    path("deployments/<uuid:pk>/<table_act:act>/", deployments.deployment_table, name="deployment_table"),
    path("deployments/<uuid:pk>/end/", deployments.deployment_end, name="deployment_end"),
    path("drift-reports/<uuid:pk>/", drift.drift_detail, name="drift_detail"),
    path("batches/<uuid:pk>/download/", deployments.batch_download, name="batch_download"),
    path("use-cases/<uuid:use_case_pk>/gates/<str:gate>/sign/", gates.gate_sign, name="gate_sign"),
    path("use-cases/<uuid:use_case_pk>/gates/<str:gate>/", gates.gate_detail, name="gate_detail"),
    path("use-cases/<uuid:use_case_pk>/panels/intake/", gates.intake_panel, name="intake_panel"),
    path("use-cases/<uuid:use_case_pk>/panels/gate/", gates.gate_panel, name="gate_panel"),
    path("use-cases/<uuid:use_case_pk>/panels/models/", gates.model_panel, name="model_panel"),
    path("use-cases/<uuid:use_case_pk>/panels/value/", gates.value_panel, name="value_panel"),
    path("use-cases/<uuid:use_case_pk>/gates/<str:gate>/waiver/", petitions.waiver_ask, name="waiver_ask"),
    path("waivers/<uuid:pk>/end/", petitions.waiver_end, name="waiver_end"),
    path("model-versions/<uuid:pk>/block-waiver/", petitions.block_waiver_ask, name="block_waiver_ask"),
    path("model-versions/<uuid:pk>/retire/", petitions.retirement_ask, name="retirement_ask"),
    path("data-access/", petitions.data_access_list, name="data_access_list"),
    path("data-access/<uuid:dataset_pk>/", petitions.data_access_ask, name="data_access_ask"),
    path("artifact-access/<uuid:artifact_pk>/", petitions.artifact_access_ask, name="artifact_access_ask"),
    path("artifact-grants/<uuid:pk>/end/", petitions.artifact_grant_end, name="artifact_grant_end"),
    path("data-grants/<uuid:pk>/end/", petitions.data_grant_end, name="data_grant_end"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/new/<uuid:use_case_pk>/", findings.finding_new, name="finding_new"),
    path("findings/<uuid:pk>/", findings.finding_detail, name="finding_detail"),
    path("use-cases/<uuid:use_case_pk>/value/", benefits.value_detail, name="value_detail"),
    path("benefit-lines/<uuid:pk>/measurements/new/", benefits.measurement_new, name="measurement_new"),
    path("measurements/<uuid:pk>/<settlement:act>/", benefits.measurement_settle, name="measurement_settle"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/of/<slug:kind>/<uuid:pk>/", audit.audit_subject, name="audit_subject"),
    path(
        "audit/of/<slug:kind>/<uuid:pk>/<trail_part:what>/<trail_format:form>/",
        audit.audit_subject_export,
        name="audit_subject_export",
    ),
    path("audit/verify/", audit.audit_verify, name="audit_verify"),
    path("audit/export/<trail_format:kind>/", audit.audit_export, name="audit_export"),
]
