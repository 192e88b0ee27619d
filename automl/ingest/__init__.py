"""Reading an uploaded file safely into one typed Parquet table, with a clear answer for bad ones."""

from automl.ingest.bounds import Bounds, Refused
from automl.ingest.run import ingest

__all__ = ["Bounds", "Refused", "ingest"]
