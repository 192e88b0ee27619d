"""Each family of guardrails on what it is for, and on what only looks like it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from automl.fairness import group_report, groups_of, share_ratio
from automl.guardrails import CHECKS, Outcome, Policy, check_new_rows, check_question, check_result
from automl.question import BadQuestion, Question
from automl.sensitive import iban_fits, luhn, personal_suspicion, sensitive_doubt, sensitive_suspicion

ROWS = 1_500


def alerted(frame: pd.DataFrame, target: str = "y", **more: Any) -> dict[str, dict[str, Any]]:
    """Alerts by message code; ``policy``, ``earlier`` and ``looks`` go to the checks."""
    told = {name: more.pop(name) for name in ("policy", "earlier", "looks") if name in more}
    results = check_question(frame, Question.from_dict({"target": target, **more}), **told)
    return {r["message_code"]: r for r in results if r["status"] == "alerted"}


@pytest.fixture
def rng() -> np.random.Generator:
    """The same luck each time."""
    return np.random.default_rng(5)


@pytest.fixture
def frame(rng: np.random.Generator) -> pd.DataFrame:
    """Six ordinary numbers that together say something about a yes or no."""
    x = rng.normal(size=(ROWS, 6))
    drive = x[:, :4].sum(axis=1) + rng.logistic(0, 1.5, ROWS)
    return pd.DataFrame(x, columns=list("abcdef")).assign(y=np.where(drive > 1, "yes", "no"))


def test_an_ordinary_table_raises_no_voice(frame: pd.DataFrame) -> None:
    assert {r["severity"] for r in alerted(frame).values()} <= {"info"}


def test_a_copy_with_slips_and_a_copy_in_half_of_the_rows_are_found(
    frame: pd.DataFrame, rng: np.random.Generator
) -> None:
    slips = rng.random(ROWS) < 0.02
    frame["clerk"] = np.where(slips, rng.permutation(frame["y"]), frame["y"])
    frame["entered"] = frame["y"].astype(object).where(rng.random(ROWS) < 0.6, None)

    found = alerted(frame)

    assert found["target_near_copy"]["columns"] == ["clerk"]
    assert found["target_copy"]["columns"] == ["entered"]


def test_parts_of_a_total_are_found_as_sum_and_as_product(rng: np.random.Generator) -> None:
    a, b = rng.gamma(2, 10, ROWS), rng.gamma(3, 5, ROWS)
    other = rng.normal(size=ROWS)

    added = alerted(pd.DataFrame({"a": a, "b": b, "c": other, "y": a + 2 * b}))
    times = alerted(pd.DataFrame({"a": a, "b": b, "c": other, "y": a * b}))

    assert added["target_is_sum"]["columns"] == ["a", "b"]
    assert times["target_is_product"]["columns"] == ["a", "b"]


def test_an_order_keeping_change_of_an_amount_is_a_copy(rng: np.random.Generator) -> None:
    y = rng.gamma(2, 10, ROWS)
    found = alerted(pd.DataFrame({"rank": np.log1p(y) ** 3, "c": rng.normal(size=ROWS), "y": y}))
    assert found["target_copy"]["columns"] == ["rank"]


def test_an_easy_question_is_no_leak(rng: np.random.Generator) -> None:
    kind = rng.integers(0, 2, ROWS)
    x = kind[:, None] * 3.2 + rng.normal(size=(ROWS, 6))
    found = alerted(pd.DataFrame(x, columns=list("abcdef")).assign(y=np.where(kind, "rose", "tulip")))
    assert found["leakage_or_easy"]["severity"] == "info"
    assert "target_leakage" not in found


def test_a_name_that_speaks_of_the_end_asks_when_it_is_known(
    frame: pd.DataFrame, rng: np.random.Generator
) -> None:
    frame["closing_reason_code"] = (frame["y"] == "yes") * 1.1 + rng.normal(size=ROWS)
    found = alerted(frame)
    assert "closing_reason_code" in found["after_the_event"]["columns"]


def test_a_policy_makes_a_check_stricter_and_never_laxer(frame: pd.DataFrame) -> None:
    strict = Policy.from_dict({"too_few_rows": {"threshold": 5_000, "severity": "justify"}})
    assert "too_few_rows" not in alerted(frame)
    found = alerted(frame, policy=strict)["too_few_rows"]
    assert (found["severity"], found["threshold"]) == ("justify", 5_000)
    for laxer in (
        {"too_few_rows": {"threshold": 10}},
        {"target_copy": {"severity": "warn"}},
        {"target_copy": {"threshold": 0.5}},
        {"no_such_check": {}},
        {"too_few_rows": {"threshold": "many"}},
    ):
        with pytest.raises(BadQuestion):
            Policy.from_dict(laxer)


def test_later_rows_that_look_different_and_another_version_are_noticed(
    frame: pd.DataFrame, rng: np.random.Generator
) -> None:
    moved = frame.assign(when=np.arange(ROWS), a=frame["a"] + 4 * (np.arange(ROWS) > 0.8 * ROWS))
    asked = {"roles": {"when": "time"}, "validation": {"kind": "time"}}

    assert alerted(moved, **asked)["change_over_time"]["columns"][0] == "a"
    assert alerted(frame, earlier=frame.assign(b=frame["b"] * 3))["change_of_version"]["columns"][0] == "b"
    assert "change_of_version" not in alerted(frame, earlier=frame.sample(frac=0.8, random_state=1))
    assert check_new_rows(frame, frame.assign(c=9.0), list("abc"))["differs"]
    assert not check_new_rows(frame, frame.sample(800, random_state=2), list("abc"))["differs"]


def test_the_eleventh_look_at_the_same_rows_is_noticed(frame: pd.DataFrame) -> None:
    assert "holdout_looks" not in alerted(frame, looks=9)
    assert alerted(frame, looks=12)["holdout_looks"]["params"]["looks"] == 12


def test_rows_in_order_and_things_measured_several_times_are_noticed(
    frame: pd.DataFrame, rng: np.random.Generator
) -> None:
    thrice = pd.concat([frame] * 3, ignore_index=True).assign(probe=rng.normal(size=3 * ROWS))
    walk = np.cumsum(rng.normal(size=ROWS))

    assert "hidden_groups" in alerted(thrice)
    assert "neighbours_alike" in alerted(frame.assign(y=walk))
    assert not {"hidden_groups", "neighbours_alike"} & set(alerted(frame))


def test_the_age_of_concrete_is_not_the_age_of_a_person() -> None:
    days = pd.Series([3, 7, 14, 28, 56, 90, 180, 365] * 50, name="age")
    people = pd.Series(np.arange(400) % 60 + 18, name="age")
    children = pd.Series(np.arange(400) % 10 + 3, name="age")

    assert sensitive_suspicion("age", days) is None and sensitive_doubt("age", days) is None
    assert sensitive_suspicion("age", people) == "age"
    assert sensitive_suspicion("age", children) is None and sensitive_doubt("age", children) == "age"
    assert sensitive_suspicion("x", pd.Series(["male", "female"] * 9)) == "sex"
    assert sensitive_suspicion("genre", pd.Series([f"film {n}" for n in range(40)])) is None
    assert list(groups_of(days)[:2]) != ["< 25", "< 25"]


def test_a_proxy_and_unequal_answers_are_noticed_only_beyond_chance(
    frame: pd.DataFrame, rng: np.random.Generator
) -> None:
    fair = frame.assign(gender=rng.choice(["f", "m"], ROWS))
    share = np.where(frame["y"] == "yes", 0.2, 0.6)
    tilted = frame.assign(gender=np.where(rng.random(ROWS) < share, "f", "m"))
    tilted["height"] = (tilted["gender"] == "m") * 3 + rng.normal(size=ROWS)
    roles = {"gender": "sensitive"}

    assert not {"sensitive_proxy", "unequal_answers"} & set(alerted(fair, roles=roles))
    found = alerted(tilted, roles=roles)
    assert found["sensitive_proxy"]["columns"] == ["height"]
    assert found["unequal_answers"]["params"]["low_group"] == "f"


def outcome_of(share: float, rows: int) -> Outcome:
    """A result in which one of two groups is selected ``share`` times as often."""
    rng = np.random.default_rng(1)
    group = pd.Series(np.repeat(["f", "m"], rows), name="gender")
    p = rng.random(2 * rows) < np.where(group == "f", 0.5 * share, 0.5)
    y = (rng.random(2 * rows) < 0.5).astype(int)
    report = group_report(group, y, np.column_stack([1 - p, p]).astype(float), "binary", 0.5)
    report["tpr_ratio"] = None
    result = {"task": "binary", "trials": [], "baseline_trial": None, "metric": {"name": "roc_auc"}, "fairness": [report],
              "split": {"test_rows": 2 * rows}}  # fmt: skip
    test = {name: {"value": 0.7, "low": 0.6, "high": 0.8} for name in ("roc_auc", "accuracy")}
    return Outcome(result, {"number": 1, "test_metrics": test, "cv_score": 0.7})


@pytest.mark.parametrize(
    ("share", "rows", "severity"), [(1.0, 2000, None), (0.5, 2000, "justify"), (0.7, 45, "warn")]
)
def test_unequal_treatment_must_be_justified_when_beyond_chance(
    share: float, rows: int, severity: str | None
) -> None:
    found = {r["code"]: r for r in check_result(outcome_of(share, rows))}["group_difference"]
    assert (found["severity"] if found["status"] == "alerted" else None) == severity
    assert found["message"] % found["params"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(30, 400)), min_size=2, max_size=6))
def test_the_interval_of_a_ratio_holds_the_ratio_and_is_never_backwards(found: list[tuple[int, int]]) -> None:
    groups = {f"g{at}": (min(hits, rows), rows) for at, (hits, rows) in enumerate(found)}
    ratio = share_ratio(groups)
    if ratio is None:
        assert all(hits == 0 for hits, _ in groups.values())
        return
    assert 0 <= ratio["ratio"] <= 1
    assert 0 < ratio["low_bound"] <= ratio["high_bound"]


def test_check_digits_decide_about_accounts_and_cards() -> None:
    assert iban_fits("DE89370400440532013000") and not iban_fits("DE89370400440532013001")
    assert luhn("4111 1111 1111 1111") and not luhn("4111 1111 1111 1112")
    cards = pd.Series(["4111111111111111", "5500005555555559", "4012888888881881"] * 20)
    assert personal_suspicion(cards) == "card"
    assert personal_suspicion(pd.Series([f"41111111111{n:05d}" for n in range(10_000, 10_100)])) is None


def test_a_check_that_breaks_is_named_and_the_others_go_on(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    def broken(view: Any) -> list[Any]:
        raise ZeroDivisionError

    monkeypatch.setitem(CHECKS, "twin_columns", replace(CHECKS["twin_columns"], function=broken))
    found = alerted(frame)
    assert found["check_broken"]["params"]["check"] == "twin_columns"


def test_every_check_belongs_to_a_family_and_says_how_sure_it_is() -> None:
    assert {check.family for check in CHECKS.values()} == {
        "leakage", "columns", "values", "rows", "target", "metric", "validation", "shift", "bias", "privacy",
        "baseline", "overfitting", "calibration", "algorithm",
    }  # fmt: skip
    assert all(check.certainty in ("certain", "likely", "possible") for check in CHECKS.values())


@pytest.mark.parametrize(
    ("family", "members", "beyond", "speaks"),
    [
        ("lightgbm", None, 0.3, True),
        ("ensemble", [{"number": 1}, {"number": 2}], 0.3, True),
        ("ensemble", [{"number": 1}, {"number": 3}], 0.3, False),  # the linear one can go on
        ("linear", None, 0.3, False),
        ("lightgbm", None, 0.01, False),
        ("lightgbm", None, None, False),
    ],
)
def test_trees_that_are_asked_for_amounts_beyond_training_are_noticed(
    family: str, members: list[dict[str, int]] | None, beyond: float | None, speaks: bool
) -> None:
    families = {1: "random_forest", 2: "lightgbm", 3: "linear", 4: family}
    trials = [{"number": number, "family": name} for number, name in families.items()]
    best = {"number": 4, "members": members} if members else {"number": 4}

    alerts = CHECKS["beyond_training"].function(Outcome({"trials": trials}, best, None, beyond))
    assert bool(alerts) == speaks


def test_dates_after_the_moment_of_their_row_are_asked_about(rng: np.random.Generator) -> None:
    opened = pd.date_range("2024-01-01", periods=300, freq="D").to_series(index=range(300))
    days = pd.to_timedelta(rng.integers(1, 90, 300), unit="D")
    frame = pd.DataFrame(
        {"opened": opened, "validated": opened + days, "due_date": opened + days, "born": opened - days * 300}
    )
    frame["y"] = rng.choice(["a", "b"], 300)
    asked = {"roles": {"opened": "time"}, "validation": {"kind": "time"}}

    assert alerted(frame, **asked)["later_date"]["columns"] == ["validated"]  # a due date is known in advance
    assert "later_date" not in alerted(frame)  # nobody said which date is the clock
    frame["validated"] = opened - days
    assert "later_date" not in alerted(frame, **asked)
