"""Recipes: a list of steps that makes one table of another, played by the engine or as a plain script."""
