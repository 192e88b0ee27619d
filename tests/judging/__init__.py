"""Judging cannot be walked around: every path of a decision, every kind of person, every entry."""
