"""From a fitted pipeline to one ONNX graph: members converted one by one and joined here.

skl2onnx and onnxmltools convert the stock parts. Votes and targets on a transformed scale are
joined by hand: their own converters are missing, slow, or silently wrong for some parts.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd

OPSETS = {"": 21, "ai.onnx.ml": 3}
MOST_NODES = 3_000_000  # of trees; beyond, a file of hundreds of megabytes that takes minutes
SCORES = "scores"


class NotConvertible(Exception):
    """This pipeline cannot be written as ONNX; ``what`` names the part."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code, self.what = code, what


def to_onnx(pipeline: Any, ready: pd.DataFrame, classes: int) -> Any:
    """Convert a pipeline.

    Parameters
    ----------
    pipeline : fitted pipeline
        Or a soft vote of pipelines.
    ready : pandas.DataFrame
        Model columns; text columns become string inputs, others 32-bit floats.
    classes : int
        Number of classes, 0 for regression.

    Returns
    -------
    onnx.ModelProto
        Inputs ``x0`` … in the order of the columns, each of shape (rows, 1); one output
        ``scores``: probabilities (rows, classes) or estimates (rows, 1).

    Raises
    ------
    NotConvertible
        With the part that stands in the way.
    """
    _register()
    nodes = tree_nodes(pipeline)
    if nodes > MOST_NODES:
        raise NotConvertible("onnx_too_large", f"{nodes:,}")
    members = members_of(pipeline)
    graph = _Graph(ready)
    parts = [(weight, graph.add(member, number, classes)) for number, (weight, member) in enumerate(members)]
    return graph.finish(parts, classes)


def members_of(pipeline: Any) -> list[tuple[float, Any]]:
    """The voters with their shares; a single pipeline is one voter."""
    voters = getattr(pipeline, "estimators_", None)
    if voters is None or type(pipeline).__name__ not in ("VotingClassifier", "VotingRegressor"):
        return [(1.0, pipeline)]
    weights = np.asarray(pipeline.weights if pipeline.weights is not None else np.ones(len(voters)), float)
    return [(float(w), voter) for w, voter in zip(weights / weights.sum(), voters, strict=True) if w]


def tree_nodes(value: Any) -> int:
    """Nodes of all scikit-learn trees inside."""
    if hasattr(value, "tree_"):
        return int(value.tree_.node_count)
    inside: list[Any] = []
    if hasattr(value, "estimators_"):
        inside = list(np.ravel(np.asarray(value.estimators_, dtype=object)))
    elif hasattr(value, "steps"):
        inside = [step for _, step in value.steps]
    elif hasattr(value, "regressor_"):
        inside = [value.regressor_]
    return sum(tree_nodes(each) for each in inside)


def _register() -> None:
    """Teach skl2onnx about LightGBM; doing it twice does no harm."""
    import lightgbm
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes as class_shapes,
        calculate_linear_regressor_output_shapes as number_shapes,
    )

    zipped: dict[str, Any] = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    update_registered_converter(
        lightgbm.LGBMClassifier, "LightGbmLGBMClassifier", class_shapes, convert_lightgbm, options=zipped
    )
    update_registered_converter(
        lightgbm.LGBMRegressor, "LgbmRegressor", number_shapes, convert_lightgbm, options={"split": None}
    )


def _peeled(pipeline: Any) -> tuple[Any, Any]:
    """A pipeline without what undoes a transformed target, and that wrapper (or None)."""
    steps = getattr(pipeline, "steps", None)
    if not steps or type(steps[-1][1]).__name__ != "TransformedTargetRegressor":
        return pipeline, None
    bare = copy.copy(pipeline)
    bare.steps = [*steps[:-1], (steps[-1][0], steps[-1][1].regressor_)]
    return bare, steps[-1][1]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """A shallow copy whose column choices use the plain input names."""
    if hasattr(value, "steps"):
        fresh = copy.copy(value)
        fresh.steps = [(name, _renamed(step, names)) for name, step in value.steps]
        return fresh
    if not hasattr(value, "transformers_"):
        return value
    fresh = copy.copy(value)
    fresh.transformers_ = [
        (name, part, _chosen(columns, names)) for name, part, columns in value.transformers_
    ]
    return fresh


def _chosen(columns: Any, names: dict[str, str]) -> Any:
    """Several columns by name, or one."""
    if isinstance(columns, str):
        return names.get(columns, columns)
    return [names.get(c, c) for c in columns] if isinstance(columns, list) else columns


class _Graph:
    """Nodes of all members over the same inputs."""

    def __init__(self, ready: pd.DataFrame) -> None:
        from skl2onnx.common.data_types import FloatTensorType, StringTensorType

        self.names = {str(name): f"x{number}" for number, name in enumerate(ready.columns)}
        self.types = [
            (
                self.names[str(name)],
                StringTensorType([None, 1]) if ready[name].dtype == object else FloatTensorType([None, 1]),
            )
            for name in ready.columns
        ]
        self.nodes: list[Any] = []
        self.values: list[Any] = []

    def add(self, member: Any, number: int, classes: int) -> str:
        """Convert one member; the name of its output."""
        from skl2onnx import convert_sklearn

        bare, wrapper = _peeled(member)
        if classes and len(getattr(member, "classes_", ())) != classes:
            raise NotConvertible("onnx_classes", type(bare).__name__)
        renamed = _renamed(bare, self.names)
        options = {id(renamed): {"zipmap": False}} if classes else None
        try:
            made = convert_sklearn(
                renamed, initial_types=self.types, target_opset=OPSETS, options=options
            ).graph
        except Exception as problem:  # the converters raise dozens of kinds
            raise NotConvertible("onnx_no_converter", _culprit(bare, problem)) from problem
        return self.undo(self.join(made, f"m{number}_"), wrapper, f"m{number}_")

    def join(self, made: Any, prefix: str) -> str:
        """Take over the nodes of a graph under names of their own; its last output."""
        kept = {name for name, _ in self.types}

        def named(name: str) -> str:
            return name if name in kept or not name else prefix + name

        for value in made.initializer:
            value.name = named(value.name)
            self.values.append(value)
        for node in made.node:
            node.name = prefix + node.name
            inputs, outputs = [named(n) for n in node.input], [named(n) for n in node.output]
            del node.input[:], node.output[:]
            node.input.extend(inputs)
            node.output.extend(outputs)
            self.nodes.append(node)
        return named(made.output[-1].name)

    def constant(self, name: str, value: float) -> str:
        """A number of the graph."""
        from onnx import TensorProto, helper

        self.values.append(helper.make_tensor(name, TensorProto.FLOAT, [1], [value]))
        return name

    def step(self, kind: str, inputs: list[str], output: str) -> str:
        """One more node."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"node_{output}"))
        return output

    def undo(self, output: str, wrapper: Any, prefix: str) -> str:
        """Bring an estimate back to the scale of the target."""
        if wrapper is None:
            return output
        if wrapper.inverse_func is np.expm1:
            grown = self.step("Exp", [output], prefix + "exp")
            return self.step("Sub", [grown, self.constant(prefix + "one", 1.0)], prefix + "undone")
        scaler = getattr(wrapper, "transformer_", None)
        if scaler is None or type(scaler).__name__ != "StandardScaler":
            raise NotConvertible("onnx_no_converter", type(scaler).__name__)
        scale = self.constant(prefix + "scale", float(scaler.scale_[0]))
        mean = self.constant(prefix + "mean", float(scaler.mean_[0]))
        return self.step(
            "Add", [self.step("Mul", [output, scale], prefix + "scaled"), mean], prefix + "undone"
        )

    def finish(self, parts: list[tuple[float, str]], classes: int) -> Any:
        """The weighted sum of all members as the one output."""
        from onnx import TensorProto, helper

        shares = [
            self.step("Mul", [name, self.constant(f"weight{number}", weight)], f"share{number}")
            for number, (weight, name) in enumerate(parts)
        ]
        self.step("Sum" if len(shares) > 1 else "Identity", shares, SCORES)
        inputs = [
            helper.make_tensor_value_info(
                name,
                TensorProto.STRING if type(kind).__name__ == "StringTensorType" else TensorProto.FLOAT,
                [None, 1],
            )
            for name, kind in self.types
        ]
        output = helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, [None, classes or 1])
        graph = helper.make_graph(self.nodes, "agora", inputs, [output], initializer=self.values)
        opsets = [helper.make_opsetid(domain, number) for domain, number in OPSETS.items()]
        return helper.make_model(graph, opset_imports=opsets, producer_name="agora", ir_version=10)


def _culprit(pipeline: Any, problem: Exception) -> str:
    """The class the converter stumbled over, if its message names one of ours."""
    from automl.export.requirements import shown

    text = str(problem)
    named = [name for name in shown(pipeline).split() if f".{name}'" in text or f" {name} " in text]
    return (
        named[0]
        if named
        else type(pipeline.steps[-1][1] if hasattr(pipeline, "steps") else pipeline).__name__
    )
