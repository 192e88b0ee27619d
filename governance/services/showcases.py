"""Telling about a finished project, agreeing to it, taking it away."""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import Showcase
from governance.rules import showcases as rules
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Dataset, UseCase

LONGEST = {"headline": 160, "story": 4000, "outcome": 2000, "advice": 2000}
LONGEST_REMARK = 500
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
Class = Dataset.Classification
LIFE = Showcase.LIFE


@transaction.atomic
def write(use_case: UseCase, *, headline: str, story: str, outcome: str, advice: str, by: User) -> Showcase:
    """
    Write or rewrite the story of a project; what was agreed to falls when its words change.

    Raises `ValidationError` at the field for an empty or endless text, an e-mail address, or the name of
    a table that not everybody may see.
    """
    require(rules.may_write(by, use_case))
    texts = {"headline": headline, "story": story, "outcome": outcome, "advice": advice}
    texts = {name: text.strip() for name, text in texts.items()}
    if wrong := {name: problem for name, text in texts.items() if (problem := flaw(use_case, name, text))}:
        raise ValidationError(wrong)
    held = Showcase.objects.select_for_update(of=("self",)).filter(use_case=use_case).first()
    if held is None:
        return begin(use_case, texts, by=by)
    if all(getattr(held, name) == text for name, text in texts.items()):
        return held
    if held.state != Showcase.State.DRAFT:
        LIFE.move(held, "rewrite", consent_by=None, consented_at=None, consent_digest="")
    for name, text in texts.items():
        setattr(held, name, text)
    held.save(update_fields=list(texts))
    audit.record("showcase.written", held, by=by, digest=held.digest)
    return held


def begin(use_case: UseCase, texts: dict[str, str], *, by: User) -> Showcase:
    """The first words about a project; of two at once the later one hears of it."""
    try:
        with transaction.atomic():
            made = Showcase.objects.create(use_case=use_case, author=by, **texts)
    except IntegrityError:
        raise IllegalMove(
            _("Somebody else changed this a moment ago. Reload the page to see their change.")
        ) from None
    audit.record("showcase.written", made, by=by, digest=made.digest)
    return made


def flaw(use_case: UseCase, name: str, text: str) -> str:
    """What must not be shown like this, in words; nothing where the text is sound."""
    if not text:
        return _("Write something here.")
    if len(text) > LONGEST[name]:
        return _("Use %(n)s characters or fewer.") % {"n": LONGEST[name]}
    if MAIL.search(text):
        return _("An e-mail address stands in it; take it out.")
    closed = Dataset.objects.filter(use_case=use_case).exclude(
        classification__in=[Class.PUBLIC, Class.INTERNAL]
    )
    for title in closed.values_list("name", flat=True):
        if title.casefold() in text.casefold():
            return _("It names a table that not everybody may see; describe it in other words.")
    return ""


@transaction.atomic
def hand_in(showcase: Showcase, *, by: User) -> Showcase:
    """Ask the product owner to agree."""
    require(rules.may_hand_in(by, showcase))
    LIFE.move(showcase, "hand_in", remark="")
    audit.record("showcase.handed_in", showcase, by=by, digest=showcase.digest)
    tell(
        [showcase.use_case.product_owner],
        showcase,
        N_("%(ref)s may be shown to everybody, if you agree"),
        by=by,
    )
    return showcase


@transaction.atomic
def consent(showcase: Showcase, *, digest: str, by: User) -> Showcase:
    """
    Agree to these very words; they are shown to everybody from now on.

    `digest` is the one of the words that were read: changed ones raise `IllegalMove`.
    """
    held = Showcase.objects.select_for_update(of=("self",)).select_related("use_case").get(pk=showcase.pk)
    require(rules.may_consent(by, held))
    if digest != held.digest:
        raise IllegalMove(_("The words have changed since you read them. Read them again."))
    LIFE.move(held, "consent", consent_by=by, consented_at=clock.now(), consent_digest=digest)
    audit.record("showcase.shown", held, by=by, digest=digest)
    tell([held.author], held, N_("%(person)s agreed: %(ref)s is shown to everybody"), by=by)
    return held


@transaction.atomic
def send_back(showcase: Showcase, *, remark: str, by: User) -> Showcase:
    """Return it with what should change."""
    require(rules.may_send_back(by, showcase))
    remark = remark.strip()
    if not 0 < len(remark) <= LONGEST_REMARK:
        problem = _("Say what should change, in %(n)s characters at most.") % {"n": LONGEST_REMARK}
        raise ValidationError({"remark": problem})
    LIFE.move(showcase, "send_back", remark=remark)
    audit.record("showcase.sent_back", showcase, by=by, remark=remark)
    tell([showcase.author], showcase, N_("%(person)s asks for changes before %(ref)s is shown"), by=by)
    return showcase


@transaction.atomic
def withdraw(showcase: Showcase, *, by: User) -> Showcase:
    """Show it no longer; its words stay with the squad."""
    require(rules.may_withdraw(by, showcase))
    LIFE.move(showcase, "withdraw", consent_by=None, consented_at=None, consent_digest="")
    audit.record("showcase.withdrawn", showcase, by=by)
    people = [showcase.author, showcase.use_case.product_owner]
    tell(people, showcase, N_("%(ref)s is no longer shown"), by=by)
    return showcase


def tell(people: list[User | None], showcase: Showcase, text: str, *, by: User) -> None:
    """A word to those concerned, with the way there."""
    url = reverse("governance:showcase_detail", args=[showcase.pk])
    notices.tell(people, text=text, url=url, icon="presentation", by=by, person=by, ref=showcase.use_case.ref)
