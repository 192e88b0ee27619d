"""Fields of a house: defined once, filled in everywhere, asked for at gates, retired without losing a word."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from governance import gates
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from projects import custom_values
from projects.models import CustomField, UseCase
from projects.selectors import backlog, narrowing
from projects.services import custom_fields, exports_backlog, use_cases
from projects.services.import_rows import Reader
from tests.people import person
from tests.projects import cases

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """A portfolio manager and one field of each kind."""
    boss = person("Pia", duties=(Duty.PORTFOLIO_MANAGER,))
    made = {
        kind: custom_fields.define(label=label, kind=kind, by=boss, **more)
        for kind, label, more in (
            ("text", "Cost centre", {"help_text": "Six digits."}),
            ("number", "Budget (k€)", {}),
            (
                "choice",
                "Theme",
                {"options": ["Growth", "Care", " growth "], "required_from": "initialisation"},
            ),
            ("date", "Budget ends", {}),
            ("person", "Coach", {}),
        )
    }
    return boss, made


def test_only_portfolio_managers_define_fields_and_a_wrong_definition_changes_nothing(house):
    boss, made = house
    assert {each.key for each in made.values()} == {
        "cf_cost_centre", "cf_budget_k", "cf_theme", "cf_budget_ends", "cf_coach",
    }  # fmt: skip
    assert made["choice"].options == ["Growth", "Care"]
    for user in (person("Zoe"), person("Adam", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused):
            custom_fields.define(label="Mine", kind="text", by=user)
    wrong = (
        ({"label": "", "kind": "text"}, "label"), ({"label": "Theme", "kind": "text"}, "label"),
        ({"label": "X", "kind": "colour"}, "kind"), ({"label": "X", "kind": "choice", "options": ["one"]}, "options"),
        ({"label": "X", "kind": "text", "options": ["one", "two"]}, "options"),
        ({"label": "X", "kind": "text", "required_from": "retired"}, "required_from"),
    )  # fmt: skip
    for given, field in wrong:
        with pytest.raises(ValidationError) as refusal:
            custom_fields.define(**given, by=boss)
        assert field in refusal.value.message_dict, given
    with pytest.raises(ValidationError):
        custom_fields.change(made["text"], kind="number", by=boss)
    assert CustomField.objects.count() == 5


def test_values_are_understood_kept_and_refused_field_by_field(house):
    boss, _made = house
    case = cases.in_backlog()
    coach = person("Carla Coach")
    given = {
        "cf_cost_centre": " 123456 ", "cf_budget_k": "1 200,5", "cf_theme": "care", "cf_budget_ends": "2027-03-31",
        "cf_coach": "Carla Coach",
    }  # fmt: skip
    use_cases.update(case, custom=given, by=boss)
    case.refresh_from_db()
    kept = {
        "cf_cost_centre": "123456", "cf_budget_k": 1200.5, "cf_theme": "Care", "cf_budget_ends": "2027-03-31",
        "cf_coach": coach.pk,
    }  # fmt: skip
    assert case.custom == kept
    wrong = {
        "cf_budget_k": "many", "cf_theme": "Peace", "cf_budget_ends": "31/31/2027", "cf_coach": "Nobody", "cf_none": 1,
    }  # fmt: skip
    with pytest.raises(ValidationError) as refusal:
        use_cases.update(case, custom=wrong, title="Changed", by=boss)
    assert set(refusal.value.message_dict) == set(wrong)
    case.refresh_from_db()
    assert case.custom == kept and case.title != "Changed"
    use_cases.update(case, custom={"cf_budget_k": ""}, by=boss)
    case.refresh_from_db()
    assert "cf_budget_k" not in case.custom and case.custom["cf_coach"] == coach.pk


def test_a_field_needed_from_a_phase_is_asked_at_the_gate_and_not_emptied_afterwards(house):
    boss, made = house
    case = cases.in_backlog()

    def asked():
        return next(each for each in gates.requirements(case, "G1") if each.code == "fields_filled")

    assert asked().stops and "Theme" in asked().detail
    use_cases.update(case, custom={"cf_theme": "Growth"}, by=boss)
    assert asked().met
    UseCase.objects.filter(pk=case.pk).update(phase="initialisation")
    case.refresh_from_db()
    with pytest.raises(ValidationError, match="needed from"):
        use_cases.update(case, custom={"cf_theme": None}, by=boss)
    custom_fields.change(
        made["choice"], options=["Care", "Peace"], by=boss
    )  # a dropped option stays where it was
    use_cases.update(case, custom={"cf_theme": "Growth"}, title="Another title", by=boss)
    case.refresh_from_db()
    assert case.custom == {"cf_theme": "Growth"}


def test_a_retired_field_leaves_forms_and_filters_and_comes_back_with_its_values(house):
    boss, made = house
    case = cases.in_backlog()
    use_cases.update(case, custom={"cf_cost_centre": "77"}, by=boss)
    custom_fields.retire(made["text"], by=boss)
    with pytest.raises(ValidationError):
        use_cases.update(case, custom={"cf_cost_centre": "78"}, by=boss)
    with pytest.raises(Refused, match="retired"):
        custom_fields.change(made["text"], label="Centre", by=boss)
    page = Client()
    page.force_login(boss)
    assert "Cost centre" not in page.get(f"/use-cases/{case.pk}/edit/").content.decode()
    custom_fields.restore(made["text"], by=boss)
    assert "77" in page.get(f"/use-cases/{case.pk}/").content.decode()
    assert AuditEvent.objects.filter(verb__startswith="custom_field.").count() == 7


def test_pages_filters_columns_files_and_api_know_the_fields(house, django_assert_max_num_queries):
    boss, _made = house
    first, second = cases.in_backlog(title="First one"), cases.in_backlog(title="Second one")
    coach = person("Carla Coach")
    own = {
        "cf_cost_centre": "=1+1",
        "cf_budget_k": 20,
        "cf_theme": "Care",
        "cf_budget_ends": "2027-03-31",
        "cf_coach": coach.pk,
    }
    use_cases.update(first, custom=own, by=boss)
    use_cases.update(second, custom={"cf_budget_k": 3}, by=boss)
    page = Client()
    page.force_login(boss)

    sent = page.post(f"/use-cases/{second.pk}/edit/", {
        "title": "Second one", "problem": second.problem, "ai_kind": "unknown", "cf_budget_k": "x", "cf_theme": "Care",
    })  # fmt: skip
    assert sent.status_code == 422
    for query, found in (
        ("cf_cost_centre=1%2B1", {first}), ("cf_budget_k_min=5", {first}), ("cf_budget_k_max=5", {second}),
        ("cf_theme=Care", {first}), ("cf_budget_ends_from=2027-01-01", {first}), ("cf_budget_ends_until=2026-01-01", set()),
        ("cf_coach=carla", {first}), ("cf_coach=none", {second}),
    ):  # fmt: skip
        shown = page.get(f"/use-cases/?{query}&columns=cf_theme,cf_coach,cf_budget_k&sort=-cf_budget_k")
        assert {row.record for row in shown.context["table"].rows} == found, query
        listed = page.get(f"/api/use-cases/?{query}").json()["results"]
        assert {each["id"] for each in listed} == {str(each.pk) for each in found}, query
    assert page.get("/api/use-cases/?cf_unknown=1").status_code == 400
    assert page.get("/use-cases/?cf_budget_k_min=much").status_code == 422
    assert {each.pk for each in narrowing.found_by({"cf_theme": ["Care"]}, boss)} == {first.pk}
    both = page.get("/use-cases/?columns=cf_theme,cf_coach,cf_budget_k&sort=cf_budget_k").content.decode()
    assert both.index("Second one") < both.index("First one") and "Carla Coach" in both
    with django_assert_max_num_queries(3):
        custom_values.people_named(UseCase.objects.all(), custom_values.active())

    file = exports_backlog.export(backlog.in_order(UseCase.objects.all()), kind="csv", query="", by=boss)
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    row = next(each for each in rows if each["title"] == "First one")
    assert (row["cf_cost_centre"], row["cf_coach"], row["cf_budget_k"]) == ("'=1+1", coach.email, "20")
    mapping = {
        "external_id": "ref",
        "title": "title",
        "problem": "problem",
        "cf_theme": "cf_theme",
        "cf_coach": "cf_coach",
        "cf_budget_k": "cf_budget_k",
    }
    reader = Reader(source="file", mapping=mapping, options={}, by=boss)
    brought = [reader.take(number, row, keep=True) for number in (1, 2)]
    assert [each.outcome for each in brought] == ["create", "unchanged"]
    assert UseCase.objects.get(ref=brought[0].ref).custom == {
        "cf_theme": "Care",
        "cf_coach": coach.pk,
        "cf_budget_k": 20,
    }
    wrong = reader.take(3, {**row, "ref": "new", "cf_theme": "Peace"}, keep=True)
    assert wrong.outcome == "error" and wrong.messages[0]["column"] == "cf_theme"

    answer = page.patch(
        f"/api/use-cases/{second.pk}/", {"custom": {"cf_theme": "Growth"}}, "application/json"
    )
    assert answer.json()["custom"] == {"cf_budget_k": 3, "cf_theme": "Growth"}
    bad = page.patch(f"/api/use-cases/{second.pk}/", {"custom": {"cf_theme": "Peace"}}, "application/json")
    assert bad.status_code == 400 and "cf_theme" in str(bad.json())
    made = page.post("/api/custom-fields/", {"label": "Region", "kind": "text"}, "application/json")
    assert (
        made.status_code == 201
        and page.post(f"/api/custom-fields/{made.json()['id']}/retire/").status_code == 200
    )
