"""What squads do together: backups, responsibilities, the contract of trust, hypotheses, cycles."""

from typing import Any

from portal.core.models import User
from portal.demo.book import Scene
from portal.demo.stage import Stage, act, in_days
from projects.models import Cycle, Hypothesis, SquadMember, Story, UseCase
from projects.services import (
    contracts,
    cycles,
    dossiers,
    hypotheses,
    raci,
    squad_sizes,
    squads,
    stories,
    watching,
)


def owner_of(use_case: UseCase) -> User:
    """The product owner, who acts unless somebody else is named."""
    assert use_case.product_owner is not None
    return use_case.product_owner


@act("backup")
def backup(stage: Stage, scene: Scene) -> None:
    """Somebody steps in for somebody."""
    use_case, told = stage.case(scene.subject), scene.told
    members = SquadMember.objects.current().filter(use_case=use_case, user=stage.person(told["who"]))
    for member in members.select_related("user", "backup"):
        member.use_case = use_case
        squads.change_member(member, backup=stage.person(told["backup"]), by=owner_of(use_case))


@act("size")
def size(stage: Stage, scene: Scene) -> None:
    """The sponsor agrees to another size."""
    use_case, told = stage.case(scene.subject), scene.told
    squad_sizes.waive(
        use_case,
        reason=told["reason"],
        until=in_days(told["days"]),
        by=use_case.sponsor or owner_of(use_case),
    )


@act("raci")
def answers_for(stage: Stage, scene: Scene) -> None:
    """One area gets its people."""
    use_case, told = stage.case(scene.subject), scene.told
    parts = {
        part: [stage.person(key) for key in told.get(part, [])]
        for part in ("responsible", "consulted", "informed")
    }
    raci.assign(
        use_case,
        area=told["area"],
        accountable=stage.person(told["accountable"]),
        by=owner_of(use_case),
        **parts,
    )


@act("contract")
def contract(stage: Stage, scene: Scene) -> None:
    """The product owner writes the contract of trust, and those named sign it."""
    use_case, told = stage.case(scene.subject), scene.told
    made = contracts.write(use_case, **told["says"], by=owner_of(use_case))
    for capacity, key in told.get("signed", {}).items():
        contracts.sign(made, capacity=capacity, by=stage.person(key))


@act("hypothesis")
def hypothesis(stage: Stage, scene: Scene) -> None:
    """The expert says what they believe."""
    told = scene.told
    hypotheses.state(
        stage.case(scene.subject),
        statement=told["say"],
        consequence=told.get("so", ""),
        by=stage.person(told["by"]),
    )


@act("answer_hypothesis", trains=True)
def answer_hypothesis(stage: Stage, scene: Scene) -> None:
    """The analyst looks; the figure in the sentence is counted in the profile of the table."""
    use_case, told = stage.case(scene.subject), scene.told
    found = Hypothesis.objects.get(use_case=use_case, statement=told["say"])
    found.use_case = use_case
    version = stage.data(told["data"])
    column = next(each for each in version.columns_described if each["name"] == told["column"])
    count = next(each["count"] for each in column["top_values"] if str(each["value"]) == str(told["counts"]))
    figures = {"count": count, "rows": version.rows, "percent": round(100 * count / version.rows)}
    hypotheses.answer(
        found,
        is_true=told["is_true"],
        version=version,
        column=told["column"],
        finding=told["finding"] % figures,
        by=stage.person(told["by"]),
    )


@act("cycle")
def cycle(stage: Stage, scene: Scene) -> None:
    """A cycle with its stories."""
    use_case, told = stage.case(scene.subject), scene.told
    made = cycles.plan(
        use_case,
        goal=told["goal"],
        starts_on=in_days(0),
        ends_on=in_days(told["days"]),
        metric=told.get("metric", ""),
        metric_before=told.get("before"),
        by=owner_of(use_case),
    )
    for title, key, state in told["stories"]:
        advance(stories.add(use_case, title=title, cycle=made, assignee=stage.person(key), by=owner_of(use_case)), state, use_case)  # fmt: skip


def advance(story: Story, state: str, use_case: UseCase) -> None:
    """Move a story to where it stands."""
    steps: dict[str, list[Any]] = {"to_do": [], "doing": ["begin"], "done": ["begin", "finish"]}
    for action in steps[state]:
        stories.move(story, action=action, by=owner_of(use_case))


@act("demo")
def demo(stage: Stage, scene: Scene) -> None:
    """The cycle ends with its demo."""
    use_case, told = stage.case(scene.subject), scene.told
    found = Cycle.objects.get(use_case=use_case, state=Cycle.State.OPEN)
    found.use_case = use_case
    cycles.close(
        found,
        is_accepted=told["accepted"],
        outcome=told["outcome"],
        metric_after=told.get("after"),
        by=owner_of(use_case),
    )


@act("watch")
def watch(stage: Stage, scene: Scene) -> None:
    """Somebody wants to hear of it."""
    watching.watch(stage.case(scene.subject), level=scene.told["level"], by=stage.person(scene.told["by"]))


@act("dossier")
def dossier(stage: Stage, scene: Scene) -> None:
    """What the gates ask to be written."""
    use_case, told = stage.case(scene.subject), dict(scene.told)
    for name in dossiers.PEOPLE.keys() & told.keys():
        told[name] = stage.person(told[name])
    dossiers.write(use_case, **told, by=owner_of(use_case))


@act("usage")
def usage(stage: Stage, scene: Scene) -> None:
    """How many act on it, and what it costs, over the last days."""
    use_case, told = stage.case(scene.subject), scene.told
    dossiers.report_usage(
        use_case,
        starts_on=in_days(-told["days"]),
        ends_on=in_days(0),
        eligible=told["eligible"],
        active=told["active"],
        run_cost=told["cost"],
        note=told["note"],
        by=owner_of(use_case),
    )
