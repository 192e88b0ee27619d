"""Single rows in, predictions out; the champion answers."""

import time
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance import scoring_pool
from governance.bundles import ModelDamaged
from governance.models import Deployment, Model, PredictionLog
from governance.rules import deployments as rules
from governance.services import deployments
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import require

MOST_ROWS = 1000


class RowsRefused(Exception):
    """The rows do not fit the model; `problems` are the engine's texts with row and column."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__("rows refused")
        self.problems = problems


@dataclass(frozen=True)
class Scored:
    """Predictions, one per row, and what was odd about the rows."""

    deployment: Deployment
    predictions: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


def score(model: Model, *, rows: list[dict[str, Any]], by: User) -> Scored:
    """
    Ask the champion. The stored file is verified before it is used.

    Raises `RowsRefused`, `ModelDamaged` (after the alarm), `Busy`, or `IllegalMove` when no
    version serves.
    """
    require(rules.may_score(by, model))
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ValidationError(
            {
                "rows": _("Send between 1 and %(most)s rows; score a whole table as a batch.")
                % {"most": MOST_ROWS}
            }
        )
    serving = Deployment.objects.champions().filter(model=model).for_list().first()
    if serving is None:
        raise IllegalMove(_("No version of this model is in service."))
    began = time.monotonic()
    try:
        answer = scoring_pool.pool.ask(serving.version, rows)
    except ModelDamaged:
        note(serving, rows, began, code="model_integrity", by=by)
        deployments.alarm_integrity(serving, by=by)
        raise
    except scoring_pool.Busy:
        note(serving, rows, began, code="busy", by=by)
        raise
    if not answer.get("ok"):
        note(serving, rows, began, code="rows_refused", by=by)
        raise RowsRefused(list(answer.get("errors", [])))
    note(serving, rows, began, code="", by=by)
    return Scored(serving, list(answer["predictions"]), list(answer.get("warnings", [])))


@transaction.atomic
def note(serving: Deployment, rows: list[dict[str, Any]], began: float, *, code: str, by: User) -> None:
    """Count the request; the trail learns of each new consumer once."""
    is_new = not serving.predictions.filter(consumer=by).exists()
    PredictionLog.objects.create(
        deployment=serving,
        consumer=by,
        rows=len(rows),
        ok=not code,
        code=code,
        milliseconds=round(1000 * (time.monotonic() - began)),
    )
    if is_new:
        audit.record("model.consumer_began", serving, by=by)
