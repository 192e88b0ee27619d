"""REST API of training."""
