"""The scoring rubric: a draft is written, published once, and then stands for ever."""

import math
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects import rubric, rules
from projects.models import RubricVersion
from projects.selectors import rubrics as reads

CODE = re.compile(r"[VFR][1-9][0-9]?")
LETTERS = {"value": "V", "feasibility": "F", "risk": "R"}
MOST = 12  # criteria of one axis
NEEDED = ("1", "3", "5")
LONGEST_LABEL, LONGEST_ANCHOR = 120, 200
MOST_AVERSION = 0.8


@transaction.atomic
def draft(*, by: User) -> RubricVersion:
    """Begin the next version with the words of the one in force."""
    require(rules.rubrics.may_draft(by))
    base = reads.current_row()
    last = RubricVersion.objects.aggregate(Max("number"))["number__max"] or rubric.VERSION
    try:
        with transaction.atomic():
            made = RubricVersion.objects.create(
                number=last + 1,
                criteria=base.criteria if base else reads.written(rubric.STANDARD),
                aversion=base.aversion if base else rubric.RISK_AVERSION,
                drafted_by=by,
            )
    except IntegrityError:
        raise IllegalMove(_("Somebody else has just begun a draft.")) from None
    audit.record("rubric.drafted", made, by=by, number=made.number)
    return made


@transaction.atomic
def change(version: RubricVersion, *, by: User, **content: Any) -> RubricVersion:
    """Rewrite `criteria`, `aversion` or `reason` of a draft. Raises `ValidationError` naming each wrong part."""
    require(rules.rubrics.may_change(by, version))
    if unknown := sorted(set(content) - set(CHECKS)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    problems = {name: wrong for name, value in content.items() if (wrong := CHECKS[name](value))}
    if problems:
        raise ValidationError(problems)
    if not RubricVersion.objects.filter(pk=version.pk, state="draft").update(**content):
        raise IllegalMove(_("Somebody else has just published or discarded this draft."))
    for name, value in content.items():
        setattr(version, name, value)
    audit.record("rubric.changed", version, by=by, number=version.number, fields=sorted(content))
    return version


def put(
    version: RubricVersion, criterion: dict[str, Any], *, by: User, instead_of: str = ""
) -> RubricVersion:
    """Write one criterion of a draft, in the place of another one or as a new one at the end of its axis."""
    rows = [dict(row) for row in version.criteria]
    codes = [row["code"] for row in rows]
    if instead_of and instead_of in codes:
        rows[codes.index(instead_of)] = criterion
    else:
        rows.append(criterion)
    return change(version, criteria=sorted(rows, key=in_order), by=by)


def drop(version: RubricVersion, code: str, *, by: User) -> RubricVersion:
    """Take one criterion out of a draft."""
    return change(version, criteria=[row for row in version.criteria if row["code"] != code], by=by)


def in_order(row: Any) -> tuple[int, int]:
    """Value, feasibility, risk; then by number. What has no such code comes last and is refused."""
    code = str(row.get("code", "")) if isinstance(row, dict) else ""
    return ("VFR".index(code[0]), int(code[1:])) if CODE.fullmatch(code) else (9, 0)


@transaction.atomic
def publish(version: RubricVersion, *, by: User) -> RubricVersion:
    """
    From now on votes are opened with it; agreed cards and votes under way keep the version they have.

    Raises `ValidationError` with everything that is still missing.
    """
    require(rules.rubrics.may_publish(by, version))
    version.refresh_from_db()
    if problems := missing(version):
        raise ValidationError(problems)
    RubricVersion.LIFE.move(version, "publish", published_by=by, published_at=clock.now())
    audit.record("rubric.published", version, by=by, number=version.number, reason=version.reason)
    notices.tell(
        list(User.objects.active().filter(groups__name=Duty.PORTFOLIO_MANAGER).distinct()),
        text=N_("Version %(number)s of the scoring rubric is in force."),
        url=f"/rubrics/{version.number}/",
        icon="score",
        by=by,
        number=version.number,
    )
    return version


@transaction.atomic
def discard(version: RubricVersion, *, by: User) -> None:
    """Throw a draft away; its number is used again."""
    require(rules.rubrics.may_discard(by, version))
    audit.record("rubric.discarded", version, by=by, number=version.number, reason=version.reason)
    if not RubricVersion.objects.filter(pk=version.pk, state="draft").delete()[0]:
        raise IllegalMove(_("Somebody else has just published or discarded this draft."))


def missing(version: RubricVersion) -> list[str]:
    """Everything that stands between a draft and its publication."""
    problems = [] if version.reason.strip() else [_("Say what changes, and why.")]
    for axis, label in rubric.AXES.items():
        rows = [row for row in version.criteria if row["code"][0] == LETTERS[axis]]
        total = sum(row["weight"] for row in rows)
        if len(rows) < 2:
            problems.append(_("%(axis)s needs two criteria or more.") % {"axis": label})
        elif total != 100:
            problems.append(
                _("The weights of %(axis)s come to %(total)s; make them 100.")
                % {"axis": label, "total": total}
            )
    for row in version.criteria:
        if bare := [level for level in NEEDED if not row["anchors"].get(level)]:
            problems.append(
                _("%(code)s has no sentence for level %(levels)s.")
                % {"code": row["code"], "levels": ", ".join(bare)}
            )
    return problems


# --- what is wrong with the parts -------------------------------------------------------------------


def wrong_criteria(rows: Any) -> str:
    """Rows of known shape, each code once, not too many of one axis."""
    if not isinstance(rows, list):
        return _("Give a list of criteria.")
    for place, row in enumerate(rows, start=1):
        if wrong := wrong_criterion(row):
            return _("Criterion %(place)s: %(problem)s") % {"place": place, "problem": wrong}
    codes = [row["code"] for row in rows]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        return _("A code stands once: %(codes)s.") % {"codes": ", ".join(twice)}
    if any(sum(code[0] == letter for code in codes) > MOST for letter in "VFR"):
        return _("At most %(most)s criteria for one axis.") % {"most": MOST}
    return ""


def wrong_criterion(row: Any) -> str:
    """One row."""
    if not isinstance(row, dict) or set(row) != {"code", "label", "weight", "anchors"}:
        return _("It needs code, label, weight and anchors, and nothing else.")
    if not isinstance(row["code"], str) or not CODE.fullmatch(row["code"]):
        return _("A code is V, F or R and a number, such as V6.")
    if not isinstance(row["label"], str) or not 0 < len(row["label"].strip()) <= LONGEST_LABEL:
        return _("Give it a label of at most %(longest)s characters.") % {"longest": LONGEST_LABEL}
    weight = row["weight"]
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= 100:
        return _("A weight is a whole number from 1 to 100.")
    return wrong_anchors(row["anchors"])


def wrong_anchors(anchors: Any) -> str:
    """Sentences for levels 1 to 5."""
    levels = {str(level) for level in rubric.LEVELS}
    if not isinstance(anchors, dict) or set(anchors) - levels:
        return _("Anchors are sentences for the levels 1 to 5.")
    if any(not isinstance(text, str) or len(text) > LONGEST_ANCHOR for text in anchors.values()):
        return _("An anchor is a sentence of at most %(longest)s characters.") % {"longest": LONGEST_ANCHOR}
    return ""


def wrong_aversion(value: Any) -> str:
    """A share of at most eight tenths."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return "" if is_number and 0 <= value <= MOST_AVERSION else _("Give a figure from 0 to 0.8.")


def wrong_reason(text: Any) -> str:
    """A text that fits."""
    fits = isinstance(text, str) and len(text) <= 2000
    return "" if fits else _("At most %(longest)s characters, please.") % {"longest": 2000}


CHECKS: dict[str, Any] = {
    "criteria": wrong_criteria,
    "aversion": wrong_aversion,
    "reason": wrong_reason,
}
