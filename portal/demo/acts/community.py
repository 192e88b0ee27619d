"""Mentors, office hours, thanks, questions and stories of finished projects."""

from datetime import timedelta

from governance.services import showcases
from portal.core import clock
from portal.demo.book import Scene
from portal.demo.stage import Stage, act
from training.models import Lesson, Path
from training.services import assignments, community, mentoring, office_hours, thanks


@act("mentor_offer")
def mentor_offer(stage: Stage, scene: Scene) -> None:
    """Somebody certified offers to accompany others."""
    told = scene.told
    made = mentoring.offer(
        topics=told["topics"], capacity=told.get("places", 2), by=stage.person(scene.subject)
    )
    stage.keep("mentor", scene.subject, made)


@act("mentor_ask")
def mentor_ask(stage: Stage, scene: Scene) -> None:
    """A colleague asks; the mentor accepts, unless the request still waits."""
    told = scene.told
    learner, mentor = stage.person(scene.subject), stage.person(told["mentor"])
    offer = mentoring.MentorOffer.objects.select_related("mentor").get(mentor=mentor)
    case = stage.case(told["case"]) if "case" in told else None
    asked = mentoring.ask(offer, aim=told["aim"], use_case=case, by=learner)
    if not told.get("waits"):
        mentoring.accept(asked, text=told.get("answer", ""), by=mentor)
    if told.get("ends"):
        mentoring.end(asked, by=learner)


@act("office_hour")
def office_hour(stage: Stage, scene: Scene) -> None:
    """A mentor invites; some come."""
    told = scene.told
    starts_at = clock.now().replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(
        days=told["in_days"]
    )
    hour = office_hours.plan(
        title=told["title"],
        text=told.get("text", ""),
        starts_at=starts_at,
        minutes=told.get("minutes", 60),
        place=told.get("place", ""),
        link=told.get("link", ""),
        capacity=told.get("seats", 8),
        by=stage.person(scene.subject),
    )
    for key, wish in told.get("come", {}).items():
        office_hours.sit(hour, wish=wish or "", by=stage.person(key))


@act("thank")
def thank(stage: Stage, scene: Scene) -> None:
    """One says thanks to another."""
    thanks.give(stage.person(scene.told["to"]), text=scene.told["text"], by=stage.person(scene.subject))


@act("ask_colleagues")
def ask_colleagues(stage: Stage, scene: Scene) -> None:
    """A question on a lesson, with answers, of which one may have helped."""
    told = scene.told
    asker = stage.person(scene.subject)
    lesson = Lesson.objects.get(code=str(told["lesson"]))
    question = community.ask(title=told["title"], text=told["text"], lesson=lesson, by=asker)
    for key, text in told.get("answers", {}).items():
        answer = community.answer(question, text=text, by=stage.person(key))
        if key == told.get("helped"):
            community.accept(question, answer=answer, by=asker)


@act("assign")
def assign(stage: Stage, scene: Scene) -> None:
    """The community lead asks people to follow a path."""
    told = scene.told
    assignments.assign(
        Path.objects.get(code=told["path"]),
        people=[stage.person(key) for key in told["people"]],
        due_on=clock.today() + timedelta(days=told["in_days"]),
        note=told.get("note", ""),
        by=stage.person(scene.subject),
    )


@act("tell_story")
def tell_story(stage: Stage, scene: Scene) -> None:
    """The squad tells of its finished project; the product owner agrees, unless it still waits."""
    told = scene.told
    case = stage.case(scene.subject)
    texts = {name: told[name] for name in ("headline", "story", "outcome", "advice")}
    made = showcases.write(case, **texts, by=stage.person(told["by"]))
    showcases.hand_in(made, by=stage.person(told["by"]))
    if not told.get("waits") and case.product_owner:
        showcases.consent(made, digest=made.digest, by=case.product_owner)
