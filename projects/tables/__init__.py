"""The lists of projects as tables."""
