"""Measurements of the engine that anybody can repeat: ``python -m benchmarks <name> …``."""
