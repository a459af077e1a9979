"""Finds and opens the datasets that names and paths mean."""
