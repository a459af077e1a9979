"""Colours by name, by file and by harmony."""
