"""A version takes the place of a champion only after both were scored on the same rows."""

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.urls import reverse

from governance import policies, policy_text, version_checks
from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion, VersionComparison
from governance.selectors import comparisons as comparison_reads, desk
from governance.services import approvals, comparisons, deployments, models, overrides
from portal.core import job_runner
from portal.core.duties import Duty
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.judging.acts import rules
from tests.people import person

pytestmark = pytest.mark.django_db


def with_champion(tier="limited"):
    """A champion, and a second version whose review waits."""
    w = f.world(tier)
    f.approve(w.request, w.reviewer)
    w.champion = ModelVersion.objects.for_list().get(pk=w.version.pk)
    if tier == "high":
        f.approvals.decide(
            deployments.request_promotion(w.champion, reason="First.", by=w.owner),
            answer="approve",
            by=w.risk,
        )
    else:
        deployments.promote(w.champion, by=w.owner)
    w.second = models.register(f.trial(w.use_case, w.author, uploader=w.uploader), model=w.model, by=w.author)
    w.asked = models.submit(w.second, card=f.CARD, by=w.author)
    return w


def finished(w):
    """The comparison that began by itself has its answer."""
    VersionComparison.objects.update(
        figures={str(w.second.pk): {"ok": True, "tests": [], "metric": ""}}, finished_at=w.asked.created_at
    )


def approve(w):
    checklist = f.CHECKLIST
    return approvals.decide(w.asked, answer="approve", checklist=checklist, by=w.reviewer)


def test_what_is_handed_in_beside_a_champion_is_compared_with_it_by_itself():
    w = with_champion()
    made = VersionComparison.objects.get()
    assert (made.base, made.others, made.job.kind) == (w.champion, [str(w.second.pk)], "versions.compare")


def test_without_a_finished_comparison_nobody_approves_on_page_or_by_code(client):
    w = with_champion()
    client.force_login(w.reviewer)
    said = {"answer": "approve", "checklist": f.CHECKLIST}
    page = client.post(reverse("governance:approval_decide", args=[w.asked.pk]), said)
    code = client.post(f"/api/approvals/{w.asked.pk}/decide/", said, "application/json")
    assert page.status_code in {403, 422} and "Compared with the champion" in page.content.decode()
    assert (code.status_code, code.json()["code"]) == (403, "version.requirements")
    assert code.json()["remedy"] and code.json()["url"]
    assert not Decision.objects.filter(request=w.asked).exists()
    assert ModelVersion.objects.get(pk=w.second.pk).status == "submitted"

    shown = client.get(f"/api/approvals/{w.asked.pk}/").json()["requirements"]
    assert [(each["code"], each["met"], each["mode"]) for each in shown] == [("compared", False, "prevent")]
    desk = client.get(reverse("governance:approval_detail", args=[w.asked.pk])).content.decode()
    assert "Compared with the champion on the same rows" in desk
    finished(w)
    assert client.post(f"/api/approvals/{w.asked.pk}/decide/", said, "application/json").status_code == 200


def without_rows(w, *versions):
    """A version whose table is not named any more."""
    for each in versions:
        ModelVersion.objects.filter(pk=each.pk).update(table_digest="")
    return models.register(f.trial(w.use_case, w.author, uploader=w.uploader), model=w.model, by=w.author)


def test_a_champion_whose_table_is_gone_is_compared_on_the_rows_that_the_newcomer_never_saw():
    w = with_champion()
    third = without_rows(w, w.champion)
    asked = models.submit(third, card=f.CARD, by=w.author)
    made = VersionComparison.objects.get(base=third)
    assert (made.others, made.job.kind) == ([str(w.champion.pk)], "versions.compare")
    (bout,) = desk.beside(third)["bouts"]
    assert (bout.comparison, bout.where) == (made, f"Rows that version {third.number} never saw")
    unmet = version_checks.of_request(asked)[0]
    assert (unmet.met, unmet.detail) == (False, "It is under way.")
    made.figures, made.finished_at = (
        {str(w.champion.pk): {"ok": True, "tests": [], "metric": ""}},
        made.created_at,
    )
    made.save()
    approvals.decide(asked, answer="approve", checklist=f.CHECKLIST, by=w.reviewer)
    deployments.promote(ModelVersion.objects.for_list().get(pk=third.pk), by=w.owner)
    assert Deployment.objects.champions().get().version == third


def test_rows_that_the_store_has_lost_count_as_gone_when_the_newcomer_has_its_own():
    w = with_champion()
    third = without_rows(w)
    path = f.filestore.settings.VAR / "rows.parquet"
    path.write_bytes(b"rows")
    ModelVersion.objects.filter(pk=third.pk).update(table_digest=f.filestore.store(path))
    third.refresh_from_db()
    assert version_checks.base_of(w.champion, third) == third
    assert comparison_reads.first_base(w.model) == third


def test_where_both_tables_are_gone_the_refusal_says_what_to_do_and_that_way_is_open(client):
    w = with_champion()
    third = without_rows(w, w.champion)
    ModelVersion.objects.filter(pk=third.pk).update(table_digest="")
    asked = models.submit(ModelVersion.objects.for_list().get(pk=third.pk), card=f.CARD, by=w.author)
    assert not VersionComparison.objects.filter(base=third).exists()
    client.force_login(w.reviewer)
    said = {"answer": "approve", "checklist": f.CHECKLIST}
    answer = client.post(f"/api/approvals/{asked.pk}/decide/", said, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "version.requirements")
    assert "a table of the use case whose answers are known" in answer.json()["remedy"]
    assert not Decision.objects.filter(request=asked).exists()

    champion = ModelVersion.objects.get(pk=w.champion.pk)
    with pytest.raises(ValidationError, match="Choose another version as the base, or a table"):
        comparisons.ask(w.model, base=champion, others=[third], by=w.author)
    table = w.trial.experiment.dataset_version
    made = comparisons.ask(w.model, base=champion, others=[third], table=table, by=w.author)
    VersionComparison.objects.filter(pk=made.pk).update(
        figures={str(third.pk): {"ok": True, "tests": [], "metric": ""}}, finished_at=made.created_at
    )
    assert client.post(f"/api/approvals/{asked.pk}/decide/", said, "application/json").status_code == 200


def test_a_comparison_whose_rows_are_lost_ends_with_what_to_do():
    w = with_champion()
    job_runner.run_until_idle("quick")
    made = VersionComparison.objects.get()
    assert (made.job.state, made.finished_at) == ("failed", None)
    assert made.job.error == comparisons.NO_ROWS
    assert version_checks.compared(w.second).met is False


def test_a_no_needs_no_comparison():
    w = with_champion()
    approvals.decide(w.asked, answer="reject", reason="Too old.", category="data", by=w.reviewer)
    assert ModelVersion.objects.get(pk=w.second.pk).status == "rejected"


@pytest.mark.parametrize("way", ["page", "api"])
def test_an_approved_version_is_not_promoted_over_a_champion_it_was_never_compared_with(way, client):
    w = with_champion()
    finished(w)
    approve(w)
    VersionComparison.objects.all().delete()
    client.force_login(w.owner)
    if way == "page":
        client.post(reverse("governance:version_act", args=[w.second.pk, "promote"]), {"reason": "Better."})
    else:
        answer = client.post(
            f"/api/model-versions/{w.second.pk}/promote/", {"reason": "Better."}, "application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "version.requirements")
    assert Deployment.objects.champions().get().version == w.champion
    f.compared(w.second, w.champion)
    deployments.promote(ModelVersion.objects.for_list().get(pk=w.second.pk), by=w.owner)
    assert Deployment.objects.champions().get().version == w.second


def test_at_high_risk_the_promotion_asks_for_it_when_it_is_asked_and_when_it_is_decided():
    w = with_champion("high")
    finished(w)
    approve(w)
    second = ModelVersion.objects.for_list().get(pk=w.second.pk)
    asked = deployments.request_promotion(second, reason="Better.", by=w.owner)
    VersionComparison.objects.all().delete()
    with pytest.raises(Refused) as no:
        approvals.decide(asked, answer="approve", by=w.risk)
    assert no.value.verdict.code == "version.requirements"
    assert ApprovalRequest.objects.get(pk=asked.pk).state == "open"
    assert Deployment.objects.champions().get().version == w.champion


def test_an_emergency_puts_votes_aside_and_not_the_comparison():
    w = with_champion("high")
    officers = [person(name, duties=(Duty.RISK_OFFICER,)) for name in ("Ole", "Ola")]
    made = overrides.propose(w.asked, reason="The champion fails every single day.", by=officers[0])
    with pytest.raises(Refused) as no:
        overrides.confirm(made, by=officers[1])
    assert no.value.verdict.code == "version.requirements"
    assert ModelVersion.objects.get(pk=w.second.pk).status == "submitted"


def test_a_policy_that_only_warns_shows_it_and_stops_nobody():
    rules("limited", lambda raw: raw["requirements"].update(model_review={"compared": "warn"}))
    w = with_champion()
    assert [(each.met, each.stops) for each in version_checks.of_request(w.asked)] == [(False, False)]
    approve(w)
    assert ModelVersion.objects.get(pk=w.second.pk).status == "approved"


def test_an_open_request_keeps_the_mode_it_was_asked_under():
    w = with_champion()
    rules("limited", lambda raw: raw["requirements"].update(model_review={"compared": "observe"}))
    with pytest.raises(Refused):
        approve(w)
    assert not Decision.objects.filter(request=w.asked).exists()


def test_an_older_policy_without_a_word_about_it_still_reads_and_a_wrong_one_says_where():
    raw = yaml.safe_load(policies.PATH.read_text())["tiers"]["limited"] | {
        "version": "old",
        "tier": "limited",
    }
    for kind in policy_text.JUDGED:
        del raw["requirements"][kind]
    assert policy_text.of_tier(raw, policies.CHECKS).of("model_review")["requirements"] == {}
    raw["requirements"]["model_review"] = {"compared": "waive"}
    with pytest.raises(policy_text.BadPolicy) as bad:
        policy_text.of_tier(raw, policies.CHECKS)
    assert [each.path for each in bad.value.mistakes] == ["requirements.model_review.compared"]
    assert set(version_checks.VERSION_CHECKS) == set(policy_text.OF_VERSIONS)
