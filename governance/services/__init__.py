"""Verbs of governance: the only code here that writes rows."""
