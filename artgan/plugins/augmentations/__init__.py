"""Catalogue of the built-in augmentations."""
