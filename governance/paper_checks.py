"""Checks of what must be written or certified: data asked for, way back, support, documentation, review, end."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from governance.checklist import for_tier
from governance.edge_checks import last_review
from governance.gate_answers import Answer, link
from governance.models import Decision, Deployment, ModelVersion
from portal.core import clock
from portal.core.models import User
from portal.core.models.credentials import Right
from portal.core.services import credentials
from projects import custom_values, workload
from projects.models import Dossier, MakeOrBuyAssessment, SquadMember, UseCase
from projects.selectors import loads

NAMED = 3


def dossier_of(use_case: UseCase) -> Dossier:
    """What is written, or an empty one."""
    return Dossier.objects.filter(use_case=use_case).select_related("support_owner").first() or Dossier(
        use_case=use_case
    )


def page(use_case: UseCase, section: str) -> str:
    """Where it is written."""
    return f"{link('projects:use_case_dossier', use_case.pk)}#{section}"


def holders(right: str, *, outside: UseCase | None = None) -> str:
    """A few people who hold a right, by name, as a remedy; those of the squad left out when asked."""
    found = User.objects.holding(right).filter(is_service=False).order_by("display_name")
    if outside is not None:
        found = found.exclude(pk__in=SquadMember.objects.filter(use_case=outside).values("user"))
    return ", ".join(str(person) for person in found[:NAMED])


def make_or_buy_screened(use_case: UseCase) -> Answer:
    """A first opinion on make or buy, or a decision."""
    decided = use_case.make_or_buy != UseCase.MakeOrBuy.UNDECIDED
    screened = decided or MakeOrBuyAssessment.objects.filter(use_case=use_case).exists()
    return Answer(
        screened,
        _("Make or buy looked at"),
        use_case.get_make_or_buy_display() if decided else "",
        _("Choose the category and answer the questions of make or buy."),
        link("projects:use_case_make_or_buy", use_case.pk),
    )


def data_asked(use_case: UseCase) -> Answer:
    """Data are here already, or were asked for of somebody."""
    written = dossier_of(use_case)
    here = use_case.datasets.exists()
    asked = bool(written.data_asked.strip() and written.data_asked_of_id)
    return Answer(
        here or asked,
        _("Data asked for"),
        _("A table is here") if here else "",
        _("Write which data you need and ask their owner, or bring a table."),
        page(use_case, "data"),
    )


def owner_certified(use_case: UseCase) -> Answer:
    """The product owner still holds the right to own a use case."""
    owner = use_case.product_owner
    good = bool(owner and owner.is_active and credentials.holds(owner, Right.OWN_USE_CASE))
    return Answer(
        good,
        _("Product owner certified"),
        str(owner or ""),
        _("The product owner passes the exam for owning a use case, or somebody certified takes over."),
        link("training:right", Right.OWN_USE_CASE),
    )


def certified_builder(use_case: UseCase) -> Answer:
    """Somebody in the squad holds the right to launch experiments."""
    members = SquadMember.objects.current().filter(use_case=use_case).values("user")
    able = User.objects.holding(Right.LAUNCH_AUTOML).filter(pk__in=members).first()
    others = holders(Right.LAUNCH_AUTOML, outside=use_case)
    remedy = _("Take a certified builder into the squad, or have a member certified.")
    if others:
        remedy += " " + _("Certified now: %(names)s.") % {"names": others}
    return Answer(
        able is not None,
        _("Certified builder in the squad"),
        str(able or ""),
        remedy,
        link("projects:use_case_squad", use_case.pk),
    )


def fields_filled(use_case: UseCase) -> Answer:
    """The fields that the house needs in the phase behind the gate are filled."""
    entered = {"backlog": "initialisation", "initialisation": "development", "development": "production"}
    open_ones = custom_values.missing(use_case, entered.get(use_case.phase, ""))
    return Answer(
        not open_ones,
        _("Fields of the house filled"),
        _("Missing: %(what)s") % {"what": ", ".join(each.label for each in open_ones)} if open_ones else "",
        _("Fill them in on the page of the use case."),
        link("projects:use_case_edit", use_case.pk),
    )


def serving_version(use_case: UseCase) -> ModelVersion | None:
    """The version of the latest champion in production."""
    found = (
        Deployment.objects.champions()
        .filter(model__use_case=use_case, environment=Deployment.Environment.PRODUCTION)
        .select_related("version")
        .order_by("-started_at", "pk")
        .first()
    )
    return found.version if found else None


def checklist_complete(use_case: UseCase) -> Answer:
    """Whoever approved the champion confirmed every point that the risk tier asks for today."""
    version = serving_version(use_case)
    said = Decision.objects.filter(
        request__version=version, request__kind="model_review", answer__startswith="approve"
    ).order_by("-decided_at")
    newest = said.first() if version else None
    asked = set(for_tier(use_case.risk_tier))
    done = set(newest.checklist) & asked if newest else set()
    return Answer(
        done == asked,
        _("Review checklist complete"),
        f"{len(done)}/{len(asked)}",
        _("The reviewer confirms every point of the checklist in a new review."),
        link("governance:inbox"),
    )


def rollback_plan(use_case: UseCase) -> Answer:
    """It is written how to go back."""
    return Answer(
        bool(dossier_of(use_case).rollback_plan.strip()),
        _("Way back written"),
        "",
        _("Write who switches the model off, how, and what people do meanwhile."),
        page(use_case, "service"),
    )


def support_owner(use_case: UseCase) -> Answer:
    """Users know whom to call."""
    person = dossier_of(use_case).support_owner
    return Answer(
        bool(person and person.is_active),
        _("Owner of support named"),
        str(person or ""),
        _("Name the person whom users call."),
        page(use_case, "service"),
    )


def documentation(use_case: UseCase) -> Answer:
    """Users and engineers can read how it works; the card of the champion is complete."""
    version = serving_version(use_case)
    gaps = [name for name in ModelVersion.AUTHORED if version and not getattr(version, name).strip()]
    return Answer(
        bool(dossier_of(use_case).documentation.strip()) and not gaps,
        _("Documentation there"),
        "",
        _("Write where users and engineers read how it works, and complete the model card."),
        page(use_case, "service"),
    )


def maintenance_bearable(use_case: UseCase) -> Answer:
    """Once this serves too, nobody in the squad keeps production alive with more of their time than the cap (M4)."""
    today = clock.today()
    people = {
        each.user_id: each.user
        for each in SquadMember.objects.current().filter(use_case=use_case).select_related("user")
    }
    promised = loads.by_person(loads.promises_of(people, since=today))
    heavy = [
        f"{people[key]} ({share} %)"
        for key, theirs in promised.items()
        if (share := workload.upkeep(theirs, today, use_case.pk)) > workload.BURDEN_CAP
    ]
    return Answer(
        not heavy,
        _("Maintenance leaves room for new work"),
        ", ".join(sorted(heavy)),
        _("Lower their share once it serves, or bring in more hands, before maintenance stops the roadmap."),
        link("projects:use_case_squad", use_case.pk),
    )


def use_reported(use_case: UseCase) -> Answer:
    """Use and running cost were reported since the last review."""
    since = last_review(use_case) or use_case.phase_since
    newest = use_case.usage_reports.filter(reported_at__gte=since).first()
    return Answer(
        newest is not None,
        _("Use and running cost reported"),
        _("%(percent)d %% of those who could act on it do") % {"percent": newest.adoption} if newest else "",
        _("Report how many people act on it and what running it costs."),
        page(use_case, "usage"),
    )


def users_told(use_case: UseCase) -> Answer:
    """Those who rely on it know that it ends."""
    return Answer(
        bool(dossier_of(use_case).users_told.strip()),
        _("Users told"),
        "",
        _("Tell the users, then write when and by whom."),
        page(use_case, "ending"),
    )


def data_settled(use_case: UseCase) -> Answer:
    """It is decided what becomes of the data."""
    written = dossier_of(use_case)
    return Answer(
        bool(written.data_fate),
        _("Data kept or erased by policy"),
        str(written.get_data_fate_display()),
        _("Say whether the data are kept or erased, and by whom."),
        page(use_case, "ending"),
    )


PAPER_CHECKS: dict[str, Callable[[UseCase], Answer]] = {
    check.__name__: check
    for check in (
        make_or_buy_screened, data_asked, owner_certified, certified_builder, fields_filled, checklist_complete, rollback_plan,
        support_owner, documentation, maintenance_bearable, use_reported, users_told, data_settled,
    )
}  # fmt: skip
