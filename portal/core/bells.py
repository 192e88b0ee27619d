"""How many bells to ring: the queue of messages stays short whatever waits in the table."""

import logging

from celery import current_app

from portal.core.services import jobs

log = logging.getLogger(__name__)
WORKERS = {"quick": 4, "ml": 1}


def queue_length(queue: str) -> int:
    """Messages that wait in the broker for this queue."""
    with current_app.connection_for_write() as connection:
        channel = connection.default_channel
        return int(
            channel.queue_declare(queue=queue, passive=False, durable=True, auto_delete=False).message_count
        )


def ring_for_waiting(queue: str) -> int:
    """
    Ring at most min(claimable jobs, workers) − messages already waiting; returns how many.

    One message per waiting job left 62,243 messages for 2,000 jobs when it was tried.
    """
    waiting = jobs.waiting_count(queue)
    if not waiting:
        return 0
    try:
        missing = min(waiting, WORKERS[queue]) - queue_length(queue)
    except Exception:
        log.warning("The broker does not answer.", exc_info=True)
        return 0
    for _bell in range(max(0, missing)):
        jobs.ring(queue)
    return max(0, missing)
