"""Observers that send metrics to other tools; ``--log`` switches them on, by their file's name."""
