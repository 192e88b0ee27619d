"""What a bundle holds of data and experiments: tables and models only where the rules of each let the person take them."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import Verdict, first_no, no
from projects.bundle_sections import Collector, named, row
from projects.models import (
    Dataset,
    DatasetVersion,
    Experiment,
    GuardrailResult,
    ProjectBundle,
    Recipe,
    Trial,
    UseCase,
)
from projects.rules import exports as export_rules
from projects.rules.bundles import may_download
from projects.selectors.downloads import may_take

DATASET = (
    "name",
    "description",
    "classification",
    "source",
    "dictionary",
    "units",
    "expectations",
    "created_at",
)
VERSION = ("number", "state", "original_name", "table_digest", "rows", "columns", "size_bytes", "created_at")
TRIAL = (
    "number", "name", "family", "is_baseline", "is_simple", "is_best", "status", "cv_score", "cv_std", "test_metrics",
    "fit_seconds", "predict_ms_per_1000", "size_bytes", "model_sha256",
)  # fmt: skip
GUARDRAIL = (
    "code",
    "family",
    "stage",
    "severity",
    "certainty",
    "is_alerted",
    "value",
    "threshold",
    "columns",
    "justification",
)


def fill(use_case: UseCase, person: User, into: Collector) -> None:
    """Datasets with their versions, recipes, experiments with question and leaderboard."""
    into.leave_out(
        _("Datasets, recipes and experiments that %(person)s may not see") % {"person": person},
        no(
            _("A bundle holds nothing that its taker does not see; whether there is any is not told."),
            code="bundle.not_seen",
        ),
    )
    places: dict[Any, str] = {}
    for number, dataset in enumerate(datasets_of(use_case, person), start=1):
        dataset_part(number, dataset, person, into, places)
    into.facts("data/recipes.json", recipes(use_case, person, places))
    experiments = Experiment.objects.visible_to(person).filter(use_case=use_case)
    related = ("author", "dataset_version__dataset", "job")
    for number, each in enumerate(experiments.select_related(*related).order_by("created_at", "pk"), start=1):
        into.facts(f"experiments/e{number}.json", experiment_facts(each, places))


def datasets_of(use_case: UseCase, person: User) -> Any:
    """Those of the use case the person sees, and others its experiments learned from."""
    seen = Dataset.objects.visible_to(person).for_list()
    experiments = Experiment.objects.visible_to(person).filter(use_case=use_case)
    used = experiments.values("dataset_version__dataset")
    return seen.filter(Q(use_case=use_case) | Q(pk__in=used)).order_by("created_at", "pk")


def dataset_part(
    number: int, dataset: Dataset, person: User, into: Collector, places: dict[Any, str]
) -> None:
    """One dataset: its words, and each ready version that may be taken."""
    home = f"data/d{number}"
    told = []
    for version in dataset.versions.select_related("dataset__owner", "dataset__use_case").order_by("number"):
        places[version.pk] = f"{home}/v{version.number}"
        told.append(row(version, *VERSION, people=["uploaded_by"]) | {"table": ""})
        if version.state != DatasetVersion.State.READY:
            continue
        verdict = may_take(person, version)
        if not verdict:
            into.leave_out(_("Table and profile of %(version)s") % {"version": version}, verdict)
            continue
        told[-1]["table"] = f"{home}/v{version.number}.parquet"
        into.stored(told[-1]["table"], version.table_digest, kind="dataset_version", key=version.pk)
        into.facts(f"{home}/v{version.number}.profile.json", version.profile)
        into.facts(f"{home}/v{version.number}.schema.json", schema(version))
        into.facts(f"{home}/v{version.number}.checks.json", version.kept)
    into.facts(
        f"{home}/dataset.json", row(dataset, *DATASET, people=["owner", "steward"]) | {"versions": told}
    )


def schema(version: DatasetVersion) -> list[dict[str, Any]]:
    """Columns with kind, meaning and unit."""
    dictionary, units = version.dataset.dictionary, version.dataset.units
    return [
        {
            "name": column["name"],
            "kind": column.get("kind", ""),
            "meaning": dictionary.get(column["name"], ""),
            "unit": units.get(column["name"], ""),
        }
        for column in version.columns_described
    ]


def recipes(use_case: UseCase, person: User, places: dict[Any, str]) -> list[dict[str, Any]]:
    """Steps over the tables of this bundle; who wrote a step is kept by the portal alone."""
    found = Recipe.objects.visible_to(person).filter(version__in=list(places))
    made = found.select_related("made_by", "output").order_by("created_at", "pk")
    return [
        {
            "name": recipe.name,
            "reads": places[recipe.version_id],
            "fills": str(recipe.output or ""),
            "made_by": named(recipe.made_by),
            "steps": [step_facts(step, places) for step in recipe.steps],
        }
        for recipe in made
    ]


def step_facts(step: dict[str, Any], places: dict[Any, str]) -> dict[str, Any]:
    """A step without keys of people; the other table of a join is named by its place in the bundle."""
    told = {name: value for name, value in step.items() if name != "by"}
    if "version" in told:
        known = {str(key): place for key, place in places.items()}
        told["version"] = known.get(str(told["version"]), "")
    return told


def experiment_facts(experiment: Experiment, places: dict[Any, str]) -> dict[str, Any]:
    """Question, checks with their justifications, and the leaderboard."""
    fields = ("title", "row_meaning", "predicted_when", "question", "limits", "created_at")
    checks = GuardrailResult.objects.current().filter(experiment=experiment).select_related("justified_by")
    return row(experiment, *fields, people=["author"]) | {
        "status": experiment.status,
        "data": places.get(experiment.dataset_version_id, ""),
        "checks": [
            row(each, *GUARDRAIL, people=["justified_by"]) | {"text": each.text}
            for each in checks.order_by("stage", "code", "pk")
        ],
        "leaderboard": [row(trial, *TRIAL) for trial in experiment.trials.order_by("number")],
    }


def may_take_model(person: User, trial: Trial) -> Verdict:
    """The rule of taking one model along."""
    return export_rules.may_export(person, trial)


def may_take_bundle(person: User, bundle: ProjectBundle) -> Verdict:
    """The rule of the bundle, and those of each table and model in it as they stand now."""
    if not (verdict := may_download(person, bundle)):
        return verdict
    ruled = bundle.contents.get("ruled", {})
    versions = DatasetVersion.objects.visible_to(person).filter(pk__in=ruled.get("dataset_version", []))
    trials = Trial.objects.visible_to(person).filter(pk__in=ruled.get("trial", []))
    tables = list(versions.select_related("dataset__owner", "dataset__use_case"))
    models = list(
        trials.select_related(
            "experiment__use_case", "experiment__job", "experiment__dataset_version__dataset__owner"
        )
    )
    if len(tables) + len(models) < sum(len(set(keys)) for keys in ruled.values()):
        return no(
            _("Since it was made you lost the right to see something in it."),
            _("Have it made again: it then holds what you may take now."),
            code="bundle.rights_changed",
        )
    return first_no(
        *(may_take(person, each) for each in tables), *(may_take_model(person, each) for each in models)
    )
