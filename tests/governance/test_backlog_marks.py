"""What decisions, reviews and value say about a use case can be asked of the backlog."""

from datetime import timedelta

import pytest
from django.test import Client

from governance.models import BenefitLine, Finding, Measurement
from portal.core import clock
from projects.services import use_cases
from tests.governance import factories
from tests.people import person

pytestmark = pytest.mark.django_db


def test_the_backlog_finds_what_waits_lacks_a_model_a_figure_or_is_late():
    w = factories.world()
    case, client = w.use_case, Client()
    client.force_login(w.owner)

    def marks() -> set[str]:
        asked = ("waits_for_decision", "no_approved_model", "value_not_measured", "finding_overdue")
        return {mark for mark in asked if case.ref in found(mark)}

    def found(mark: str) -> set[str]:
        rows = client.get(f"/api/use-cases/?is={mark}").json()["results"]
        return {row["ref"] for row in rows}

    quiet = use_cases.propose(title="Quiet", problem="Nothing is asked here.", by=w.owner)
    assert marks() == {"waits_for_decision", "no_approved_model"}
    factories.approve(w.request, w.reviewer)
    assert marks() == set()

    factories.in_phase(case, "production")
    assert marks() == {"value_not_measured"}
    line = BenefitLine.objects.create(
        use_case=case, title="Saved", yearly_amount=9, method="Counted", baseline="None", created_by=w.owner
    )
    today = clock.today()
    measured = Measurement.objects.create(
        line=line, starts_on=today, ends_on=today, amount=5, note="Counted", reported_by=w.owner
    )
    assert marks() == {"value_not_measured"}  # reported is not verified
    Measurement.objects.filter(pk=measured.pk).update(state="verified", verified_by=person("Fin"))
    late = Finding.objects.create(
        use_case=case,
        source="audit",
        severity="high",
        title="Mend",
        owner=w.owner,
        due_on=today - timedelta(days=1),
    )
    assert marks() == {"finding_overdue"}
    Finding.objects.filter(pk=late.pk).update(due_on=today)
    assert marks() == set()
    assert quiet.ref not in found("waits_for_decision") | found("value_not_measured")

    page = client.get("/use-cases/?is=waits_for_decision").content.decode()
    assert "High risk without an approved model" in page
