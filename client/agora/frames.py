"""pandas in and out. Everything else of the client works without pandas."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

Table: TypeAlias = "str | Path | pd.DataFrame"


@contextmanager
def opened(table: Table, name: str) -> Iterator[tuple[str, BinaryIO]]:
    """A file as it is; a frame as Parquet, without its index. Gives the file's name and its bytes."""
    if isinstance(table, str | Path):
        path = Path(table)
        with path.open("rb") as file:
            yield path.name, file
        return
    with TemporaryDirectory(prefix="agora-") as folder:
        path = Path(folder) / f"{name}.parquet"
        table.to_parquet(path, index=False)
        with path.open("rb") as file:
            yield path.name, file


def rows_of(table: "pd.DataFrame | list[dict[str, Any]]") -> list[dict[str, Any]]:
    """Rows as JSON takes them: missing values are null, numbers plain, dates ISO 8601."""
    if isinstance(table, list):
        return table

    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", date_format="iso", date_unit="s"))
    return rows


def read(path: Path) -> "pd.DataFrame":
    """A Parquet file as a frame."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("Frames need pandas: pip install 'agora-client[pandas]'.") from None
    return pd.read_parquet(path)


def from_csv(path: Path) -> list[dict[str, Any]]:
    """Rows of a CSV file, numbers as numbers."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("CSV files need pandas: pip install 'agora-client[pandas]'.") from None
    return rows_of(pd.read_csv(path))
