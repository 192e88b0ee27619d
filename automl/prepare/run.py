"""Playing a recipe on a table: on its first rows for a look, or on all of it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from automl.files import read_json, write_json
from automl.prepare import operations
from automl.prepare.script import script
from automl.sensitive import personal_suspicion
from automl.tables import plain_types, read_parquet
from automl.texts import note

SAMPLE = 2_000  # rows looked at for a preview
SHOWN = 15
MOST_ROWS = 2_000_000
MOST_COLUMNS = 2_000
NUMERIC = {"bins", "mean", "median", "add", "subtract", "multiply", "divide"}
DATED = {"split_date", "days_until"}


class StepProblem(Exception):
    """A step that cannot be played; ``problem`` names it, its column and the reason."""

    def __init__(self, place: int, column: str, code: str, **params: Any) -> None:
        super().__init__(code)
        text = note(code, step=place + 1, column=column, **params)
        self.problem = {**text, "step": place, "row": None, "column": column or None}


def prepare_files(table: Path, plan: Path, out: Path, sample: int) -> int:
    """Play the recipe of ``plan`` and write prepare.json; table.parquet too unless it is only a look.

    Parameters
    ----------
    table : Path
        The Parquet table it begins with.
    plan : Path
        JSON: ``steps``; ``others``, from the key of a joined table to its ``path`` and ``masked`` columns;
        ``masked`` columns of the table.
    out : Path
        Folder to write to.
    sample : int
        1 for a look at the first rows, 0 for the whole table.
    """
    asked = read_json(plan)
    frame = first_rows(table) if sample else read_parquet(table)
    dates = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name].dtype)]
    others = {key: read_parquet(Path(each["path"])) for key, each in asked.get("others", {}).items()}
    answer: dict[str, Any] = {"ok": True, "errors": [], "warnings": [], "steps": [], "looked_at": len(frame)}
    answer["code"] = script(asked["steps"], dates)
    try:
        frame = play(frame, asked["steps"], others, answer["steps"])
        result = storable(frame, len(asked["steps"]))
        answer |= described(result, personal_in(result, asked))
        if not sample:
            store(result, out / "table.parquet")
    except StepProblem as refused:
        answer |= {"ok": False, "errors": [refused.problem]}
    write_json(out / "prepare.json", answer)
    return 0


def first_rows(table: Path) -> pd.DataFrame:
    """The beginning of a table, without reading the rest."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(table) as source:
        batch = next(source.iter_batches(batch_size=SAMPLE), None)
        content = pa.Table.from_batches([batch] if batch else [], schema=source.schema_arrow)
    return plain_types(content.to_pandas())


def play(
    frame: pd.DataFrame,
    steps: list[dict[str, Any]],
    others: dict[str, pd.DataFrame],
    told: list[dict[str, Any]],
) -> pd.DataFrame:
    """Play the steps one after the other; what each left behind is added to ``told``.

    Raises
    ------
    StepProblem
        For the first step that cannot be played, with its number and column.
    """
    for place, step in enumerate(steps):
        require_columns(frame, step, place)
        before = int(frame.isna().sum().sum()) if step["kind"] == "cast" else 0
        frame = one_step(frame, step, place, others)
        emptied = int(frame.isna().sum().sum()) - before if step["kind"] == "cast" else 0
        told.append({"rows": len(frame), "columns": frame.shape[1], "emptied": max(0, emptied)})
        if not len(frame):
            raise StepProblem(place, "", "prepare_no_rows")
    return frame


def one_step(
    frame: pd.DataFrame, step: dict[str, Any], place: int, others: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Play one step, its failure in words."""
    kind = step["kind"]
    settings = {name: value for name, value in step.items() if name not in ("kind", "version", "by")}
    column = step.get("column") or step.get("left") or step.get("on") or ""
    if kind == "join":
        settings["other"] = others[step["version"]]
        missing = {step["other_on"], *step["columns"]} - set(settings["other"].columns)
        if missing:
            raise StepProblem(place, sorted(missing)[0], "prepare_other_absent")
    try:
        return plain_types(getattr(operations, kind)(frame, **settings))
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        code = "prepare_not_unique" if kind == "join" else "prepare_failed"
        column = step["other_on"] if kind == "join" else column
        raise StepProblem(place, column, code) from error


def require_columns(frame: pd.DataFrame, step: dict[str, Any], place: int) -> None:
    """Columns a step reads must be there and of its type; those it makes must not be there yet."""
    reads = [step[name] for name in ("column", "left", "right_column", "on") if step.get(name)]
    reads += step.get("columns") or [] if step["kind"] in ("drop", "distinct") else []
    for name in reads:
        if name not in frame.columns:
            raise StepProblem(place, name, "prepare_absent")
    for name in made_by(step):
        if name in frame.columns:
            raise StepProblem(place, name, "prepare_twice")
    words = {step["kind"], step.get("how"), step.get("operation")}
    for name in reads:
        kind = frame[name].dtype
        is_number = pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
        if words & NUMERIC and not is_number:
            raise StepProblem(place, name, "prepare_not_number")
        if words & DATED and not pd.api.types.is_datetime64_any_dtype(kind):
            raise StepProblem(place, name, "prepare_not_date")


def made_by(step: dict[str, Any]) -> list[str]:
    """Names of the columns a step adds."""
    kind = step["kind"]
    if kind == "rename":
        return [step["to"]]
    if kind == "split_date":
        return [f"{step['column']}_{part}" for part in step["parts"]]
    if kind == "join":
        return list(step["columns"])
    return [step["into"]] if kind in ("derive", "bins") else []


def storable(frame: pd.DataFrame, steps: int) -> pd.DataFrame:
    """The table in the types in which tables are kept; whatever else stands in it becomes text."""
    if len(frame) > MOST_ROWS or frame.shape[1] > MOST_COLUMNS:
        raise StepProblem(steps - 1, "", "prepare_too_large", limit=MOST_ROWS, columns=MOST_COLUMNS)
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            column = column.dt.tz_localize(None).astype("datetime64[us]")
        elif column.dtype == object:
            column = column.map(str, na_action="ignore").astype(object)
            column = column.where(column.notna(), None)
        columns[name] = column
    return pd.DataFrame(columns, index=frame.index)


def described(frame: pd.DataFrame, masked: list[str]) -> dict[str, Any]:
    """What a page shows of a table: its columns with their types and its first rows as text."""
    words = {"f": "number", "i": "number", "u": "number", "b": "boolean", "M": "date"}
    columns = [{"name": name, "type": words.get(frame[name].dtype.kind, "text")} for name in frame.columns]
    rows = [[shown(value) for value in row] for row in frame.head(SHOWN).itertuples(index=False, name=None)]
    return {
        "rows": len(frame), "names": list(frame.columns), "columns": list(frame.columns), "types": columns,
        "sample": rows, "masked": masked, "format": "recipe",
    }  # fmt: skip


def shown(value: Any) -> str | None:
    """A cell as text; nothing for a missing one."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, datetime.datetime):
        return operations.text_of(value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)[:80]


def personal_in(frame: pd.DataFrame, asked: dict[str, Any]) -> list[str]:
    """Columns that look personal, or were made of columns whose values are masked."""
    masked = set(asked.get("masked", []))
    for step in asked["steps"]:
        reads = {step.get(name) for name in ("column", "left", "right_column")}
        if step["kind"] == "join":
            other = asked["others"][step["version"]]
            masked |= set(step["columns"]) & set(other.get("masked", []))
        elif reads & masked:
            masked |= set(made_by(step))
    return [name for name in frame.columns if name in masked or personal_suspicion(frame[name].head(SAMPLE))]


def store(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as the upload does."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as parquet

    from automl.files import write_bytes

    buffer = io.BytesIO()
    fields = {"f": pa.float64(), "i": pa.int64(), "u": pa.int64(), "b": pa.bool_(), "M": pa.timestamp("us")}
    schema = pa.schema([(name, fields.get(frame[name].dtype.kind, pa.string())) for name in frame.columns])
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    parquet.write_table(table.replace_schema_metadata(None), buffer, compression="zstd")
    write_bytes(path, buffer.getvalue())
