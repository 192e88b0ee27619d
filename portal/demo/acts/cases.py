"""Use cases from proposal to an early end, their squads, scores and criteria."""

from typing import Any

from portal.demo.book import Scene
from portal.demo.stage import Stage, act, in_days
from projects.models import KillCriterion, SquadMember, UseCase
from projects.services import comments, kill_criteria, phases, readiness, scores, squads, triage, use_cases

AXES = ("V", "F", "R")


def owner_of(stage: Stage, use_case: UseCase, scene: Scene) -> Any:
    """Who acts: the person named, else the product owner."""
    return stage.person(scene.told["by"]) if "by" in scene.told else use_case.product_owner


def put_forward(stage: Stage, scene: Scene, *, submit: bool) -> None:
    """Propose, or keep a draft."""
    told = stage.told(scene)
    use_case = use_cases.propose(
        title=told["title"],
        is_confidential=told.get("is_confidential", False),
        by=stage.person(scene.told["by"]),
        submit=submit,
        **told["proposal"],
    )
    stage.keep("case", scene.subject, use_case)


@act("propose")
def propose(stage: Stage, scene: Scene) -> None:
    """Somebody puts a problem forward."""
    put_forward(stage, scene, submit=True)


@act("draft")
def draft(stage: Stage, scene: Scene) -> None:
    """Somebody begins a proposal and leaves it for later."""
    put_forward(stage, scene, submit=False)


@act("accept")
def accept(stage: Stage, scene: Scene) -> None:
    """The portfolio manager takes it into the backlog."""
    told = scene.told
    sponsor = stage.told(scene).get("owners", {}).get("sponsor")
    triage.accept(
        stage.case(scene.subject),
        product_owner=stage.person(told["product_owner"]),
        unit=stage.unit(told["unit"]),
        sponsor=stage.person(sponsor) if sponsor else None,
        risk_tier=told["tier"],
        risk_basis=told["basis"],
        by=stage.person("priya"),
    )


@act("ask")
def ask(stage: Stage, scene: Scene) -> None:
    """The portfolio manager asks the author a question."""
    triage.ask(stage.case(scene.subject), question=scene.told["question"], by=stage.person("priya"))


@act("decline")
def decline(stage: Stage, scene: Scene) -> None:
    """The portfolio manager declines with a reason."""
    triage.decline(stage.case(scene.subject), reason=scene.told["reason"], by=stage.person("priya"))


@act("duplicate")
def duplicate(stage: Stage, scene: Scene) -> None:
    """The portfolio manager closes it in favour of an older one."""
    original = stage.case(scene.told["of"])
    triage.mark_duplicate(stage.case(scene.subject), of=original, by=stage.person("priya"))


@act("details")
def details(stage: Stage, scene: Scene) -> None:
    """The product owner says which decision and process change, and who owns them."""
    use_case, told = stage.case(scene.subject), stage.told(scene)
    owners = {role: stage.person(key) for role, key in told.get("owners", {}).items() if role != "sponsor"}
    use_cases.update(use_case, by=use_case.product_owner, **told["details"], **owners)


@act("make_or_buy")
def make_or_buy(stage: Stage, scene: Scene) -> None:
    """The product owner decides."""
    use_case, told = stage.case(scene.subject), scene.told
    use_cases.decide_make_or_buy(
        use_case, choice=told["decision"], reason=told["reason"], by=use_case.product_owner
    )


@act("hold")
def hold(stage: Stage, scene: Scene) -> None:
    """It waits until a day."""
    told = scene.told
    use_cases.hold(
        stage.case(scene.subject),
        until=in_days(told["days"]),
        reason=told["reason"],
        by=stage.person(told["by"]),
    )


@act("health")
def health(stage: Stage, scene: Scene) -> None:
    """The product owner says how it goes."""
    use_case, told = stage.case(scene.subject), scene.told
    use_cases.set_health(
        use_case, health=told["health"], comment=told.get("comment", ""), by=use_case.product_owner
    )


@act("squad")
def squad(stage: Stage, scene: Scene) -> None:
    """The product owner forms the squad."""
    use_case = stage.case(scene.subject)
    for member in stage.told(scene)["squad"]:
        squads.add_member(
            use_case,
            user=stage.person(member["who"]),
            role=member["role"],
            allocation=member["allocation"],
            is_lead=member.get("lead", False),
            by=use_case.product_owner,
        )


@act("join")
def join(stage: Stage, scene: Scene) -> None:
    """One more person, or one more role for the same."""
    use_case, told = stage.case(scene.subject), scene.told
    squads.add_member(
        use_case,
        user=stage.person(told["who"]),
        role=told["role"],
        allocation=told["allocation"],
        by=use_case.product_owner,
    )


@act("leave")
def leave(stage: Stage, scene: Scene) -> None:
    """Somebody goes."""
    use_case = stage.case(scene.subject)
    person = stage.person(scene.told["who"])
    for member in SquadMember.objects.current().filter(use_case=use_case, user=person):
        squads.end_membership(member, by=use_case.product_owner)


@act("score")
def score(stage: Stage, scene: Scene) -> None:
    """A blind vote of several people, then the agreed card."""
    use_case = stage.case(scene.subject)
    card = scores.open_card(use_case, by=use_case.product_owner)
    for ballot in stage.told(scene)["votes"]:
        levels = {
            f"{axis}{number}": int(level)
            for axis in AXES
            for number, level in enumerate(str(ballot[axis]), start=1)
        }
        evidence = dict.fromkeys(levels, ballot["evidence"])
        scores.vote(card, levels=levels, evidence=evidence, by=stage.person(ballot["by"]))
    scores.agree(card, comment=scene.told["comment"], by=use_case.product_owner)


@act("kill")
def kill(stage: Stage, scene: Scene) -> None:
    """The product owner writes what would make the squad stop."""
    use_case = stage.case(scene.subject)
    for criterion in stage.told(scene)["kill"]:
        kill_criteria.add(
            use_case,
            statement=criterion["statement"],
            metric=criterion["metric"],
            comparator=criterion.get("comparator", KillCriterion.Comparator.AT_LEAST),
            threshold=criterion["threshold"],
            deadline=in_days(criterion["in_days"]),
            by=use_case.product_owner,
        )


@act("measure")
def measure(stage: Stage, scene: Scene) -> None:
    """A criterion is measured; where an experiment measured it, its own figure is taken."""
    use_case, told = stage.case(scene.subject), scene.told
    wanted = stage.told(scene)["kill"][told["number"]]["statement"]
    value, evidence = told.get("value"), told.get("evidence", "")
    if "from_experiment" in told:
        experiment = stage.experiment(told["from_experiment"])
        best = experiment.trials.get(is_best=True)
        value = best.test_metrics[told["metric"]]["value"]
        evidence = f"Experiment “{experiment.title}”, best model “{best.name}”, {told['metric']} {value:.3f} on the holdout."
    criterion = use_case.kill_criteria.get(statement=wanted)
    kill_criteria.record_result(criterion, measured_value=value, evidence=evidence, by=use_case.product_owner)


@act("stop")
def stop(stage: Stage, scene: Scene) -> None:
    """The product owner stops early, with lessons."""
    told = scene.told
    use_case = stage.case(scene.subject)
    phases.stop(use_case, reason=told["reason"], lessons=told["lessons"], by=stage.person(told["by"]))


@act("ready")
def ready(stage: Stage, scene: Scene) -> None:
    """One of the three readiness checks."""
    told = scene.told
    use_case = stage.case(scene.subject)
    readiness.confirm(use_case, kind=told["kind"], evidence=told["evidence"], by=stage.person(told["by"]))


@act("comment")
def comment(stage: Stage, scene: Scene) -> None:
    """Somebody says something."""
    comments.add(stage.case(scene.subject), text=scene.told["text"], by=stage.person(scene.told["by"]))
