"""The audit trail: chained, append-only, and honest about what was done to it."""

import pytest
from django.db import DatabaseError, connection, transaction

from portal.core import append_only, clock
from portal.core.models import AuditEvent
from portal.core.services import audit
from tests.people import person

pytestmark = pytest.mark.django_db


def test_each_event_follows_the_one_before_it():
    anna = person("Anna")

    audit.record("thing.done", anna, by=anna, figure=3)

    events = list(AuditEvent.objects.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].previous_hash == events[-2].hash
    assert audit.verify().sound


@pytest.mark.parametrize("act", ["update", "delete", "replace"])
def test_the_database_refuses_to_change_or_remove_an_event(act):
    event = audit.record("thing.done", person("Anna"), by=None)

    with pytest.raises(DatabaseError), transaction.atomic():
        if act == "update":
            AuditEvent.objects.filter(pk=event.pk).update(actor="Mallory")
        elif act == "delete":
            AuditEvent.objects.filter(pk=event.pk).delete()
        else:
            replace(event)

    event.refresh_from_db()
    assert event.actor == "Agora"


def replace(event):
    """INSERT OR REPLACE on SQLite; its equal on PostgreSQL is an upsert, which updates."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "INSERT OR REPLACE INTO core_auditevent SELECT * FROM core_auditevent WHERE id = %s",
                [event.pk],
            )
        else:
            cursor.execute("UPDATE core_auditevent SET actor = 'Mallory' WHERE id = %s", [event.pk])


def changed(victim):
    AuditEvent.objects.filter(pk=victim.pk).update(details={"number": 99})
    return victim.seq, "its content was changed"


def changed_with_a_new_hash(victim):
    """The row fits itself again, but the next one does not follow it any more."""
    victim.details = {"number": 99}
    AuditEvent.objects.filter(pk=victim.pk).update(details=victim.details, hash=audit.seal(victim))
    return victim.seq + 1, "it does not follow the event before it"


def removed(victim):
    AuditEvent.objects.filter(pk=victim.pk).delete()
    return victim.seq + 1, f"event {victim.seq} is missing"


def removed_and_closed_up(victim):
    """The numbers after it are moved down, as somebody would who hides a gap."""
    AuditEvent.objects.filter(pk=victim.pk).delete()
    for later in AuditEvent.objects.filter(seq__gt=victim.seq).order_by("seq"):
        AuditEvent.objects.filter(pk=later.pk).update(seq=later.seq - 1)
    return victim.seq, "it does not follow the event before it"


def forged(seq, previous):
    """An event nobody recorded, with a hash that fits it."""
    event = AuditEvent(
        seq=seq, at=clock.now(), actor="Mallory", verb="thing.done", target_type="core.user", target_id="1", target="x",
        details={}, previous_hash=previous,
    )  # fmt: skip
    event.hash = audit.seal(event)
    return event


def put_in(victim):
    """Between two others, whose numbers are moved up."""
    for later in AuditEvent.objects.filter(seq__gt=victim.seq).order_by("-seq"):
        AuditEvent.objects.filter(pk=later.pk).update(seq=later.seq + 1)
    forged(victim.seq + 1, "e" * 64).save()  # no two events follow the same one: the column is unique
    return victim.seq + 1, "it does not follow the event before it"


def put_in_and_joined(victim):
    """What came after is made to follow it, and so is no longer what was sealed."""
    put_in(victim)
    event, after = (AuditEvent.objects.get(seq=victim.seq + number) for number in (1, 2))
    AuditEvent.objects.filter(pk=after.pk).update(previous_hash="d" * 64)
    event.previous_hash = victim.hash
    event.hash = audit.seal(event)
    AuditEvent.objects.filter(pk=event.pk).update(previous_hash=event.previous_hash, hash=event.hash)
    AuditEvent.objects.filter(pk=after.pk).update(previous_hash=event.hash)
    return victim.seq + 2, "its content was changed"


def put_in_front(victim):
    forged(0, "d" * 64).save()
    return 0, "it was put in"


def put_at_the_end(victim):
    last = AuditEvent.objects.first()
    forged(last.seq + 1, "c" * 64).save()
    return last.seq + 1, "it does not follow the event before it"


@pytest.mark.parametrize(
    "change", [changed, changed_with_a_new_hash, removed, removed_and_closed_up, put_in, put_in_and_joined, put_in_front, put_at_the_end]
)  # fmt: skip
def test_a_change_made_behind_the_triggers_is_found_and_named(change):
    anna = person("Anna")
    for number in range(5):
        audit.record("thing.done", anna, by=anna, number=number)
    assert audit.verify().sound
    victim = AuditEvent.objects.order_by("-seq")[2]
    append_only.remove_triggers()

    seq, problem = change(victim)

    found = audit.verify()
    assert (found.sound, found.broken_at, found.problem) == (False, seq, problem)
    append_only.install_triggers()


def test_a_cut_tail_is_found_by_the_exported_head():
    anna = person("Anna")
    head = audit.record("thing.done", anna, by=anna)
    append_only.remove_triggers()

    AuditEvent.objects.filter(pk=head.pk).delete()

    assert audit.verify().sound
    assert not audit.verify([(head.seq, head.hash)]).sound
    append_only.install_triggers()


def test_a_trigger_that_was_lost_stops_the_start():
    append_only.remove_triggers()

    problems = append_only.check_triggers(databases=["default"])

    assert problems and "core_auditevent" in problems[0].msg
    append_only.install_triggers()
    assert append_only.check_triggers(databases=["default"]) == []
