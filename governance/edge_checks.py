"""Checks at the two ends: G0 when a proposal comes in, G4 when production is looked at again; and failing fast."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _, ngettext

from governance.gate_answers import Answer, link
from governance.models import ApprovalRequest, DriftReport, Measurement
from projects.models import UseCase
from projects.selectors import standards, use_cases as reads


def problem_said(use_case: UseCase) -> Answer:
    """The problem is described."""
    return Answer(
        len(use_case.problem.strip()) >= 20,
        _("Problem described"),
        "",
        _("Ask the author to describe the problem in a sentence or two."),
        link("projects:triage_decide", use_case.pk),
    )


def decision_said(use_case: UseCase) -> Answer:
    """It is known who decides what."""
    return Answer(
        bool(use_case.decision_supported.strip() or use_case.decides_today.strip()),
        _("Decision named"),
        "",
        _("Ask who decides what today, and which decision a prediction would support."),
        link("projects:use_case_edit", use_case.pk),
    )


def metric_said(use_case: UseCase) -> Answer:
    """It is known how success shows."""
    return Answer(
        bool(use_case.success_metric.strip() or use_case.rough_benefit),
        _("Measure of success or rough benefit"),
        use_case.success_metric,
        _("Ask by which figure one would see that it helps."),
        link("projects:use_case_edit", use_case.pk),
    )


def unit_named(use_case: UseCase) -> Answer:
    """The business line is known."""
    return Answer(
        use_case.unit_id is not None,
        _("Business line named"),
        str(use_case.unit or ""),
        _("Choose the business line when you accept it."),
        link("projects:triage_decide", use_case.pk),
    )


def duplicates_seen(use_case: UseCase) -> Answer:
    """Nothing much alike goes on already."""
    if use_case.product_owner_id or not (reader := use_case.submitter):
        alike = []
    else:
        found = reads.similar_to(f"{use_case.title} {use_case.problem}", user=reader)
        alike = [each.ref for each, likeness in found if each.pk != use_case.pk and likeness >= 0.5]
    return Answer(
        not alike,
        _("No use case on the same problem"),
        ", ".join(alike),
        _("Compare with the similar ones; mark it as a duplicate if it is one."),
        link("projects:triage_decide", use_case.pk),
    )


def not_prohibited(use_case: UseCase) -> Answer:
    """Not a prohibited practice."""
    return Answer(
        use_case.risk_tier != UseCase.Tier.PROHIBITED,
        _("Not a prohibited practice"),
        "",
        _("Decline it with the reason, or ask a risk officer to assess it again."),
        link("projects:triage_decide", use_case.pk),
    )


def stops_answered(use_case: UseCase) -> Answer:
    """Every proposal of the portal to stop has its answer."""
    count = use_case.stop_proposals.filter(state="open").count()
    return Answer(
        count == 0,
        _("Proposals to stop answered"),
        ngettext("%(count)s is open", "%(count)s are open", count) % {"count": count} if count else "",
        _("Stop with lessons, or ask the sponsor to go on with a reason."),
        link("projects:use_case_kill_criteria", use_case.pk),
    )


def standards_met(use_case: UseCase) -> Answer:
    """Nothing is missing against its template or the standards of the house."""
    missing = standards.report(use_case).missing
    return Answer(
        not missing,
        _("Project standards met"),
        ", ".join(str(each.label) for each in missing[:4]) + ("…" if len(missing) > 4 else ""),
        _("See what is missing on its page “Standards”."),
        link("projects:use_case_standards", use_case.pk),
    )


def value_realised(use_case: UseCase) -> Answer:
    """Value was measured and verified since the last review."""
    since = last_review(use_case) or use_case.phase_since
    good = Measurement.objects.filter(
        line__use_case=use_case, state=Measurement.State.VERIFIED, created_at__gte=since
    ).exists()
    return Answer(
        good,
        _("Realised value measured and verified"),
        "",
        _("Enter what was realised since the last review, and have a finance controller verify it."),
        link("governance:value_detail", use_case.pk),
    )


def drift_recent(use_case: UseCase) -> Answer:
    """Drift was measured since the last review."""
    since = last_review(use_case) or use_case.phase_since
    good = DriftReport.objects.filter(
        deployment__model__use_case=use_case, finished_at__isnull=False, finished_at__gte=since
    ).exists()
    return Answer(
        good,
        _("Drift measured since the last review"),
        "",
        _("Measure drift on recent data from the page of the deployment."),
        link("governance:deployment_list"),
    )


def last_review(use_case: UseCase) -> datetime | None:
    """When production was last looked at through G4, or nothing; an emergency that is over leaves none behind."""
    found: datetime | None = ApprovalRequest.objects.filter(
        use_case=use_case, kind=ApprovalRequest.Kind.G4, state=ApprovalRequest.State.APPROVED,
        closed_at__gte=use_case.phase_since,
    ).exclude(overrides__state="ended").aggregate(last=Max("closed_at"))["last"]  # fmt: skip
    return found


EDGE_CHECKS: dict[str, Callable[[UseCase], Answer]] = {
    check.__name__: check
    for check in (
        problem_said, decision_said, metric_said, unit_named, duplicates_seen, not_prohibited, stops_answered,
        standards_met, value_realised, drift_recent,
    )
}  # fmt: skip
