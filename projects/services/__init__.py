"""Verbs of projects: the only code here that writes rows."""
