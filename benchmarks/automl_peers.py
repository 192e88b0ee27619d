"""One tool on one split, run by the tool's own Python: reads train and test, writes predictions and figures.

Called by `automl_quality` as `python automl_peers.py <tool> <folder> <seconds> <cores> <seed>`. It needs only
numpy, pandas with pyarrow, and the tool. The answer column is `__answer__`: whole numbers from 0 for classes.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ANSWER = "__answer__"
Predict = Callable[[pd.DataFrame], Any]
Fitted = tuple[Predict, "Path | None"]


def as_categories(train: pd.DataFrame, test: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Text becomes pandas categories (those of the training rows): what libraries without typing expect."""
    train, test = train.copy(), test.copy()
    for name in train.columns:
        if not pd.api.types.is_numeric_dtype(train[name]):
            kind = pd.CategoricalDtype(train[name].dropna().astype(str).unique())
            for frame in (train, test):
                text = frame[name].astype(str).where(frame[name].notna(), None)
                frame[name] = text.astype(kind)
    return train, test


def answers(model: Any, task: str) -> Predict:
    """Probabilities of a classifier, estimates of a regressor."""
    return model.predict if task == "regression" else model.predict_proba


def hgb(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """The default gradient boosting of scikit-learn, with its own handling of categories."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    x, _ = as_categories(x, x)
    wide = [name for name in x if isinstance(x[name].dtype, pd.CategoricalDtype) and x[name].nunique() > 250]
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    model = kind(random_state=given["seed"]).fit(x.drop(columns=wide), y)
    return lambda rows: answers(model, task)(as_categories(x, rows)[1].drop(columns=wide)), dumped(
        model, folder
    )


def lightgbm(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """LightGBM as it comes."""
    import lightgbm as library

    x, _ = as_categories(x, x)
    kind = library.LGBMRegressor if task == "regression" else library.LGBMClassifier
    model = kind(random_state=given["seed"], n_jobs=given["cores"], verbose=-1)
    names = {name: f"c{place}" for place, name in enumerate(x.columns)}  # it dislikes odd names
    model.fit(x.rename(columns=names), y)
    model.booster_.save_model(folder / "model.txt")
    return lambda rows: answers(model, task)(
        as_categories(x, rows)[1].rename(columns=names)
    ), folder / "model.txt"


def flaml(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """FLAML with its default estimators."""
    from flaml import AutoML

    kinds = {"binary": "classification", "multiclass": "classification", "regression": "regression"}
    metrics = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
    model = AutoML()
    settings = {
        "time_budget": given["seconds"],
        "n_jobs": given["cores"],
        "seed": given["seed"],
        "verbose": 0,
    }
    model.fit(x, y, task=kinds[task], metric=metrics[task], **settings)
    return answers(model, task), dumped(model, folder)


def mljar(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """mljar-supervised in the mode made for competitions within a limit of time."""
    from supervised import AutoML

    kinds = {
        "binary": "binary_classification",
        "multiclass": "multiclass_classification",
        "regression": "regression",
    }
    metrics = {"binary": "auc", "multiclass": "logloss", "regression": "rmse"}
    model = AutoML(
        results_path=str(folder / "mljar"), mode="Compete", total_time_limit=int(given["seconds"]), n_jobs=given["cores"],
        ml_task=kinds[task], eval_metric=metrics[task], random_state=given["seed"], verbose=0,
    )  # fmt: skip
    model.fit(x, y)
    return answers(model, task), folder / "mljar"


def autogluon(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """AutoGluon with the preset `best_quality`."""
    from autogluon.tabular import TabularPredictor

    metrics = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}
    model = TabularPredictor(
        ANSWER, problem_type=task, eval_metric=metrics[task], path=str(folder / "autogluon"), verbosity=0
    )
    model.fit(
        x.assign(**{ANSWER: y}), time_limit=given["seconds"], presets="best_quality", num_cpus=given["cores"]
    )
    ask = model.predict if task == "regression" else model.predict_proba
    return lambda rows: ask(rows).to_numpy(), folder / "autogluon"


def h2o(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """H2O AutoML; it needs Java."""
    import h2o as library
    from h2o.automl import H2OAutoML

    library.init(nthreads=given["cores"], max_mem_size="6G", log_level="ERRR")
    library.no_progress()
    frame = library.H2OFrame(x.assign(**{ANSWER: y}))
    if task != "regression":
        frame[ANSWER] = frame[ANSWER].asfactor()
    search = H2OAutoML(max_runtime_secs=int(given["seconds"]), seed=given["seed"] + 1)
    search.train(y=ANSWER, training_frame=frame)
    library.save_model(search.leader, str(folder / "h2o"))

    def predict(rows: pd.DataFrame) -> Any:
        given_back = search.leader.predict(library.H2OFrame(rows)).as_data_frame()
        return given_back["predict"] if task == "regression" else given_back.drop(columns="predict")

    return predict, folder / "h2o"


def agora(x: pd.DataFrame, y: Any, task: str, folder: Path, given: dict[str, Any]) -> Fitted:
    """Agora's engine as the portal runs it; the smallest holdout, because peers keep none."""
    from automl.fit import fit
    from automl.question import Question
    from automl.scoring import Scorer

    x.assign(**{ANSWER: y}).to_parquet(folder / "asked.parquet", index=False)
    kind = "random" if task == "regression" else "stratified"
    question = Question.from_dict(
        {"target": ANSWER, "task": task, "positive_label": "1" if task == "binary" else None, "max_trials": 500,
         "budget_seconds": given["seconds"], "seed": given["seed"], "validation": {"kind": kind, "holdout": 0.05}}
    )  # fmt: skip
    result = fit(
        folder / "asked.parquet", question, folder / "work", given["cores"], tell=lambda event, **more: None
    )
    best = next(trial for trial in result["trials"] if trial["number"] == result["best_trial"])
    given["notes"] = {"best": best["name"], "members": best.get("members"), "trials": len(result["trials"])}
    given["notes"] |= {
        "cv": best["cv_score"],
        "finished": [t["name"] for t in result["trials"] if t["artifact"]],
    }
    scorer = Scorer(folder / "work" / best["artifact"]["path"])
    names = [f"probability_{each}" for each in scorer.classes] or ["prediction"]
    return lambda rows: scorer.predict(rows)[names].to_numpy(), folder / "work" / best["artifact"]["path"]


TOOLS = {each.__name__: each for each in (agora, hgb, lightgbm, flaml, mljar, autogluon, h2o)}


def dumped(model: Any, folder: Path) -> Path:
    """Store a peer's model the way its users do, for its size only; it is never read."""
    import pickle  # noqa: TID251 - written for its size, never loaded

    target = folder / "model.pkl"
    target.write_bytes(pickle.dumps(model))
    return target


def size_of(place: Path | None) -> int | None:
    """Bytes of a stored model."""
    if place is None or not place.exists():
        return None
    files = [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def take(tool: str, folder: Path, seconds: float, cores: int, seed: int) -> None:
    """Fit, predict, measure, write `answer.npy` and `figures.json`."""
    warnings.simplefilter("ignore")
    train, test = (pd.read_parquet(folder / f"{name}.parquet") for name in ("train", "test"))
    task = json.loads((folder / "task.json").read_text())["task"]
    if tool == "agora":  # loads its libraries as its command line does
        import lightgbm as _lightgbm  # noqa: F401
        import skops.io  # noqa: F401
    given: dict[str, Any] = {"seconds": seconds, "cores": cores, "seed": seed}
    place = folder / tool
    place.mkdir(exist_ok=True)
    started = time.monotonic()
    predict, stored = TOOLS[tool](train.drop(columns=ANSWER), train[ANSWER], task, place, given)
    taken = time.monotonic() - started
    x_test = test.drop(columns=ANSWER)
    answer = np.asarray(predict(x_test), dtype=float)
    thousand = x_test.iloc[np.arange(1000) % len(x_test)].reset_index(drop=True)
    started = time.monotonic()
    predict(thousand)
    latency = 1000 * (time.monotonic() - started)
    np.save(place / "answer.npy", answer.ravel() if task == "regression" else answer)
    figures = {
        "fit_seconds": taken,
        "latency_ms": latency,
        "size_bytes": size_of(stored),
        **given.get("notes", {}),
    }
    (place / "figures.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
