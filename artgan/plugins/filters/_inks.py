"""See-through inks, from ``artgan.plugin.inks``: print plates are made of them too."""

from artgan.plugin.inks import INKS, covers, fit_covers, ink_light

__all__ = ["INKS", "covers", "fit_covers", "ink_light"]
