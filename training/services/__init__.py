"""Verbs of training: the only code here that writes rows."""
