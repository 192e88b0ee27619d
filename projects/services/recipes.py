"""Recipes: steps are added, moved, taken back; looked at on the first rows; played into a frozen version."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.services import audit, jobs
from portal.core.verdicts import require
from projects import preparing
from projects.models import Dataset, DatasetVersion, Recipe
from projects.rules import datasets as rules
from projects.selectors import privacy

KEPT_PAST = 50
Steps = list[dict[str, Any]]


@transaction.atomic
def create(version: DatasetVersion, *, name: str, by: User, steps: Steps | None = None) -> Recipe:
    """Begin a recipe on a ready version."""
    require(rules.may_prepare(by, version.dataset))
    if version.state != DatasetVersion.State.READY:
        raise ValidationError({"version": _("Choose a version that is ready.")})
    if not name.strip() or len(name) > 120:
        raise ValidationError({"name": _("Give the recipe a name of at most 120 characters.")})
    recipe = Recipe.objects.create(dataset=version.dataset, version=version, name=name.strip(), made_by=by)
    recipe.sources.add(version.dataset)
    audit.record("recipe.created", recipe, by=by, dataset=str(version.dataset_id))
    if steps:
        change(recipe, lambda _now: steps, by=by)
    return recipe


@transaction.atomic
def change(
    recipe: Recipe, make: Callable[[Steps], Steps], *, by: User, revision: int | None = None
) -> Recipe:
    """
    Give a recipe other steps, made from those it has now. Its preview begins anew.

    With `revision`, refuse when somebody changed it meanwhile. A refusal names step and setting.
    """
    require(rules.may_edit_recipe(by, recipe))
    locked = Recipe.objects.select_for_update(of=("self",)).select_related("version").get(pk=recipe.pk)
    if revision is not None and revision != locked.revision:
        raise ValidationError(_("The steps were changed meanwhile. Look at them and try again."))
    steps = checked(locked, make(list(locked.steps)), by)
    if steps == locked.steps:
        return recipe
    recipe.past = [*locked.past, locked.steps][-KEPT_PAST:]
    return keep(recipe, locked, steps, by=by)


def keep(recipe: Recipe, locked: Recipe, steps: Steps, *, by: User) -> Recipe:
    """Write the steps down and ask for a look at them."""
    recipe.steps, recipe.revision = steps, locked.revision + 1
    recipe.save(update_fields=["steps", "past", "revision"])
    recipe.sources.set({recipe.dataset, *(version.dataset for version in joined_versions(steps))})
    audit.record("recipe.changed", recipe, by=by, steps=steps)
    return preview(recipe, by=by)


def checked(recipe: Recipe, steps: Steps, person: User) -> Steps:
    """Steps in their one form, each fitting what stands before it; who wrote each is kept."""
    if len(steps) > preparing.MOST_STEPS:
        raise ValidationError(_("At most %(most)s steps.") % {"most": preparing.MOST_STEPS})
    columns = [each["name"] for each in recipe.version.columns_described]
    known = {key(step): step["by"] for earlier in (*recipe.past, recipe.steps) for step in earlier}
    found: Steps = []
    for place, step in enumerate(steps):
        try:
            clean = preparing.clean(step)
            if clean["kind"] == "join":
                require_joinable(clean, person)
            columns = preparing.after(clean, columns)
        except preparing.StepWrong as wrong:
            text = _("Step %(step)s: %(text)s") % {"step": place + 1, "text": wrong.text}
            raise ValidationError({wrong.field: text}) from None
        found.append({**clean, "by": known.get(key(clean), str(person.pk))})
    return found


def key(step: dict[str, Any]) -> str:
    """A step without who wrote it."""
    return repr(sorted((name, value) for name, value in step.items() if name != "by"))


def require_joinable(step: dict[str, Any], person: User) -> None:
    """The other table is ready, the person may use it, and it has these columns."""
    try:
        other = DatasetVersion.objects.usable_by(person).ready().filter(pk=step["version"]).first()
    except ValidationError:  # no key at all
        other = None
    if other is None:
        raise preparing.StepWrong("version", _("Choose a table that you may use."))
    names = {each["name"] for each in other.columns_described}
    for field, wanted in (("other_on", [step["other_on"]]), ("columns", step["columns"])):
        if missing := sorted(set(wanted) - names):
            words = _("The other table has no column %(column)s.") % {"column": missing[0]}
            raise preparing.StepWrong(field, words)


def add(recipe: Recipe, step: dict[str, Any], *, by: User) -> Recipe:
    """One step more, at the end."""
    return change(recipe, lambda steps: [*steps, step], by=by)


def remove(recipe: Recipe, place: int, *, by: User, revision: int | None = None) -> Recipe:
    """One step less."""
    return change(
        recipe,
        lambda steps: [step for at, step in enumerate(steps) if at != place],
        by=by,
        revision=revision,
    )


def move(recipe: Recipe, place: int, to: int, *, by: User, revision: int | None = None) -> Recipe:
    """A step to another place; refused where a step would read a column that is not there yet."""

    def moved(steps: Steps) -> Steps:
        if not (0 <= place < len(steps) and 0 <= to < len(steps)):
            raise ValidationError({"place": _("There is no such step.")})
        steps.insert(to, steps.pop(place))
        return steps

    return change(recipe, moved, by=by, revision=revision)


@transaction.atomic
def undo(recipe: Recipe, *, by: User) -> Recipe:
    """The steps as they were before the last change. Without a change before, nothing happens."""
    require(rules.may_edit_recipe(by, recipe))
    locked = Recipe.objects.select_for_update(of=("self",)).select_related("version").get(pk=recipe.pk)
    if not locked.past:
        return recipe
    recipe.past = locked.past[:-1]
    return keep(recipe, locked, checked(locked, locked.past[-1], by), by=by)


@transaction.atomic
def preview(recipe: Recipe, *, by: User) -> Recipe:
    """Ask the engine to play the steps on the first rows."""
    require(rules.may_edit_recipe(by, recipe))
    recipe.preview_job = jobs.enqueue(
        "recipe.preview", payload={"recipe": str(recipe.pk), "revision": recipe.revision, "person": str(by.pk)},
        label=_("Preview of %(name)s") % {"name": recipe.name}, by=by, max_attempts=2,
        url=reverse("projects:recipe_detail", args=[recipe.pk]),
    )  # fmt: skip
    recipe.save(update_fields=["preview_job"])
    audit.record("recipe.previewed", recipe, by=by, revision=recipe.revision)
    return recipe


@transaction.atomic
def base(recipe: Recipe, version: DatasetVersion, *, by: User) -> Recipe:
    """Try the recipe on another version of its dataset."""
    require(rules.may_edit_recipe(by, recipe))
    if version.dataset_id != recipe.dataset_id or version.state != DatasetVersion.State.READY:
        raise ValidationError({"version": _("Choose a ready version of this dataset.")})
    locked = Recipe.objects.select_for_update().get(pk=recipe.pk)
    recipe.version = locked.version = version
    recipe.steps = checked(locked, locked.steps, by)
    recipe.revision = locked.revision + 1
    recipe.save(update_fields=["version", "steps", "revision"])
    audit.record("recipe.based", recipe, by=by, version=str(version.pk))
    return preview(recipe, by=by)


@transaction.atomic
def play(recipe: Recipe, *, by: User, name: str = "") -> DatasetVersion:
    """
    Make a new frozen version of the steps; the worker plays them on the whole table.

    The first run makes the dataset it fills, named `name`, as strictly classified as the strictest table
    it reads. Steps that stood already played on this very version are not played again.
    """
    require(rules.may_edit_recipe(by, recipe))
    locked = (
        Recipe.objects.select_for_update(of=("self",))
        .select_related("version", "dataset", "output")
        .get(pk=recipe.pk)
    )
    steps = checked(locked, locked.steps, by)
    if not steps:
        raise ValidationError(_("Add a step first."))
    parents = [locked.version, *joined_versions(steps)]
    strictest = Dataset.strictest([parent.dataset.classification for parent in parents])
    output = locked.output or output_of(locked, name, strictest, by=by)
    if known := played(output, locked, steps):
        return known
    if Dataset.strictest([output.classification, strictest]) != output.classification:
        output.classification = strictest
        output.save(update_fields=["classification"])
        audit.record("dataset.classified", output, by=None, after=strictest, reason="inherited")
    recipe.output = output
    recipe.save(update_fields=["output"])
    return new_version(output, locked, steps, parents, by=by)


def joined_versions(steps: Steps) -> list[DatasetVersion]:
    """Versions that the steps look things up in."""
    keys = {step["version"] for step in steps if step["kind"] == "join"}
    return list(DatasetVersion.objects.filter(pk__in=keys).select_related("dataset"))


def output_of(recipe: Recipe, name: str, classification: str, *, by: User) -> Dataset:
    """The dataset a recipe fills, made at its first run."""
    use_case = recipe.dataset.use_case
    if use_case and not rules.may_upload(by, use_case):
        use_case = None
    output = Dataset.objects.create(
        name=(name.strip() or recipe.name)[:120],
        description=_("Made by the recipe “%(recipe)s” from %(dataset)s.")
        % {"recipe": recipe.name, "dataset": recipe.dataset.name},
        classification=classification,
        use_case=use_case,
        owner=by,
    )
    audit.record("dataset.created", output, by=by, classification=classification, recipe=str(recipe.pk))
    return output


def played(output: Dataset, recipe: Recipe, steps: Steps) -> DatasetVersion | None:
    """The version that these very steps on this very version gave already, unless it was not accepted."""
    candidates = output.versions.filter(recipe=recipe, parents=recipe.version).select_related("job")
    return next((each for each in candidates if each.steps == steps and each.status != "rejected"), None)


def new_version(
    output: Dataset, recipe: Recipe, steps: Steps, parents: list[DatasetVersion], *, by: User
) -> DatasetVersion:
    """Number it, write its lineage down and queue the work."""
    last = output.versions.aggregate(last=Max("number"))["last"] or 0
    authors = {str(by.pk), str(recipe.made_by_id), *(step["by"] for step in steps)}
    version = DatasetVersion(
        dataset=output, number=last + 1, uploaded_by=by, original_name=recipe.name, recipe=recipe, steps=steps,
        preparers=sorted(authors.union(*(parent.preparers for parent in parents))),
    )  # fmt: skip
    version.job = jobs.enqueue(
        "dataset.prepare", payload={"version": str(version.pk)}, by=by, max_attempts=3,
        label=_("Preparation of %(name)s") % {"name": output.name},
        url=reverse("projects:dataset_version", args=[version.pk]),
    )  # fmt: skip
    version.save(force_insert=True)
    version.parents.set(parents)
    audit.record(
        "dataset_version.prepared", version, by=by, recipe=str(recipe.pk), parents=[str(each.pk) for each in parents]
    )  # fmt: skip
    return version


def masks(version: DatasetVersion) -> list[str]:
    """Columns of a version whose single values are masked for most."""
    strict = version.dataset.classification in privacy.STRICT
    sensitive = [
        each["name"] for each in version.columns_described if each.get("suggested_role") == "sensitive"
    ]
    return sorted({*privacy.suspicions(version), *(sensitive if strict else [])})
