"""Somebody with data, a squad, a unit and colleagues to share it with."""

from datetime import timedelta
from types import SimpleNamespace

from portal.core import clock
from portal.core.services import people
from projects.models import Dataset, DatasetVersion, UseCase
from projects.services import shares
from tests.people import person
from tests.projects.data_scene import join

KINDS = ("person", "squad", "unit", "everyone")
RIGHTS = ("view", "use", "edit", "manage")


def day(days=30):
    return clock.today() + timedelta(days=days)


def case(owner, number=1):
    return UseCase.objects.create(
        ref=f"UC-{9000 + number}", title="Another", problem="p", submitter=owner, product_owner=owner, phase="development"
    )  # fmt: skip


def world(classification="confidential"):
    """A dataset, its people, and one receiver of each kind, each with somebody it reaches."""
    owner, steward, friend = person("Dora Owner"), person("Stan Steward"), person("Fred Friend")
    company = people.create_unit(name=f"Company {friend.pk}", kind="company", parent=None, by=None)
    line = people.create_unit(name="Line", kind="business_line", parent=company, by=None)
    team = people.create_unit(name="Team", kind="team", parent=line, by=None)
    other = people.create_unit(name="Other line", kind="business_line", parent=company, by=None)
    colleague, member = person("Una Unit", unit=team), person("Mia Member")
    squad = case(person("Paul Product"))
    join(squad, member)
    data = Dataset.objects.create(
        name="Canary Salaries", owner=owner, steward=steward, classification=classification
    )
    version = DatasetVersion.objects.create(
        dataset=data,
        number=1,
        state="ready",
        uploaded_by=owner,
        original_name="a.csv",
        upload_digest="0" * 64,
    )
    return SimpleNamespace(
        data=data, version=version, owner=owner, steward=steward, stranger=person("Sven Stranger", unit=other),
        receivers={"person": {"person": friend}, "squad": {"squad": squad}, "unit": {"unit": line}, "everyone": {"everyone": True}},
        reached={"person": friend, "squad": member, "unit": colleague, "everyone": person("Any Body")},
        line=line, team=team, squad=squad,
    )  # fmt: skip


def share(w, kind, right="use", until=None, by=None):
    return shares.share(
        w.data, **w.receivers[kind], right=right, reason="To compare.", until=until, by=by or w.owner
    )


def sees(user, data):
    return Dataset.objects.visible_to(user).filter(pk=data.pk).exists()
