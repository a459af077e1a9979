"""Kinds that are written differently in a plugin of one file, which imports torch late."""
