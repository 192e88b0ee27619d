"""What people of the two sides do for each other: mentors, office hours, thanks, stories of finished projects."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from governance.services import showcases
from portal.core import clock
from projects.models import UseCase
from projects.services import phases
from training.services import mentoring, office_hours, thanks


def ended(side: Any, accepted: Callable[[Any, str], Any], title: str) -> Any:
    """Stopped, with lessons."""
    made = accepted(side, title)
    phases.stop(made, reason=f"{side.mark}reason", lessons=f"{side.mark}lessons", by=side.owner)
    return made


def story(side: Any, use_case: Any) -> Any:
    """Its story; a confidential project has one from the time when it was not confidential yet."""
    texts = {name: f"{side.mark}{name}" for name in ("headline", "story", "outcome", "advice")}
    row = UseCase.objects.filter(pk=use_case.pk)
    row.update(is_confidential=False)
    use_case.refresh_from_db()
    return showcases.write(use_case, **texts, by=side.owner)


def communal(side: Any, accepted: Callable[[Any, str], Any]) -> None:
    """By the real services. Offers and office hours are for everybody, so no secret stands in them."""
    side.mentor_offer = mentoring.offer(topics="Preparing data", capacity=3, by=side.author)
    aim = f"{side.mark}choose a metric"
    side.asked_mentor = mentoring.ask(side.mentor_offer, aim=aim, use_case=side.main, by=side.member)
    side.mentorship = mentoring.ask(side.mentor_offer, aim=aim, use_case=side.main, by=side.owner)
    mentoring.accept(side.mentorship, by=side.author)
    side.hour = office_hours.plan(
        title="Ask me", starts_at=clock.now() + timedelta(days=3), minutes=60, place="Room 1", by=side.author
    )
    office_hours.sit(side.hour, wish=f"{side.mark}wish", by=side.owner)
    side.thanks = thanks.give(side.author, text=f"{side.mark}for your time", by=side.member)
    cases = [ended(side, accepted, title) for title in ("Told", "Waiting story", "Shown story", "Untold")]
    side.untold = cases[3]
    side.story_draft, side.story_waiting, side.story_shown = (story(side, each) for each in cases[:3])
    showcases.hand_in(side.story_waiting, by=side.owner)
    showcases.hand_in(side.story_shown, by=side.owner)
    showcases.consent(side.story_shown, digest=side.story_shown.digest, by=side.owner)
    side.story_shown.refresh_from_db()
    keys = [each.pk for each in cases]
    UseCase.objects.filter(pk__in=keys).update(is_confidential=side.is_confidential)
