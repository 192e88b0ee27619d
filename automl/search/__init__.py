"""The search: candidates in order of expected gain, folds, a clock and checkpoints."""
