"""Talking about a use case."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Comment, CommentReaction, UseCase
from projects.selectors import watching

LONGEST = 4000


@transaction.atomic
def add(use_case: UseCase, *, text: str, by: User) -> Comment:
    """Say something; those involved, those who watch and those mentioned are told, each once."""
    require(rules.use_cases.may_comment(by, use_case))
    text = check_text(text)
    mentioned = check_mentions(use_case, text)
    before = User.objects.active().filter(pk__in=use_case.comments.values("author"))
    involved = [use_case.submitter, use_case.product_owner, *before]
    comment = Comment.objects.create(use_case=use_case, author=by, text=text)
    comment.mentioned.set(mentioned)
    audit.record("use_case.commented", use_case, by=by, comment=comment.pk)
    tell_mentioned(comment, mentioned, by=by)
    told = {person.pk for person in mentioned}
    others = watching.audience(use_case, involved, is_decision=False)
    tell(
        comment,
        N_("%(person)s wrote about %(title)s"),
        [each for each in others if each.pk not in told],
        kind="comment",
        by=by,
    )
    return comment


def check_text(text: str) -> str:
    """Some words, not a book."""
    text = text.strip()
    if not text:
        raise ValidationError({"text": _("Write a few words first.")})
    if len(text) > LONGEST:
        raise ValidationError({"text": _("At most %(longest)s characters, please.") % {"longest": LONGEST}})
    return text


def check_mentions(use_case: UseCase, text: str) -> list[User]:
    """People mentioned; naming somebody who does not see the use case would not reach them, so it is said."""
    mentioned = watching.mentioned_in(text)
    reached = {person.pk for person in watching.seeing(use_case, mentioned)}
    missing = [person for person in mentioned if person.pk not in reached]
    if missing:
        raise ValidationError(
            {
                "text": _(
                    "%(people)s cannot see this use case and would not be told. "
                    "Take the mention out, or ask the product owner to add them to the squad."
                )
                % {"people": ", ".join(str(person) for person in missing)}
            }
        )
    return mentioned


@transaction.atomic
def edit(comment: Comment, *, text: str, by: User) -> Comment:
    """Say it better; whoever is mentioned newly is told, nobody twice."""
    require(rules.comments.may_edit(by, comment))
    text = check_text(text)
    mentioned = check_mentions(comment.use_case, text)
    if text == comment.text:
        return comment
    before = set(comment.mentioned.values_list("pk", flat=True))
    comment.text, comment.edited_at = text, clock.now()
    comment.save(update_fields=["text", "edited_at"])
    comment.mentioned.set(mentioned)
    audit.record("comment.edited", comment.use_case, by=by, comment_id=comment.pk)
    tell_mentioned(comment, [person for person in mentioned if person.pk not in before], by=by)
    return comment


@transaction.atomic
def withdraw(comment: Comment, *, by: User) -> Comment:
    """Take the words back; that somebody spoke stays."""
    require(rules.comments.may_withdraw(by, comment))
    gone = Comment.objects.filter(pk=comment.pk, withdrawn_at__isnull=True)
    if gone.update(text="", withdrawn_at=clock.now()):
        comment.mentioned.clear()
        audit.record(
            "comment.withdrawn", comment.use_case, by=by, comment_id=comment.pk, author=comment.author_id
        )
    comment.refresh_from_db()
    return comment


@transaction.atomic
def react(comment: Comment, *, kind: str, by: User) -> bool:
    """Leave a sign, or take it away again. Returns whether it stands now."""
    require(rules.comments.may_react(by, comment))
    if kind not in CommentReaction.Kind.values:
        raise ValidationError({"kind": _("This sign is not known.")})
    mine = CommentReaction.objects.filter(comment=comment, user=by, kind=kind)
    removed, _rows = mine.delete()
    if not removed:
        CommentReaction.objects.create(comment=comment, user=by, kind=kind)
    audit.record(
        "comment.reacted",
        comment.use_case,
        by=by,
        comment_id=comment.pk,
        kind=kind,
        stands=not removed,
    )
    return not removed


def tell_mentioned(comment: Comment, people: list[User], *, by: User) -> None:
    """A mention always reaches, whatever one watches."""
    tell(comment, N_("%(person)s mentions you about %(title)s"), people, kind="mention", by=by)


def tell(comment: Comment, text: str, people: list[User], *, kind: str, by: User) -> None:
    """Leave the notices."""
    notices.tell(
        people,
        text=text,
        url=f"/use-cases/{comment.use_case_id}/#comments",
        icon="comment",
        kind=kind,
        by=by,
        person=by,
        title=comment.use_case,
    )
