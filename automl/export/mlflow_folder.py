"""An MLflow model folder, written by hand: any MLflow loads it as a Python function, without unpickling."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pandas as pd

from automl.export.archive import Content, ready_made
from automl.export.examples import example_rows
from automl.export.package import Source, as_json, model_files, runtime
from automl.export.requirements import names_for, python, requirements, versions

MLFLOW = "2.0"  # the oldest that knows all keys written here
KINDS = {"number": "double", "category": "string", "date": "string", "text": "string"}


def mlflow_folder(source: Source) -> Content:
    """All files of the folder; `mlflow.pyfunc.load_model(folder)` reads it."""
    schema = source.meta["input_schema"]
    found = versions(names_for(source.scorer.pipeline), source.environment)
    rows = pd.DataFrame(example_rows(schema))
    pinned = requirements(found) + f"mlflow>={MLFLOW}\n".encode()
    code = {f"code/{name}": data for name, data in runtime().items()}
    return {
        "MLmodel": mlmodel(source).encode(),
        "python_env.yaml": environment(source).encode(),
        "conda.yaml": conda(source, pinned).encode(),
        "requirements.txt": pinned,
        "input_example.json": as_json(rows.to_dict(orient="split", index=False)),
        "code/agora_pyfunc.py": ready_made("agora_pyfunc.py"),
        **code,
        **model_files(source, "data/"),
    }


def signature(source: Source) -> dict[str, str]:
    """Columns in and out, as MLflow writes them: JSON inside YAML."""
    inputs = [
        {"type": KINDS.get(entry["kind"], "string"), "name": entry["name"], "required": False}
        for entry in source.meta["input_schema"]
    ]
    rows = pd.DataFrame(example_rows(source.meta["input_schema"], 2), dtype=object)
    scored = source.scorer.predict(rows)
    outputs = [
        {
            "type": "double" if pd.api.types.is_numeric_dtype(scored[name]) else "string",
            "name": str(name),
            "required": True,
        }
        for name in scored
    ]
    return {"inputs": json.dumps(inputs), "outputs": json.dumps(outputs)}


def mlmodel(source: Source) -> str:
    """The MLmodel file."""
    said = signature(source)
    digest = hashlib.sha256((source.folder / "model.skops").read_bytes()).hexdigest()
    lines = [
        "flavors:",
        "  python_function:",
        "    code: code",
        "    data: data",
        "    env:",
        "      conda: conda.yaml",
        "      virtualenv: python_env.yaml",
        "    loader_module: agora_pyfunc",
        f"    python_version: {quoted(python(source.environment))}",
        f"mlflow_version: {quoted(MLFLOW + '.0')}",
        f"model_uuid: {digest[:32]}",
        "saved_input_example_info:",
        "  artifact_path: input_example.json",
        "  pandas_orient: split",
        "  type: dataframe",
        "signature:",
        f"  inputs: {quoted(said['inputs'])}",
        f"  outputs: {quoted(said['outputs'])}",
        "metadata:",
        f"  name: {quoted(source.meta.get('name'))}",
        f"  target: {quoted(source.meta.get('target'))}",
        f"  table_digest: {quoted(source.result.get('table_digest') or '')}",
    ]
    return "\n".join(lines) + "\n"


def quoted(value: Any) -> str:
    """A YAML text; JSON strings are YAML."""
    return json.dumps(str(value), ensure_ascii=True)


def environment(source: Source) -> str:
    """python_env.yaml."""
    version = python(source.environment)
    return f'python: "{version}"\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n'


def conda(source: Source, pinned: bytes) -> str:
    """conda.yaml."""
    names = "".join(f"  - {line}\n" for line in pinned.decode().split())
    head = f"name: agora\nchannels:\n- conda-forge\ndependencies:\n- python={python(source.environment)}\n"
    return head + f"- pip\n- pip:\n{names}"
