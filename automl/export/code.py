"""Unfitted pipelines written as the Python that makes them: settings that are not the defaults."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np


class NoCode(Exception):
    """A part of the pipeline cannot be written as code; the text names it."""


def code_of(value: Any, indent: int = 0) -> str:
    """Write a value as an expression.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> code_of([Ridge(alpha=2.0), "passthrough", None])
    "[\\n    Ridge(alpha=2.0),\\n    'passthrough',\\n    None,\\n]"
    """
    simple = _simple(value)
    if simple is not None:
        return simple
    if isinstance(value, np.ndarray):
        return f"np.array({code_of(value.tolist(), indent)})"
    if isinstance(value, dict):
        return _joined("{", [f"{k!r}: {code_of(v, indent + 1)}" for k, v in value.items()], "}", indent)
    if isinstance(value, list):
        return _joined("[", [code_of(each, indent + 1) for each in value], "]", indent)
    if isinstance(value, tuple):
        return _joined("(", [code_of(each, indent + 1) for each in value], ",)", indent)
    if not hasattr(value, "get_params"):
        raise NoCode(type(value).__name__)
    given = [f"{k}={code_of(v, indent + 1)}" for k, v in changed(value).items()]
    return _joined(f"{type(value).__name__}(", given, ")", indent)


def _simple(value: Any) -> str | None:
    """Numbers, texts and names of numpy; None for anything that holds other values."""
    if isinstance(value, np.ufunc) or (isinstance(value, type) and value.__module__ == "numpy"):
        return f"np.{value.__name__}"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else f"{'-' if value < 0 else ''}np.inf"
    return repr(value) if value is None or isinstance(value, (str, bool, int, float)) else None


def changed(estimator: Any) -> dict[str, Any]:
    """Settings of an estimator that differ from its defaults."""
    defaults = {
        name: each.default for name, each in inspect.signature(type(estimator).__init__).parameters.items()
    }
    return {
        name: value
        for name, value in estimator.get_params(deep=False).items()
        if name not in defaults or not _same(value, defaults[name])
    }


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    plain = (str, bool, int, float, tuple)
    if isinstance(value, plain) and isinstance(default, plain):
        return type(value) is type(default) and (value == default or repr(value) == repr(default))
    return False


def _joined(before: str, parts: list[str], after: str, indent: int) -> str:
    closing = after.lstrip(",")
    if not parts:
        return before + closing
    short = before + ", ".join(parts) + (after if len(parts) == 1 else closing)
    if len(short) + 4 * indent <= 88 and "\n" not in short and before not in "[{":
        return short
    if before in "[{" and all(len(part) < 40 and "(" not in part for part in parts) and len(short) < 88:
        return (
            short
            if before == "{" or len(parts) > 3 or all(p[0] in "'\"-0123456789" for p in parts)
            else _long(before, parts, closing, indent)
        )
    return _long(before, parts, closing, indent)


def _long(before: str, parts: list[str], closing: str, indent: int) -> str:
    pad = "    " * (indent + 1)
    lines = "".join(f"{pad}{part},\n" for part in parts)
    return f"{before}\n{lines}{'    ' * indent}{closing}"


def imports_of(value: Any) -> dict[str, str]:
    """Class name to the public module it comes from, for everything inside."""
    found: dict[str, str] = {}
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (list, tuple)):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
        elif hasattr(each, "get_params") and not isinstance(each, type):
            found[type(each).__name__] = _public(type(each).__module__)
            waiting += each.get_params(deep=False).values()
    return found


def _public(module: str) -> str:
    """The module people import from: sklearn.compose for sklearn.compose._column_transformer."""
    if module.startswith("automl."):
        return module
    if module.startswith("lightgbm"):
        return "lightgbm"
    parts = module.split(".")
    cut = next((number for number, part in enumerate(parts) if part.startswith("_")), len(parts))
    return ".".join(parts[:cut])


def import_lines(value: Any) -> list[str]:
    """One import per module, sorted."""
    by_module: dict[str, list[str]] = {}
    for name, module in imports_of(value).items():
        by_module.setdefault(module, []).append(name)
    return [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(by_module.items())]


def verified(value: Any) -> tuple[list[str], str]:
    """Import lines and expression, after making sure that they give the same pipeline again.

    Raises
    ------
    NoCode
        When they do not.
    """
    lines, text = import_lines(value), code_of(value)
    space: dict[str, Any] = {}
    try:
        exec("\n".join(["import numpy as np", *lines]), space)  # noqa: S102  # nosec B102  our own text, in a walled child
        again = eval(text, space)  # noqa: S307  # nosec B307
    except Exception as problem:
        raise NoCode(type(problem).__name__) from problem
    if code_of(again) != text:
        raise NoCode(type(value).__name__)
    return lines, text
