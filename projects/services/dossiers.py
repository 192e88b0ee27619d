"""Writing what the gates ask for, and reporting how much a use case is used."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Dossier, UsageReport, UseCase
from projects.services.words import LONGEST, ask_for

FIELDS = tuple(name for names in Dossier.SECTIONS.values() for name in names)
PEOPLE = {
    "data_asked_of": N_("You are asked for data for %(title)s."),
    "support_owner": N_("Users of %(title)s turn to you when they need help."),
}
MOST = 2_000_000_000


@transaction.atomic
def write(use_case: UseCase, *, by: User, **given: Any) -> Dossier:
    """Write some of its parts; the others stay. People who are named anew are told."""
    require(rules.dossiers.may_write(by, use_case))
    if unknown := sorted(set(given) - set(FIELDS)):
        raise ValidationError({name: _("This is not written here.") for name in unknown})
    list(UseCase.objects.select_for_update().filter(pk=use_case.pk).values_list("pk", flat=True))
    dossier = Dossier.objects.filter(use_case=use_case).first() or Dossier(use_case=use_case)
    said = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    check(said)
    before = {name: getattr(dossier, name) for name in said}
    changed = {name: value for name, value in said.items() if before[name] != value}
    for name, value in changed.items():
        setattr(dossier, name, value)
    dossier.save()
    audit.record(
        "dossier.written", use_case, by=by,
        changes={name: {"before": plain(before[name]), "after": plain(value)} for name, value in changed.items()},
    )  # fmt: skip
    for name in PEOPLE.keys() & changed.keys():
        person = changed[name]
        tell(use_case, person if isinstance(person, User) else None, PEOPLE[name], by=by)
    return dossier


def plain(value: Any) -> Any:
    """As the trail keeps it: a person by key."""
    return value.pk if isinstance(value, User) else value


def check(said: dict[str, Any]) -> None:
    """Texts of a sane length, a known fate, people who are here."""
    problems = {}
    for name, value in said.items():
        if isinstance(value, str) and len(value) > LONGEST:
            problems[name] = _("At most %(longest)s characters, please.") % {"longest": LONGEST}
        if isinstance(value, User) and (not value.is_active or value.is_service):
            problems[name] = _("This account is closed; choose somebody else.")
    if said.get("data_fate") and said["data_fate"] not in Dossier.Fate.values:
        problems["data_fate"] = _("Choose one of the answers.")
    if problems:
        raise ValidationError(problems)


def tell(use_case: UseCase, person: User | None, text: str, *, by: User) -> None:
    """What somebody is asked for from now on."""
    notices.tell(
        [person], text=text, url=f"/use-cases/{use_case.pk}/dossier/", icon="clipboard", kind="task", by=by, title=use_case
    )  # fmt: skip


@transaction.atomic
def report_usage(
    use_case: UseCase,
    *,
    starts_on: date,
    ends_on: date,
    eligible: int,
    active: int,
    run_cost: int,
    note: str,
    by: User,
) -> UsageReport:
    """Say for one period how many could use it, how many did and what running it cost."""
    require(rules.dossiers.may_report(by, use_case))
    said = ask_for(note=note)
    check_usage(
        starts_on, ends_on, {"eligible": eligible, "active": active, "run_cost": run_cost}, said["note"]
    )
    report = UsageReport.objects.create(
        use_case=use_case, starts_on=starts_on, ends_on=ends_on, eligible=eligible, active=active, run_cost=run_cost,
        note=said["note"], reported_by=by, reported_at=clock.now(),
    )  # fmt: skip
    audit.record(
        "usage.reported", use_case, by=by, report=report.pk, starts_on=starts_on, ends_on=ends_on, eligible=eligible,
        active=active, run_cost=run_cost,
    )  # fmt: skip
    return report


def check_usage(starts_on: date, ends_on: date, figures: dict[str, int], note: str) -> None:
    """Days in order and in the past, figures that can be."""
    problems = {
        name: _("Enter a figure between 0 and %(most)s.") % {"most": MOST}
        for name, figure in figures.items()
        if not 0 <= figure <= MOST
    }
    if ends_on < starts_on:
        problems["ends_on"] = _("The end lies before the start.")
    elif ends_on > clock.today():
        problems["ends_on"] = _("This period is not over yet.")
    if figures["eligible"] < 1:
        problems["eligible"] = _("At least one person could use it.")
    elif figures["active"] > figures["eligible"]:
        problems["active"] = _("More people used it than could: check both figures.")
    if len(note) > 300:
        problems["note"] = _("At most %(longest)s characters, please.") % {"longest": 300}
    if problems:
        raise ValidationError(problems)
