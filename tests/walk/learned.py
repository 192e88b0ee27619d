"""Lessons finished beforehand. Run as a program (`python -m tests.walk.learned lea`) in a portal whose cast is there."""

import sys


def finish(first_name: str) -> None:
    """Every lesson of the path of the citizen data scientist, by the real services."""
    from portal.core.models import User
    from tests.training.learners import CITIZEN, finish_lessons
    from tests.walk.cast import address

    user = User.objects.get(email=address(first_name))
    finish_lessons(user, CITIZEN)


if __name__ == "__main__":
    import django

    django.setup()
    finish(sys.argv[1])
