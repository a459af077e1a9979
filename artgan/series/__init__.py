"""Numbered editions with traits."""
