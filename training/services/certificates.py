"""Awarding certificates, renewing them, warning before they end, taking them back, and who may verify them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, credentials, notices
from portal.core.verdicts import Refused, no, require
from projects.models import SquadMember
from training import assessed, rules
from training.models import Attempt, Certificate, CertificateTemplate, Exercise
from training.models.certificates import SOON
from training.services import postponed, recall, signing, statuses

WARN_DAYS = (60, 30, 7, 1)


@transaction.atomic
def award(attempt: Attempt, *, by: User | None) -> Certificate:
    """
    Give the certificate an attempt has earned, and with it the right, both with stamped dates.

    Safe to call twice, also at the same moment: one certificate per attempt, and one per person, template and
    spell. Raises `Refused` for an attempt not passed.
    """
    valid_from = attempt.submitted_at
    if not attempt.passed or valid_from is None:
        raise Refused(no(_("This attempt was not passed."), code="certificate.attempt_not_passed"))
    evidence = {
        "kind": "short_exam" if attempt.is_short else "exam",
        "attempt": str(attempt.pk),
        "percent": str(attempt.percent),
    }
    template = attempt.exam.path.template
    require(assessed.has_assessment(attempt.user, template))
    for name, exercise in (("assessment", template.exercise), ("portfolio", template.portfolio)):
        if exercise and (review := assessed.assessment_of(attempt.user, exercise)):
            evidence |= {name: str(review.pk), "markers": str(review.markings.count())}
            valid_from = max(valid_from, review.since)
    return issue(attempt.user, template, evidence, valid_from=valid_from, attempt=attempt, by=by)


def award_passed(attempt: Attempt, *, by: User | None) -> Certificate | None:
    """After a passed exam: the certificate, or a word about the assessment it still waits for."""
    template = attempt.exam.path.template
    lacks = assessed.has_assessment(attempt.user, template)
    if lacks:
        return award(attempt, by=by)
    notices.tell(
        [attempt.user],
        text=N_("The exam is passed. The certificate “%(title)s” waits for your assessed exercise."),
        url=lacks.url,
        icon="certificate",
        by=None,
        title=template.title,
    )
    return None


def award_assessed(user: User, exercise: Exercise, *, by: User | None) -> list[Certificate]:
    """What had waited for this assessment: one certificate for each exam passed before. Safe to call twice."""
    wanted = Q(exam__path__template__exercise=exercise) | Q(exam__path__template__portfolio=exercise)
    passed = Attempt.objects.filter(wanted, user=user, passed=True)
    newest: dict[Any, Attempt] = {}
    for attempt in passed.select_related("exam__path__template__exercise", "user").order_by("submitted_at"):
        newest[attempt.exam_id] = attempt
    ready = [each for each in newest.values() if assessed.has_assessment(user, each.exam.path.template)]
    return [award(attempt, by=by) for attempt in ready]


def issue(
    user: User,
    template: CertificateTemplate,
    evidence: dict[str, Any],
    *,
    valid_from: datetime,
    attempt: Attempt | None = None,
    by: User | None,
) -> Certificate:
    """One award. Of two that run at once the database lets one through; the other returns what that one wrote."""
    if held := already_given(user, template, attempt):
        return held
    before = Certificate.objects.filter(user=user, template=template).order_by("-spell").first()
    stamps = {"template_version": template.version, "stamp": template.stamp, "evidence": [evidence]}
    try:
        with transaction.atomic():
            certificate = Certificate(
                public_id=secrets.token_hex(16),
                user=user,
                template=template,
                attempt=attempt,
                renews=before,
                spell=before.spell + 1 if before else 1,
                valid_from=valid_from,
                valid_until=valid_from + timedelta(days=template.validity_days),
                **stamps,
            )
            certificate.credential = granted(certificate, by=by)
            certificate.save(force_insert=True)
    except IntegrityError:
        given = already_given(user, template, attempt)
        if given is None:
            raise
        return given
    if before:
        Certificate.objects.filter(pk=before.pk).update(superseded_at=clock.now())
    announce(certificate, by=by)
    return certificate


def already_given(user: User, template: CertificateTemplate, attempt: Attempt | None) -> Certificate | None:
    """What the attempt earned before, or the valid certificate that is not up for renewal yet."""
    given = Certificate.objects.filter(user=user, template=template)
    if attempt and (own := given.filter(attempt=attempt).first()):
        return own
    return given.valid().latest().filter(valid_until__gt=clock.now() + SOON).first()


def granted(certificate: Certificate, *, by: User | None) -> Any:
    """The right the certificate confers."""
    title, spell = certificate.template.titles["en"], certificate.spell
    return credentials.grant(
        user=certificate.user,
        code=certificate.template.right,
        source=f"{title} ({certificate.template.code} {spell})",
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        by=by,
    )


def announce(certificate: Certificate, *, by: User | None) -> None:
    """Into the trail and to the holder; cards for spaced review; what waited for this right is offered."""
    recall.plan(certificate, by=by)
    audit.record(
        "certificate.awarded",
        certificate,
        by=by,
        user=certificate.user_id,
        evidence=certificate.evidence,
        spell=certificate.spell,
        version=certificate.template_version,
        until=certificate.valid_until,
    )
    notices.tell(
        [certificate.user],
        text=N_("You earned the certificate “%(title)s”."),
        url=reverse("training:certificate_detail", args=[certificate.pk]),
        icon="certificate",
        by=by,
        title=certificate.title,
    )
    postponed.offer(certificate.user, certificate.template.right, by=by)


@transaction.atomic
def renew(certificate: Certificate, *, by: User | None) -> Certificate:
    """
    Renew by spaced review, without an exam. Safe to call twice: the second call returns the renewal.

    Raises `Refused` with the figures when what was recalled is not enough.
    """
    fresh = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if fresh.superseded_at and (renewal := Certificate.objects.filter(renews=fresh).first()):
        require(rules.is_holder(by, fresh))
        return renewal
    require(rules.may_renew(by, fresh))
    figures = rules.recall_standing(fresh)
    evidence = {
        "kind": "review",
        "cards": figures.cards,
        "on_time_percent": figures.on_time_percent,
        "accuracy_percent": figures.accuracy_percent,
    }
    return issue(fresh.user, fresh.template, evidence, valid_from=clock.now(), by=by)


def renew_due() -> int:
    """On the last day, renew what spaced review has earned; returns how many."""
    ending = Certificate.objects.valid().latest().filter(valid_until__lte=clock.now() + timedelta(days=1))
    done = 0
    for certificate in ending.for_list().filter(user__is_active=True):
        if rules.may_renew(None, certificate):
            renew(certificate, by=None)
            done += 1
    return done


def warn_expiring() -> int:
    """
    Warn 60, 30, 7 and 1 days before the end: the holder, their manager, and who depends on them. Each warning goes out once.

    A warning missed (the portal was off) is not sent late; the next one says how many days are left.
    """
    warned = 0
    for certificate in Certificate.objects.expiring().latest().for_list().filter(user__is_active=True):
        left = certificate.valid_until - clock.now()
        mark = min(days for days in WARN_DAYS if left <= timedelta(days=days))
        if mark < certificate.warned_days and warn(certificate, mark):
            warned += 1
    return warned


@transaction.atomic
def warn(certificate: Certificate, mark: int) -> bool:
    """One warning, by whoever marks it first."""
    rows = Certificate.objects.filter(pk=certificate.pk, warned_days__gt=mark)
    if not rows.update(warned_days=mark):
        return False
    day = rules.day(certificate.valid_until)
    notices.tell(
        [certificate.user],
        text=N_("Your certificate “%(title)s” ends on %(day)s. See how to renew it."),
        url=reverse("training:certificate_detail", args=[certificate.pk]),
        icon="clock",
        by=None,
        title=certificate.title,
        day=day,
    )
    notices.tell(
        [certificate.user.manager],
        text=N_("The certificate “%(title)s” of %(person)s ends on %(day)s."),
        url=reverse("training:path_detail", args=[certificate.template.path.code]),
        icon="clock",
        by=certificate.user,
        person=certificate.user,
        title=certificate.title,
        day=day,
    )
    for member in dependents(certificate):
        notices.tell(
            [member.use_case.product_owner],
            text=N_("%(person)s of the squad of %(ref)s holds “%(title)s” until %(day)s only."),
            url=reverse("projects:use_case_detail", args=[member.use_case_id]),
            icon="clock",
            by=certificate.user,
            person=certificate.user,
            ref=member.use_case.ref,
            title=certificate.title,
            day=day,
        )
    audit.record("certificate.warned", certificate, by=None, days=mark)
    return True


def dependents(certificate: Certificate) -> list[SquadMember]:
    """The holder's places in squads: their use cases may need the right that ends."""
    places = SquadMember.objects.current().filter(user_id=certificate.user_id)
    return list(places.select_related("use_case", "use_case__product_owner").order_by("use_case", "pk"))


@transaction.atomic
def revoke(certificate: Certificate, *, reason: str, by: User) -> Certificate:
    """
    Take a certificate back and, with it, the right. What was done under it stays valid.

    The right of the spell before, where it still runs, ends as well: a renewal is no way around.
    """
    require(rules.may_revoke(by, certificate))
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why; the holder reads it.")})
    if len(reason) > 200:
        raise ValidationError({"reason": _("Use 200 characters or fewer.")})
    now = clock.now()
    changed = Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=True).update(
        revoked_at=now, revoked_reason=reason
    )
    if changed:
        certificate.revoked_at, certificate.revoked_reason = now, reason
        credentials.revoke(certificate.credential, reason=reason, by=by)
        if certificate.renews and certificate.renews.valid_until > now:
            credentials.revoke(certificate.renews.credential, reason=reason, by=by)
        audit.record("certificate.revoked", certificate, by=by, reason=reason)
        notices.tell(
            [certificate.user],
            text=N_("Your certificate “%(title)s” was taken back: %(reason)s"),
            url=reverse("training:certificate_detail", args=[certificate.pk]),
            icon="certificate",
            by=by,
            title=certificate.title,
            reason=reason,
        )
    return certificate


@transaction.atomic
def share(
    certificate: Certificate, *, is_public: bool, name_shown: str | None = None, by: User
) -> Certificate:
    """Let anybody with the address verify the certificate, under the name the holder consents to; or stop that."""
    require(rules.may_share(by, certificate))
    chosen = name_shown or certificate.name_shown
    if chosen not in Certificate.NameShown.values:
        raise ValidationError({"name_shown": _("Choose one of the ways to show your name.")})
    if is_public:
        signing.ensure_key()
        statuses.give_place(certificate)
    if (certificate.is_public, certificate.name_shown) != (is_public, chosen):
        now_public = {"is_public": is_public, "name_shown": chosen}
        was_public = certificate.was_public or is_public
        Certificate.objects.filter(pk=certificate.pk).update(**now_public, was_public=was_public)
        certificate.is_public, certificate.name_shown, certificate.was_public = is_public, chosen, was_public
        verb = "certificate.shared" if is_public else "certificate.unshared"
        audit.record(verb, certificate, by=by, name=chosen)
    return certificate
