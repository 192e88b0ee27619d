# ruff: noqa: F811  the fixture of a neighbour
"""Who discards, or carries out, while somebody else does waits for them and is told."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from portal.core import job_runner
from portal.core.models import Job
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import ImportedProject, UseCase
from projects.rules import imported_projects as rules
from projects.services import imported_making, imported_projects
from tests.projects.data_scene import near_engine  # noqa: F401  a fixture
from tests.projects.discard_scene import again, discarded, held
from tests.projects.imported_scene import play, sent  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@contextmanager
def paused(monkeypatch, module, name):
    """The first call of a function waits inside its transaction; yields (it is there, let it go on)."""
    there, on, real = threading.Event(), threading.Event(), getattr(module, name)

    def slowly(*args, **more):
        answer = real(*args, **more)
        if not there.is_set():
            there.set()
            assert on.wait(30)
        return answer

    monkeypatch.setattr(module, name, slowly)
    try:
        yield there, on
    finally:
        on.set()


def beside(answers, act):
    """In a thread and a connection of its own; what it raised or "done" goes into `answers`."""

    def whole():
        try:
            act()
            answers.append("done")
        except Exception as problem:
            answers.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=whole, daemon=True)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["discard", "carry out"])
def test_who_comes_while_it_is_discarded_waits_and_is_told(play, monkeypatch, second):
    sent(play)
    one, two = (again(ImportedProject.objects.get()) for _time in range(2))
    before, first, then = UseCase.objects.count(), [], []
    acts = {
        "discard": lambda: imported_projects.discard(two, by=play.manager),
        "carry out": lambda: imported_making.carry_out(
            two, people={"product_owner": play.here}, by=play.manager
        ),
    }
    with paused(monkeypatch, rules, "may_discard") as (there, on):
        going = beside(first, lambda: imported_projects.discard(one, by=play.manager))
        assert there.wait(30)
        late = beside(then, acts[second])
        late.join(0.5)
        assert late.is_alive(), "it waits for the row"
        on.set()
        going.join(30)
        late.join(30)

    assert first == ["done"] and isinstance(then[0], IllegalMove), (first, then)
    job_runner.run_until_idle("quick")
    assert not ImportedProject.objects.exists() and UseCase.objects.count() == before
    assert discarded() == 1 and not Job.objects.filter(kind="bundle.import").exists()


@pytest.mark.django_db(transaction=True)
def test_who_discards_while_it_is_carried_out_waits_and_is_refused(play, monkeypatch):
    sent(play)
    one, two = (again(ImportedProject.objects.get()) for _time in range(2))
    first, then = [], []
    with paused(monkeypatch, imported_projects, "queue") as (there, on):
        going = beside(
            first,
            lambda: imported_making.carry_out(one, people={"product_owner": play.here}, by=play.manager),
        )
        assert there.wait(30)
        late = beside(then, lambda: imported_projects.discard(two, by=play.manager))
        late.join(0.5)
        assert late.is_alive(), "it waits for the row"
        on.set()
        going.join(30)
        late.join(30)

    assert first == ["done"] and isinstance(then[0], Refused), (first, then)
    assert then[0].verdict.code == "imported_project.busy" and not discarded()
    job_runner.run_until_idle("quick")
    assert again(one).state == "done" and held({each["sha256"] for each in one.files})
