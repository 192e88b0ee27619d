"""Stating what the business believes, and answering with data."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import ColumnPair, DatasetVersion, Hypothesis, SquadMember, UseCase
from projects.selectors.column_pairs import pair_of
from projects.selectors.hypotheses import chart_of, offered_versions
from projects.services.words import ask_for

LONGEST = 300


@transaction.atomic
def state(use_case: UseCase, *, statement: str, by: User, consequence: str = "") -> Hypothesis:
    """Say what one believes; the analysts of the squad are told."""
    require(rules.hypotheses.may_state(by, use_case))
    said = ask_for(statement=statement)["statement"]
    consequence = consequence.strip()
    problems = {
        name: _("At most %(longest)s characters, please.") % {"longest": LONGEST}
        for name, text in (("statement", said), ("consequence", consequence))
        if len(text) > LONGEST
    }
    if problems:
        raise ValidationError(problems)
    made = Hypothesis.objects.create(
        use_case=use_case, statement=said, consequence=consequence, stated_by=by, stated_at=clock.now()
    )
    audit.record("hypothesis.stated", use_case, by=by, hypothesis=made.pk, statement=said)
    analysts = SquadMember.objects.current().filter(use_case=use_case, role__in=rules.hypotheses.ANALYSTS)
    tell(
        made,
        N_("%(person)s states a hypothesis about %(title)s: can the data tell?"),
        [member.user for member in analysts.select_related("user")],
        kind="task",
        by=by,
    )
    return made


@transaction.atomic
def answer(
    hypothesis: Hypothesis,
    *,
    is_true: bool,
    version: DatasetVersion,
    column: str,
    finding: str,
    by: User,
    against: str = "",
) -> Hypothesis:
    """Confirm or refute with one column of a table of the squad, or with two that were drawn, and a sentence."""
    require(rules.hypotheses.may_answer(by, hypothesis))
    said = ask_for(finding=finding)
    if not offered_versions(hypothesis.use_case, by).filter(pk=version.pk).exists():
        raise ValidationError({"version": _("Choose a table that the squad may see.")})
    check_column(version, column)
    pair = drawn_pair(version, column, against) if against else None
    Hypothesis.LIFE.move(
        hypothesis,
        "confirm" if is_true else "refute",
        version=version,
        column=column,
        pair=pair,
        finding=said["finding"],
        answered_by=by,
        answered_at=clock.now(),
    )
    answered(hypothesis, by=by)
    return hypothesis


def answered(hypothesis: Hypothesis, *, by: User) -> None:
    """Write the answer into the trail and tell those who asked."""
    audit.record(
        "hypothesis.answered", hypothesis.use_case, by=by, hypothesis=hypothesis.pk, state=hypothesis.state,
        version=hypothesis.version_id, column=hypothesis.column, against=hypothesis.pair.second if hypothesis.pair else "",
    )  # fmt: skip
    tell(
        hypothesis,
        N_("The data answer your hypothesis about %(title)s."),
        [hypothesis.stated_by, hypothesis.use_case.product_owner],
        by=by,
    )


def check_column(version: DatasetVersion, column: str) -> None:
    """A column that is there and can be drawn."""
    described = {each["name"]: each for each in version.columns_described}
    if column not in described:
        raise ValidationError({"column": _("This table has no such column.")})
    if chart_of(version, column) is None:
        raise ValidationError(
            {
                "column": _(
                    "This column cannot be drawn: it is an identifier, free text or has one value only."
                )
            }
        )


def drawn_pair(version: DatasetVersion, column: str, against: str) -> ColumnPair:
    """The two columns as they were drawn: nobody answers with a chart they have not seen."""
    pair = pair_of(version, column, against)
    if pair is None or not pair.result.get("rows"):
        raise ValidationError({"against": _("Have the two columns drawn first, then answer.")})
    return pair


@transaction.atomic
def withdraw(hypothesis: Hypothesis, *, by: User) -> Hypothesis:
    """It is not asked any more."""
    require(rules.hypotheses.may_withdraw(by, hypothesis))
    Hypothesis.LIFE.move(hypothesis, "withdraw")
    audit.record("hypothesis.withdrawn", hypothesis.use_case, by=by, hypothesis=hypothesis.pk)
    return hypothesis


@transaction.atomic
def reopen(hypothesis: Hypothesis, *, by: User) -> Hypothesis:
    """Look again; the former answer stays in the trail."""
    require(rules.hypotheses.may_reopen(by, hypothesis))
    before = {"state": hypothesis.state, "finding": hypothesis.finding, "column": hypothesis.column}
    Hypothesis.LIFE.move(
        hypothesis,
        "reopen",
        version=None,
        column="",
        pair=None,
        finding="",
        answered_by=None,
        answered_at=None,
    )
    audit.record("hypothesis.reopened", hypothesis.use_case, by=by, hypothesis=hypothesis.pk, before=before)
    return hypothesis


def tell(
    hypothesis: Hypothesis, text: str, people: list[User | None], *, by: User, kind: str = "other"
) -> None:
    """Those concerned hear."""
    notices.tell(
        people,
        text=text,
        url=f"/use-cases/{hypothesis.use_case_id}/hypotheses/",
        icon="bulb",
        kind=kind,
        by=by,
        person=by,
        title=hypothesis.use_case,
    )
