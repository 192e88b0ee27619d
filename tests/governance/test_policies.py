"""Policies as data: checked with the place of each mistake, sealed by two people, pinned, compared, observed."""

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from governance import policies, policy_text
from governance.gate_checks import CHECKS
from governance.models import ApprovalRequest, PolicyPin, PolicyVersion
from governance.selectors import policies as reads
from governance.services import approvals, gates, pins, policies as services
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


def officer(name="Rolf Risk"):
    return person(name, duties=(Duty.RISK_OFFICER,))


def in_force(tier="limited"):
    return PolicyVersion.objects.published().get(tier=tier)


def changed(policy, **said):
    """The text of a draft with these values set by their place."""
    raw = yaml.safe_load(policy.text)
    for path, value in said.items():
        inner, *rest = reversed(path.split("__"))
        place = raw
        for name in reversed(rest):
            place = place[name]
        place[inner] = value
    return policy_text.write(raw)


def published(by, second, tier="limited", version="2027-01.1", **said):
    draft = services.draft(based_on=in_force(tier), version=version, by=by)
    services.edit(draft, text=changed(draft, **said), summary="Stricter.", by=by)
    approvals.decide(services.propose(draft, by=by), answer="approve", by=second)
    draft.refresh_from_db()
    return draft


def test_three_policies_are_in_force_from_the_start_and_installing_again_changes_nothing():
    assert {each.tier for each in PolicyVersion.objects.published()} == {"minimal", "limited", "high"}
    services.install_shipped()
    assert PolicyVersion.objects.count() == 3
    for row in PolicyVersion.objects.all():
        assert row.checksum == policies.checksum(row.text)
        assert policies.parsed(row) == policies.load()[row.tier]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("review_months", 0, "review_months: "),
        ("review_months", True, "review_months: "),
        ("days__G1", "ten", "days.G1: "),
        ("days__G9", 3, "days.G9: "),
        ("steps__G3", [], "steps.G3: "),
        ("steps__G3", ["anybody"], "steps.G3[0]: "),
        ("steps__G3", [{"role": "executive", "quorum": 0}], "steps.G3[0].quorum: "),
        ("steps__G3", [{"role": "executive", "takes": "feedback"}], "steps.G3[0].takes: "),
        ("steps__G3", ["executive", "executive"], "steps.G3: "),
        ("steps__G3", [{"role": "executive", "colour": "red"}], "steps.G3[0].colour: "),
        ("requirements__G1__lead", "perhaps", "requirements.G1.lead: "),
        ("requirements__G1__weather", "warn", "requirements.G1.weather: "),
        ("people__G3", 9, "people.G3: "),
        ("promotion", "request", "steps.promotion: "),
        ("preapproved__allowed", True, "preapproved.allowed: "),
        ("guardrails", {"target_leakage": "much"}, "guardrails.target_leakage: "),
        ("fallback", "everybody", "fallback: "),
        ("tier", "high", "tier: "),
        ("version", "x", "version: "),
    ],
)
def test_a_mistake_in_a_draft_is_named_with_its_place_and_nothing_is_kept(path, value, place):
    by = officer()
    draft = services.draft(based_on=in_force(), version="2027-01.1", by=by)

    with pytest.raises(ValidationError) as problem:
        services.edit(draft, text=changed(draft, **{path: value}), by=by)

    assert any(text.startswith(place) for text in problem.value.message_dict["text"]), problem.value
    draft.refresh_from_db()
    assert policies.parsed(draft) is not None and not AuditEvent.objects.filter(verb="policy.edited").exists()


def test_what_is_no_yaml_names_its_line():
    with pytest.raises(policy_text.BadPolicy, match="line 2"):
        policy_text.of_tier(policy_text.parse("a: 1\n  b: 2\n: ["), CHECKS)
    for junk in ("", "[]", "3", "null", "!!python/object/apply:os.system ['true']", "- " * 50_000):
        with pytest.raises(policy_text.BadPolicy):
            policy_text.of_tier(policy_text.parse(junk), CHECKS)


def test_a_policy_is_written_by_one_person_and_put_in_force_by_another():
    by, second, before = officer(), officer("Rita Second"), in_force()
    draft = services.draft(based_on=before, version="2027-01.1", by=by)
    with pytest.raises(ValidationError, match="Nothing is different"):
        services.propose(draft, by=by)
    services.edit(draft, text=changed(draft, days__G1=5), summary="Quicker.", by=by)
    asked = services.propose(draft, by=by)

    for who in (
        by,
        person("Adam", duties=(Duty.ADMINISTRATOR,)),
        person("Aud", duties=(Duty.AUDITOR,)),
        person("Stranger"),
    ):
        with pytest.raises(Refused):
            approvals.decide(asked, answer="approve", by=who)
    assert in_force() == before
    approvals.decide(asked, answer="approve", by=second)

    draft.refresh_from_db()
    before.refresh_from_db()
    assert (draft.state, draft.published_by, draft.checksum) == (
        "published",
        second,
        policies.checksum(draft.text),
    )
    assert before.state == "retired" and policies.for_tier("limited").days["G1"] == 5
    assert {"policy.published", "policy.retired"} <= set(AuditEvent.objects.values_list("verb", flat=True))
    assert audit.verify().sound


def test_whoever_ever_changed_a_draft_does_not_publish_it():
    by, second = officer(), officer("Rita Second")
    draft = services.draft(based_on=in_force(), version="2027-01.1", by=by)
    services.edit(draft, text=changed(draft, days__G1=5), by=by)
    services.edit(draft, text=changed(draft, days__G1=6), by=second)
    officer("Theo Third")
    asked = services.propose(draft, by=second)

    with pytest.raises(Refused, match="you wrote this policy"):
        approvals.decide(asked, answer="approve", by=by)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_change_of_the_draft_voids_the_request():
    by, second = officer(), officer("Rita Second")
    draft = services.draft(based_on=in_force(), version="2027-01.1", by=by)
    services.edit(draft, text=changed(draft, days__G1=5), by=by)
    asked = services.propose(draft, by=by)
    services.edit(draft, text=changed(draft, days__G1=300), by=by)

    with pytest.raises(IllegalMove):
        approvals.decide(ApprovalRequest.objects.get(pk=asked.pk), answer="approve", by=second)
    asked.refresh_from_db()
    draft.refresh_from_db()
    assert (asked.state, draft.state) == ("void", "draft")
    assert services.propose(draft, by=by).revision == 2


def test_what_is_in_force_is_not_changed_by_anybody():
    by = officer()
    row = in_force()
    for act in (
        lambda: services.edit(row, text=changed(row, days__G1=1), by=by),
        lambda: services.propose(row, by=by),
        lambda: services.drop(row, by=by),
    ):
        with pytest.raises(Refused, match="never changes"):
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(checksum="")
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(written_by=by, published_by=by)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.create(
            tier="limited",
            version="9",
            state="published",
            text="x",
            checksum="x",
            published_at=row.published_at,
        )
    assert in_force() == row


def test_only_risk_officers_write_policies():
    for who in (
        person("Adam", duties=(Duty.ADMINISTRATOR,)),
        person("Erin", duties=(Duty.EXECUTIVE,)),
        person(),
    ):
        with pytest.raises(Refused, match="Risk officers write"):
            services.draft(based_on=in_force(), version="9", by=who)
    assert PolicyVersion.objects.count() == 3


def test_a_use_case_stays_with_its_policy_until_somebody_moves_it():
    w = f.world()
    by, second = w.risk, officer("Rita Second")
    assert policies.pinned(w.use_case).version == "2026-11.6"
    newer = published(by, second, review_months=3)
    assert policies.for_use_case(w.use_case).review_months == 12
    assert policies.for_use_case(f.use_case()).review_months == 3  # not pinned: what is in force

    with pytest.raises(Refused):
        pins.upgrade(w.use_case, reason="Newer.", by=w.author)
    with pytest.raises(ValidationError):
        pins.upgrade(w.use_case, reason=" ", by=w.owner)
    pins.upgrade(w.use_case, reason="The new times suit us.", by=w.owner)

    assert policies.pinned(w.use_case) == newer and policies.for_use_case(w.use_case).review_months == 3
    w.request.refresh_from_db()
    assert w.request.policy["review_months"] == 12  # an open request keeps what it copied (R3)
    with pytest.raises(Refused, match="newest"):
        pins.upgrade(w.use_case, reason="Again.", by=w.owner)
    assert PolicyPin.objects.filter(use_case=w.use_case).count() == 2


def test_the_difference_says_what_is_tightened_and_what_is_loosened():
    draft = services.draft(based_on=in_force(), version="2027-01.1", by=officer())
    draft.text = changed(
        draft, review_months=6, days__G1=20, requirements__G1__make_or_buy="prevent", requirements__G5__lessons="observe",
        steps__G3=["sponsor_or_executive", {"role": "risk_officer", "quorum": 2}], guardrails={"target_leakage": 0.9},
    )  # fmt: skip

    found = {each.path: each.effect for each in reads.changes(draft.based_on, draft)}

    assert found == {
        "review_months": "tightened", "days.G1": "loosened", "requirements.G1.make_or_buy": "tightened",
        "requirements.G5.lessons": "loosened", "steps.G3": "changed", "guardrails.target_leakage": "tightened",
    }  # fmt: skip


def test_looking_says_who_would_be_stopped_and_stops_nobody():
    made = f.use_case("limited", sponsor=False)
    f.squad(made)
    f.ready_for_g1(made)
    type(made).objects.filter(pk=made.pk).update(make_or_buy="undecided")
    made.refresh_from_db()
    draft = services.draft(based_on=in_force(), version="2027-01.1", by=officer())
    auditor = person("Aud", duties=(Duty.AUDITOR,))
    assert reads.would_be_stopped(draft, auditor) == []
    draft.text = changed(draft, requirements__G1__make_or_buy_screened="prevent")
    draft.save()

    stopped = reads.would_be_stopped(draft, auditor)

    assert [(each.use_case, each.gate, [one.code for one in each.missing]) for each in stopped] == [
        (made, "G1", ["make_or_buy_screened"])
    ]
    assert reads.would_be_stopped(draft, person("Stranger")) in ([], stopped)  # only what the reader sees
    gates.request(made, gate="G1", by=made.product_owner)
    passed = reads.passed_without(in_force(), auditor)
    assert [(each.request.use_case, each.unmet) for each in passed] == [
        (made, ["make_or_buy_screened (warn)"])
    ]


def test_a_policy_blocks_what_the_engine_only_asks_a_justification_for():
    w = f.world("high")
    approvals.withdraw(w.request, by=w.author)
    f.guardrail(
        w.trial.experiment, code="target_leakage", severity="justify", is_alerted=True, value=0.96, threshold=0.85,
        justification="It is known at that time.", justified_by=w.author,
    )  # fmt: skip
    from governance.services import models

    w.version.refresh_from_db()
    with pytest.raises(Refused, match=r"0\.95"):
        models.submit(w.version, card=f.CARD, by=w.author)
    w.version.refresh_from_db()
    assert w.version.status == "candidate"


def test_page_and_api_do_the_same(client):
    by, second = officer(), officer("Rita Second")
    client.force_login(by)
    answer = client.post(
        "/api/policies/", {"based_on": str(in_force().pk), "version": "2027-01.1"}, "application/json"
    )
    assert answer.status_code == 201
    draft = PolicyVersion.objects.get(version="2027-01.1")
    bad = client.post(
        f"/api/policies/{draft.pk}/edit/", {"text": changed(draft, days__G1=0)}, "application/json"
    )
    assert bad.status_code == 400 and "days.G1" in bad.content.decode()
    page = client.post(f"/policies/{draft.pk}/edit/", {"text": changed(draft, days__G1=0)})
    assert page.status_code == 422 and "days.G1" in page.content.decode()
    assert client.post(f"/policies/{draft.pk}/edit/", {"text": changed(draft, days__G1=4)}).status_code == 302
    changes = f.as_json(client.get(f"/api/policies/{draft.pk}/changes/"))["changes"]
    assert [(each["path"], each["effect"]) for each in changes] == [("days.G1", "tightened")]
    for url in (
        "/policies/",
        f"/policies/{draft.pk}/",
        f"/policies/{draft.pk}/diff/",
        f"/api/policies/{draft.pk}/stopped/",
    ):
        assert client.get(url).status_code == 200
    assert client.post(f"/policies/{draft.pk}/propose/").status_code == 302
    asked = draft.requests.get()
    assert f.as_json(client.get(f"/api/approvals/{asked.pk}/"))["can"]["decide"]["allowed"] is False
    assert (
        client.post(
            f"/api/approvals/{asked.pk}/decide/", {"answer": "approve"}, "application/json"
        ).status_code
        == 403
    )
    client.force_login(second)
    assert (
        client.get(f"/approvals/{asked.pk}/").status_code == 200 and client.get("/inbox/").status_code == 200
    )
    assert client.post(f"/approvals/{asked.pk}/decide/", {"answer": "approve"}).status_code == 302
    assert in_force().version == "2027-01.1"


def test_the_engine_is_told_only_limits_of_the_policy_that_are_stricter_than_its_own():
    from automl.guardrails.run import CHECKS
    from governance import engine_limits

    own = {
        each.code: each.threshold
        for each in CHECKS.values()
        if each.stricter == "lower" and each.threshold is not None
    }
    assert own == engine_limits.OWN
    made = f.use_case("limited")
    assert engine_limits.of_use_case(made) == {}
    said = {"target_leakage": 0.7, "duplicate_rows": 0.5, "too_few_rows": 5, "wrong_metric": 0.01}
    published(officer(), officer("Rita Second"), guardrails=said)
    assert engine_limits.of_use_case(made) == {"target_leakage": 0.7}
    assert (
        engine_limits.of_use_case(f.use_case("high")) == {}
    )  # blocks at 0.95, where the engine has long spoken
