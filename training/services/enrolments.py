"""Taking up a path."""

from django.db import transaction

from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from training import rules
from training.models import Enrolment, Path


@transaction.atomic
def enrol(path: Path, *, by: User) -> Enrolment:
    """Take up a path. Safe to call twice."""
    require(rules.may_learn(by, path))
    enrolment, is_new = Enrolment.objects.get_or_create(user=by, path=path)
    if is_new:
        audit.record("enrolment.begun", enrolment, by=by, path=path.code)
    return enrolment
