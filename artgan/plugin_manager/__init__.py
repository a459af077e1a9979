"""Finds, loads, examines and installs plugins."""
