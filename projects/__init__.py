"""What is being built, by whom, from what: use cases, squads, datasets, experiments."""
