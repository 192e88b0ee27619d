"""Questions to trained candidates; the engine really answers."""

from portal.demo.book import Scene
from portal.demo.stage import Stage, act
from projects.services import explanations


@act("ask_model", trains=True)
def ask_model(stage: Stage, scene: Scene) -> None:
    """Somebody asks the best candidate about rows, columns or what if; the answer waits."""
    told = scene.told
    explanations.ask(
        stage.experiment(told["exp"]),
        what=told["what"],
        options=told["options"],
        by=stage.person(told["by"]),
    )
