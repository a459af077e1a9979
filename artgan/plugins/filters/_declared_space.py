"""Declarations and options of the filters for space, shape, print and frame."""

from artgan.plugin import Filter

FILTERS: tuple[Filter, ...] = ()
