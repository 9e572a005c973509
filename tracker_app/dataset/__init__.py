"""Recorded sessions as datasets, quality figures and reports."""
