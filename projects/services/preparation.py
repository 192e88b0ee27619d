"""The worker's half of a recipe: the engine plays its steps, on the first rows or on all of them."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.models import User
from portal.core.services import audit
from portal.core.services.jobs import JobFailed
from projects.models import DatasetVersion, Recipe
from projects.services import engine, ingestion, recipes

LOOK_SECONDS = 60
PLAY_SECONDS = 600
GONE = N_("A table that the recipe reads is not there any more, or may not be used any more.")


def preview(run: JobRun) -> None:
    """Play a recipe on the first rows; a preview that steps have overtaken is left. Safe to run twice."""
    recipe = Recipe.objects.select_related("version__dataset").get(pk=run.payload["recipe"])
    revision = run.payload["revision"]
    if recipe.revision != revision or recipe.is_previewed:
        return
    person = User.objects.get(pk=run.payload["person"])
    with tempfile.TemporaryDirectory(dir=work()) as place:
        run.report(20, N_("Playing the steps on the first rows"))
        found = played(run, Path(place), recipe.version, recipe.steps, person, sample=True)
        if found is None:
            found = {"ok": False, "errors": [{"code": "unreadable", "message": SLOW, "params": {}}]}
    with run.finishing(recipe=str(recipe.pk)):
        Recipe.objects.filter(pk=recipe.pk, revision=revision).update(preview={**found, "revision": revision})


SLOW = N_("The steps could not be played within the limits of time and memory. Keep fewer rows or columns.")


def prepare(run: JobRun) -> None:
    """Play the steps of a version on the whole table, then accept or reject it. Safe to run twice."""
    version = DatasetVersion.objects.select_related("dataset__owner", "dataset__steward", "uploaded_by").get(
        pk=run.payload["version"]
    )
    if version.state != DatasetVersion.State.CHECKING:
        return
    base = version.parents.select_related("dataset").get(dataset=version.recipe.dataset_id)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(dir=work()) as folder:
        place = Path(folder)
        run.report(10, N_("Playing the steps"))
        found = played(run, place, base, version.steps, version.uploaded_by, sample=False)
        if found is None:
            ingestion.reject(run, version, [{"code": "unreadable", "message": SLOW, "params": {}}])
        elif not found["ok"]:
            ingestion.reject(run, version, found["errors"])
        else:
            ingestion.keep(run, version, found, place / "out")


def work() -> Path:
    """Where workers keep what they need for a moment."""
    place: Path = settings.VAR / "work"
    place.mkdir(parents=True, exist_ok=True)
    return place


def played(
    run: JobRun,
    place: Path,
    base: DatasetVersion,
    steps: list[dict[str, Any]],
    person: User,
    *,
    sample: bool,
) -> dict[str, Any] | None:
    """What the engine says of the steps; nothing when it broke its limits. Tables one may not use are not read."""
    joined = recipes.joined_versions(steps)
    seen = DatasetVersion.objects.usable_by(person).ready()
    wanted = {base.pk, *(each.pk for each in joined)}
    keys = {step["version"] for step in steps if step["kind"] == "join"}
    if seen.filter(pk__in=wanted).count() < len(wanted) or len(joined) < len(keys):
        raise JobFailed(GONE)
    out = place / "out"
    out.mkdir()
    try:
        paths = {
            each.pk: filestore.fetch(each.table_digest, place / "in" / f"{each.pk}.parquet")
            for each in (base, *joined)
        }
    except (FileNotFoundError, filestore.FileDamaged):
        raise JobFailed(GONE) from None
    others = {str(each.pk): {"path": str(paths[each.pk]), "masked": recipes.masks(each)} for each in joined}
    plan = out / "plan.json"
    engine.write_json(plan, {"steps": steps, "others": others, "masked": recipes.masks(base)})
    arguments = ["prepare", "--table", str(paths[base.pk]), "--plan", str(plan), "--out", str(out)]
    arguments += ["--sample", "1" if sample else "0"]
    ended = engine.call(
        run, arguments, readable=list(paths.values()), writable=out, seconds=LOOK_SECONDS if sample else PLAY_SECONDS
    )  # fmt: skip
    return engine.answer(out / "prepare.json") if ended.code == 0 else None


def take_script(recipe: Recipe, *, by: User) -> str:
    """The steps as a plain pandas script, as the engine wrote it beside the preview; the trail says who took it."""
    if not recipe.is_previewed or not recipe.preview.get("code"):
        raise JobFailed(_("The script is there once the preview is."))
    audit.record("recipe.script_taken", recipe, by=by, revision=recipe.revision)
    return str(recipe.preview["code"])
