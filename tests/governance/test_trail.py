"""The audit trail on paper: exported with its hashes, its signed heads compared, its own reading recorded."""

import csv
import hashlib
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from governance.services import trail
from portal.core import append_only
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.services import audit, audit_heads
from portal.core.verdicts import Refused
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def henrik():
    return person("Henrik", duties=(Duty.AUDITOR,))


def reading(user):
    client = Client()
    client.force_login(user)
    return client


def lines(answer):
    return b"".join(answer.streaming_content).decode().splitlines()


def test_json_lines_hold_all_it_takes_to_recompute_the_chain_elsewhere(henrik):
    for figure in range(3):
        audit.record("thing.done", henrik, by=henrik, figure=figure, name="Zoé")

    told = [
        json.loads(line)
        for line in lines(reading(henrik).get(reverse("governance:audit_export", args=["jsonl"])))
    ]

    previous = "0" * 64
    for event in told:
        fields = [
            event[name]
            for name in (
                "seq",
                "previous_hash",
                "at",
                "actor_id",
                "actor",
                "verb",
                "target_type",
                "target_id",
                "target",
                "details",
            )
        ]
        fields[2] = fields[2].replace("+00:00", "") + "+00:00"
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert event["previous_hash"] == previous
        assert event["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = event["hash"]
    assert len(told) == AuditEvent.objects.count() - 1  # its own export came after


def test_the_csv_shows_what_the_filter_shows_and_no_cell_is_a_formula(henrik):
    mallory = person("=cmd|calc")
    audit.record("thing.done", mallory, by=mallory)
    audit.record("thing.left", mallory, by=henrik)

    answer = reading(henrik).get(reverse("governance:audit_export", args=["csv"]), {"verb": "thing.done"})

    rows = list(csv.DictReader(io.StringIO("\n".join(lines(answer)))))
    assert [row["verb"] for row in rows] == ["thing.done"]
    assert rows[0]["actor"].startswith("'=cmd")
    exported = AuditEvent.objects.get(verb="audit.exported")
    assert exported.details == {"format": "csv", "filter": {"verb": "thing.done"}, "count": 1}


def test_who_may_not_read_the_trail_gets_no_file_and_nothing_is_recorded(henrik):
    audit.record("thing.done", henrik, by=henrik)
    anna = person("Anna", duties=(Duty.ADMINISTRATOR,))

    with pytest.raises(Refused):
        trail.export(AuditEvent.objects.all(), "csv", {}, by=anna)
    refused = reading(anna).get(reverse("governance:audit_export", args=["csv"]))

    assert refused.status_code == 403
    assert not AuditEvent.objects.filter(verb="audit.exported").exists()


def test_exported_heads_agree_with_an_honest_trail(henrik, capsys):
    audit.record("thing.done", henrik, by=henrik)
    audit_heads.export()
    audit_heads.export()

    call_command("audit_verify")

    assert len(audit_heads.known()) == 1
    assert "1 exported heads agree" in capsys.readouterr().out
    assert trail.verify(by=henrik).sound


def test_a_trail_rewritten_with_new_hashes_is_found_by_its_exported_head(henrik):
    audit.record("thing.done", henrik, by=henrik, amount=100)
    audit_heads.export()
    rewrite_last(amount=1)

    assert audit.verify().sound  # the chain alone is fooled
    with pytest.raises(CommandError, match="differs from the exported head"):
        call_command("audit_verify")
    assert not trail.verify(by=henrik).sound


def test_a_head_that_this_portal_did_not_sign_makes_the_trail_unsound(henrik):
    audit.record("thing.done", henrik, by=henrik)
    audit_heads.export()
    text = audit_heads.place().read_text()
    audit_heads.place().write_text(text.replace('"seq": ', '"seq": 1'))

    checked = trail.verify(by=henrik)

    assert (checked.sound, checked.problem) == (False, "the file of exported heads was changed")
    with pytest.raises(CommandError, match="not a head that this portal signed"):
        call_command("audit_verify")


def test_a_head_cut_by_a_crash_is_mended_by_the_next_one(henrik):
    audit.record("thing.done", henrik, by=henrik)
    audit_heads.export()
    with audit_heads.place().open("a") as heads:
        heads.write('{"seq": 99, "ha')
    audit.record("thing.done", henrik, by=henrik)

    audit_heads.export()

    last = AuditEvent.objects.first().seq
    assert [seq for seq, _ in audit_heads.known()] == [last - 1, last]


def rewrite_last(**details):
    """Change the newest event and its hash, as somebody with the database in hand would."""
    append_only.remove_triggers()
    last = AuditEvent.objects.order_by("-seq").first()
    last.details = details
    AuditEvent.objects.filter(pk=last.pk).update(details=details, hash=audit.seal(last))
    append_only.install_triggers()
