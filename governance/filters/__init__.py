"""How the lists of governance are narrowed down, on the page and in the API."""

from governance.filters.lists import (
    ApprovalFilter,
    AuditFilter,
    BenefitFilter,
    ComparisonFilter,
    DeploymentFilter,
    DriftFilter,
    EditionFilter,
    FindingFilter,
    MeasurementFilter,
    ModelFilter,
    VersionFilter,
)
from governance.filters.petitions import ArtifactGrantFilter, GrantFilter, WaiverFilter
from governance.filters.policies import (
    DelegationFilter,
    OverrideFilter,
    PolicyFilter,
    ResidualFilter,
    RiskFilter,
)

__all__ = [
    "ApprovalFilter",
    "ArtifactGrantFilter",
    "AuditFilter",
    "BenefitFilter",
    "ComparisonFilter",
    "DelegationFilter",
    "DeploymentFilter",
    "DriftFilter",
    "EditionFilter",
    "FindingFilter",
    "GrantFilter",
    "MeasurementFilter",
    "ModelFilter",
    "OverrideFilter",
    "PolicyFilter",
    "ResidualFilter",
    "RiskFilter",
    "VersionFilter",
    "WaiverFilter",
]
