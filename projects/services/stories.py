"""Small pieces of work, and their way across the board."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Cycle, Story, UseCase
from projects.services.words import ask_for

LONGEST = 200


@transaction.atomic
def add(
    use_case: UseCase, *, title: str, by: User, cycle: Cycle | None = None, assignee: User | None = None
) -> Story:
    """Write one down, in a cycle or in the list."""
    require(rules.cycles.may_work(by, use_case))
    story = Story(use_case=use_case, title=check_title(title), told_at=clock.now())
    check_cycle(story, cycle)
    check_assignee(assignee)
    story.cycle, story.assignee = cycle, assignee
    story.place = (use_case.stories.aggregate(most=Max("place"))["most"] or 0) + 1
    story.save(force_insert=True)
    audit.record("story.added", use_case, by=by, story=story.pk, title=story.title)
    tell(story, by=by)
    return story


def check_title(title: str) -> str:
    """A sentence, not a page."""
    said = ask_for(title=title)["title"]
    if len(said) > LONGEST:
        raise ValidationError({"title": _("At most %(longest)s characters, please.") % {"longest": LONGEST}})
    return said


def check_cycle(story: Story, cycle: Cycle | None) -> None:
    """An open cycle of the same use case."""
    if cycle and cycle.use_case_id != story.use_case_id:
        raise ValidationError({"cycle": _("This cycle belongs to another use case.")})
    if cycle and cycle.state == Cycle.State.CLOSED:
        raise ValidationError({"cycle": _("This cycle is closed already.")})


def check_assignee(assignee: User | None) -> None:
    """Somebody who is here."""
    if assignee and (not assignee.is_active or assignee.is_service):
        raise ValidationError({"assignee": _("This account is closed; choose somebody else.")})


@transaction.atomic
def move(story: Story, *, action: str, by: User) -> Story:
    """Begin, finish, put back or reopen."""
    require(rules.cycles.may_move(by, story))
    if action not in Story.LIFE.moves:
        raise ValidationError({"action": _("This move is not known.")})
    done = clock.now() if action == "finish" else None
    before, after = Story.LIFE.move(story, action, done_at=done)
    audit.record("story.moved", story.use_case, by=by, story=story.pk, before=before, after=after)
    return story


@transaction.atomic
def change(
    story: Story, *, title: str, by: User, cycle: Cycle | None = None, assignee: User | None = None
) -> Story:
    """Say it better, give it to somebody, take it into a cycle or back to the list."""
    require(rules.cycles.may_move(by, story))
    said = check_title(title)
    if cycle != story.cycle:
        check_cycle(story, cycle)
    check_assignee(assignee)
    before = {"title": story.title, "cycle": story.cycle_id, "assignee": story.assignee_id}
    story.title, story.cycle, story.assignee = said, cycle, assignee
    story.save(update_fields=["title", "cycle", "assignee"])
    audit.record("story.changed", story.use_case, by=by, story=story.pk, before=before)
    if before["assignee"] != story.assignee_id:
        tell(story, by=by)
    return story


@transaction.atomic
def remove(story: Story, *, by: User) -> None:
    """Take away what is not to be done; the trail keeps its words."""
    require(rules.cycles.may_move(by, story))
    if story.state == Story.State.DONE:
        raise ValidationError(_("What is done stays."))
    audit.record("story.removed", story.use_case, by=by, story=story.pk, title=story.title)
    story.delete()


def tell(story: Story, *, by: User) -> None:
    """Whoever is to do it hears."""
    where = f"cycles/{story.cycle_id}/" if story.cycle_id else "cycles/"
    notices.tell(
        [story.assignee],
        text=N_("A story of %(title)s is yours: %(story)s"),
        url=f"/use-cases/{story.use_case_id}/{where}",
        icon="checklist",
        kind="task",
        by=by,
        title=story.use_case,
        story=story.title,
    )
