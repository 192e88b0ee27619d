"""Shares of datasets: every right for every kind of receiver, their caps, their ends, and what stays hidden."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from portal.core import clock, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job, Notice, Right
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Dataset, DatasetShare, DatasetVersion, Recipe
from projects.rules import datasets as data_rules, shares as rules
from projects.services import custody, experiments, recipes, shares
from tests.people import person
from tests.projects.data_scene import join, lend, quick_engine, ready_version, scene
from tests.projects.share_scene import KINDS, RIGHTS, day, sees, share, world

__all__ = ["quick_engine"]

CAPS = {
    "public": set(KINDS),
    "internal": set(KINDS),
    "confidential": {"person", "squad", "unit"},
    "personal": {"person", "squad"},
    "special": set(),
}


def uses(user, data):
    return Dataset.objects.usable_by(user).filter(pk=data.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["person", "squad", "unit"])
@pytest.mark.parametrize("right", RIGHTS)
def test_each_right_reaches_each_kind_of_receiver_with_what_it_includes_and_nobody_else(kind, right):
    w = world()
    reached = w.reached[kind]
    others = [who for name, who in w.reached.items() if name != kind] + [w.stranger]
    assert not sees(reached, w.data)

    share(w, kind, right)

    level = RIGHTS.index(right)
    assert sees(reached, w.data)
    assert uses(reached, w.data) is (level >= 1) is bool(data_rules.may_use(reached, w.data))
    assert bool(data_rules.may_prepare(reached, w.data)) is (level >= 1)
    for rule in (data_rules.may_add_version, data_rules.may_describe, data_rules.may_expect):
        assert bool(rule(reached, w.data)) is (level >= 2), rule
    assert bool(rules.may_share(reached, w.data)) is (level >= 3)
    for rule in (data_rules.may_classify, data_rules.may_name_people, data_rules.may_see_personal):
        assert not rule(reached, w.data), rule
    assert [each for each in others if sees(each, w.data) or uses(each, w.data)] == []
    assert set(DatasetVersion.objects.visible_to(reached)) == {w.version}
    assert set(DatasetVersion.objects.usable_by(reached)) == ({w.version} if level else set())


@pytest.mark.django_db
@pytest.mark.parametrize("right", ["edit", "manage"])
def test_a_share_with_everyone_gives_every_colleague_more_than_the_class_does(right):
    w = world("internal")
    assert not data_rules.may_add_version(w.stranger, w.data) and not rules.may_share(w.stranger, w.data)
    share(w, "everyone", right)
    assert data_rules.may_add_version(w.stranger, w.data)
    assert bool(rules.may_share(w.stranger, w.data)) is (right == "manage")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["person", "squad", "unit"])
def test_the_last_day_ends_a_share_by_time_alone_and_an_end_counts_at_once(kind):
    w = world()
    made, reached = share(w, kind, "use", day(3)), w.reached[kind]
    with clock.at(clock.now() + timedelta(days=3)):
        assert sees(reached, w.data)
    with clock.at(clock.now() + timedelta(days=4)):
        assert not sees(reached, w.data) and not uses(reached, w.data)
        assert not data_rules.may_use(reached, w.data)
    assert sees(reached, w.data)
    shares.end(made, by=w.steward)
    assert not sees(reached, w.data) and not uses(reached, w.data)
    made.refresh_from_db()
    assert made.ended_by == w.steward and made.ended_at is not None


@pytest.mark.django_db
def test_who_leaves_the_squad_or_the_unit_loses_what_was_shared_with_it():
    w = world()
    share(w, "squad"), share(w, "unit")
    member, colleague = w.reached["squad"], w.reached["unit"]
    assert sees(member, w.data) and sees(w.squad.product_owner, w.data) and sees(colleague, w.data)
    w.squad.members.update(ends_on=clock.today() - timedelta(days=1))
    colleague.unit = w.line.parent  # above the line it was shared with
    colleague.save()
    assert not sees(member, w.data) and not sees(colleague, w.data) and sees(w.squad.product_owner, w.data)


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_engine")
def test_a_preview_that_was_begun_shows_nothing_once_the_share_has_ended():
    play = scene()
    version = ready_version(play, classification="confidential")
    friend = person("Fred Friend", rights=(Right.LAUNCH_AUTOML,))
    mine = scene()
    join(mine.use_case, friend)
    made = lend(version.dataset, friend, by=play.citizen, right="view")
    with pytest.raises(Refused) as refusal:
        recipes.create(version, name="Mine", by=friend)
    assert refusal.value.verdict.code == "dataset.use_not_yours" and not Recipe.objects.exists()
    with pytest.raises(ValidationError):
        experiments.create_draft(use_case=mine.use_case, dataset_version=version, title="Mine", by=friend)

    made = lend(version.dataset, friend, by=play.citizen)
    assert experiments.create_draft(
        use_case=mine.use_case, dataset_version=version, title="Mine", by=friend
    ).dataset_version == version  # fmt: skip
    recipe = recipes.create(version, name="Mine", steps=[{"kind": "drop", "columns": ["age"]}], by=friend)
    assert recipe in Recipe.objects.visible_to(friend)
    shares.end(made, by=play.citizen)
    job_runner.run_until_idle("quick")
    job = Job.objects.get(kind="recipe.preview")
    recipe.refresh_from_db()
    assert job.state == Job.State.FAILED and not recipe.is_previewed
    assert recipe not in Recipe.objects.visible_to(friend)


@pytest.mark.django_db
@pytest.mark.parametrize("classification", CAPS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_class_caps_how_far_data_is_shared(classification, kind):
    w = world(classification)
    if kind in CAPS[classification]:
        assert share(w, kind, until=day()).kind == kind
        return
    with pytest.raises(Refused) as refusal:
        share(w, kind, until=day())
    special = classification == "special"
    assert refusal.value.verdict.code == (
        "dataset.special_categories" if special else "share.class_caps_reach"
    )
    assert not DatasetShare.objects.exists() and not Notice.objects.exists()
    assert not AuditEvent.objects.filter(verb="dataset.shared").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["person", "squad"])
def test_personal_data_is_shared_until_a_day_only(kind):
    w = world("personal")
    with pytest.raises(Refused) as refusal:
        share(w, kind)
    assert refusal.value.verdict.code == "share.class_needs_day" and not DatasetShare.objects.exists()
    share(w, kind, until=day())
    assert sees(w.reached[kind], w.data)


@pytest.mark.django_db
def test_only_who_manages_shares_and_hands_on_no_more_than_their_own_day():
    w = world()
    friend = w.reached["person"]
    for right in ("view", "use", "edit"):
        share(w, "person", right, day(20))
        with pytest.raises(Refused) as refusal:
            share(w, "unit", by=friend)
        assert refusal.value.verdict.code == "dataset.share_not_yours"
    share(w, "person", "manage", day(20))
    for until in (None, day(21)):
        with pytest.raises(Refused) as refusal:
            share(w, "unit", "view", until, by=friend)
        assert refusal.value.verdict.code == "share.longer_than_own"
    assert DatasetShare.objects.count() == 1
    given = share(w, "unit", "manage", day(20), by=friend)
    with pytest.raises(Refused):  # nor may they make their own last longer
        shares.change(
            DatasetShare.objects.get(person=friend), right="manage", reason="More.", until=None, by=friend
        )
    with pytest.raises(Refused):  # nor what somebody else gave
        shares.change(given, right="use", reason="Less.", until=day(30), by=friend)
    given.refresh_from_db()
    assert (given.right, given.until) == ("manage", day(20))
    with clock.at(clock.now() + timedelta(days=21)):
        assert not rules.may_share(friend, w.data) and not sees(w.reached["unit"], w.data)
    with pytest.raises(Refused) as refusal:
        share(w, "squad", by=person("Ada", duties=(Duty.AUDITOR,)))
    assert refusal.value.verdict.code == "auditor.reads_only"


@pytest.mark.django_db
def test_an_auditor_with_a_share_still_changes_nothing():
    w, auditor = world(), person("Ada", duties=(Duty.AUDITOR,))
    shares.share(w.data, person=auditor, right="manage", reason="Look.", by=w.owner)
    assert not rules.may_share(auditor, w.data) and not data_rules.may_add_version(auditor, w.data)
    with pytest.raises(Refused):
        share(w, "squad", by=auditor)
    assert DatasetShare.objects.count() == 1


@pytest.mark.django_db
def test_what_does_not_fit_together_is_named_and_nothing_is_shared():
    w = world()
    wrong = [
        ({}, None),
        ({"person": w.stranger, "everyone": True}, None),
        ({"person": w.owner}, "person"),
        ({"person": person("Serv", is_service=False), "until": day(-1)}, "until"),
        ({"person": w.stranger, "reason": " "}, "reason"),
        ({"person": w.stranger, "right": "own"}, "right"),
    ]
    for said, field in wrong:
        with pytest.raises(ValidationError) as problem:
            shares.share(w.data, **{"right": "use", "reason": "Why.", **said}, by=w.owner)
        assert field is None or field in problem.value.message_dict
    w.stranger.is_active = False
    w.stranger.save()
    with pytest.raises(ValidationError):
        shares.share(w.data, person=w.stranger, right="use", reason="Why.", by=w.owner)
    assert not DatasetShare.objects.exists()
    for fields in (
        {},
        {"person": w.reached["person"], "is_everyone": True},
        {"unit": w.line, "is_on_request": True},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            DatasetShare.objects.create(dataset=w.data, right="use", reason="x", granted_by=w.owner, **fields)


@pytest.mark.django_db
def test_sharing_again_changes_what_runs_and_a_share_that_is_over_is_followed_by_a_new_one():
    w = world()
    first = share(w, "person", "view", day(2))
    again = share(w, "person", "edit", day(9))
    assert again.pk == first.pk and DatasetShare.objects.get().right == "edit"
    assert AuditEvent.objects.filter(verb="dataset.share_changed").count() == 1
    with clock.at(clock.now() + timedelta(days=10)):
        fresh = share(w, "person", "use", day(3))
        assert fresh.pk != first.pk and sees(w.reached["person"], w.data)
        assert AuditEvent.objects.filter(verb="dataset.access_expired").count() == 1
    assert DatasetShare.objects.filter(ended_at=None).count() == 1


@pytest.mark.django_db
def test_the_timetable_writes_ends_down_once_and_warns_once_for_each_last_day():
    w = world()
    friend = w.reached["person"]
    made = share(w, "person", "use", day(20))
    assert shares.warn_ending() == 0 and shares.expire_over() == 0
    with clock.at(clock.now() + timedelta(days=14)):
        assert shares.warn_ending() == 1 and shares.warn_ending() == 0
        assert friend.notices.filter(text__contains="ends on").count() == 1
        shares.change(
            DatasetShare.objects.for_list().get(pk=made.pk), right="use", reason="Longer.", until=day(40), by=w.owner
        )  # fmt: skip
        assert shares.warn_ending() == 0
    with clock.at(clock.now() + timedelta(days=50)):
        assert shares.warn_ending() == 1
    with clock.at(clock.now() + timedelta(days=60)):
        assert shares.expire_over() == 1 and shares.expire_over() == 0
        assert {each.user for each in Notice.objects.filter(text__contains="run out")} == {friend, w.owner}
    share(w, "squad", "use", day(3))
    assert shares.warn_ending() == 0, (
        "what was given for three days needs no warning that it ends in three days"
    )


@pytest.mark.django_db
def test_a_stricter_class_ends_what_is_too_wide_and_tells_those_it_concerns():
    w = world("internal")
    friend = w.reached["person"]
    for kind in KINDS:
        share(w, kind, "use", day() if kind == "squad" else None)
    custody.classify(w.data, classification="confidential", by=w.owner)
    assert {each.kind for each in DatasetShare.objects.current()} == {"person", "squad", "unit"}
    assert not sees(w.stranger, w.data) and sees(w.reached["unit"], w.data)
    custody.classify(w.data, classification="personal", by=w.owner)
    assert [each.kind for each in DatasetShare.objects.current()] == ["squad"]  # the only one until a day
    assert friend.notices.filter(text__contains="more carefully").count() == 1
    assert (
        not sees(friend, w.data) and not sees(w.reached["unit"], w.data) and sees(w.reached["squad"], w.data)
    )
    custody.classify(w.data, classification="special", by=w.owner)
    assert not DatasetShare.objects.current().exists() and not sees(w.reached["squad"], w.data)
    assert AuditEvent.objects.filter(verb="dataset.unshared", details__because="class").count() == 4


@pytest.mark.django_db
def test_who_may_end_a_share():
    w = world()
    made = share(w, "person")
    for stranger in (w.stranger, w.reached["squad"], person("Ada", duties=(Duty.AUDITOR,))):
        with pytest.raises(Refused) as refusal:
            shares.end(made, by=stranger)
        assert refusal.value.verdict.code == "dataset.end_grant_not_yours"
    assert sees(w.reached["person"], w.data)
    shares.end(made, by=w.reached["person"])
    assert not sees(w.reached["person"], w.data)
    stale = DatasetShare.objects.get()
    with pytest.raises(Refused, match="over already"):
        shares.end(stale, by=w.owner)
    assert AuditEvent.objects.filter(verb="dataset.unshared").count() == 1


@pytest.mark.django_db
def test_what_a_decision_opened_stands_beside_a_share_by_name_and_is_not_changed():
    w = world()
    friend = w.reached["person"]
    share(w, "person", "view")
    assert not uses(friend, w.data) and w.data in Dataset.objects.askable_by(friend)
    lent = shares.grant(w.data, person=friend, purpose="Count.", until=day(3), by=w.owner, evidence={})
    assert uses(friend, w.data) and w.data not in Dataset.objects.askable_by(friend)
    with pytest.raises(Refused) as refusal:
        shares.change(lent, right="manage", reason="More.", until=None, by=w.owner)
    assert refusal.value.verdict.code == "share.decided_on_request"
    with clock.at(clock.now() + timedelta(days=4)):
        assert sees(friend, w.data) and not uses(friend, w.data), "the share by name goes on"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["end", "share", "change"])
def test_of_two_at_once_one_wins_and_the_other_is_told(act):
    w = world()
    made = None if act == "share" else share(w, "person", "use", day())
    gate, answers = threading.Barrier(2), []

    def run(number):
        try:
            mine = made and DatasetShare.objects.for_list().get(pk=made.pk)
            gate.wait()
            if act == "end":
                shares.end(mine, by=w.owner)
            elif act == "share":
                share(w, "person", "use", day(), by=(w.owner, w.steward)[number])
            else:
                shares.change(mine, right=("view", "edit")[number], reason="New.", until=day(), by=w.owner)
            answers.append("done")
        except Exception as problem:
            answers.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = [each for each in answers if each != "done"]
    assert all(isinstance(each, IllegalMove | Refused) for each in lost), answers
    verb = {"end": "dataset.unshared", "share": "dataset.shared", "change": "dataset.share_changed"}[act]
    assert AuditEvent.objects.filter(verb=verb).count() == 1
    assert len(lost) == (0 if act == "share" else 1), "who shares the same again finds it shared"
    assert DatasetShare.objects.count() == 1
