"""What the story brings to the library."""

from pathlib import Path

import pytest
from django.utils import timezone

from portal.core import clock
from portal.demo import script
from portal.demo.acts.library import artifact
from portal.demo.book import Scene
from portal.demo.stage import Stage
from projects import previews
from projects.models import Artifact
from tests.projects.data_scene import quick_engine, ready_version, scene

__all__ = ["quick_engine"]


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_engine")
def test_every_artifact_of_the_story_is_a_true_file_that_its_page_shows(tmp_path: Path) -> None:
    play = scene()
    version = ready_version(play)
    told = [each for each in script.scenes(script.use_cases()) if each.act == "artifact"]
    stage = Stage(tmp_path, script.use_cases(), timezone.localdate(clock.now()))
    stage.made = {f"case:{each}": play.use_case.pk for each in ("caravan", "churn")}
    stage.made |= {f"data:{each}": version.pk for each in ("caravan_2025", "partner_churn")}
    stage.users = {name: play.citizen.pk for name in ("leila", "amara", "hugo", "viktor")}
    for each in told:
        artifact(stage, Scene(each.days_ago, each.act, each.subject, each.told))

    shown = {each.kind: previews.preview(each.versions.get()) for each in Artifact.objects.all()}
    assert {kind: each.look for kind, each in shown.items()} == {
        "extract": "table", "image": "image", "note": "note", "notebook": "notebook", "report": "pdf",
    }  # fmt: skip
    assert len(shown["extract"].rows) == previews.MOST_ROWS and "<table" in str(shown["note"].html)
    printed = shown["notebook"].cells[1].outputs[0].text.splitlines()
    assert len(printed) > 3 and any(float(line.split()[2]) > 0 for line in printed[1:])
    assert Artifact.objects.get(kind="notebook").sources.count() == 2
