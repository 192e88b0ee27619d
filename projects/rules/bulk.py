"""Acts on several use cases at once: which there are, and the rule that each row is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import UseCase
from projects.rules import use_cases

MOST = 200


@dataclass(frozen=True)
class Act:
    """One act: its name, the rule, and the fields it asks for."""

    code: str
    label: Any
    rule: Callable[[User, UseCase], Verdict]
    asks: tuple[str, ...]


ACTS: dict[str, Act] = {
    act.code: act
    for act in (
        Act("tag", _("Add tags"), use_cases.may_edit, ("tags",)),
        Act("untag", _("Take tags away"), use_cases.may_edit, ("tags",)),
        Act("owner", _("Name a product owner"), use_cases.may_name_owner, ("product_owner",)),
        Act("tier", _("Set the risk tier"), use_cases.may_set_risk_tier, ("tier", "reason")),
        Act("hold", _("Put on hold"), use_cases.may_hold, ("until", "reason")),
        Act("resume", _("End the hold"), use_cases.may_resume, ()),
    )
}
