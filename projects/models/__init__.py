"""The tables of projects."""

from projects.models.artifacts import Artifact, ArtifactSource, ArtifactTag, ArtifactVersion
from projects.models.board_limits import BoardLimit
from projects.models.bundles import ProjectBundle
from projects.models.calendar_feeds import CalendarFeed
from projects.models.column_pairs import ColumnPair
from projects.models.comments import Comment, CommentReaction, Watch
from projects.models.compared_texts import ComparedText, ComparedTrigram
from projects.models.contracts import ContractSignature, TrustContract
from projects.models.custom_fields import CustomField
from projects.models.cycles import Cycle, Story
from projects.models.datasets import Dataset, DatasetVersion
from projects.models.dependencies import Dependency
from projects.models.dossiers import Dossier, UsageReport
from projects.models.estimates import Estimate
from projects.models.experiments import Experiment, Trial
from projects.models.explanations import Explanation
from projects.models.exports import Export
from projects.models.gate_plans import GatePlan
from projects.models.guardrails import GuardrailResult
from projects.models.hypotheses import Hypothesis
from projects.models.imported_projects import ImportedProject
from projects.models.imports import CaseImport
from projects.models.kill_criteria import KillCriterion
from projects.models.make_or_buy import MakeOrBuyAssessment
from projects.models.offers import Offer
from projects.models.partial_uploads import PartialUpload
from projects.models.phase_events import PhaseEvent
from projects.models.raci import Area, RaciEntry
from projects.models.readiness import ReadinessCheck
from projects.models.recipes import Recipe
from projects.models.rubrics import RubricVersion
from projects.models.saved_views import SavedView, ViewFollower
from projects.models.scores import ScoreCard, ScoreVote
from projects.models.sequences import Sequence
from projects.models.shares import ArtifactShare, DatasetShare, ReceiverKind, Share, ShareRight
from projects.models.squads import Component, SizeWaiver, SquadMember, SquadRole
from projects.models.stops import StopProposal
from projects.models.supports import Support
from projects.models.templates import UseCaseTemplate
from projects.models.undos import Undo
from projects.models.use_cases import UseCase

__all__ = [
    "Area",
    "Artifact",
    "ArtifactSource",
    "ArtifactTag",
    "ArtifactVersion",
    "BoardLimit",
    "CalendarFeed",
    "CaseImport",
    "ColumnPair",
    "Comment",
    "ComparedText",
    "ComparedTrigram",
    "CommentReaction",
    "Component",
    "ContractSignature",
    "CustomField",
    "Cycle",
    "Dataset",
    "ArtifactShare",
    "DatasetShare",
    "DatasetVersion",
    "Dependency",
    "Dossier",
    "Estimate",
    "Experiment",
    "Explanation",
    "Export",
    "GatePlan",
    "GuardrailResult",
    "Hypothesis",
    "ImportedProject",
    "KillCriterion",
    "MakeOrBuyAssessment",
    "Offer",
    "PartialUpload",
    "PhaseEvent",
    "ProjectBundle",
    "RaciEntry",
    "ReadinessCheck",
    "ReceiverKind",
    "Recipe",
    "RubricVersion",
    "SavedView",
    "ScoreCard",
    "ScoreVote",
    "Sequence",
    "Share",
    "ShareRight",
    "SizeWaiver",
    "SquadMember",
    "SquadRole",
    "StopProposal",
    "Story",
    "Support",
    "Trial",
    "TrustContract",
    "UsageReport",
    "Undo",
    "UseCase",
    "UseCaseTemplate",
    "ViewFollower",
    "Watch",
]
