"""What a bundle tells of the use case itself: proposal, people, phases, scores, criteria, talk, what happened."""

from typing import Any

from portal.core.models import AuditEvent, User
from projects.bundle_sections import Collector, row
from projects.models import ScoreCard, ScoreVote, UseCase
from projects.selectors import activity

PROPOSAL = (
    "ref", "title", "problem", "decides_today", "data_hint", "people_affected", "rough_benefit", "decision_supported",
    "action_taken", "process", "end_users", "success_metric", "metric_unit", "metric_baseline", "metric_target", "ai_kind",
    "phase", "phase_since", "health", "risk_tier", "risk_basis", "make_or_buy", "make_or_buy_reason", "is_confidential",
    "tags", "custom", "external_source", "external_id", "held_until", "held_reason", "pivot_until", "pivot_reason",
    "timebox_days", "timebox_person_days", "priority", "created_at",
)  # fmt: skip
PEOPLE = (
    "submitter", "product_owner", "sponsor", "process_owner", "improvement_owner", "operation_owner", "monitoring_owner",
)  # fmt: skip
CARD = (
    "rubric_version", "state", "agreed_at", "levels", "evidence", "spread", "value", "feasibility", "risk", "confidence",
    "priority", "coverage", "voters", "comment",
)  # fmt: skip
CONTRACT = (
    "version", "intended_use", "promised_figures", "not_to_follow", "human_fallback", "feedback_channel", "written_at",
)  # fmt: skip
DOSSIER = ("data_asked", "rollback_plan", "documentation", "users_told", "data_fate", "data_fate_note")


def fill(use_case: UseCase, person: User, into: Collector) -> None:
    """The words and the history of one use case."""
    into.facts(
        "project/proposal.json", row(use_case, *PROPOSAL, people=PEOPLE) | {"unit": str(use_case.unit or "")}
    )
    into.facts("project/squad.json", squad(use_case))
    into.facts("project/phases.json", phases(use_case))
    into.facts("project/scores.json", scores(use_case, person))
    into.facts("project/kill_criteria.json", criteria(use_case))
    into.facts("project/hypotheses.json", hypotheses(use_case))
    into.facts("project/comments.json", comments(use_case))
    into.facts("project/ending.json", ending(use_case))
    into.facts("project/papers.json", papers(use_case))
    into.facts("project/activity.json", happened(use_case))


def squad(use_case: UseCase) -> list[dict[str, Any]]:
    """Who worked on it, by name and role."""
    fields = ("role", "is_lead", "allocation", "starts_on", "ends_on")
    members = use_case.members.select_related("user").order_by("starts_on", "role", "pk")
    return [row(each, *fields, people=["user"]) for each in members]


def phases(use_case: UseCase) -> list[dict[str, Any]]:
    """Each move with its gate and what was said."""
    fields = ("from_phase", "to_phase", "action", "at", "gate", "comment")
    return [row(each, *fields, people=["by"]) for each in use_case.phase_events.select_related("by")]


def scores(use_case: UseCase, person: User) -> list[dict[str, Any]]:
    """The cards; votes of an open one stay blind."""
    votes: dict[Any, list[dict[str, Any]]] = {}
    seen = ScoreVote.objects.visible_to(person).filter(card__use_case=use_case).select_related("voter")
    for vote in seen:
        votes.setdefault(vote.card_id, []).append(row(vote, "levels", "evidence", "note", people=["voter"]))
    cards = ScoreCard.objects.filter(use_case=use_case).order_by("created_at", "pk")
    return [row(card, *CARD) | {"votes": votes.get(card.pk, [])} for card in cards]


def criteria(use_case: UseCase) -> list[dict[str, Any]]:
    """What would have made us stop, and what was measured."""
    fields = (
        "statement", "metric", "comparator", "threshold", "deadline", "result", "measured_value", "measured_at", "evidence",
    )  # fmt: skip
    return [row(each, *fields) for each in use_case.kill_criteria.all()]


def hypotheses(use_case: UseCase) -> list[dict[str, Any]]:
    """What the business believed, and what the data said."""
    fields = ("statement", "consequence", "state", "column", "finding", "stated_at", "answered_at")
    people = ("stated_by", "answered_by")
    return [row(each, *fields, people=people) for each in use_case.hypotheses.select_related(*people)]


def comments(use_case: UseCase) -> list[dict[str, Any]]:
    """The talk, oldest first; words taken back are gone here too."""
    said = use_case.comments.filter(withdrawn_at__isnull=True).select_related("author")
    return [row(each, "text", "created_at", "edited_at", people=["author"]) for each in said]


def ending(use_case: UseCase) -> dict[str, Any]:
    """Why it ended and what was learned, with the proposals to stop and their answers."""
    fields = ("cause", "detail", "state", "reason", "created_at", "answered_at")
    proposals = use_case.stop_proposals.select_related("answered_by").order_by("created_at", "pk")
    return {
        "reason": use_case.end_reason,
        "lessons": use_case.lessons,
        "proposals_to_stop": [row(each, *fields, people=["answered_by"]) for each in proposals],
    }


def papers(use_case: UseCase) -> dict[str, Any]:
    """Dossier, contracts of trust and reports of use."""
    dossier = getattr(use_case, "dossier", None)
    contracts = use_case.trust_contracts.select_related("written_by").order_by("version")
    reports = use_case.usage_reports.select_related("reported_by").order_by("starts_on", "pk")
    usage = ("starts_on", "ends_on", "eligible", "active", "run_cost", "note", "reported_at")
    return {
        "dossier": row(dossier, *DOSSIER, people=["data_asked_of", "support_owner"]) if dossier else None,
        "contracts": [
            row(each, *CONTRACT, people=["written_by"])
            | {
                "signatures": [
                    row(sign, "capacity", "signed_at", people=["user"]) for sign in signatures(each)
                ]
            }
            for each in contracts
        ],
        "usage": [row(each, *usage, people=["reported_by"]) for each in reports],
    }


def signatures(contract: Any) -> Any:
    """Who signed it."""
    return contract.signatures.select_related("user").order_by("signed_at", "pk")


def happened(use_case: UseCase) -> list[dict[str, Any]]:
    """The history as its page tells it, whole and the oldest first; details of the trail are for auditors."""
    events = AuditEvent.objects.about(use_case).exclude(verb__in=activity.QUIET).order_by("seq")
    return [
        {"at": event.at, "who": event.actor, "verb": event.verb, "text": activity.entry(event)["text"]}
        for event in events.iterator(chunk_size=2000)
    ]
