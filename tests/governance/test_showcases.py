"""Stories of finished projects: who tells them, what is shown, and that nothing is shown without consent."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from governance.models import Showcase
from governance.rules.conflicts import stake
from governance.services import showcases
from portal.core.models import Notice
from portal.core.models.credentials import Right
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Dataset, UseCase
from projects.services import phases, squads, triage, use_cases
from tests.people import person
from training.services import mentoring

pytestmark = pytest.mark.django_db
TEXTS = {
    "headline": "Storm claims sorted in a day",
    "story": "Claims waited for weeks; we sorted them by urgency.",
    "outcome": "It ended early: the photographs were too dark.",
    "advice": "Look at a hundred pictures before you begin.",
}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def scene():
    """A use case in the backlog with its squad."""
    owner, member = person("Olga Owner", rights=(Right.OWN_USE_CASE,)), person("Mia Member")
    made = use_cases.propose(title="Storms", problem="Too late.", by=member)
    manager = person(duties=("portfolio_manager",))
    made = triage.accept(made, product_owner=owner, risk_tier="minimal", sponsor=person(), by=manager)
    squads.add_member(made, user=member, role="citizen_data_scientist", is_lead=True, by=owner)
    return made, owner, member


def ended(scene):
    made, owner, member = scene
    phases.stop(made, reason="Too dark", lessons="Look first.", by=owner)
    made.refresh_from_db()
    return made, owner, member


def test_only_what_is_finished_is_told_by_those_who_worked_on_it(scene):
    case, owner, member = scene
    with pytest.raises(Refused, match="verified its value"):
        showcases.write(case, **TEXTS, by=member)
    ended(scene)
    for stranger in (person(), person(duties=("auditor",))):
        with pytest.raises(Refused):
            showcases.write(case, **TEXTS, by=stranger)
    UseCase.objects.filter(pk=case.pk).update(is_confidential=True)
    case.refresh_from_db()
    with pytest.raises(Refused, match="confidential"):
        showcases.write(case, **TEXTS, by=owner)
    assert not Showcase.objects.exists()


def test_nothing_is_shown_before_the_product_owner_agrees_to_these_very_words(scene):
    case, owner, member = ended(scene)
    reader = person()
    made = showcases.write(case, **TEXTS, by=member)
    page = reverse("governance:showcase_detail", args=[made.pk])
    assert signed_in(reader).get(page).status_code == 404
    showcases.hand_in(made, by=member)
    with pytest.raises(Refused, match="Only the product owner"):
        showcases.consent(made, digest=made.digest, by=member)
    read = made.digest
    made = showcases.write(case, **{**TEXTS, "outcome": "Something else."}, by=member)
    assert made.state == "draft"
    showcases.hand_in(made, by=member)
    with pytest.raises(IllegalMove, match="have changed"):
        showcases.consent(made, digest=read, by=owner)
    assert not Showcase.objects.shown().exists()
    showcases.send_back(made, remark="Name the year.", by=owner)
    showcases.hand_in(made, by=member)
    owner_page = signed_in(owner).get(page).content.decode()
    assert made.digest in owner_page
    signed_in(owner).post(
        reverse("governance:showcase_act", args=[made.pk, "consent"]), {"digest": made.digest}
    )
    assert "Storms" in signed_in(reader).get(page).content.decode()
    assert "Storms" in signed_in(reader).get(reverse("governance:showcase_list")).content.decode()
    assert (
        "Storms" in signed_in(reader).get(reverse("governance:showcase_few", args=["few"])).content.decode()
    )
    assert any("agreed" in str(each) for each in Notice.objects.filter(user=member))
    again = showcases.write(case, **TEXTS, by=member)
    assert again.state == "draft" and again.consent_digest == ""
    assert signed_in(reader).get(page).status_code == 404


def test_consent_is_taken_back_and_what_becomes_confidential_disappears(scene):
    case, owner, member = ended(scene)
    reader, overseer = person(), person(duties=("executive",))
    made = showcases.write(case, **TEXTS, by=owner)
    showcases.hand_in(made, by=owner)
    showcases.consent(made, digest=made.digest, by=owner)
    page = reverse("governance:showcase_detail", args=[made.pk])
    UseCase.objects.filter(pk=case.pk).update(is_confidential=True)
    assert signed_in(reader).get(page).status_code == 404
    assert signed_in(overseer).get(page).status_code == 404
    assert "Storms" not in signed_in(overseer).get(reverse("governance:showcase_list")).content.decode()
    UseCase.objects.filter(pk=case.pk).update(is_confidential=False)
    with pytest.raises(Refused):
        showcases.withdraw(made, by=reader)
    made = showcases.withdraw(Showcase.objects.get(), by=owner)
    assert made.consent_by is None and signed_in(reader).get(page).status_code == 404


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("headline", " ", "Write something"),
        ("headline", "x" * 161, "160"),
        ("story", "y" * 4001, "4000"),
        ("outcome", "Ask olga@example.org", "e-mail"),
        ("advice", "We used the table client ACCOUNTS 2025.", "not everybody may see"),
    ],
)
def test_what_must_not_be_shown_is_refused_at_its_field(scene, field, text, words):
    case, owner, _member = ended(scene)
    Dataset.objects.create(name="Client accounts", classification="confidential", owner=owner, use_case=case)
    with pytest.raises(ValidationError) as problem:
        showcases.write(case, **{**TEXTS, field: text}, by=owner)
    assert list(problem.value.message_dict) == [field] and words in str(problem.value)
    answer = signed_in(owner).post(
        reverse("governance:showcase_write", args=[case.pk]), {**TEXTS, field: text}
    )
    assert answer.status_code == 422 and not Showcase.objects.exists()


def test_a_supervisor_judges_no_model_of_the_project(scene):
    case, _owner, member = scene
    mentor = person("Mona Mentor", rights=(Right.LAUNCH_AUTOML, Right.APPROVE_MODEL))
    asked = mentoring.ask(
        mentoring.offer(topics="All", capacity=2, by=mentor), aim="Look", use_case=case, by=member
    )

    class Asked:
        kind = "model_review"

    assert list(stake(mentor, Asked(), case)) == []
    mentoring.accept(asked, by=mentor)
    mentoring.end(asked, by=mentor)
    assert [str(each) for each in stake(mentor, Asked(), case)] == [
        "you supervise, or supervised, this project as a mentor"
    ]
