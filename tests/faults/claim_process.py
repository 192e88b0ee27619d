"""One worker that claims every job it can get and prints the keys, run by test_jobs.py."""

import sys
import time

import django

django.setup()

from portal.core.services import jobs  # noqa: E402  needs Django


def main(start_at: float) -> None:
    """Wait for the common start, then claim until nothing is left."""
    time.sleep(max(0, start_at - time.time()))
    while job := jobs.claim("quick"):
        print(job.pk, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
