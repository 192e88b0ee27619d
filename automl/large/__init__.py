"""Tables too large to hold whole: one column at a time for exact counts, drawn rows for everything else."""

from automl.large.reading import Columns, is_large

__all__ = ["Columns", "is_large"]
