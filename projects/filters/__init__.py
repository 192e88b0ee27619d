"""Declared filters of the lists of projects, shared by pages and API."""
