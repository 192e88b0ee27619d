"""What hangs on a member who goes: named with its remedy, and only as far as the reader sees it."""

import pytest
from django.urls import reverse

from governance.services import findings
from projects.models import Dataset, SquadMember, UseCase
from projects.selectors.handover import loose_ends
from projects.services import recipes, stories
from tests.governance import factories
from tests.projects.data_scene import join, quick_engine, ready_version, scene  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(quick_engine):  # noqa: F811
    """A citizen who leads, owns a table, made a recipe, has a story and runs the process."""
    made = scene()
    made.version = ready_version(made)
    recipes.create(made.version, name="Without sex", by=made.citizen)
    stories.add(made.use_case, title="Ask the branches", assignee=made.citizen, by=made.owner)
    made.member = SquadMember.objects.get(user=made.citizen)
    SquadMember.objects.filter(pk=made.member.pk).update(is_lead=True)
    UseCase.objects.filter(pk=made.use_case.pk).update(process_owner=made.citizen)
    made.member = SquadMember.objects.select_related("use_case", "user").get(pk=made.member.pk)
    return made


def said(play, reader):
    return [each.what for each in loose_ends(play.member, reader)]


def test_everything_that_hangs_on_somebody_is_named(play):
    findings.raise_finding(
        play.use_case, title="Say for whom", severity="low", owner=play.citizen, by=factories.reviewer()
    )
    join(play.use_case, play.stranger, role="data_scientist")
    SquadMember.objects.filter(user=play.stranger).update(backup=play.citizen)
    assert said(play, play.owner) == [
        "Leads the squad",
        "The only one in the role “Citizen data scientist”",
        "Backup of Sven Stranger",
        "Process owner",
        "Owner of the dataset “Clients”",
        "Made the recipe “Without sex”",
        "Story: Ask the branches",
        "Finding: Say for whom",
    ]


def test_what_is_handed_over_is_no_longer_named(play):
    stories.move(play.use_case.stories.get(), action="begin", by=play.citizen)
    stories.move(play.use_case.stories.get(), action="finish", by=play.citizen)
    Dataset.objects.update(owner=play.owner)
    told = said(play, play.owner)
    assert not any("Story" in each or "Owner of the dataset" in each for each in told)


def test_nobody_learns_of_a_table_they_may_not_see(play):
    Dataset.objects.update(classification="confidential")
    assert "Owner of the dataset “Clients”" in said(play, play.owner)
    assert not any("Clients" in each or "Without sex" in each for each in said(play, play.stranger))


def test_page_and_api_say_the_same(play, client):
    client.force_login(play.owner)
    page = client.get(
        reverse("projects:squad_member", args=[play.use_case.pk, play.member.pk])
    ).content.decode()
    url = reverse("api:use-case-member-handover", args=[play.use_case.pk, play.member.pk])
    told = client.get(url).json()
    assert [each["what"] for each in told] == said(play, play.owner)
    assert "Before they leave" in page and all(each["what"] in page for each in told)


def test_a_member_with_nothing_may_simply_go(play, client):
    newcomer = join(play.use_case, play.stranger)
    client.force_login(play.owner)
    page = client.get(reverse("projects:squad_member", args=[play.use_case.pk, newcomer.pk])).content.decode()
    assert "Nothing hangs on them" in page
