"""Who may only look at an artifact asks its owner to use it: the same request, rule, page and end as for data."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.models import ApprovalRequest
from governance.selectors import backlog_marks, home, inbox, petitions as reads, trail
from governance.services import approvals, petitions
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Artifact, ArtifactShare, Dataset, UseCase
from projects.services import artifacts, shares
from tests.governance import factories as f
from tests.people import person
from tests.projects.artifact_scene import note

pytestmark = pytest.mark.django_db
JSON = "application/json"


def in_days(days):
    return clock.today() + timedelta(days=days)


def shown(owner, asker, title="Minutes", kind="confidential", **more):
    """An artifact that somebody may look at and no more."""
    made = note(owner, title=title, classification=kind, **more)
    shares.share(
        made, person=asker, right="view", reason="To know of it.", by=owner,
        until=in_days(60) if kind == "personal" else None,
    )  # fmt: skip
    return made


def ask(thing, by, **more):
    return petitions.access(thing, **{"purpose": "To build on it.", "until": in_days(30)} | more, by=by)


def answered(request, by, answer="approve", **said):
    fresh = ApprovalRequest.objects.for_list().get(pk=request.pk)
    approvals.decide(fresh, answer=answer, by=by, **said)
    request.refresh_from_db()


def uses(user, thing):
    return Artifact.objects.usable_by(user).filter(pk=thing.pk).exists()


@pytest.fixture
def pair(db):
    return person("Dora Owner"), person("Asa Asker")


def test_an_artifact_is_opened_by_its_owner_until_a_day_which_ends_it_by_itself(pair):
    owner, asker = pair
    made = shown(owner, asker)
    hidden, internal = note(owner, title="Unseen", classification="confidential"), note(owner, title="Open")
    assert list(Artifact.objects.askable_by(asker)) == [made]
    for nobody in (owner, person("Other"), person("Aud", duties=(Duty.AUDITOR,))):
        assert not Artifact.objects.askable_by(nobody).exists()
    with pytest.raises(Refused, match="already"):
        ask(internal, asker)
    assert hidden not in Artifact.objects.visible_to(asker)

    asked = ask(made, asker)
    assert asked.steps == ["data_owner"] and asked.thing == made and asked.about == "Minutes · Asa Asker"
    assert asked in ApprovalRequest.objects.visible_to(owner) and asked in home.asked(owner)
    assert asked not in ApprovalRequest.objects.visible_to(person("Another"))
    for who in (
        asker,
        person("Rolf", duties=(Duty.RISK_OFFICER,)),
        person("Ada", duties=(Duty.ADMINISTRATOR,)),
    ):
        with pytest.raises(Refused):
            answered(asked, who)
    assert not ArtifactShare.objects.on_request().exists() and not uses(asker, made)
    answered(asked, owner)

    grant = ArtifactShare.objects.on_request().get()
    assert (grant.person, grant.granted_by, grant.until, grant.right) == (asker, owner, in_days(30), "use")
    assert uses(asker, made) and not Artifact.objects.askable_by(asker).exists()
    with pytest.raises(Refused, match="already"):
        ask(made, asker)
    with clock.at(clock.now() + timedelta(days=31)):
        assert not uses(asker, made)
        assert shares.expire_over() == 1 and shares.expire_over() == 0
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"artifact.access_asked", "artifact.access_granted", "artifact.access_expired"} <= verbs


def test_a_refused_request_opens_nothing_and_can_be_asked_again(pair):
    owner, asker = pair
    made = shown(owner, asker, kind="personal")
    asked = ask(made, asker)
    with pytest.raises(IllegalMove, match="open request"):
        ask(made, asker)
    with pytest.raises(IntegrityError), transaction.atomic():  # the table itself, whatever came first
        ApprovalRequest.objects.filter(pk=asked.pk).update(dataset=None, artifact=None)
    answered(asked, owner, answer="reject", category="data", reason="It names people.")
    assert asked.state == "rejected" and not ArtifactShare.objects.on_request().exists()
    assert ask(made, asker).revision == 2
    for field, wrong in (("purpose", {"purpose": " "}), ("until", {"until": in_days(400)})):
        with pytest.raises(ValidationError) as problem:
            ask(shown(owner, asker, title="Letters"), asker, **wrong)
        assert field in problem.value.message_dict
    assert ApprovalRequest.objects.count() == 2


def test_an_artifact_that_changes_its_class_its_owner_or_is_put_away_meanwhile_is_not_opened(pair):
    owner, asker = pair
    for number, change in enumerate(
        ({"classification": "special"}, {"owner": person("New")}, {"retired_at": clock.now()})
    ):
        made = shown(owner, asker, title=f"Minutes {number}")
        asked = ask(made, asker)
        Artifact.objects.filter(pk=made.pk).update(**change)
        with pytest.raises(IllegalMove, match="changed"):
            answered(asked, change.get("owner", owner))
        asked.refresh_from_db()
        assert asked.state == "void" and not ArtifactShare.objects.on_request().exists()
    away = shown(owner, asker, title="Old")
    artifacts.retire(away, reason="Replaced.", by=owner)
    away.refresh_from_db()
    with pytest.raises(Refused, match="put away"):
        ask(away, asker)
    assert not Artifact.objects.askable_by(asker).filter(pk=away.pk).exists()


def test_who_sees_the_use_case_does_not_learn_of_the_artifact_by_the_request(pair):
    owner, asker = pair
    case = f.use_case("limited")
    made = shown(owner, asker, use_case=None)
    asked = ask(made, asker, use_case=case)
    assert asked not in ApprovalRequest.objects.visible_to(case.product_owner)
    assert not UseCase.objects.filter(
        backlog_marks.waits_for_decision(case.product_owner), pk=case.pk
    ).exists()
    assert inbox.others(case.product_owner) == []
    assert asked not in trail.parts_of(case)
    assert "Minutes" in str([(row.title, row.detail) for row in inbox.others(asker)])
    other = shown(person("Otto"), asker, title="Other")
    assert ask(other, asker, use_case=case).state == "open"  # two things for one use case


def test_an_artifact_is_asked_for_and_opened_by_page_and_by_program(client, pair):
    owner, asker = pair
    made, second = shown(owner, asker), shown(owner, asker, title="Letters")
    client.force_login(asker)
    page = client.get(f"/library/{made.pk}/").content.decode()
    assert f"/artifact-access/{made.pk}/" in page
    assert "Minutes" in client.get("/data-access/").content.decode()
    offered = client.get("/api/data-access/askable/").json()
    assert {each["artifact"] for each in offered["artifacts"]} == {str(made.pk), str(second.pk)}
    until = in_days(9).isoformat()
    assert client.post(f"/artifact-access/{made.pk}/", {"purpose": "", "until": until}).status_code == 422
    body = {"artifact": str(made.pk), "purpose": "To compare.", "until": until}
    assert client.post("/api/artifact-access/", body | {"dataset": str(made.pk)}, JSON).status_code == 400
    assert not ApprovalRequest.objects.exists()
    answer = client.post("/api/artifact-access/", body, JSON)
    assert answer.status_code == 201 and answer.json()["artifact"] == str(made.pk)
    sent = client.post(f"/artifact-access/{second.pk}/", {"purpose": "To compare.", "until": until})
    assert sent.status_code == 302
    first = ApprovalRequest.objects.get(artifact=made)

    client.force_login(owner)
    assert "Minutes · Asa Asker" in client.get("/inbox/").content.decode()
    assert client.post(f"/approvals/{first.pk}/decide/", {"answer": "approve"}).status_code == 302
    client.force_login(asker)
    assert uses(asker, made) and not uses(asker, second)
    grant = ArtifactShare.objects.on_request().get()
    found = client.get(f"/api/artifact-access/?running=true&artifact={made.pk}").json()["results"]
    assert [each["id"] for each in found] == [str(grant.pk)] and found[0]["purpose"] == "To compare."
    assert f"/artifact-grants/{grant.pk}/end/" in client.get("/data-access/").content.decode()
    assert client.post(f"/artifact-grants/{grant.pk}/end/").status_code == 302
    assert not uses(asker, made)
    again = client.post(f"/api/artifact-access/{grant.pk}/end/", {}, JSON)
    assert again.status_code == 403 and again.json()["code"] == "dataset.access_over_already"


def test_the_page_says_once_that_one_may_only_look_and_what_to_ask_for(client, pair):
    owner, asker = pair
    plain, personal = (shown(owner, asker, title=kind, kind=kind) for kind in ("confidential", "personal"))
    client.force_login(asker)

    page = client.get(f"/library/{plain.pk}/").content.decode()
    assert page.count("may look at this artifact") == 1 and "Download" not in page
    assert "To download it or to build on it, ask" in page and f"/artifact-access/{plain.pk}/" in page

    page = client.get(f"/library/{personal.pk}/").content.decode()
    assert page.count("may look at this artifact") == 1 and "are taken along only by" in page
    assert "To download it or" not in page and "To build on it, ask its owner" in page
    assert f"/artifact-access/{personal.pk}/" in page


def test_what_was_put_away_is_not_asked_for_and_its_owner_is_told_nothing_of_looking(client, pair):
    owner, asker = pair
    made = shown(owner, asker)
    artifacts.retire(made, reason="Old.", by=owner)
    client.force_login(asker)
    page = client.get(f"/library/{made.pk}/").content.decode()
    assert page.count("may look at this artifact") == 1 and "/artifact-access/" not in page
    client.force_login(owner)
    page = client.get(f"/library/{made.pk}/").content.decode()
    assert "Download" in page and "may look at this artifact" not in page


def test_the_list_of_what_may_be_asked_for_asks_a_constant_number_of_questions(pair):
    owner, asker = pair

    def questions():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert len(reads.askable(asker)) == Artifact.objects.askable_by(asker).count()
            reads.grants(asker)
        return len(found)

    shown(owner, asker)
    questions()  # what is asked once per process
    few = questions()
    for number in range(6):
        shown(owner, asker, title=f"More {number}")
    assert questions() == few
    assert not Dataset.objects.askable_by(asker).exists()
