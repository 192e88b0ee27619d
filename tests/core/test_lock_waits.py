"""What passes by itself is told from what does not by the codes of the real database."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from portal.core.lock_waits import is_wait
from portal.core.models import User
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
IS_POSTGRES = connection.vendor == "postgresql"


def say(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def impatient():
    """A connection that waits for a tenth of a second."""
    say("SET lock_timeout = 100" if IS_POSTGRES else "PRAGMA busy_timeout = 100")
    yield
    connection.close()


@pytest.fixture
def held():
    """Somebody's row, which another connection changes and keeps until the test is over."""
    user, there, over = person("Nora"), threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(job_title="Held")
            there.set()
            over.wait(30)
        connection.close()

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert there.wait(30)
    yield user
    over.set()
    thread.join(30)


def test_a_lock_that_is_not_had_in_time_is_a_wait(held, impatient):
    with pytest.raises(OperationalError) as problem, transaction.atomic():
        User.objects.filter(pk=held.pk).update(job_title="Late")

    assert is_wait(problem.value)
    assert not is_wait(OperationalError(*problem.value.args)), "it is told by codes, never by words"


def test_what_the_database_cannot_do_is_no_wait():
    with pytest.raises(OperationalError) as problem, transaction.atomic():
        if IS_POSTGRES:
            say("SET LOCAL statement_timeout = 10")
            say("SELECT pg_sleep(5)")
        else:
            say("SELECT 1 FROM nowhere")

    assert problem.value.__cause__ and not is_wait(problem.value)
