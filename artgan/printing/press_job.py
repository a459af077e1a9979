"""What goes to a press: a picture on a sheet, and how its files are written."""

from collections.abc import Callable
from dataclasses import dataclass

from artgan.base.marks import Mark
from artgan.plugin.picture import Picture
from artgan.printing.paper import Sheet


@dataclass(frozen=True)
class PressJob:
    """A picture on a sheet.

    Attributes:
        picture: What is printed.
        sheet: Where.
        mark: How the picture came about, for machines; None writes nothing.
        overwrite: Replace files of the same name that differ.
        show: Called with the share done, 0 to 1.
    """

    picture: Picture
    sheet: Sheet
    mark: Mark | None = None
    overwrite: bool = False
    show: Callable[[float], None] = lambda _: None
