"""More time in exams for one person."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import studio_rules
from training.models import Attempt, TimeAllowance
from training.models.allowances import MOST_PERCENT


def time_for(minutes: int, user: User) -> timedelta:
    """The time of an exam for this person."""
    extra = TimeAllowance.objects.filter(user=user).values_list("extra_percent", flat=True).first() or 0
    return timedelta(minutes=minutes) * (100 + extra) / 100


@transaction.atomic
def allow_time(user: User, *, extra_percent: int, by: User) -> TimeAllowance:
    """
    Give a person more time in every exam, in one under way too; 0 takes it back for later ones.

    No reason is asked. Raises `ValidationError` outside 0 to 300 percent.
    """
    require(studio_rules.may_assign(by))
    if not 0 <= extra_percent <= MOST_PERCENT:
        raise ValidationError(
            {"extra_percent": _("Write a whole number from 0 to %(most)s.") % {"most": MOST_PERCENT}}
        )
    allowance, _is_new = TimeAllowance.objects.update_or_create(
        user=user, defaults={"extra_percent": extra_percent}
    )
    for attempt in Attempt.objects.open().select_related("exam").filter(user=user):
        deadline = attempt.started_at + time_for(attempt.exam.minutes, user)
        Attempt.objects.open().filter(pk=attempt.pk, deadline__lt=deadline).update(deadline=deadline)
    audit.record("exam_time.allowed", allowance, by=by, user=user.pk, extra_percent=extra_percent)
    notices.tell(
        [user],
        text=N_("You have %(percent)s %% more time in exams."),
        url=reverse("training:home"),
        icon="clock",
        by=by,
        percent=extra_percent,
    )
    return allowance
