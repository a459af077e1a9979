"""Judges how a training goes: measures, and warnings in words."""
