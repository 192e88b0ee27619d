"""Background work of training: each at most ten lines, one service call, safe to run twice."""

from celery import shared_task


@shared_task
def close_overdue_attempts() -> int:
    """Grade exams whose time ran out and that nobody handed in."""
    from training.services import attempts

    return attempts.close_overdue()


@shared_task
def keep_certificates() -> dict[str, int]:
    """Renew what spaced review earned, warn of what ends, and keep the signing key young."""
    from training.services import certificates, signing

    signing.ensure_key()
    return {"renewed": certificates.renew_due(), "warned": certificates.warn_expiring()}


@shared_task
def keep_exercises() -> dict[str, int]:
    """Clear sandboxes left for a month, and keep the turns of reviews moving."""
    from training.services import exercises, reviews

    return {"cleared": exercises.clear_idle(), **reviews.keep_time()}
