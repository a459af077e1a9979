"""What goes to a press: a picture on a sheet, and how its files are written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgan.base.marks import Mark
from artgan.pictures.files import read_picture
from artgan.pictures.told import styled_mark
from artgan.plugin.picture import Picture
from artgan.printing.paper import Sheet, make_sheet


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


def press_job(file: Path, paper: str, background: str, more: dict[str, Any]) -> PressJob:
    """Read a picture for a press.

    ``more`` has ``overwrite``, ``keep_mark``, ``show`` and ``dpi``, each if it is not as usual, and
    other fields of the sheet.
    """
    overwrite, keep = more.pop("overwrite", False), more.pop("keep_mark", True)
    show: Callable[[float], None] = more.pop("show", lambda _: None)
    sheet = make_sheet(paper, more.pop("dpi", 300.0), paper=background, **more)
    mark = styled_mark(file) if keep else None
    return PressJob(read_picture(file), sheet, mark, overwrite, show)
