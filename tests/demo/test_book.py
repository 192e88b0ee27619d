"""The order of the story and the tables it plays with."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal.demo import logins, tables
from portal.demo.book import Scene, in_order, working_day

SUNDAY = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
NAMES = [
    "caravan",
    "partner_churn",
    "instalment_credit",
    "concrete_strength",
    "bike_hires",
]


def test_scenes_come_in_the_order_of_time_and_of_writing() -> None:
    scenes = [
        Scene(2, "late", "a"),
        Scene(9, "first", "a"),
        Scene(9, "second", "a"),
        Scene(400, "origin", "b"),
    ]
    played = in_order(scenes, SUNDAY)
    assert [each.scene.act for each in played] == ["origin", "first", "second", "late"]
    moments = [each.moment for each in played]
    assert moments == sorted(moments)
    assert len(set(moments)) == 4


def test_nothing_happens_at_the_weekend_or_after_the_present() -> None:
    played = in_order([Scene(days, "act", "a") for days in range(40)], SUNDAY)
    assert {each.moment.date().weekday() for each in played} == {0, 1, 2, 3, 4}
    assert max(each.moment for each in played) <= SUNDAY


def test_what_happens_today_is_over_even_early_in_the_morning() -> None:
    early = datetime(2026, 11, 24, 0, 20, tzinfo=UTC)
    played = in_order([Scene(0, "act", "a"), Scene(0, "act", "b"), Scene(1, "act", "c")], early)
    moments = [each.moment for each in played]
    assert moments == sorted(moments)
    assert moments[-1] < early


def test_a_saturday_goes_to_monday_unless_monday_has_not_come() -> None:
    assert working_day(date(2026, 11, 14), date(2026, 11, 22)) == date(2026, 11, 16)
    assert working_day(date(2026, 11, 21), date(2026, 11, 22)) == date(2026, 11, 20)


@pytest.mark.parametrize("name", NAMES)
def test_each_table_has_its_dictionary_source_and_licence(name: str) -> None:
    told = tables.about(name)
    rows = list(tables.rows(name))
    assert len(rows) == told["rows"]
    assert set(rows[0]) == set(told["columns"])
    assert told["target"] in told["columns"]
    assert told["source"]
    assert told["licence"]


def test_the_parts_of_caravan_do_not_overlap_with_the_training_rows() -> None:
    whole = list(tables.rows("caravan"))
    assert len(list(tables.rows("caravan_2025"))) == sum(1 for number in range(len(whole)) if number % 4 != 3)
    spring, autumn = list(tables.rows("caravan_spring")), list(tables.rows("caravan_autumn"))
    assert tables.TARGET not in spring[0]
    assert {row["MOSHOOFD"] for row in autumn} == tables.AFFLUENT
    assert len({row["MOSHOOFD"] for row in spring}) > len(tables.AFFLUENT)
    assert len(spring) + len(autumn) < len(whole) / 3


def test_a_table_is_written_as_it_stands(tmp_path: Path) -> None:
    path = tables.write("caravan_spring", tmp_path)
    lines = path.read_text().splitlines()
    assert lines[0].startswith("MOSTYPE,MAANTHUI")
    assert len(lines) == 1 + len(list(tables.rows("caravan_spring")))


def test_the_people_to_try_cover_every_duty_and_the_password_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGORA_DEMO_PASSWORD", "another-secret-1")
    rows = logins.table()
    assert len({email for _role, _name, email, _password in rows}) == len(rows) >= 10
    assert {password for *_who, password in rows} == {"another-secret-1"}
    duties = {
        duty
        for person in logins.organisation()["people"].values()
        if "persona" in person
        for duty in person.get("duties", [])
    }
    assert duties == {
        "portfolio_manager", "model_reviewer", "executive", "finance_controller", "risk_officer", "community_lead",
        "it_engineer", "auditor", "administrator",
    }  # fmt: skip
