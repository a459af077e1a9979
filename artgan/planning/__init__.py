"""Chooses a complete config from the user's settings and pictures, with reasons and a time."""
