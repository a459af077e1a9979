"""``artgan print`` for presses: plates of spot inks, and CMYK by a profile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import Output, share_bar

if TYPE_CHECKING:
    from artgan.printing.paper import Sheet
    from artgan.printing.press_job import PressJob

press_flags = flags.group(
    click.option("--inks", help="A plate for each ink: blue,fluorescent-pink; names or hex."),
    click.option("--cmyk", type=flags.PATH, help="CMYK by this ICC profile, into .tif or .pdf."),
    click.option("--proof", type=flags.PATH, help="With --cmyk: PNG of how it will look."),
    click.option(
        "--ink-limit",
        type=click.FloatRange(100, 400),
        default=300,
        show_default=True,
        help="With --cmyk: most ink in per cent, all four together.",
    ),
)


def print_on_press(
    files: Sequence[Path], sheet: "Sheet", given: Mapping[str, Any], output: Output
) -> int:
    """Write what --inks or --cmyk ask for; return the exit code."""
    if given["inks"] and given["cmyk"]:
        raise click.UsageError("--inks and --cmyk exclude each other.")
    if len(files) > 1 or given["captions"] or given["each"]:
        raise click.UsageError("--inks and --cmyk take one picture, without --caption and --each.")
    if given["inks"]:
        _print_plates(files[0], sheet, given, output)
    else:
        _print_cmyk(files[0], sheet, given, output)
    return 0


def _job(
    file: Path, sheet: "Sheet", given: Mapping[str, Any], show: Callable[[float], None]
) -> "PressJob":
    from artgan.pictures.files import read_picture
    from artgan.pictures.told import styled_mark
    from artgan.printing.press_job import PressJob

    mark = None if given["no_mark"] else styled_mark(file)
    return PressJob(read_picture(file), sheet, mark, given["overwrite"], show)


def _print_plates(file: Path, sheet: "Sheet", given: Mapping[str, Any], output: Output) -> None:
    from artgan.pictures.told import tell_dropped_credentials
    from artgan.printing.plates import Inks, write_plates

    names = tuple(name.strip() for name in given["inks"].split(",") if name.strip())
    target = given["out"] or Path(f"{file.stem}-plates")
    if target.suffix and target.suffix.lower() != ".pdf":
        raise click.UsageError(f"Plates go into a folder or a .pdf, not '{target}'.")
    inks = Inks(names, given["background"])
    with share_bar("plate", hidden=output.hidden) as show:
        written = write_plates(_job(file, sheet, given, show), inks, target)
    tell_dropped_credentials([file], output.note)
    plates = written[:-1] if len(written) > 2 else written[:1]
    output.result(
        {"plates": [str(path) for path in plates], "overprint": str(written[-1])},
        f"{count_of(len(names), 'plate')} in {target}: {', '.join(names)}",
        f"All of them together: {written[-1]}",
    )


def _print_cmyk(file: Path, sheet: "Sheet", given: Mapping[str, Any], output: Output) -> None:
    from artgan.base.marks import write_marked_png
    from artgan.pictures.told import tell_dropped_credentials
    from artgan.printing.cmyk import Press, soft_proof, write_cmyk

    press = Press(given["cmyk"])
    path, proof = given["out"] or Path(f"{file.stem}-cmyk.tif"), given["proof"]
    with share_bar("sheet", hidden=output.hidden) as show:
        job = _job(file, sheet, given, show)
        report = write_cmyk(job, press, path, given["ink_limit"])
    if proof:
        shown = soft_proof(job.picture, sheet, press)
        write_marked_png(shown, proof, job.mark, overwrite=job.overwrite)
    tell_dropped_credentials([file], output.note)
    facts = {"file": str(path), "profile": press.name, "proof": str(proof) if proof else None}
    output.result(
        {**facts, "inks": asdict(report)},
        f"{path}: CMYK for {press.name}",
        *(f"Inks: {sentence}" for sentence in report.sentences()),
        *([f"How it will look: {proof}"] if proof else []),
    )
