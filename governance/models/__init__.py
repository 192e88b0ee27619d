"""The tables of governance."""

from governance.models.aliases import VersionAlias
from governance.models.approvals import ApprovalRequest, Decision, JustificationAnswer
from governance.models.benefits import BenefitLine, Measurement
from governance.models.comparisons import VersionComparison
from governance.models.delegations import Delegation
from governance.models.deployments import Deployment, PredictionLog
from governance.models.dissents import Dissent
from governance.models.documents import DocumentEdition, DocumentKind, ParagraphText
from governance.models.findings import Finding
from governance.models.models import Model
from governance.models.overrides import Override
from governance.models.policies import PolicyPin, PolicyVersion
from governance.models.rehearsals import Rehearsal
from governance.models.risks import ResidualRisk, RiskAssessment
from governance.models.scorings import BatchScoring, DriftReport
from governance.models.second_looks import SecondLook
from governance.models.showcases import Showcase
from governance.models.signatures import GateSignature
from governance.models.threads import DeskRemark, DeskThread
from governance.models.versions import ModelVersion
from governance.models.waivers import Waiver

__all__ = [
    "ApprovalRequest",
    "BatchScoring",
    "BenefitLine",
    "Decision",
    "Delegation",
    "Deployment",
    "DeskRemark",
    "DeskThread",
    "Dissent",
    "DocumentEdition",
    "DocumentKind",
    "DriftReport",
    "Finding",
    "GateSignature",
    "JustificationAnswer",
    "Measurement",
    "Model",
    "ModelVersion",
    "Override",
    "ParagraphText",
    "PolicyPin",
    "PolicyVersion",
    "PredictionLog",
    "Rehearsal",
    "ResidualRisk",
    "RiskAssessment",
    "SecondLook",
    "Showcase",
    "VersionAlias",
    "VersionComparison",
    "Waiver",
]
