"""The version of artgan."""

__version__ = "0.1.0"
