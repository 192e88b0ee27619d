"""The audit trail: chained, append-only, and honest about what was done to it."""

import pytest
from django.db import DatabaseError, connection, transaction

from portal.core import append_only
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


@pytest.mark.parametrize("change", ["content", "removed", "swapped"])
def test_a_change_made_behind_the_triggers_is_found_and_named(change):
    anna = person("Anna")
    for number in range(5):
        audit.record("thing.done", anna, by=anna, number=number)
    victim = AuditEvent.objects.order_by("-seq")[2]
    append_only.remove_triggers()

    if change == "content":
        AuditEvent.objects.filter(pk=victim.pk).update(details={"number": 99})
    elif change == "removed":
        AuditEvent.objects.filter(pk=victim.pk).delete()
    else:
        AuditEvent.objects.filter(pk=victim.pk).update(hash="f" * 64)

    found = audit.verify()
    assert not found.sound
    assert found.broken_at in {victim.seq, victim.seq + 1}
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
