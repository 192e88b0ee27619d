"""What background work is for is said to its owner and to auditors; whoever keeps the machines sees only its kind."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from portal.core.duties import Duty
from portal.core.services import jobs
from tests.people import person

pytestmark = pytest.mark.django_db
SECRET = "Merger with Northwind: churn of their clients"


@pytest.fixture
def job():
    return jobs.enqueue("experiment.run", payload={}, label=SECRET, by=person("Amara"), queue="ml")


@pytest.mark.parametrize("duty", [Duty.IT_ENGINEER, Duty.ADMINISTRATOR])
def test_engineers_and_administrators_see_the_kind_of_work_and_not_what_it_is_for(duty, job):
    client = Client()
    client.force_login(person("Sofia", duties=(duty,)))

    pages = [
        client.get(reverse("core:job_list")),
        client.get(reverse("core:job_detail", args=[job.pk])),
        client.get(reverse("api:job-list")),
        client.get(reverse("api:job-detail", args=[job.pk])),
    ]

    for page in pages:
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
        assert "Training of models" in page.content.decode()


def test_its_owner_and_an_auditor_read_what_it_is_for(job):
    for reader in (job.owner, person("Henrik", duties=(Duty.AUDITOR,))):
        client = Client()
        client.force_login(reader)
        assert SECRET in client.get(reverse("core:job_list")).content.decode()
        assert SECRET in client.get(reverse("api:job-detail", args=[job.pk])).content.decode()


def test_a_failed_job_keeps_its_secret_on_the_technical_page(job):
    type(job).objects.filter(pk=job.pk).update(state="failed")
    client = Client()
    client.force_login(person("Sofia", duties=(Duty.IT_ENGINEER,)))

    page = client.get(reverse("core:status")).content.decode()

    assert SECRET not in page
    assert "Training of models" in page


@pytest.mark.parametrize(
    ("duty", "first"),
    [
        (Duty.COMMUNITY_LEAD, "training:overview"),
        (Duty.ADMINISTRATOR, "core:person_list"),
        (Duty.AUDITOR, "governance:audit_list"),
        (Duty.MODEL_REVIEWER, "governance:inbox"),
    ],
)
def test_the_home_page_leads_each_duty_to_its_own_work_first(duty, first):
    client = Client()
    client.force_login(person("Somebody", duties=(duty,)))

    page = client.get("/").content.decode()

    doors = re.findall(r'<a class="btn[^"]*" href="([^"]+)"', page[page.index('class="cards areas"') :])
    assert doors[0] == reverse(first)
