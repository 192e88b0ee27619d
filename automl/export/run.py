"""The ``export`` command: one model in, one zip out, and a report of what was checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.export.archive import Content, write_zip
from automl.export.code import NoCode
from automl.export.mlflow_folder import mlflow_folder
from automl.export.onnx_graph import NotConvertible
from automl.export.onnx_model import onnx_files
from automl.export.package import Source, as_json, check_package, manifest, model_files, package
from automl.export.reproduce import notebook, script
from automl.export.requirements import names_for, requirements, versions
from automl.files import read_json, write_json
from automl.large import Columns
from automl.modelstore import TRUSTED, ModelRefused
from automl.question import BadQuestion
from automl.scoring import INTEGRITY, Scorer
from automl.speaking import say
from automl.texts import note

CHECKED_ROWS = 1_000
MOST_OTHERS = 6
Made = tuple[Content, dict[str, Any]]


def export_model(
    kind: str,
    folder: Path,
    out: Path,
    result: Path | None = None,
    table: Path | None = None,
    sha256: str | None = None,
    others: list[Path] | None = None,
) -> dict[str, Any]:
    """Write a model in one of the ``FORMATS``.

    Parameters
    ----------
    kind : str
        One of ``FORMATS``.
    folder : Path
        ``models/trial_<n>``.
    out : Path
        The zip to write; nothing is written when the model cannot be exported.
    result : Path, optional
        result.json of the run; needed for notebook and script.
    table : Path, optional
        Table with real rows to check the export with; no row of it goes into the export.
    sha256 : str, optional
        The digest the model must have.
    others : list of Path, optional
        Folders of other trials, the best first: offered when this one does not convert.

    Returns
    -------
    dict
        ``ok``, ``checks`` (notes and figures), ``reason`` (a note) and ``nearest`` when not ok.

    Raises
    ------
    modelstore.ModelRefused
        When the digest differs or the model cannot be trusted.
    BadQuestion
        For an unknown format.
    """
    if kind not in FORMATS:
        raise BadQuestion("bad_question", field="--format", allowed=", ".join(FORMATS))
    known = read_json(result) if result else {}
    source = open_source(folder, known, table, sha256)
    if kind in ("notebook", "script") and not _is_recorded(source):
        return {"ok": False, "kind": kind, "reason": note("export_needs_result")}
    try:
        content, report = FORMATS[kind](source)
    except NotConvertible as problem:
        return {"ok": False, "kind": kind} | _refusal(problem, others or [], known, table)
    except NoCode as problem:
        return {"ok": False, "kind": kind, "reason": note("export_no_code", part=str(problem))}
    name = f"{_safe(source.meta.get('name'))}-{kind}"
    write_zip(out, name, content)
    checks = {"kind": kind, "ok": True, "name": name, "size_bytes": out.stat().st_size}
    return checks | {"files": sorted(content), "checks": report}


def open_source(folder: Path, known: dict[str, Any], table: Path | None, sha256: str | None = None) -> Source:
    """Load the model, and evenly spaced rows of the table that it accepts."""
    scorer = Scorer(folder, sha256)
    return Source(folder, scorer, known, _real_rows(scorer, table) if table else None)


def _real_rows(scorer: Scorer, table: Path) -> pd.DataFrame | None:
    columns = Columns(table)
    needed = [entry["name"] for entry in scorer.meta["input_schema"]]
    if not set(needed) <= set(columns.names) or not columns.rows:
        return None
    rows = columns.take(
        np.unique(np.linspace(0, columns.rows - 1, min(CHECKED_ROWS, columns.rows)).astype(int))
    )
    _, _, errors = scorer.validate(rows)
    return None if errors else rows


def _is_recorded(source: Source) -> bool:
    numbers = [each["number"] for each in source.result.get("trials", []) if each.get("test_metrics")]
    return "question" in source.result and source.meta.get("number") in numbers


def _safe(name: Any) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in str(name or "model"))
    return kept.strip("-")[:60] or "model"


def _refusal(
    problem: NotConvertible, others: list[Path], known: dict[str, Any], table: Path | None
) -> dict[str, Any]:
    """Why, and the first of the other trials that does convert."""
    found: dict[str, Any] = {"reason": note(problem.code, part=problem.what), "nearest": None}
    for folder in others[:MOST_OTHERS]:
        try:
            source = open_source(folder, known, table)
            _, report = onnx_files(source)
        except (NotConvertible, ModelRefused, OSError):
            continue
        nearest = {
            "number": source.meta.get("number"),
            "name": source.meta.get("name"),
            "folder": folder.name,
        }
        return found | {"nearest": nearest | {"checks": report}}
    return found


def _skops(source: Source) -> Made:
    found = versions(names_for(source.scorer.pipeline), source.environment)
    trusted = ",\n    ".join(repr(name) for name in TRUSTED)
    text = f"""# {source.meta.get("name")} as skops

`model.skops` is the fitted scikit-learn pipeline. It is no pickle: loading it runs no code, and any
type that is not listed here is refused.

    import skops.io
    pipeline = skops.io.load("model/model.skops", trusted=[
    {trusted},
    ])

The pipeline takes prepared columns; `model/recipe.json` says how each is made of the raw ones. The
scoring package does both.
"""
    content = {
        **model_files(source),
        "manifest.json": as_json(manifest(source)),
        "requirements.txt": requirements(found),
        "README.md": text.encode(),
    }
    return content, {"note": note("export_skops_loads", types=len(TRUSTED))}


def _package(source: Source) -> Made:
    content = package(source)
    return content, check_package(source, content)


def _mlflow(source: Source) -> Made:
    return mlflow_folder(source), {"note": note("export_mlflow_written")}


def _reproducing(make: Callable[[Source], Content]) -> Callable[[Source], Made]:
    def made(source: Source) -> Made:
        content = make(source)
        run = json.loads(content["run.json"])
        shown = {"metric": run["metric"], "value": f"{run['recorded']:.4f}"}
        return content, {"note": note("export_reproduces", **shown)}

    return made


FORMATS: dict[str, Callable[[Source], Made]] = {
    "package": _package,
    "onnx": onnx_files,
    "skops": _skops,
    "mlflow": _mlflow,
    "notebook": _reproducing(notebook),
    "script": _reproducing(script),
}


def export_command(options: Any) -> int:
    """Write the zip and ``<out>.report.json``; 0 exported or refused with a reason, 3 another model."""
    out = Path(options.out)
    paths = {
        name: Path(getattr(options, name)) if getattr(options, name) else None for name in ("result", "table")
    }
    code = 0
    try:
        report = export_model(
            options.format,
            Path(options.model),
            out,
            **paths,
            sha256=options.sha256,
            others=[Path(each) for each in (options.others or "").split(",") if each],
        )
    except ModelRefused:
        report, code = {"ok": False, "reason": note("model_integrity")}, INTEGRITY
    write_json(out.with_name(out.name + ".report.json"), report)
    say(report)
    return code
