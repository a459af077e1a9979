"""Observers that send figures elsewhere; ``--log`` switches them on, by the name of their file."""
