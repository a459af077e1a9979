"""Prints for presses from Python: plates of spot inks, and CMYK by a profile."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.base.public import public

if TYPE_CHECKING:
    from artgan.printing.cmyk import InkReport
    from artgan.printing.press_job import PressJob

WHITE = "#ffffff"


@public
def print_plates(
    picture: str | Path,
    out: str | Path,
    inks: Sequence[str],
    paper: str = "a4",
    *,
    background: str = WHITE,
    **more: Any,
) -> list[Path]:
    """Write a plate for each ink, for riso and screen printing, with crop and registration marks.

    Args:
        picture: A picture file.
        out: A folder for one grey TIFF each, or a .pdf with a page for each.
        inks: One to eight inks in the order of printing, by name or hex.
        paper: As for ``print_picture``.
        background: Colour of the paper.
        **more: ``overwrite``, ``keep_mark`` and ``show`` as for ``print_picture``; anything else is
            layout, as there.

    Returns:
        The files: plates first, the preview of all inks over each other last.

    Raises:
        ArtganError: A value does not fit, or a different file is there.
    """
    from artgan.printing.plates import Inks, write_plates

    chosen = Inks(tuple(inks), background)
    return write_plates(_job(Path(picture), paper, background, more), chosen, Path(out))


@public
def print_cmyk(
    picture: str | Path,
    out: str | Path,
    profile: str | Path,
    paper: str = "a4",
    *,
    proof: str | Path | None = None,
    **more: Any,
) -> "InkReport":
    """Write a CMYK TIFF by the ICC profile of a print shop.

    Args:
        picture: A picture file.
        out: A .tif file.
        profile: The profile; the file carries it.
        paper: As for ``print_picture``.
        proof: PNG of how the colours will look; None writes none.
        **more: ``ink_limit``, the most ink in per cent that the paper bears (300 unless given);
            ``background``, ``overwrite``, ``keep_mark`` and ``show`` as for ``print_picture``;
            anything else is layout, as there.

    Returns:
        What the inks add up to; its ``sentences()`` say what a printer would ask.

    Raises:
        ArtganError: A value does not fit, the profile is not one of CMYK, or a different file is
            there.
    """
    from artgan.base.marks import write_marked_png
    from artgan.printing.cmyk import Press, soft_proof, write_cmyk

    limit, background = more.pop("ink_limit", 300.0), more.pop("background", WHITE)
    press, job = Press(Path(profile)), _job(Path(picture), paper, background, more)
    report = write_cmyk(job, press, Path(out), limit)
    if proof:
        shown = soft_proof(job.picture, job.sheet, press)
        write_marked_png(shown, Path(proof), job.mark, overwrite=job.overwrite)
    return report


def _job(file: Path, paper: str, background: str, more: dict[str, Any]) -> "PressJob":
    from artgan.pictures.files import read_picture
    from artgan.pictures.told import styled_mark
    from artgan.printing.paper import make_sheet
    from artgan.printing.press_job import PressJob

    overwrite, keep = more.pop("overwrite", False), more.pop("keep_mark", True)
    show: Callable[[float], None] = more.pop("show", lambda _: None)
    sheet = make_sheet(paper, more.pop("dpi", 300.0), paper=background, **more)
    mark = styled_mark(file) if keep else None
    return PressJob(read_picture(file), sheet, mark, overwrite, show)
