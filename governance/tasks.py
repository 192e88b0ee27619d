"""Background work of governance: each at most ten lines, one service call, safe to run twice."""

from celery import shared_task

from governance.services import (
    approval_times,
    batches,
    comparisons,
    drift,
    finding_deadlines,
    models,
    overrides,
    rehearsals,
    retirements,
    risks,
    version_life,
    waiver_ends,
)
from portal.core.job_runner import JobRun


def score_batch(run: JobRun) -> None:
    """Score a whole table."""
    batches.carry_out(run)


def measure_drift(run: JobRun) -> None:
    """Compare a table with the training data."""
    drift.carry_out(run)


def compare_versions(run: JobRun) -> None:
    """Score versions on the same rows."""
    comparisons.carry_out(run)


def rehearse_version(run: JobRun) -> None:
    """Let a stored model score its sample row."""
    rehearsals.carry_out(run)


@shared_task(ignore_result=True)
def keep_deadlines() -> None:
    """Remind, escalate, expire; end overrides, waivers and accepted risks; revoke and retire what is due."""
    approval_times.expire_overdue()
    overrides.end_overdue()
    risks.expire_accepted()
    finding_deadlines.lapse_acceptances()
    finding_deadlines.remind_overdue()
    models.revoke_overdue()
    version_life.expire_approvals()
    version_life.expire_outgrown()
    version_life.stop_unapproved()
    waiver_ends.end_over()
    retirements.carry_out_due()
