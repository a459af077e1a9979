"""Metrics, nearest training pictures, seams."""
