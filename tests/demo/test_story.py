"""The story, played by the real services."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from governance.models import BenefitLine, DriftReport, Finding, Measurement, ModelVersion
from portal.core import clock
from portal.core.management.commands import up
from portal.core.models import AuditEvent, Credential, Job, OrgUnit, User
from portal.core.services import audit
from portal.demo import logins, script
from portal.demo.stage import BrokenStory
from portal.views import waiting_for
from projects.models import (
    Artifact,
    ArtifactShare,
    DatasetShare,
    Experiment,
    GuardrailResult,
    KillCriterion,
    SquadMember,
    UseCase,
)
from tests.people import person
from training.models import Attempt

WITHOUT_MODELS = {
    "draft", "submitted", "needs_info", "backlog", "initialisation", "stopped", "declined", "duplicate",
}  # fmt: skip


@pytest.fixture
def quiet() -> Any:
    """Progress lines nobody reads."""
    return lambda line: None


@pytest.mark.django_db
def test_the_story_without_models_fills_every_phase_that_needs_none(quiet: Any) -> None:
    script.play(quiet, with_training=False)
    assert set(UseCase.objects.values_list("phase", flat=True)) == WITHOUT_MODELS
    trail = audit.verify()
    assert trail.sound
    assert trail.count > 300
    moments = list(AuditEvent.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()
    assert moments[0] < clock.now() - timedelta(days=390)
    assert_people_and_squads()


def assert_people_and_squads() -> None:
    """What the reduced story shows of the organisation."""
    assert User.objects.count() >= 40
    assert OrgUnit.objects.filter(kind="business_line").count() == 5
    leads = SquadMember.objects.current().filter(use_case__title__startswith="Motor claims", is_lead=True)
    assert not leads.exists()
    assert KillCriterion.objects.filter(result="missed").exists()
    assert Attempt.objects.filter(passed=False).exists()
    now = clock.now()
    reviewers = Credential.objects.filter(code="model.approve")
    assert reviewers.filter(valid_until__lt=now).count() == 1
    assert reviewers.filter(valid_until__gt=now, valid_until__lt=now + timedelta(days=60)).count() == 1
    assert reviewers.filter(valid_until__gt=now + timedelta(days=100)).count() == 1


@pytest.mark.django_db
def test_everybody_listed_can_sign_in(quiet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "scenes", lambda cases: iter([script.Scene(1, "found", "meridia")]))
    script.play(quiet)
    for _role, name, email, password in logins.table():
        user = User.objects.get(email=email)
        assert user.display_name == name
        assert user.check_password(password)


@pytest.mark.django_db
def test_a_portal_without_the_demo_offers_no_login_of_the_demo() -> None:
    said = StringIO()
    up.Command(stdout=said).tell("http://here/")
    assert "http://here/" in said.getvalue() and logins.DOMAIN not in said.getvalue()


@pytest.mark.django_db
def test_a_scene_that_a_service_refuses_names_itself_and_the_reason(
    quiet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [
        script.Scene(2, "found", "meridia"),
        script.Scene(1, "start", "caravan", {"exp": "none", "by": "amara"}),
    ]
    monkeypatch.setattr(script, "scenes", lambda cases: iter(broken))
    with pytest.raises(BrokenStory, match="caravan, start: KeyError"):
        script.play(quiet)


@pytest.mark.django_db
def test_the_demo_is_not_mixed_with_people_who_are_there(settings: Any) -> None:
    person("Somebody Real")
    with pytest.raises(CommandError, match="not mixed"):
        call_command("demo", stdout=StringIO())
    assert User.objects.count() == 1
    assert not (Path(settings.VAR) / "demo.state").exists()


@pytest.mark.django_db
def test_an_interrupted_load_says_what_to_do_and_changes_nothing(settings: Any) -> None:
    (Path(settings.VAR) / "demo.state").write_text("loading")
    with pytest.raises(CommandError, match="delete its data folder"):
        call_command("demo", stdout=StringIO())
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_loading_twice_and_resetting_say_how_to_begin_again(settings: Any) -> None:
    (Path(settings.VAR) / "demo.state").write_text("loaded")
    said = StringIO()
    call_command("demo", stdout=said)
    assert "loaded already" in said.getvalue()
    with pytest.raises(CommandError, match="only grows"):
        call_command("demo", "--reset", stdout=StringIO())
    assert User.objects.count() == 0


@pytest.fixture
def whole(transactional_db: Any, settings: Any) -> Iterator[str]:
    """The whole demo, loaded by its command; what it said."""
    said = StringIO()
    call_command("demo", stdout=said)
    yield said.getvalue()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.django_db(transaction=True)
def test_the_whole_story_trains_reviews_and_measures(whole: str) -> None:
    assert set(UseCase.objects.values_list("phase", flat=True)) == set(UseCase.Phase.values)
    assert "audit events verified" in whole
    moments = list(AuditEvent.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert Experiment.objects.filter(job__state=Job.State.DONE, use_case__is_sandbox=False).count() == 5
    assert Job.objects.filter(state=Job.State.QUEUED, queue="ml").count() == 2
    kinds = Job.objects.filter(state=Job.State.QUEUED, queue="quick").values_list("kind", flat=True)
    assert sorted(kinds) == ["dataset.check", "experiment.explain", "model.export"]
    assert not Job.objects.filter(state=Job.State.FAILED).exists()
    leaks = GuardrailResult.objects.filter(code="target_leakage", is_alerted=True, justification="")
    assert leaks.filter(experiment__use_case__phase="initialisation", experiment__job=None).exists()
    assert set(ModelVersion.objects.values_list("status", flat=True)) == {"approved", "submitted"}
    shares = dict(DriftReport.objects.values_list("dataset_version__dataset__name", "share_drifted"))
    assert shares["Autumn call list"] > 0.25 > 0.1 > shares["Spring call list"]
    assert set(Finding.objects.values_list("state", flat=True)) == {"open", "resolved"}
    assert BenefitLine.objects.count() == 4
    assert Artifact.objects.filter(kind="image", versions__media_type="image/png").count() == 1
    given = DatasetShare.objects.current().filter(is_on_request=False)
    assert given.count() == ArtifactShare.objects.current().count() == 1
    assert set(Measurement.objects.values_list("state", flat=True)) == {"verified", "reported"}
    client = Client()
    for _role, _name, email, _password in logins.table():
        user = User.objects.get(email=email)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/").status_code == 200
        for each in waiting_for(user):
            assert client.get(each.url, follow=True).status_code == 200, each
