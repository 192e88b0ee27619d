"""Models taken along."""

from portal.demo.book import Scene
from portal.demo.stage import Stage, act
from projects.services import exports


@act("take", trains=True)
def take(stage: Stage, scene: Scene) -> None:
    """Somebody of the squad asks for the best model in one form; it waits to be built."""
    told, person = scene.told, stage.person(scene.told["by"])
    best = stage.experiment(told["exp"]).trials.get(is_best=True)
    exports.request(best, format=told["form"], by=person)
