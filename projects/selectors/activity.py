"""What happened to a use case, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.models import AuditEvent
from projects.models import UseCase

LATEST = 100
# Signs and personal choices are not history of the use case.
QUIET = ("comment.reacted", "use_case.watched")
WORDS: dict[str, tuple[Any, str]] = {
    "use_case.proposed": (_("Proposed"), "bulb"),
    "use_case.submitted": (_("Sent to triage"), "send"),
    "use_case.withdrawn": (_("Taken back"), "arrow-left"),
    "use_case.questioned": (_("A question was asked"), "comment"),
    "use_case.accepted": (_("Accepted into the backlog"), "check"),
    "use_case.declined": (_("Declined"), "x"),
    "use_case.marked_duplicate": (_("Marked as a duplicate"), "copy"),
    "use_case.initialised": (_("Entered initialisation"), "flag"),
    "use_case.developed": (_("Entered development"), "flag"),
    "use_case.went_live": (_("Went into production"), "rocket"),
    "use_case.retired": (_("Retired"), "archive"),
    "use_case.stopped": (_("Stopped"), "hand-stop"),
    "use_case.reopened": (_("Re-opened"), "refresh"),
    "use_case.updated": (_("Details changed"), "edit"),
    "use_case.owner_named": (_("Product owner named"), "user-check"),
    "use_case.tier_set": (_("Risk tier set"), "risk"),
    "policy.pinned": (_("Took up a version of the policy"), "shield"),
    "risk.assessed": (_("Risk assessed"), "risk"),
    "risk.accepted": (_("Residual risk accepted"), "risk"),
    "risk.acceptance_ended": (_("Acceptance of the residual risk ended"), "risk"),
    "risk.acceptance_expired": (_("Acceptance of the residual risk expired"), "risk"),
    "use_case.make_or_buy_decided": (_("Make or buy decided"), "scale"),
    "use_case.held": (_("Put on hold"), "pause"),
    "use_case.pivot_asked": (_("A new direction was asked for"), "refresh"),
    "use_case.pivoted": (_("Goes on in a new direction"), "refresh"),
    "gate.signed": (_("Signed beside the product owner"), "edit"),
    "use_case.ranked": (_("Placed by hand"), "arrows-sort"),
    "use_case.rank_released": (_("Given back to its score"), "arrows-sort"),
    "offer.added": (_("Offer of a vendor added"), "scale"),
    "offer.changed": (_("Offer of a vendor changed"), "scale"),
    "offer.preferred": (_("Offer of a vendor preferred"), "scale"),
    "offer.withdrawn": (_("Offer of a vendor withdrawn"), "scale"),
    "use_case.resumed": (_("Taken up again"), "play"),
    "use_case.health_set": (_("Health reported"), "activity"),
    "use_case.commented": (_("Commented"), "comment"),
    "squad.member_added": (_("Somebody joined the squad"), "user-plus"),
    "squad.member_left": (_("Somebody left the squad"), "user"),
    "squad.lead_made": (_("Squad lead designated"), "star"),
    "score.opened": (_("Vote opened"), "star"),
    "score.voted": (_("Levels given"), "star"),
    "score.agreed": (_("Score agreed"), "star"),
    "kill_criterion.added": (_("Kill criterion written"), "target"),
    "kill_criterion.changed": (_("Kill criterion changed"), "target"),
    "kill_criterion.removed": (_("Kill criterion removed"), "target"),
    "kill_criterion.reminded": (_("Reminded of a kill criterion"), "bell"),
    "kill_criterion.measured": (_("Kill criterion measured"), "target"),
    "kill_criterion.waived": (_("Kill criterion waived"), "target"),
    "readiness.confirmed": (_("Readiness confirmed"), "checklist"),
    "squad.member_changed": (_("A place in the squad changed"), "users"),
    "squad.put_back": (_("A place in the squad is as it was"), "refresh"),
    "squad.size_waived": (_("Size of the squad agreed to"), "users"),
    "squad.component_linked": (_("A part was added"), "puzzle"),
    "squad.component_unlinked": (_("A part was taken away"), "puzzle"),
    "raci.assigned": (_("Owner named for the time after"), "user-check"),
    "contract.written": (_("Contract of trust written"), "file-text"),
    "contract.signed": (_("Contract of trust signed"), "edit"),
    "contract.in_force": (_("Contract of trust in force"), "heart-handshake"),
    "hypothesis.stated": (_("Hypothesis stated"), "bulb"),
    "hypothesis.answered": (_("Hypothesis answered"), "chart-bar"),
    "hypothesis.withdrawn": (_("Hypothesis withdrawn"), "bulb"),
    "hypothesis.reopened": (_("Hypothesis opened again"), "bulb"),
    "use_case.dependency_added": (_("Depends on another one"), "git-branch"),
    "use_case.dependency_removed": (_("Depends on another one no more"), "git-branch"),
    "cycle.planned": (_("Cycle planned"), "refresh"),
    "cycle.changed": (_("Cycle changed"), "refresh"),
    "cycle.closed": (_("Cycle closed"), "flag"),
    "story.added": (_("Story written"), "list"),
    "story.changed": (_("Story changed"), "list"),
    "story.moved": (_("Story moved"), "list"),
    "story.removed": (_("Story removed"), "list"),
    "gate.requested": (_("A gate was asked for"), "flag"),
    "gate.reviewed": (_("Production was looked at again"), "flag"),
    "gate.confirmed": (_("Decided in the ordinary way after an emergency"), "flag"),
    "waiver.asked": (_("A waiver was asked for"), "shield"),
    "waiver.granted": (_("A requirement was waived for a time"), "shield"),
    "waiver.ended": (_("A waiver ended"), "shield"),
    "gate_plan.set": (_("A gate was planned"), "calendar"),
    "gate_plan.removed": (_("A planned gate was taken away"), "calendar"),
    "make_or_buy.assessed": (_("Make or buy assessed"), "scale"),
    "stop.followed": (_("Stopped as proposed"), "hand-stop"),
    "stop.proposed": (_("The portal proposed to stop"), "hand-stop"),
    "stop.settled": (_("A proposal to stop settled by itself"), "check"),
    "stop.went_on": (_("Went on in spite of a proposal to stop"), "play"),
    "template.criteria_applied": (_("Kill criteria of the template taken over"), "target"),
    "use_case.estimated": (_("Effort and reach estimated"), "scale"),
    "use_case.joined": (_("Turned into a vote for an older use case"), "copy"),
    "use_case.copied": (_("Begun from another use case"), "copy"),
    "use_case.begun_from_template": (_("Begun with a template"), "copy"),
    "use_case.snoozed": (_("Put off until a day"), "clock"),
    "use_case.woken": (_("Brought back to triage"), "clock"),
    "use_case.supported": (_("Somebody has this problem too"), "users"),
    "use_case.support_withdrawn": (_("A vote was taken back"), "users"),
    "dossier.written": (_("Dossier written"), "file-text"),
    "usage.reported": (_("Use and cost reported"), "chart-bar"),
    "bundle.requested": (_("Somebody had the project zipped"), "box"),
    "bundle.built": (_("The zip of the project was made"), "box"),
    "bundle.downloaded": (_("Somebody took the project along"), "download"),
    "bundle.expired": (_("A zip of the project expired"), "box"),
    "comment.edited": (_("Comment changed"), "comment"),
    "comment.withdrawn": (_("Comment withdrawn"), "comment"),
    "use_case.confidentiality_lifted": (_("Shown to everybody"), "lock-open"),
}


def timeline(use_case: UseCase) -> list[dict[str, Any]]:
    """The latest events of the trail about one use case, newest first; words given as reasons stand with them."""
    events = AuditEvent.objects.about(use_case).exclude(verb__in=QUIET)[:LATEST]
    return [entry(event) for event in events]


def reason_in(event: AuditEvent) -> str:
    """What somebody gave as a reason."""
    return str(event.details.get("comment") or event.details.get("reason") or "")


def entry(event: AuditEvent) -> dict[str, Any]:
    """One line of the timeline."""
    words, icon = WORDS.get(event.verb, (event.verb.replace(".", " ").replace("_", " "), "circle-dot"))
    said = "" if event.verb.startswith("comment.") or event.verb == "use_case.commented" else reason_in(event)
    return {
        "at": event.at,
        "who": event.actor,
        "text": f"{words}: {said}" if said else words,
        "icon": icon,
        "url": "",
    }
