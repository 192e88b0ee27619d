"""Reads that gather several models of projects for one page."""
