"""Figures of lessons: computed from the committed tables, drawn as SVG, read back with their numbers."""
