"""Offering to be a mentor, asking, answering, noting a talk, and ending it."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import UseCase
from training import mentor_rules as rules
from training.models import MentorOffer, Mentorship
from training.models.mentoring import LONGEST_AIM, LONGEST_TOPICS, MOST_PLACES
from training.services.community import checked

LIFE = Mentorship.LIFE


@transaction.atomic
def offer(*, topics: str, capacity: int, is_open: bool = True, by: User) -> MentorOffer:
    """Offer to be a mentor, or change one's offer. Fewer places than are taken end nothing that is under way."""
    require(rules.may_offer(by))
    if not 1 <= capacity <= MOST_PLACES:
        raise ValidationError({"capacity": _("Offer 1 to %(most)s places.") % {"most": MOST_PLACES}})
    fields = {"topics": checked("topics", topics, LONGEST_TOPICS), "capacity": capacity, "is_open": is_open}
    made, is_new = MentorOffer.objects.update_or_create(mentor=by, defaults=fields)
    verb = "mentor.offered" if is_new else "mentor.offer_changed"
    audit.record(verb, made, by=by, capacity=capacity, is_open=is_open)
    return made


@transaction.atomic
def ask(offer: MentorOffer, *, aim: str, use_case: UseCase | None = None, by: User) -> Mentorship:
    """
    Ask a mentor, for oneself or to supervise a project one works on; the mentor is told.

    A second request while one is open changes nothing and returns that one.
    """
    require(rules.may_ask(by, offer))
    if use_case:
        require(rules.may_supervise(by, offer.mentor, use_case))
    aim = checked("aim", aim, LONGEST_AIM)
    pair = {"mentor": offer.mentor, "learner": by, "use_case": use_case}
    standing = Mentorship.objects.filter(**pair, state__in=["asked", "active"])
    try:
        with transaction.atomic():
            made, is_new = standing.get_or_create(**pair, defaults={"aim": aim, "created_at": clock.now()})
    except IntegrityError:
        return standing.get()
    if is_new:
        audit.record("mentorship.asked", made, by=by, mentor=made.mentor_id, use_case=made.use_case_id)
        text = N_("%(person)s asks you to be their mentor")
        if use_case:
            text = N_("%(person)s asks you to supervise a project")
        tell(made, made.mentor, text, by=by)
    return made


@transaction.atomic
def accept(mentorship: Mentorship, *, text: str = "", by: User) -> Mentorship:
    """Take the place; of two answers at once the last free place goes to one."""
    MentorOffer.objects.select_for_update().filter(mentor=mentorship.mentor).first()
    require(rules.may_accept(by, mentorship))
    LIFE.move(mentorship, "accept", accepted_at=clock.now(), answer=word(text))
    audit.record("mentorship.accepted", mentorship, by=by, learner=mentorship.learner_id)
    tell(mentorship, mentorship.learner, N_("%(person)s is your mentor now"), by=by)
    return mentorship


@transaction.atomic
def decline(mentorship: Mentorship, *, text: str = "", by: User) -> Mentorship:
    """Say no, with a word if one likes."""
    require(rules.may_decline(by, mentorship))
    LIFE.move(mentorship, "decline", ended_at=clock.now(), answer=word(text))
    audit.record("mentorship.declined", mentorship, by=by, learner=mentorship.learner_id)
    tell(mentorship, mentorship.learner, N_("%(person)s cannot be your mentor at the moment"), by=by)
    return mentorship


@transaction.atomic
def withdraw(mentorship: Mentorship, *, by: User) -> Mentorship:
    """Take the request back before it is answered."""
    require(rules.may_withdraw(by, mentorship))
    LIFE.move(mentorship, "withdraw", ended_at=clock.now())
    audit.record("mentorship.withdrawn", mentorship, by=by, mentor=mentorship.mentor_id)
    return mentorship


@transaction.atomic
def end(mentorship: Mentorship, *, text: str = "", by: User) -> Mentorship:
    """Either of the two ends it; the place is free again and the other is told."""
    require(rules.may_end(by, mentorship))
    LIFE.move(mentorship, "end", ended_at=clock.now(), answer=word(text) or mentorship.answer)
    audit.record("mentorship.ended", mentorship, by=by)
    other = mentorship.learner if by.pk == mentorship.mentor_id else mentorship.mentor
    tell(mentorship, other, N_("%(person)s ended your mentorship"), by=by)
    return mentorship


@transaction.atomic
def note_talk(mentorship: Mentorship, *, by: User) -> Mentorship:
    """Note that the two talked: after several failed attempts it opens the next one. Safe to repeat."""
    require(rules.may_note_talk(by, mentorship))
    now = clock.now()
    if not Mentorship.objects.active().filter(pk=mentorship.pk).update(talked_at=now):
        raise IllegalMove(_("Somebody else changed this a moment ago. Reload the page to see their change."))
    mentorship.talked_at = now
    audit.record("mentorship.talked", mentorship, by=by, learner=mentorship.learner_id)
    tell(mentorship, mentorship.learner, N_("%(person)s noted your talk"), by=by)
    return mentorship


def word(text: str) -> str:
    """A word to the other; nothing is allowed, endless is not."""
    text = text.strip()
    if len(text) > LONGEST_AIM:
        raise ValidationError({"text": _("Use %(n)s characters or fewer.") % {"n": LONGEST_AIM}})
    return text


def tell(mentorship: Mentorship, other: User, text: str, *, by: User) -> None:
    """A word to the other one; no title of a project stands in it."""
    url = reverse("training:mentorship_detail", args=[mentorship.pk])
    notices.tell([other], text=text, url=url, icon="squads", by=by, person=by)
