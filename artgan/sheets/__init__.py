"""Grids, matrices, look books and the page of a run."""
