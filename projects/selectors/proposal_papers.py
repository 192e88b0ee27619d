"""Reads: all that a proposal says on paper, as data, in the reader's language and as far as the reader sees."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext as _, ngettext

from portal.core import clock
from portal.core.models import User
from projects.models import ScoreCard, UseCase
from projects.selectors import spells, triage, use_cases

ALIKE = 5


def paper(use_case: UseCase, reader: User) -> dict[str, Any]:
    """What, why, who, score, similar ones and where triage stands; nothing the reader does not see."""
    chips = [str(use_case.get_phase_display()), str(use_case.get_risk_tier_display())]
    sections = (
        what(use_case), why(use_case), who(use_case), score(use_case), similar(use_case, reader), answered(use_case),
    )  # fmt: skip
    return {
        "language": (get_language() or "en")[:2],
        "kind": _("Proposal"),
        "house": "Agora",
        "ref": use_case.ref,
        "title": use_case.title,
        "chips": chips,
        "warning": _("Confidential") if use_case.is_confidential else "",
        "footer": _("%(ref)s · as on %(day)s · for %(person)s")
        % {"ref": use_case.ref, "day": moment(clock.now()), "person": reader},
        "sections": list(sections),
    }


def section(title: str, **given: Any) -> dict[str, Any]:
    """One part of the page; what is not given is empty."""
    empty = {"text": "", "tiles": [], "facts": [], "head": [], "widths": [], "rows": [], "note": ""}
    return {**empty, **given, "title": title}


def known(title: str, facts: list[tuple[str, str]], text: str = "") -> dict[str, Any]:
    """A part with what was said; what was not is named in one line."""
    missing = ", ".join(name for name, value in facts if not value)
    note = _("Not said yet: %(what)s.") % {"what": missing} if missing else ""
    return section(title, text=text, facts=[fact for fact in facts if fact[1]], note=note)


def moment(at: Any) -> str:
    """Day and time."""
    return formats.date_format(timezone.localtime(at), "j F Y, H:i")


def figure(value: float | None, unit: str = "", places: int = 0) -> str:
    """A number as people write it, or nothing."""
    return "" if value is None else f"{formats.number_format(value, places, force_grouping=True)}{unit}"


def what(use_case: UseCase) -> dict[str, Any]:
    """The problem, and what a prediction would be for."""
    facts = [
        (_("Who decides what today"), use_case.decides_today),
        (_("Decision supported"), use_case.decision_supported),
        (_("Action taken on a prediction"), use_case.action_taken),
        (_("Data you think exist"), use_case.data_hint),
        (_("Kind of AI"), str(use_case.get_ai_kind_display())),
    ]
    return known(_("The problem"), facts, use_case.problem)


def why(use_case: UseCase) -> dict[str, Any]:
    """What it would be worth."""
    metric = (
        f"{use_case.success_metric} ({use_case.metric_unit})"
        if use_case.metric_unit
        else use_case.success_metric
    )
    has_goal = use_case.metric_baseline is not None and use_case.metric_target is not None
    goal = f"{figure(use_case.metric_baseline, places=2)} → {figure(use_case.metric_target, places=2)}"
    others = use_case.supports.count()
    too = ngettext("%(n)s other person has this problem", "%(n)s other people have this problem", others)
    facts = [
        (_("People affected"), figure(use_case.people_affected)),
        (_("Rough benefit a year"), figure(use_case.rough_benefit, " €")),
        (_("Success metric"), metric),
        (_("From today to target"), goal if has_goal else ""),
    ]
    if others:
        facts.append((_("Mine too"), too % {"n": others}))
    return known(_("What it is worth"), facts)


def who(use_case: UseCase) -> dict[str, Any]:
    """The people of it."""
    facts = [
        (_("Proposed by"), str(use_case.submitter)),
        (_("Product owner"), str(use_case.product_owner or "")),
        (_("Sponsor"), str(use_case.sponsor or "")),
        (_("Business line"), str(use_case.unit or "")),
        (_("Operational process"), use_case.process),
        (_("End users"), use_case.end_users),
    ]
    return known(_("People"), facts)


def score(use_case: UseCase) -> dict[str, Any]:
    """The agreed score, or that there is none."""
    card = ScoreCard.objects.filter(use_case=use_case, state=ScoreCard.State.AGREED).first()
    if card is None:
        return section(_("Score"), note=_("Not scored yet: two people vote, each on their own."))
    share = card.confidence
    tiles = [
        (_("Priority"), figure(card.priority, places=1) or "–"),
        (_("Value"), figure(card.value) or "–"),
        (_("Feasibility"), figure(card.feasibility) or "–"),
        (_("Risk"), figure(card.risk) or "–"),
        (_("Confidence"), figure(100 * share, " %") if share is not None else "–"),
    ]
    words = ngettext(
        "Agreed on %(day)s after the vote of %(n)s person.", "Agreed on %(day)s after the vote of %(n)s people.", card.voters
    )  # fmt: skip
    day = formats.date_format(timezone.localtime(card.agreed_at), "j F Y") if card.agreed_at else ""
    return section(_("Score"), tiles=tiles, note=words % {"day": day, "n": card.voters})


def similar(use_case: UseCase, reader: User) -> dict[str, Any]:
    """Others the reader sees that speak of the same."""
    found = use_cases.similar_to(f"{use_case.title} {use_case.problem}", user=reader, limit=ALIKE + 1)
    others = [(each, alike) for each, alike in found if each.pk != use_case.pk][:ALIKE]
    rows = [
        [each.ref, each.title, str(each.get_phase_display()), str(each.product_owner or "–"), f"{100 * alike:.0f} %"]
        for each, alike in others
    ]  # fmt: skip
    head = [_("Reference"), _("Use case"), _("Phase"), _("Product owner"), _("Alike")]
    note = "" if rows else _("None of those you see speaks of the same.")
    return section(_("Similar use cases"), head=head, widths=[1, 3.2, 1.4, 1.6, 1.2], rows=rows, note=note)


def answered(use_case: UseCase) -> dict[str, Any]:
    """Where triage stands, and every answer until now."""
    facts = []
    if use_case.phase in triage.WAITING:
        level = triage.level(use_case)
        due = formats.date_format(level.due, "j F Y")
        facts = [
            (_("Waits since"), moment(use_case.phase_since)),
            (_("Answer due"), _("%(day)s (late)") % {"day": due} if level.state == "late" else due),
        ]
    if use_case.snoozed_until:
        until = formats.date_format(use_case.snoozed_until, "j F Y")
        facts.append((_("Put off until"), f"{until} {use_case.snoozed_reason}".strip()))
    said = [
        (_("Question"), use_case.open_question),
        (_("Reason"), use_case.end_reason),
        (_("Lessons"), use_case.lessons),
    ]
    facts += [pair for pair in said if pair[1]]
    moves = [spell.entered for each in spells.stays(use_case) for spell in each.spells]
    moves.sort(key=lambda move: move.at)
    rows = [
        [
            moment(move.at),
            str(move.to),
            ", ".join(move.deciders) or str(move.by or _("the portal")),
            move.comment,
        ]
        for move in moves
    ]
    head = [_("When"), _("Phase"), _("By"), _("In their words")]
    note = "" if rows else _("Its history begins when it is sent to triage.")
    return section(
        _("Triage and after"), facts=facts, head=head, widths=[1.5, 1.2, 1.5, 2.6], rows=rows, note=note
    )
