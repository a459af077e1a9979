"""Layers: pictures over each other, as one picture or as an OpenRaster file."""
