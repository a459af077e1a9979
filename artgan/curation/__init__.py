"""Choosing pictures by hand or by score."""
