"""What leaves Agora checks its rows as strictly as what stays, and models are compared only where that is fair."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.compare import compare_command
from automl.explain.command import explain_command
from automl.export.run import export_model
from automl.files import read_json, sha256_of, write_json
from automl.modelstore import bundle_digest
from automl.question import BadQuestion, Question
from automl.search.splits import identity
from tests.automl.stored import stored, visits

GOOD = "seen,country,visits\n2024-02-01,FR,3\n2024-04-20,NA,n/a\n"
BAD = [
    ("seen,country,visits\n2024-02-01,FR,many\n", "many is not a number"),
    ("seen,country,visits\nsoon,FR,3\n", "soon is not a date"),
    ("seen,country\n2024-02-01,FR\n", "visits is missing"),
    ("seen,country,visits,visits\n2024-02-01,FR,3,4\n", "same name"),
    ("seen,country,visits\n2024-02-01,FR,3,4\n", "has 4 values"),
]


def unpacked(kind: str, place: Path) -> tuple[dict[str, Any], Path]:
    """The report of an export without a table, and its folder."""
    report = export_model(kind, stored(place / "model", *visits()), place / "out.zip")
    assert report["ok"], report
    with zipfile.ZipFile(place / "out.zip") as archive:
        archive.extractall(place)
    return report, place / report["name"]


def alone(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


TOLD = """
import contextlib, io, json, sys
import {module}
told = []
for name in sys.argv[1:]:
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            code = {module}.main([name, "--out", name + ".out.csv"])
        except SystemExit as ended:
            code = ended.code
    told.append([code, said.getvalue()])
print(json.dumps(told))
"""


@pytest.mark.parametrize(("kind", "module"), [("onnx", "predict_onnx"), ("package", "score")])
def test_an_export_refuses_rows_that_do_not_fit_and_scores_those_that_do(
    tmp_path: Path, kind: str, module: str
) -> None:
    import json

    report, folder = unpacked(kind, tmp_path)
    if kind == "onnx":
        assert report["checks"]["note"]["code"] == "onnx_parity_made_up"
        assert report["checks"]["note"]["message"] % report["checks"]["note"]["params"]
    files = {f"{number}.csv": text for number, (text, _) in enumerate(BAD)} | {"good.csv": GOOD}
    for name, text in files.items():
        (folder / name).write_text(text)

    done = alone(folder, "-c", TOLD.format(module=module), *files)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    for (code, said), (_, words) in zip(told, BAD, strict=False):
        assert code == 1 and words in said and "Traceback" not in said, said
    assert told[-1][0] == 0 and len(pd.read_csv(folder / "good.csv.out.csv")) == 2
    assert not (folder / "0.csv.out.csv").exists()
    assert alone(folder, f"{module}.py", "good.csv", "--out", "o.xlsx").returncode == 2


def test_an_unknown_format_is_refused_with_the_known_ones(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = stored(tmp_path / "model", *visits())

    with pytest.raises(BadQuestion) as refused:
        export_model("pickle", folder, tmp_path / "m.zip")
    assert "onnx" in refused.value.problem["params"]["allowed"]
    assert (
        main(["export", "--model", str(folder), "--format", "pickle", "--out", str(tmp_path / "m.zip")]) == 2
    )
    assert "Traceback" not in capfd.readouterr().err and not (tmp_path / "m.zip").exists()


def renamed(folder: Path, **meta: Any) -> Path:
    write_json(folder / "meta.json", read_json(folder / "meta.json") | meta)
    return folder


def test_models_of_other_targets_are_not_compared_and_other_tests_are_named(tmp_path: Path) -> None:
    frame, answers = visits(400)
    table, asked = tmp_path / "t.parquet", tmp_path / "q.json"
    frame.assign(bought=np.where(answers == 1, "yes", "no")).to_parquet(table, index=False)
    question = {"target": "bought", "positive_label": "yes"}
    write_json(asked, question)
    mine = identity(sha256_of(table), Question.from_dict(question))
    one = renamed(stored(tmp_path / "one", frame, answers), apart=mine)
    two = renamed(stored(tmp_path / "two", frame, answers), apart="elsewhere", name="champion")
    odd = stored(tmp_path / "odd", frame, answers, target="left")

    def compared(other: Path) -> tuple[int, dict[str, Any]]:
        models = (one, bundle_digest(one)), (other, bundle_digest(other))
        code = compare_command(*models, table, asked, tmp_path / "c.json")
        return code, read_json(tmp_path / "c.json")

    code, answer = compared(two)
    assert code == 0 and answer["sentences"][-1]["code"] == "compare_seen"
    assert answer["sentences"][-1]["params"]["name"] == "champion"
    code, answer = compared(one)
    assert code == 0 and all(each["code"] != "compare_seen" for each in answer["sentences"])
    code, answer = compared(odd)
    assert code == 2 and answer["problem"]["code"] == "compare_other_answers"


def test_reasons_on_another_table_than_the_model_was_tested_with_say_so(tmp_path: Path) -> None:
    frame, answers = visits(400)
    table, asked, out = tmp_path / "t.parquet", tmp_path / "q.json", tmp_path / "e.json"
    frame.assign(bought=np.where(answers == 1, "yes", "no")).to_parquet(table, index=False)
    question = {"target": "bought", "positive_label": "yes"}
    write_json(asked, question)
    mine = identity(sha256_of(table), Question.from_dict(question))
    warned = {}
    for apart in (mine, "elsewhere"):
        folder = renamed(stored(tmp_path / apart[:9], frame, answers), apart=apart)
        assert explain_command(folder, table, asked, "rows", None, out, bundle_digest(folder)) == 0
        warned[apart] = [each["code"] for each in read_json(out).get("warnings", [])]
    assert warned == {mine: [], "elsewhere": ["explain_other_table"]}


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("rows", {"rows": ["a"]}),
        ("rows", {"rows": 3}),
        ("rows", {"rows": [1.5]}),
        ("whatif", {"changes": ["visits"]}),
        ("change", {"row": None, "goal": "yes"}),
        ("report", {"seconds": "long"}),
        ("rows", []),
    ],
)
def test_options_of_the_wrong_kind_are_named(tmp_path: Path, what: str, options: Any) -> None:
    frame, answers = visits(200)
    frame.assign(bought=np.where(answers == 1, "yes", "no")).to_parquet(tmp_path / "t.parquet", index=False)
    write_json(tmp_path / "q.json", {"target": "bought", "positive_label": "yes"})
    write_json(tmp_path / "o.json", options)
    given = [
        "--model",
        str(stored(tmp_path / "model", frame, answers)),
        "--table",
        str(tmp_path / "t.parquet"),
    ]
    given += ["--question", str(tmp_path / "q.json"), "--options", str(tmp_path / "o.json")]

    assert main(["explain", *given, "--what", what, "--out", str(tmp_path / "a.json")]) == 2
    assert read_json(tmp_path / "a.json")["problem"]["code"] == "bad_question"
