"""Runs that others share: what such a folder says of itself, and the repositories they lie in."""
