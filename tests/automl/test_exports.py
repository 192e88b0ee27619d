"""A model taken away answers like the one that stayed; what cannot be taken says why."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.__main__ import main
from automl.export.code import NoCode, code_of, verified
from automl.export.onnx_graph import NotConvertible, to_onnx
from automl.export.onnx_model import feed
from automl.export.run import FORMATS, export_model
from automl.files import read_json
from automl.modelstore import ModelRefused
from automl.scoring import Scorer
from automl.tables import read_parquet
from tests.automl.conftest import clients

QUIET = {"PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def run(searched):
    """A finished search over 1,000 clients: several models, stored."""
    return searched("campaign").work


def best(run):
    return run / "models" / f"trial_{read_json(run / 'result.json')['best_trial']}"


def trial(run, **wanted):
    found = [r for r in read_json(run / "result.json")["trials"] if r["artifact"]]
    return run / next(r for r in found if all(r[k] == v for k, v in wanted.items()))["artifact"]["path"]


def taken(run, kind, tmp_path, folder=None, **more):
    """Export, unpack; the report and the folder."""
    report = export_model(
        kind,
        folder or best(run),
        tmp_path / "out.zip",
        run / "result.json",
        run.parent / "table.parquet",
        **more,
    )
    if report["ok"]:
        with zipfile.ZipFile(tmp_path / "out.zip") as archive:
            archive.extractall(tmp_path)
    return report, tmp_path / report.get("name", "")


@pytest.fixture(scope="module")
def packaged(run, tmp_path_factory):
    """The report and the folder of the scoring package of the best model, made once."""
    return taken(run, "package", tmp_path_factory.mktemp("package"))


def alone(folder, *command, timeout=120):
    """Run a file of an export in a process that knows nothing of the repository."""
    environment = {**os.environ, **QUIET}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def test_the_package_scores_1000_rows_without_the_repository_exactly_like_the_portal(run, packaged):
    report, folder = packaged
    assert report["checks"]["equal"] and report["checks"]["rows"] == 1000, report["checks"]
    rows = read_parquet(run.parent / "table.parquet").head(1000)
    rows.to_parquet(folder / "rows.parquet", index=False)

    done = alone(folder, "score.py", "rows.parquet", "--out", "scores.parquet")

    assert done.returncode == 0, done.stderr
    scorer = Scorer(best(run))
    wanted = scorer.predict(scorer.validate(rows)[0])
    found = read_parquet(folder / "scores.parquet")
    assert np.array_equal(found["score"], wanted["score"])
    assert list(found["prediction"]) == list(wanted["prediction"])


TRIED = """
import contextlib, io, json, sys, unittest
import test_package, automl, score

def told(*arguments):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            code = score.main(list(arguments))
        except SystemExit as ended:
            code = ended.code
    return [code, said.getvalue()]

tests = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromModule(test_package))
found = {"code": automl.__file__, "ran": tests.testsRun, "passed": tests.wasSuccessful()}
found["wrong"] = told("wrong.csv")
meta = score.HERE / "model" / "meta.json"
meta.write_text(meta.read_text().replace('"threshold"', '"Threshold"'))
found["changed"] = told("example_rows.csv")
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def tried(packaged, tmp_path_factory):
    """What a copy of the package says, in one process that knows nothing of the repository."""
    folder = shutil.copytree(packaged[1], tmp_path_factory.mktemp("tried") / "package")
    rows = clients(3).drop(columns="bought").astype(object)
    rows.loc[1, "income"] = "much"
    rows.to_csv(folder / "wrong.csv", index=False)
    done = alone(folder, "-c", TRIED)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_the_package_tests_itself_and_loads_its_own_code(tried):
    folder, told = tried
    assert told["passed"] and told["ran"] >= 1
    assert Path(told["code"]).is_relative_to(folder)


def test_the_package_names_row_and_column_of_what_does_not_fit(tried):
    folder, told = tried
    code, said = told["wrong"]
    assert code == 1 and "Row 2, column income" in said
    assert not (folder / "predictions.csv").exists() and "Traceback" not in said


def test_a_package_whose_model_was_changed_scores_nothing(tried):
    code, said = tried[1]["changed"]
    assert code == 3 and "changed" in said


def test_no_real_row_leaves_with_a_package(packaged):
    report, folder = packaged
    content = "".join((folder / name).read_text(errors="ignore") for name in report["files"])
    assert "K00001" not in content and "K00777" not in content


def test_onnx_answers_like_the_original_on_real_rows(run, tmp_path):
    report, folder = taken(run, "onnx", tmp_path)
    assert report["ok"], report
    assert report["checks"]["rows"] == 1000 and report["checks"]["real_rows"]
    assert report["checks"]["greatest_difference"] <= 1e-5
    rows = read_parquet(run.parent / "table.parquet").head(200)
    rows.to_parquet(folder / "rows.parquet", index=False)

    done = alone(folder, "predict_onnx.py", "rows.parquet", "--out", "scores.parquet")

    assert done.returncode == 0, done.stderr
    scorer = Scorer(best(run))
    wanted, found = scorer.predict(scorer.validate(rows)[0]), read_parquet(folder / "scores.parquet")
    assert np.abs(found["probability_yes"] - wanted["probability_yes"]).max() <= 1e-5


def test_what_has_no_onnx_form_says_why_and_names_the_nearest_that_has(run, tmp_path):
    report, _ = taken(run, "onnx", tmp_path, trial(run, is_baseline=True), others=[best(run)])
    assert not report["ok"] and report["reason"]["code"] == "onnx_no_converter"
    assert report["reason"]["params"]["part"] == "DummyClassifier"
    assert report["nearest"]["number"] == read_json(run / "result.json")["best_trial"]
    assert report["nearest"]["checks"]["greatest_difference"] <= 1e-5
    assert not (tmp_path / "out.zip").exists()


def test_a_conversion_that_answers_differently_is_not_handed_out(run, tmp_path, monkeypatch):
    from automl.export import onnx_model

    real = onnx_model.run
    monkeypatch.setattr(onnx_model, "run", lambda data, ready: real(data, ready) + 0.01)
    report, _ = taken(run, "onnx", tmp_path)
    assert not report["ok"] and report["reason"]["code"] == "onnx_differs"
    assert not (tmp_path / "out.zip").exists()


def test_rounding_at_a_limit_of_a_tree_is_explained(run):
    from automl.export import onnx_model
    from automl.export.run import open_source

    class Steep:
        """Says yes above a limit that 32 bits cannot tell from the value below it."""

        classes_ = np.array([0, 1])

        def predict_proba(self, ready):
            sure = (ready["income"].to_numpy() > 16777216.5).astype(float)
            return np.column_stack([1 - sure, sure])

    source = open_source(best(run), {}, run.parent / "table.parquet")
    source.scorer.pipeline = Steep()
    ready = pd.DataFrame({"income": np.array([16777217.0, 1.0, 2.0])})
    rounded = Steep().predict_proba(ready.astype("float32").astype("float64"))
    real, onnx_model.run = onnx_model.run, lambda data, ready: rounded
    try:
        report = onnx_model.parity(source, b"", ready)
    finally:
        onnx_model.run = real
    assert report["ok"] and report["explained_by_rounding"] and report["rows_above"] == 1


def test_votes_log_targets_and_strange_names_convert():
    import onnxruntime
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.ensemble import VotingRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    rng = np.random.default_rng(0)
    x = pd.DataFrame({"a b": rng.normal(size=80), "a_b": rng.normal(size=80), "é <b>'": ["x", "y"] * 40})
    x["é <b>'"] = x["é <b>'"].astype(object)
    y = np.exp(x["a b"] + 2 * x["a_b"])

    def pipe(model):
        coded = ColumnTransformer(
            [("n", "passthrough", ["a b", "a_b"]), ("c", OrdinalEncoder(), ["é <b>'"])], sparse_threshold=0
        )
        return Pipeline([("prepare", coded), ("model", model)])

    logged = TransformedTargetRegressor(
        LinearRegression(), func=np.log1p, inverse_func=np.expm1, check_inverse=False
    )
    vote = VotingRegressor([("a", pipe(LinearRegression())), ("b", pipe(logged))], weights=[1, 3]).fit(x, y)
    session = onnxruntime.InferenceSession(to_onnx(vote, x, 0).SerializeToString())
    found = session.run(["scores"], feed(x))[0].ravel()
    assert np.abs(found - vote.predict(x)).max() / np.abs(vote.predict(x)).max() < 1e-5


def test_a_forest_too_large_for_onnx_is_refused_before_minutes_are_spent(run, monkeypatch):
    from automl.export import onnx_graph

    monkeypatch.setattr(onnx_graph, "tree_nodes", lambda pipeline: 10_000_000)
    with pytest.raises(NotConvertible, match="onnx_too_large"):
        to_onnx(Scorer(best(run)).pipeline, pd.DataFrame({"a": [1.0]}), 2)


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_the_run_is_reproduced_to_the_digit(run, tmp_path, kind):
    simple = trial(run, is_simple=True) if kind == "notebook" else best(run)
    report, folder = taken(run, kind, tmp_path, simple)
    assert report["ok"], report
    if kind == "notebook":
        book = json.loads((folder / "reproduce.ipynb").read_text())
        assert book["nbformat"] == 4 and len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
        code = "\n".join("".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code")
        code = code.replace('"table.csv"', repr(str(run.parent / "table.parquet")))
        (folder / "cells.py").write_text(code)
        done = alone(folder, "cells.py")
    else:
        done = alone(folder, "reproduce.py", str(run.parent / "table.parquet"))
    assert "The same result." in done.stdout, done.stdout + done.stderr


def test_every_trial_with_a_model_can_be_written_as_code(run):
    for record in read_json(run / "result.json")["trials"]:
        if record["artifact"]:
            pipeline = Scorer(run / record["artifact"]["path"]).pipeline
            lines, text = verified(pipeline)
            assert lines and text.split("(")[0].isidentifier()


def test_what_is_no_code_is_refused_by_name():
    with pytest.raises(NoCode, match="object"):
        code_of({"a": object()})


def test_the_mlflow_folder_loads_as_a_python_function(run, tmp_path):
    yaml = pytest.importorskip("yaml")
    report, folder = taken(run, "mlflow", tmp_path)
    assert report["ok"]
    flavor = yaml.safe_load((folder / "MLmodel").read_text())["flavors"]["python_function"]
    assert yaml.safe_load((folder / "python_env.yaml").read_text())["dependencies"] == ["-r requirements.txt"]
    program = (
        f"import sys, json, pandas; sys.path.insert(0, {flavor['code']!r});"
        f"m = __import__({flavor['loader_module']!r})._load_pyfunc({flavor['data']!r});"
        "e = json.load(open('input_example.json')); rows = pandas.DataFrame(e['data'], columns=e['columns']);"
        "print(len(m.predict(rows)))"
    )
    done = alone(folder, "-c", program)
    assert done.stdout.strip() == "5", done.stderr


def test_skops_goes_with_everything_that_loading_needs(run, tmp_path):
    report, folder = taken(run, "skops", tmp_path)
    assert report["ok"]
    manifest = json.loads((folder / "manifest.json").read_text())
    Scorer(folder / "model", manifest["sha256"])
    assert "scikit-learn==" in (folder / "requirements.txt").read_text()


def test_the_same_model_gives_the_same_bytes(run, tmp_path):
    taken(run, "skops", tmp_path)
    first = (tmp_path / "out.zip").read_bytes()
    taken(run, "skops", tmp_path)
    assert (tmp_path / "out.zip").read_bytes() == first


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_another_model_than_the_expected_is_never_exported(run, tmp_path, kind):
    with pytest.raises(ModelRefused):
        export_model(kind, best(run), tmp_path / "out.zip", sha256="0" * 64)
    assert not (tmp_path / "out.zip").exists()


def test_without_the_record_of_the_run_it_is_not_reproduced_but_explained(run, tmp_path):
    report = export_model("script", best(run), tmp_path / "out.zip")
    assert report["reason"]["code"] == "export_needs_result"


def test_the_command_reports_in_a_file(run, tmp_path):
    code = main(["export", "--model", str(best(run)), "--format", "skops", "--out", str(tmp_path / "m.zip")])
    assert code == 0
    assert read_json(tmp_path / "m.zip.report.json")["ok"] and (tmp_path / "m.zip").exists()


@pytest.mark.long
def test_the_package_runs_in_a_fresh_environment(packaged, tmp_path):
    _, folder = packaged
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    pins = str(folder / "requirements.txt")
    subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", pins], check=True, timeout=600)
    for command in (["test_package.py"], ["score.py", "example_rows.csv"]):
        done = subprocess.run(
            [str(python), *command], cwd=folder, capture_output=True, text=True, env={**os.environ, **QUIET}
        )
        assert done.returncode == 0, done.stderr
