"""Verbs of the floor: the only code here that writes rows."""
