"""What framing adds: votes, estimates, make or buy weighed, a proposal put off, templates, limits watched."""

from portal.demo.book import Scene
from portal.demo.stage import Stage, act, in_days
from projects.services import estimates, make_or_buy, stops, supports, templates, triage


@act("support")
def support(stage: Stage, scene: Scene) -> None:
    """A colleague has the same problem."""
    told = scene.told
    supports.add(stage.case(scene.subject), comment=told["word"], by=stage.person(told["by"]))


@act("estimate")
def estimate(stage: Stage, scene: Scene) -> None:
    """The product owner enters the figures of the other lenses."""
    use_case = stage.case(scene.subject)
    estimates.give(use_case, **scene.told, by=use_case.product_owner)


@act("weigh")
def weigh(stage: Stage, scene: Scene) -> None:
    """The squad answers the questions of make or buy."""
    use_case = stage.case(scene.subject)
    make_or_buy.assess(use_case, **scene.told, by=use_case.product_owner)


@act("snooze")
def snooze(stage: Stage, scene: Scene) -> None:
    """The portfolio manager puts a proposal off."""
    told = scene.told
    triage.snooze(
        stage.case(scene.subject),
        until=in_days(told["days"]),
        reason=told["reason"],
        by=stage.person("priya"),
    )


@act("limits")
def limits(stage: Stage, scene: Scene) -> None:
    """The timetable looks whether a limit was passed."""
    stops.propose_due()


@act("template")
def template(stage: Stage, scene: Scene) -> None:
    """The portfolio manager writes a template."""
    templates.create(**scene.told, by=stage.person("priya"))


@act("to_template")
def to_template(stage: Stage, scene: Scene) -> None:
    """The product owner makes a template of what went the whole way."""
    use_case = stage.case(scene.subject)
    templates.make_from(use_case, **scene.told, by=use_case.product_owner)
