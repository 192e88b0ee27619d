"""Background work of projects: each at most ten lines, one service call, safe to run twice."""

from celery import shared_task

from portal.core.job_runner import JobRun
from projects.services import (
    artifact_sources,
    bundles,
    column_pairs,
    expectations,
    experiment_runs,
    explanations,
    exports,
    guardrails,
    imported_making,
    imported_projects,
    imports,
    ingestion,
    kill_criteria,
    partial_uploads,
    preparation,
    question_advice,
    ranks,
    relations,
    saved_views,
    shares,
    stops,
)


def ingest_dataset(run: JobRun) -> None:
    """Read an uploaded file; accept or reject the version."""
    ingestion.ingest(run)


def check_expectations(run: JobRun) -> None:
    """Check a version again, because what is expected of it changed."""
    expectations.carry_out(run)


def preview_recipe(run: JobRun) -> None:
    """Play a recipe on the first rows."""
    preparation.preview(run)


def prepare_dataset(run: JobRun) -> None:
    """Play a recipe on the whole table."""
    preparation.prepare(run)


@shared_task(ignore_result=True)
def forget_uploads() -> None:
    """Forget files whose sender never came back."""
    partial_uploads.forget_old()


def relate_columns(run: JobRun) -> None:
    """Measure the columns of a version against a target."""
    relations.carry_out(run)


def draw_pair(run: JobRun) -> None:
    """Look at two columns of a table together."""
    column_pairs.carry_out(run)


def check_question(run: JobRun) -> None:
    """Run the guardrails before training."""
    guardrails.carry_out(run)


def advise_question(run: JobRun) -> None:
    """Let the engine recommend how to ask."""
    question_advice.carry_out(run)


def run_experiment(run: JobRun) -> None:
    """Search for models; goes on where a dead worker left it."""
    experiment_runs.carry_out(run)


def explain_candidate(run: JobRun) -> None:
    """Ask a trained candidate one question."""
    explanations.carry_out(run)


@shared_task(ignore_result=True)
def propose_stops() -> None:
    """Propose to stop what has passed the limits that were set before it began."""
    stops.propose_due()


@shared_task(ignore_result=True)
def remind_of_criteria() -> None:
    """Remind those who must measure a kill criterion soon."""
    kill_criteria.remind_due()


@shared_task(ignore_result=True)
def keep_shares() -> None:
    """Write down and tell which shares have run out, and warn of those that soon will."""
    shares.expire_over()
    shares.warn_ending()


def read_cases(run: JobRun) -> None:
    """Read a file of use cases."""
    imports.read(run)


def try_cases(run: JobRun) -> None:
    """Try an import without keeping anything."""
    imports.go_through(run, keep=False)


def import_cases(run: JobRun) -> None:
    """Carry an import out."""
    imports.go_through(run, keep=True)


@shared_task(ignore_result=True)
def keep_classes() -> None:
    """Let what was made from data that became stricter become as strict."""
    artifact_sources.keep_classes()


@shared_task(ignore_result=True)
def keep_ranks_short() -> None:
    """Write the places by hand anew where they have grown long."""
    ranks.keep_short()


@shared_task(ignore_result=True)
def tell_followers() -> None:
    """Tell what entered and left the views people follow."""
    saved_views.tell_followers()


def export_model(run: JobRun) -> None:
    """Build a model in one format."""
    exports.carry_out(run)


def export_bundle(run: JobRun) -> None:
    """Zip a whole use case."""
    bundles.carry_out(run)


@shared_task(ignore_result=True)
def forget_bundles() -> None:
    """Remove bundles whose days are over."""
    bundles.forget_old()


def read_bundle(run: JobRun) -> None:
    """Check a bundle that was brought from elsewhere."""
    imported_projects.read(run)


def import_bundle(run: JobRun) -> None:
    """Make a use case of a bundle."""
    imported_making.go_through(run)
