"""Explaining a trained model: what drives it, how each column acts, why one row, where it errs."""

from automl.explain.report import explain_holdout
from automl.explain.subject import Subject

__all__ = ["Subject", "explain_holdout"]
