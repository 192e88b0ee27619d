"""Pages and API of kept views, acts on several, export, import, calendar and search."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.core import clock
from projects.models import CaseImport, GatePlan, SavedView, UseCase
from projects.selectors import backlog
from projects.services import calendar_feeds, exports_backlog, gate_plans, saved_views
from tests.people import person
from tests.projects.cases import in_backlog, manager, owner

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name, *args):
    return reverse(f"projects:{name}", args=args)


def api(client, method, path, body=None):
    return getattr(client, method)(f"/api/{path}", json.dumps(body or {}), content_type="application/json")


# --- kept views -----------------------------------------------------------------------------------
def test_a_view_is_kept_looked_at_changed_starred_and_removed():
    me = person()
    client = signed_in(me)
    use_case = in_backlog(title="Hail")

    kept = client.post(
        at("saved_view_list"), {"name": "Hail", "scope": "private", "layout": "table", "query": "q=hail"}
    )
    view = SavedView.objects.get()
    assert kept.status_code == 302 and f"view={view.pk}" in kept["Location"]
    page = client.get(kept["Location"]).content.decode()
    assert use_case.ref in page

    assert client.post(at("saved_view_follow", view.pk), {"star": "yes"}).status_code == 302
    assert view.followers.get().is_starred
    change = {"name": "Storms", "scope": "private", "layout": "board", "query": "q=storm"}
    assert client.post(at("saved_view_edit", view.pk), change).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.layout, view.query) == ("Storms", "board", "q=storm")
    assert client.post(at("saved_view_remove", view.pk)).status_code == 302
    assert not SavedView.objects.exists()


def test_a_form_of_a_view_comes_back_with_what_is_wrong():
    client = signed_in(person())

    answer = client.post(at("saved_view_list"), {"name": "", "scope": "squad", "layout": "table"})

    assert answer.status_code == 422
    assert not SavedView.objects.exists()
    assert client.get(at("saved_view_edit", in_backlog().pk)).status_code == 404


def test_views_over_the_api_follow_the_same_rules():
    boss, reader = manager(), person()
    made = api(
        signed_in(boss),
        "post",
        "saved-views/",
        {"name": "All", "query": "phase=backlog", "scope": "everyone", "is_locked": True},
    )
    assert made.status_code == 201
    key = made.json()["id"]

    seen = signed_in(reader).get(f"/api/saved-views/{key}/").json()
    assert seen["can"]["change"]["allowed"] is False and seen["can"]["change"]["remedy"]
    assert api(signed_in(reader), "patch", f"saved-views/{key}/", {"name": "Mine"}).status_code == 403
    assert api(signed_in(reader), "post", f"saved-views/{key}/follow/", {"every": "day"}).status_code == 200
    assert (
        api(signed_in(reader), "post", "saved-views/", {"name": "x", "scope": "everyone"}).status_code == 403
    )
    assert api(signed_in(boss), "patch", f"saved-views/{key}/", {"name": "Everything"}).status_code == 200
    assert api(signed_in(boss), "delete", f"saved-views/{key}/").status_code == 204


# --- several at once ------------------------------------------------------------------------------
def test_the_page_shows_first_what_would_happen_then_what_did():
    boss = owner()
    mine, other = in_backlog(boss), in_backlog()
    client = signed_in(boss)

    first = client.get(at("use_case_bulk"), {"act": "tag", "id": [mine.pk, other.pk]}).content.decode()
    assert "applies" in first and "left as it was" in first
    done = client.post(at("use_case_bulk"), {"act": "tag", "id": [mine.pk, other.pk], "tags": "a, b"})

    assert done.status_code == 200
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.tags, other.tags) == (["a", "b"], [])


def test_a_bulk_form_without_its_words_comes_back_and_nothing_chosen_leads_back():
    use_case = in_backlog()
    client = signed_in(use_case.product_owner)

    assert client.post(at("use_case_bulk"), {"act": "hold", "id": use_case.pk}).status_code == 422
    assert client.get(at("use_case_bulk"), {"act": "hold"}).status_code == 302
    assert client.get(at("use_case_bulk"), {"act": "fly", "id": use_case.pk}).status_code == 302
    use_case.refresh_from_db()
    assert use_case.held_until is None


def test_the_api_tries_first_and_says_why_row_by_row():
    boss = owner()
    mine, other, secret = in_backlog(boss), in_backlog(), in_backlog(is_confidential=True)
    body = {"ids": [str(each.pk) for each in (mine, other, secret)], "act": "tag", "tags": ["x"]}

    tried = api(signed_in(boss), "post", "use-cases/bulk/", body | {"dry_run": True}).json()
    assert [row["verdict"]["allowed"] for row in tried] == [True, False]
    done = api(signed_in(boss), "post", "use-cases/bulk/", body)

    assert done.status_code == 200
    assert [row["is_changed"] for row in done.json()] == [True, False]
    assert api(signed_in(boss), "post", "use-cases/bulk/", {"ids": [], "act": "tag"}).status_code == 400
    assert list(UseCase.objects.filter(tags=["x"])) == [mine]


# --- export ---------------------------------------------------------------------------------------
def test_the_export_holds_exactly_what_the_filter_shows():
    shown, _other = in_backlog(title="=1+1", tags=["+a"]), in_backlog(title="Letters", problem="x")
    in_backlog(title="=secret", is_confidential=True)
    client = signed_in(person())

    rows = list(
        csv.DictReader(
            io.StringIO(
                client.get(at("use_case_export"), {"as": "csv", "q": "="}).content.decode("utf-8-sig")
            )
        )
    )
    assert [row["ref"] for row in rows] == [shown.ref]
    assert rows[0]["title"] == "'=1+1" and rows[0]["tags"] == "'+a"

    plain = json.loads(client.get(at("use_case_export"), {"as": "json", "q": "="}).content)
    assert plain["use_cases"][0]["title"] == "=1+1"
    assert plain["about"]["filters"] == "q=%3D"
    assert client.get("/api/use-cases/export/", {"as": "json", "q": "="}).status_code == 200
    assert client.get("/api/use-cases/export/", {"as": "json", "colour": "red"}).status_code == 400
    assert client.get("/api/use-cases/export/", {"as": "pdf"}).status_code == 400
    assert client.get(at("use_case_export"), {"as": "pdf"}).status_code == 302


def test_no_cell_of_a_workbook_is_a_formula():
    from openpyxl import load_workbook

    boss = manager()
    in_backlog(title="=HYPERLINK(1)", problem="@x", process="\ttab")
    content = exports_backlog.export(backlog.in_order(UseCase.objects.all()), kind="xlsx", query="", by=boss)

    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [
        cell.value
        for cell in cells
        if isinstance(cell.value, str) and cell.value.startswith(("=", "@", "\t"))
    ]
    assert book.sheetnames == ["use_cases", "about"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "plain", "'=1", "", "a=b"])
def test_neutralising_can_be_undone(text):
    safe = exports_backlog.harmless(text)

    assert not safe.startswith(exports_backlog.DANGEROUS)
    assert exports_backlog.unharmed(safe) == (text if text != "'=1" else "=1")


# --- plans and calendar ---------------------------------------------------------------------------
def test_gates_are_planned_on_a_page_and_over_the_api():
    use_case = in_backlog()
    client = signed_in(use_case.product_owner)
    day = (clock.today().replace(day=1)).replace(year=clock.today().year + 1).isoformat()

    assert client.post(at("use_case_plan", use_case.pk), {"gate": "G1", "planned_on": day}).status_code == 302
    assert (
        client.post(at("use_case_plan", use_case.pk), {"gate": "G1", "planned_on": "2001-01-01"}).status_code
        == 422
    )
    body = {"use_case": str(use_case.pk), "gate": "G2", "planned_on": "2001-01-01"}
    assert api(client, "post", "gate-plans/", body).status_code == 400
    assert api(signed_in(person()), "post", "gate-plans/", body).status_code == 403
    assert api(client, "post", "gate-plans/", body | {"gate": "G1", "planned_on": None}).status_code == 204
    assert not GatePlan.objects.exists()


def test_the_calendar_is_read_with_its_address_alone_and_only_while_it_stands():
    use_case = in_backlog()
    boss = use_case.product_owner
    from datetime import timedelta

    gate_plans.plan(use_case, gate="G1", planned_on=clock.today() + timedelta(days=3), by=boss)
    client = signed_in(boss)
    assert client.get(at("calendar")).status_code == 200
    page = client.post(at("calendar")).content.decode()
    _feed, secret = calendar_feeds.renew(by=boss)

    answer = Client().get(at("calendar_feed", secret))
    assert ".ics" in page
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/calendar")
    assert use_case.ref in answer.content.decode().replace("\r\n ", "")
    client.post(at("calendar"), {"act": "revoke"})
    assert Client().get(at("calendar_feed", secret)).status_code == 404
    assert Client().get(at("calendar_feed", "nonsense")).status_code == 404


# --- import ---------------------------------------------------------------------------------------
def test_the_pages_of_an_import_stand_at_every_step():
    from portal.core import job_runner

    boss = manager()
    client = signed_in(boss)
    assert client.post(at("import_list"), {"source": "jira"}).status_code == 422
    file = SimpleUploadedFile("a.csv", b"id,title,problem\n1,Hail,Storms\n,x,y\n")
    sent = client.post(at("import_list"), {"file": file, "source": "jira"})
    brought = CaseImport.objects.get()
    assert sent["Location"] == at("import_detail", brought.pk)
    assert client.get(sent["Location"]).status_code == 200
    assert client.get(at("import_progress", brought.pk)).status_code == 200
    job_runner.run_until_idle("quick")
    assert client.get(at("import_progress", brought.pk)).status_code == 204
    assert client.get(sent["Location"]).status_code == 200
    assert client.post(sent["Location"], {"map_title": "title"}).status_code == 422
    mapping = {"map_external_id": "id", "map_title": "title", "map_problem": "problem", "submit": "on"}
    assert client.post(sent["Location"], mapping).status_code == 302
    job_runner.run_until_idle("quick")
    page = client.get(sent["Location"]).content.decode()
    assert "Nothing is written yet" in page
    assert client.post(at("import_run", brought.pk)).status_code == 302
    job_runner.run_until_idle("quick")
    page = client.get(sent["Location"], {"outcome": "error"}).content.decode()
    assert "cannot be found again" in page
    report = client.get(at("import_report", brought.pk)).content.decode("utf-8-sig")
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(report))] == ["create", "error"]
    assert signed_in(manager()).get(sent["Location"]).status_code == 404
    assert api(client, "post", f"case-imports/{brought.pk}/run/").status_code == 409
    assert client.get(f"/api/case-imports/{brought.pk}/").json()["report"]["counts"] == {
        "create": 1,
        "error": 1,
    }
    assert client.get("/api/case-imports/").json()["count"] == 1


def test_a_stranger_sends_no_file():
    file = SimpleUploadedFile("a.csv", b"id,title,problem\n1,Hail,Storms\n")
    client = signed_in(person())

    assert client.get(at("import_list")).status_code == 200
    assert client.post(at("import_list"), {"file": file, "source": "jira"}).status_code == 403
    assert not CaseImport.objects.exists()


# --- search ---------------------------------------------------------------------------------------
def test_the_search_finds_what_one_may_see_and_nothing_else():
    shown, secret = in_backlog(title="Hail at noon"), in_backlog(title="Hail in secret", is_confidential=True)
    me = person("Hailey Miller")
    saved_views.keep(name="Hailstones", query="", layout="table", by=me)
    client = signed_in(me)

    page = client.get("/search/", {"q": "hail"}).content.decode()
    groups = {group["code"]: group["hits"] for group in client.get("/api/search/", {"q": "hail"}).json()}

    assert shown.title in page and secret.title not in page
    assert set(groups) == {"use_cases", "views", "people"}
    assert [hit["title"] for hit in groups["use_cases"]] == [str(shown)]
    assert client.get("/api/search/", {"q": "backlog"}).json()[0]["code"] == "pages"
    assert client.get("/api/search/").json() == []
    assert client.get("/search/", {"q": "'<script>"}).status_code == 200
    fragment = client.get("/search/", {"q": "hail"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and shown.title in fragment


def test_every_page_offers_the_palette_and_the_keys():
    page = signed_in(person()).get("/").content.decode()

    assert 'id="palette"' in page and 'id="shortcuts"' in page
    assert 'data-keys="g b"' in page
    assert 'id="palette"' not in Client().get("/sign-in/").content.decode()
