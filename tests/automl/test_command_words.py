"""Whatever is given to a command, a person reads one sentence and never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.fit import fit
from automl.profiling import profile_table
from automl.question import BadQuestion, Question
from automl.search.splits import holdout
from tests.automl.conftest import clients

Saved = Callable[..., tuple[Path, Path]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", -1), ("seed", 2**32), ("seed", "x"), ("seed", 1.5), ("max_trials", 2.5), ("max_trials", True),
        ("memory_mb", -5), ("memory_mb", "lots"), ("budget_seconds", "ten"), ("budget_seconds", float("nan")),
        ("metric", ["roc_auc"]), ("sensitive_as_feature", "no"), ("cost_false_positive", float("inf")),
        ("target", 5), ("target", ["bought"]), ("validation.folds", 2.5), ("validation.holdout", "half"),
        ("validation.column", 7),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_named_with_its_field(field: str, value: Any) -> None:
    name, _, inner = field.partition(".")
    asked = {"target": "bought", name: {inner: value} if inner else value}

    with pytest.raises(BadQuestion) as refused:
        Question.from_dict(asked)
    assert refused.value.problem["params"]["field"] == field


def test_a_damaged_or_missing_file_is_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], saved: Saved
) -> None:
    table, question = saved(clients(60))
    (tmp_path / "damaged.parquet").write_bytes(table.read_bytes()[:200])
    (tmp_path / "broken.json").write_text('{"target": "bou')
    out = ["--out", str(tmp_path / "out.json")]
    for place in ("damaged.parquet", "absent.parquet"):
        given = ["--table", str(tmp_path / place)]
        asked = ["--question", str(question)]
        for command in (
            ["profile", *given, *out], ["check", *given, *asked, *out], ["frame", *given, "--target", "bought", *out],
            ["pair", *given, "--first", "a", "--second", "b", *out], ["fit", *given, *asked, "--workdir", str(tmp_path / "w")],
        ):  # fmt: skip
            assert main(command) == 1, command
            said = capfd.readouterr()
            event = json.loads(said.out.splitlines()[-1])
            assert event["event"] == "failed" and event["message"] % event["params"]
            assert "Traceback" not in said.err
    given = ["--table", str(table), "--question", str(tmp_path / "broken.json")]
    assert main(["check", *given, *out]) == 1 and "Traceback" not in capfd.readouterr().err
    for command, code in (
        (["pair", "--first", "none", "--second", "bought"], "expect_absent"),
        (["relate", "--target", "none"], "target_not_there"),
        (["frame", "--target", "client_id"], "target_names_rows"),
    ):
        assert main([*command, "--table", str(table), *out]) == 2, command
        said = capfd.readouterr().out
        problem = json.loads(said) if said else json.loads((tmp_path / "out.json").read_text())
        assert problem["code"] == code and problem["message"] % problem["params"]


def test_values_too_close_to_be_cut_are_one_bar() -> None:
    frame = pd.DataFrame(
        {"n": 10.0**18 + np.random.default_rng(0).permutation(120) * 128, "y": np.arange(120)}
    )

    described = profile_table(frame)["columns"][0]
    assert sum(described["histogram"]["counts"]) == 120


def test_one_group_and_more_classes_than_rows_kept_apart_are_handled(tmp_path: Path, saved: Saved) -> None:
    table, _ = saved(clients(120).assign(firm="one"))
    asked = {"target": "bought", "validation": {"kind": "grouped", "column": "firm", "folds": 3}}
    with pytest.raises(BadQuestion) as refused:
        fit(table, Question.from_dict(asked), tmp_path / "w", tell=lambda *_, **__: None)
    assert refused.value.problem["code"] == "too_few_groups"

    from automl.question import read_target

    question = Question.from_dict({"target": "k", "task": "multiclass"})
    target = read_target(pd.Series([f"k{n % 60}" for n in range(120)], name="k"), question)
    train, test = holdout(target, None, question)
    assert len(test) == 24 and not set(train) & set(test)
