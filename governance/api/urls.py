"""Addresses of the API of governance."""

from rest_framework.routers import SimpleRouter

from governance.api import (
    judging,
    moves,
    petitions,
    policies,
    registry,
    seats,
    showcases,
    steering,
    versions,
)

router = SimpleRouter()
router.register("models", registry.ModelViewSet, basename="model")
router.register("model-versions", registry.VersionViewSet, basename="model_version")
router.register("comparisons", versions.ComparisonViewSet, basename="comparison")
router.register("documents", versions.EditionViewSet, basename="document")
router.register("deployments", registry.DeploymentViewSet, basename="deployment")
router.register("batches", registry.BatchViewSet, basename="batch")
router.register("drift-reports", registry.DriftViewSet, basename="drift_report")
router.register("approvals", judging.ApprovalViewSet, basename="approval")
router.register("gates", judging.GateViewSet, basename="gate")
router.register("findings", judging.FindingViewSet, basename="finding")
router.register("benefit-lines", steering.LineViewSet, basename="benefit_line")
router.register("measurements", steering.MeasurementViewSet, basename="measurement")
router.register("portfolio", steering.PortfolioViewSet, basename="portfolio")
router.register("audit-events", steering.AuditViewSet, basename="audit_event")
router.register("policies", policies.PolicyViewSet, basename="policy")
router.register("approval-needs", policies.NeedViewSet, basename="approval_need")
router.register("risk-assessments", policies.RiskViewSet, basename="risk_assessment")
router.register("residual-risks", policies.ResidualViewSet, basename="residual_risk")
router.register("delegations", seats.DelegationViewSet, basename="delegation")
router.register("overrides", seats.OverrideViewSet, basename="override")
router.register("waivers", petitions.WaiverViewSet, basename="waiver")
router.register("data-access", petitions.AccessViewSet, basename="data_access")
router.register("artifact-access", petitions.ArtifactAccessViewSet, basename="artifact_access")
router.register("moves", moves.MoveViewSet, basename="move")
router.register("showcases", showcases.ShowcaseViewSet, basename="showcase")
urlpatterns = router.urls
