"""Bringing use cases from files: good ones, bad ones, twice."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import job_runner
from portal.core.models import AuditEvent, OrgUnit
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused
from projects.models import CaseImport, UseCase
from projects.selectors import backlog
from projects.sentences import sentences
from projects.services import engine, exports_backlog, imports, use_cases
from tests.people import person
from tests.projects.cases import in_backlog, manager

pytestmark = pytest.mark.django_db
GOOD = """id;title;problem;tags;rough_benefit;process_owner;unit
J-1;Hail;Too few adjusters;claims, météo;12 000;;Claims
J-2;Letters;They pile up;;;;
J-3;"=SUM(A1)";'=HYPERLINK("x");post;;;
"""


@pytest.fixture
def near(monkeypatch):
    """The engine's two commands in this process: starting a child takes a second each time."""
    from automl.ingest import Bounds, ingest
    from automl.rows import write_rows

    def call(_run, arguments, **_walls):
        given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
        out = Path(given["--out"])
        if arguments[0] == "ingest":
            bounds = Bounds(*(int(given[f"--max-{name}"]) for name in ("rows", "columns", "cell")))
            ingest(Path(given["--source"]), given["--name"], out, bounds)
        else:
            write_rows(Path(given["--table"]), out)
        return SimpleNamespace(code=0)

    monkeypatch.setattr(engine, "call", call)


@pytest.fixture
def boss():
    OrgUnit.objects.create(name="Claims", kind="team", path="9.")
    return manager()


def sent(boss, content, name="cases.csv", source="jira"):
    data = content if isinstance(content, bytes) else content.encode()
    brought = imports.send(file=SimpleUploadedFile(name, data), source=source, by=boss)
    job_runner.run_until_idle("quick")
    brought.refresh_from_db()
    return brought


def tried(brought, **options):
    imports.try_out(brought, mapping=brought.mapping, options={"submit": True} | options, by=brought.owner)
    job_runner.run_until_idle("quick")
    brought.refresh_from_db()
    assert brought.state == "tried", brought.job.error_text
    return brought


def done(brought):
    imports.carry_out(brought, by=brought.owner)
    job_runner.run_until_idle("quick")
    brought.refresh_from_db()
    assert brought.state == "done", brought.job.error_text
    return brought


def reasons(brought):
    return {
        (row["row"], note["column"]): note["text"]
        for row in brought.report["rows"]
        for note in row["messages"]
    }


def test_a_file_is_read_tried_and_imported(boss):
    brought = sent(boss, GOOD)
    assert brought.state == "mapping"
    assert brought.found["delimiter"] == ";"
    assert brought.mapping["external_id"] == "id"

    tried(brought)
    assert brought.report["counts"] == {"create": 3}
    assert not UseCase.objects.exists(), "a trial writes nothing"

    done(brought)
    assert brought.report["counts"] == {"create": 3}
    hail = UseCase.objects.get(external_source="jira", external_id="J-1")
    assert (hail.title, hail.tags, hail.rough_benefit, hail.unit.name) == (
        "Hail",
        ["claims", "météo"],
        12000,
        "Claims",
    )
    assert hail.phase == "submitted"
    assert UseCase.objects.get(external_id="J-3").problem == '=HYPERLINK("x")'


def test_the_same_file_a_second_time_changes_nothing(near, boss):
    done(tried(sent(boss, GOOD)))
    before = list(UseCase.objects.order_by("ref").values())
    events = AuditEvent.objects.filter(verb__startswith="use_case.").count()

    again = done(tried(sent(boss, GOOD)))

    assert again.report["counts"] == {"unchanged": 3}
    assert list(UseCase.objects.order_by("ref").values()) == before
    assert AuditEvent.objects.filter(verb__startswith="use_case.").count() == events


def test_a_changed_row_brings_its_use_case_up_to_date_and_an_empty_cell_takes_nothing_away(near, boss):
    done(tried(sent(boss, GOOD)))

    changed = done(
        tried(sent(boss, GOOD.replace("Too few adjusters", "Too many storms").replace("12 000", "")))
    )

    assert changed.report["counts"] == {"update": 1, "unchanged": 2}
    hail = UseCase.objects.get(external_id="J-1")
    assert (hail.problem, hail.rough_benefit) == ("Too many storms", 12000)


def test_the_same_number_from_another_source_is_another_use_case(near, boss):
    done(tried(sent(boss, GOOD)))
    done(tried(sent(boss, GOOD, source="excel")))

    assert UseCase.objects.filter(external_id="J-1").count() == 2


def test_drafts_are_kept_back_from_triage_on_request(near, boss):
    done(tried(sent(boss, GOOD), submit=False))

    assert set(UseCase.objects.values_list("phase", flat=True)) == {"draft"}


def test_every_bad_cell_is_named_with_row_and_column_and_good_rows_go_in(near, boss):
    rows = [
        "id,title,problem,rough_benefit,metric_baseline,process_owner,unit,ai_kind,is_confidential",
        "1,Fine,Problem,10,1.5,,,,",
        "2,Bad figures,Problem,ten,x,,,,",
        "3,Bad people,Problem,,,nobody@example.org,Nowhere,magic,perhaps",
        "4,,Problem,,,,,,",
        ",No number,Problem,,,,,,",
        f"5,{'long' * 40},Problem,,,,,,",
        "6,Twice,Problem,,,,,,",
        "6,Twice again,Problem,,,,,,",
    ]
    brought = done(tried(sent(boss, "\n".join(rows))))

    found = reasons(brought)
    assert brought.report["counts"] == {"create": 1, "error": 7}
    assert UseCase.objects.count() == 1
    assert "ten" in found[3, "rough_benefit"] and "x" in found[3, "metric_baseline"]
    assert set(column for row, column in found if row == 4) == {
        "process_owner",
        "unit",
        "ai_kind",
        "is_confidential",
    }
    assert (5, "title") in found and (6, "id") in found and (7, "title") in found
    assert "2 rows" in found[8, "id"] and "2 rows" in found[9, "id"]


def test_unknown_people_may_be_left_empty_and_are_noted(near, boss):
    content = "id,title,problem,process_owner\n1,A,B,ghost@example.org\n"

    brought = done(tried(sent(boss, content), skip_unknown_people=True))

    assert brought.report["counts"] == {"create": 1}
    assert "ghost@example.org" in reasons(brought)[2, "process_owner"]
    assert UseCase.objects.get().process_owner is None


def test_a_row_of_an_ended_use_case_is_refused_with_its_remedy(near, boss):
    done(tried(sent(boss, GOOD)))
    UseCase.objects.filter(external_id="J-2").update(phase="declined")

    again = done(tried(sent(boss, GOOD.replace("They pile up", "They still pile up"))))

    assert again.report["counts"] == {"unchanged": 2, "error": 1}
    assert "ended" in reasons(again)[3, ""]


def test_fifty_thousand_rows_are_refused_quickly_with_the_limit(boss):
    brought = sent(boss, "id,title,problem\n" + "\n".join(f"{n},T,P" for n in range(50_000)))

    assert brought.state == "rejected"
    assert "5000" in " ".join(sentences(brought.problems)).replace(",", "")


def test_accents_of_an_old_windows_are_read(near, boss):
    brought = done(tried(sent(boss, "id;title;problem\n1;Grêle;Été trop sec\n".encode("cp1252"))))

    assert UseCase.objects.get().title == "Grêle"
    assert brought.found["encoding"] != "utf-8"


@pytest.mark.parametrize("name", ["cases.pdf", "cases.exe", "cases.xls", "cases.parquet", "cases"])
def test_what_is_no_table_is_refused_at_the_door(near, boss, name):
    with pytest.raises(UploadRefused):
        imports.send(
            file=SimpleUploadedFile(name, b"PAR1" if "parquet" in name else b"%PDF"), source="x", by=boss
        )
    assert not CaseImport.objects.exists()


def test_an_empty_source_is_refused(near, boss):
    with pytest.raises(ValidationError) as wrong:
        imports.send(file=SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), source="  ", by=boss)
    assert "source" in wrong.value.message_dict


def test_only_portfolio_managers_import():
    with pytest.raises(Refused) as refusal:
        imports.send(file=SimpleUploadedFile("a.csv", GOOD.encode()), source="x", by=person())
    assert refusal.value.verdict.remedy
    assert not CaseImport.objects.exists()


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({}, "map_external_id"),
        ({"external_id": "id", "title": "title"}, "map_problem"),
        ({"external_id": "id", "title": "nowhere", "problem": "problem"}, "map_title"),
        ({"external_id": "id", "title": "title", "problem": "title"}, "map_problem"),
        ({"external_id": "id", "title": "title", "problem": "problem", "phase": "tags"}, "map_phase"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_by_field(near, boss, mapping, field):
    brought = sent(boss, GOOD)

    with pytest.raises(ValidationError) as wrong:
        imports.try_out(brought, mapping=mapping, options={}, by=boss)

    assert field in wrong.value.message_dict
    brought.refresh_from_db()
    assert brought.state == "mapping"


def test_a_workbook_is_read_too(near, boss):
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in (
        ["id", "title", "problem", "rough_benefit"],
        [7, "Hail", "Storms", 1200],
        [8, "Post", "Piles", None],
    ):
        book.active.append(row)
    book.save(out)

    done(tried(sent(boss, out.getvalue(), name="cases.xlsx")))

    assert dict(UseCase.objects.values_list("external_id", "rough_benefit")) == {"7": 1200, "8": None}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_back_unchanged(near, boss, kind):
    use_case = in_backlog(
        title="+1 for hail",
        problem="-- a list\nof two",
        external_source="jira",
        external_id="A",
        tags=["a", "b"],
    )
    content = exports_backlog.export(
        backlog.in_order(UseCase.objects.filter(pk=use_case.pk)), kind=kind, query="", by=boss
    )

    brought = done(tried(sent(boss, content, name=f"backlog.{kind}")))

    assert brought.report["counts"] == {"unchanged": 1}
    use_case.refresh_from_db()
    assert use_case.title == "+1 for hail"


def test_a_worker_that_dies_half_way_leaves_a_job_that_goes_on(near, boss, monkeypatch):
    brought = tried(sent(boss, GOOD))
    real, calls = use_cases.propose, []

    def dies(**given):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**given)

    monkeypatch.setattr(use_cases, "propose", dies)
    imports.carry_out(brought, by=boss)
    with pytest.raises(KeyboardInterrupt):
        job_runner.run_until_idle("quick")
    assert UseCase.objects.count() == 1
    monkeypatch.setattr(use_cases, "propose", real)
    brought.refresh_from_db()
    brought.job.__class__.objects.filter(pk=brought.job.pk).update(
        state="queued", token=None, lease_until=None
    )

    job_runner.run_until_idle("quick")

    brought.refresh_from_db()
    assert brought.report["counts"] == {"unchanged": 1, "create": 2}
    assert UseCase.objects.count() == 3
