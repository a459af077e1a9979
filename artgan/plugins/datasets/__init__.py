"""Catalogue of the built-in datasets."""
