"""Taking a model away: skops, ONNX, a scoring package, a notebook, a script, an MLflow folder."""
