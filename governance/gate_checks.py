"""The checks behind the requirements of the gates: one function each, what was seen and how to meet it."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from governance.edge_checks import EDGE_CHECKS
from governance.gate_answers import Answer, link
from governance.gate_facts import champion_of
from governance.models import BenefitLine, Decision, Deployment, DriftReport, Finding
from governance.paper_checks import PAPER_CHECKS, holders
from governance.signature_checks import SIGNATURE_CHECKS
from governance.trust_checks import TRUST_CHECKS
from portal.core import clock
from portal.core.models.credentials import Right
from projects.models import GuardrailResult, KillCriterion, ReadinessCheck, SquadMember, SquadRole, UseCase
from projects.rules.readiness import still_stands
from projects.selectors.squads import waiver_of

COVERAGE = 0.7


def not_held(use_case: UseCase) -> Answer:
    """Not on hold."""
    held = bool(use_case.held_until and use_case.held_until >= clock.today())
    return Answer(
        not held,
        _("Not on hold"),
        use_case.held_reason,
        _("End the hold first."),
        link("projects:use_case_detail", use_case.pk),
    )


def tier_assessed(use_case: UseCase) -> Answer:
    """The risk tier is known and not prohibited."""
    known = use_case.risk_tier not in {UseCase.Tier.UNASSESSED, UseCase.Tier.PROHIBITED}
    remedy = _("Ask a risk officer or the portfolio manager to assess the risk tier.")
    return Answer(
        known,
        _("Risk tier assessed"),
        use_case.get_risk_tier_display(),
        remedy,
        link("projects:use_case_detail", use_case.pk),
    )


def score_agreed(use_case: UseCase) -> Answer:
    """An agreed score card that covers enough."""
    card = use_case.score_cards.filter(state="agreed").first()
    covered = card.coverage or 0 if card else 0
    detail = (
        _("%(percent)d %% of the criteria are assessed") % {"percent": round(100 * covered)}
        if card
        else _("No agreed score")
    )
    remedy = _("Agree on a score that covers at least 70 % of the criteria.")
    return Answer(
        bool(card) and covered >= COVERAGE,
        _("Score agreed"),
        detail,
        remedy,
        link("projects:use_case_score", use_case.pk),
    )


def two_voters(use_case: UseCase) -> Answer:
    """At least two people have voted."""
    card = use_case.score_cards.filter(state="agreed").first()
    voters = card.voters if card else 0
    remedy = _("Ask a second person to vote on the score.")
    return Answer(
        voters >= 2,
        _("Scored by two people or more"),
        _("Voters: %(count)d") % {"count": voters},
        remedy,
        link("projects:use_case_score", use_case.pk),
    )


def make_or_buy(use_case: UseCase) -> Answer:
    """A decision, or at least a first opinion, on make or buy."""
    decided = use_case.make_or_buy != UseCase.MakeOrBuy.UNDECIDED
    return Answer(
        decided,
        _("Make or buy decided"),
        use_case.get_make_or_buy_display(),
        _("Decide make or buy, with the reason."),
        link("projects:use_case_detail", use_case.pk),
    )


def kill_criteria(use_case: UseCase) -> Answer:
    """One to five criteria, each with its day (the column is required)."""
    count = use_case.kill_criteria.count()
    remedy = _("Write one to five conditions that would make you stop, each with a figure and a day.")
    return Answer(
        1 <= count <= 5,
        _("Kill criteria written"),
        _("Criteria: %(count)d · cap: %(days)d working days, %(effort)d person-days")
        % {"count": count, "days": use_case.timebox_days, "effort": use_case.timebox_person_days},
        remedy,
        link("projects:use_case_kill_criteria", use_case.pk),
    )


def kill_results(use_case: UseCase) -> Answer:
    """Every criterion is met, or waived with its reason."""
    rows = list(use_case.kill_criteria.all())
    settled = [
        row for row in rows
        if row.result == KillCriterion.Result.MET or (row.result == KillCriterion.Result.WAIVED and row.evidence.strip())
    ]  # fmt: skip
    detail = _("%(settled)d of %(count)d met or waived") % {"settled": len(settled), "count": len(rows)}
    remedy = _("Record the result of each kill criterion with its evidence; stop when one is missed.")
    return Answer(
        bool(rows) and len(settled) == len(rows),
        _("Kill criteria answered"),
        detail,
        remedy,
        link("projects:use_case_kill_criteria", use_case.pk),
    )


def squad(use_case: UseCase) -> list[SquadMember]:
    """The people on it now."""
    return list(SquadMember.objects.current().filter(use_case=use_case))


def product_owner(use_case: UseCase) -> Answer:
    """Somebody is accountable."""
    return Answer(
        use_case.product_owner_id is not None, _("Product owner named"), str(use_case.product_owner or ""),
        _("Ask the portfolio manager to name the product owner."), link("projects:use_case_detail", use_case.pk),
    )  # fmt: skip


def know_how(use_case: UseCase) -> Answer:
    """Somebody knows the business and somebody the data; a citizen data scientist knows both."""
    roles = {member.role for member in squad(use_case)}
    business = bool(roles & {SquadRole.BUSINESS_EXPERT, SquadRole.CITIZEN})
    data = bool(roles & {SquadRole.CITIZEN, SquadRole.DATA_ANALYST, SquadRole.DATA_SCIENTIST})
    missing = [word for known, word in ((business, _("business")), (data, _("data"))) if not known]
    detail = _("Missing: %(what)s") % {"what": ", ".join(missing)} if missing else ""
    remedy = _("Add a business expert and a data analyst, or a citizen data scientist who covers both.")
    return Answer(
        not missing,
        _("Business and data know-how in the squad"),
        detail,
        remedy,
        link("projects:use_case_squad", use_case.pk),
    )


def lead(use_case: UseCase) -> Answer:
    """The squad has a lead."""
    named = any(member.is_lead for member in squad(use_case))
    return Answer(
        named,
        _("Squad lead named"),
        "",
        _("Name the lead of the squad."),
        link("projects:use_case_squad", use_case.pk),
    )


def squad_size(use_case: UseCase) -> Answer:
    """Five to ten people, each counted once; or another size that was agreed to for now."""
    people = {member.user_id for member in squad(use_case)}
    waiver = waiver_of(use_case)
    remedy = _("Bring the squad to 5–10 people, or write why this size is right.")
    return Answer(
        5 <= len(people) <= 10 or waiver is not None,
        _("Squad of 5 to 10 people"),
        _("People: %(count)d") % {"count": len(people)} + (f" · {waiver.reason}" if waiver else ""),
        remedy,
        link("projects:use_case_squad", use_case.pk),
    )


def data_profiled(use_case: UseCase) -> Answer:
    """A dataset version that was read and profiled."""
    ready = any(
        version.profile
        for dataset in use_case.datasets.all()
        for version in dataset.versions.filter(state="ready")
    )
    ready = (
        ready
        or use_case.experiments.filter(dataset_version__state="ready")
        .exclude(dataset_version__profile={})
        .exists()
    )
    return Answer(
        ready,
        _("Data profiled"),
        "",
        _("Upload a sample of the data to this use case."),
        link("projects:dataset_new"),
    )


def data_checked(use_case: UseCase) -> Answer:
    """The checks for leakage and personal data have run, and nothing blocks."""
    current = GuardrailResult.objects.filter(experiment__use_case=use_case, is_current=True)
    ran = current.exists()
    blocked = (
        bool(ran)
        and not use_case.experiments.exclude(
            pk__in=current.filter(is_alerted=True, severity="block").values("experiment")
        )
        .filter(guardrails__is_current=True)
        .exists()
    )
    detail = (
        _("Every checked experiment is blocked by a guardrail")
        if blocked
        else ""
        if ran
        else _("No check has run yet")
    )
    remedy = _("Prepare an experiment and run its checks for leakage and personal data.")
    return Answer(
        ran and not blocked,
        _("Leakage and personal-data checks recorded"),
        detail,
        remedy,
        link("projects:experiment_new"),
    )


def champion(use_case: UseCase) -> Answer:
    """An approved version serves."""
    serving = champion_of(use_case)
    good = bool(serving and serving.version.is_usable)
    remedy = _("Register a model, have it reviewed, then promote the approved version.")
    return Answer(
        good,
        _("An approved model version is champion"),
        str(serving.version) if serving else "",
        remedy,
        link("governance:model_list"),
    )


def independent_review(use_case: UseCase) -> Answer:
    """Whoever approved the champion never worked in the squad."""
    serving = champion_of(use_case)
    label = _("Reviewed by somebody outside the squad")
    remedy = _("Ask a certified reviewer outside the squad for a new review.")
    if names := holders(Right.APPROVE_MODEL, outside=use_case):
        remedy += " " + _("Certified now: %(names)s.") % {"names": names}
    if serving is None:
        return Answer(False, label, "", remedy, link("governance:inbox"))
    ours = SquadMember.objects.filter(use_case=use_case).values("user")
    said = Decision.objects.filter(
        request__version=serving.version, request__kind="model_review", answer__startswith="approve"
    )
    good = said.exists() and not said.filter(decided_by__in=ours).exists()
    return Answer(
        good,
        label,
        ", ".join(str(each.decided_by) for each in said.select_related("decided_by")),
        remedy,
        link("governance:inbox"),
    )


def monitoring_owner(use_case: UseCase) -> Answer:
    """Somebody watches."""
    return Answer(
        use_case.monitoring_owner_id is not None,
        _("Owner of monitoring and alerts named"),
        str(use_case.monitoring_owner or ""),
        _("Name who watches the model and hears its alerts."),
        link("projects:use_case_edit", use_case.pk),
    )


def process_owner(use_case: UseCase) -> Answer:
    """The changed process has an owner."""
    good = use_case.process_owner_id is not None and bool(use_case.process.strip())
    return Answer(
        good,
        _("Process and its owner named"),
        str(use_case.process_owner or ""),
        _("Name the process that changes and its owner."),
        link("projects:use_case_edit", use_case.pk),
    )


def readiness(use_case: UseCase) -> Answer:
    """The three checks of readiness are confirmed, and what was confirmed is still so."""
    found = [(each, still_stands(each, use_case)) for each in use_case.readiness_checks.all()]
    done, wanted = sum(bool(stands) for _each, stands in found), len(ReadinessCheck.Kind.values)
    remedy = _("Confirm operational reality, adoption and shared responsibility with their evidence.")
    remedy = " ".join([remedy, *(str(stands.reason) for _each, stands in found if not stands)])
    return Answer(
        done == wanted,
        _("Three readiness checks confirmed"),
        f"{done}/{wanted}",
        remedy,
        link("projects:use_case_readiness", use_case.pk),
    )


def benefit(use_case: UseCase) -> Answer:
    """Something is expected, from a known starting point."""
    good = BenefitLine.objects.filter(use_case=use_case, ended_on__isnull=True).exclude(baseline="").exists()
    return Answer(
        good,
        _("Expected benefit with its baseline"),
        "",
        _("Enter what the use case is worth per year, and where you start from."),
        link("governance:value_detail", use_case.pk),
    )


def drift_report(use_case: UseCase) -> Answer:
    """The champion was compared with new data."""
    serving = champion_of(use_case)
    good = (
        bool(serving) and DriftReport.objects.filter(deployment=serving, finished_at__isnull=False).exists()
    )
    url = link("governance:deployment_detail", serving.pk) if serving else link("governance:deployment_list")
    return Answer(
        good,
        _("Drift measured on the champion"),
        "",
        _("Measure drift on recent data from the page of the deployment."),
        url,
    )


def high_findings(use_case: UseCase) -> Answer:
    """No unsettled finding of high severity."""
    count = Finding.objects.unsettled().filter(use_case=use_case, severity=Finding.Severity.HIGH).count()
    return Answer(
        count == 0,
        _("No open finding of high severity"),
        _("Open: %(count)d") % {"count": count} if count else "",
        _("Resolve and verify them, or have a risk officer accept the risk."),
        link("governance:finding_list"),
    )


def lessons(use_case: UseCase) -> Answer:
    """What was learned is written down."""
    return Answer(
        bool(use_case.lessons.strip()),
        _("Lessons written"),
        "",
        _("Write what others can learn from this."),
        link("projects:use_case_edit", use_case.pk),
    )


def scoring_stopped(use_case: UseCase) -> Answer:
    """Nothing serves any more."""
    serving = Deployment.objects.current().filter(model__use_case=use_case).first()
    url = link("governance:deployment_detail", serving.pk) if serving else ""
    return Answer(
        serving is None,
        _("No model in service"),
        str(serving or ""),
        _("Ask for the retirement of the model, or end the deployment, so that no program relies on it."),
        url,
    )


CHECKS: dict[str, Callable[[UseCase], Answer]] = {
    check.__name__: check
    for check in (
        not_held, tier_assessed, score_agreed, two_voters, make_or_buy, kill_criteria, kill_results, product_owner,
        know_how, lead, squad_size, data_profiled, data_checked, champion, independent_review, monitoring_owner,
        process_owner, readiness, benefit, drift_report, high_findings, lessons, scoring_stopped,
    )
} | EDGE_CHECKS | PAPER_CHECKS | TRUST_CHECKS | SIGNATURE_CHECKS  # fmt: skip
