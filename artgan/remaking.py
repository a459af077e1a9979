"""Makes a picture again from the record in its file, and compares the two."""

import filecmp
import hashlib
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from artgan.animation.animate import Animation, plan_animation, resize_to, write_animation
from artgan.animation.motion import Motion
from artgan.base.paths import replacing
from artgan.base.public import public
from artgan.base.suggest import count_of
from artgan.core.checkpoint import list_checkpoints
from artgan.core.registry import Registry
from artgan.core.requirements import explain_changes, require
from artgan.core.run import TrainedRun
from artgan.core.run_folder import RunFolder
from artgan.errors import ArtganError, DataError, RunError
from artgan.latents.points import point_of
from artgan.latents.steering import read_steering
from artgan.pictures.files import (
    from_pil,
    from_pixels,
    read_head,
    read_picture,
    read_record,
    save_picture,
    to_pil,
)
from artgan.pictures.marks import SOURCE_CREDENTIALS, SOURCE_MARK, Metadata
from artgan.pictures.moving import is_film, read_frames
from artgan.pictures.record_needs import record_needs
from artgan.pictures.records import Record, applied_record, pixel_hash, wraps_of
from artgan.pictures.told import read_mark
from artgan.plugin.files import FileLayer
from artgan.plugin.leftovers import scratch_path, temporary_folder
from artgan.plugin.memory import MOST_PIXELS
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import registry_with
from artgan.printing.canvas import Canvas, canvas_record, open_canvas, write_canvas
from artgan.printing.paper import Sheet
from artgan.printing.raster import printed_record, write_sheet
from artgan.sampling.samples import SampleRequest, make_samples, recorded_point
from artgan.sheets.cells import DARK
from artgan.sheets.matrix import labelled_sheet
from artgan.styling.apply import apply_style
from artgan.styling.film import frames_before
from artgan.styling.parse import parse_style
from artgan.version import versions

VERSIONS = ("artgan", "torch", "numpy", "pillow", "device")
"""What a record keeps of the program that made a picture."""

KEPT = ("run", "series", "source", "artist", "licence", SOURCE_MARK, SOURCE_CREDENTIALS)
"""What a record keeps of where a picture belongs; it is copied, not made again."""


@dataclass(frozen=True)
class Remade:
    """The result of making a picture again.

    Attributes:
        identical: Whether the file is the same to the byte.
        max_difference: Largest difference of a channel, 0 to 255.
        mean_difference: Mean difference of all channels, 0 to 255.
        share: Share of the pixels that differ, 0 to 1.
        reasons: Why they may differ, as sentences; empty if identical.
        file: The picture that was made, or None if it was not kept.
    """

    identical: bool
    max_difference: int
    mean_difference: float
    share: float
    reasons: tuple[str, ...]
    file: Path | None


@public
def remake(
    path: str | Path,
    *,
    run: TrainedRun | str | Path | None = None,
    source: str | Path | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    plugins: Sequence[str | Path] = (),
) -> Remade:
    """Make a picture again from the record in its file, and compare.

    Args:
        path: A picture, matrix, poster, animation or video that artgan wrote.
        run: The run that made it, or its folder; None searches the folders around the picture and
            up to two levels below here.
        source: The picture that was styled or printed, or the sound of an animation; None looks
            beside the picture and here.
        out: Folder to keep the new picture in, under the same name; None keeps nothing.
        overwrite: Replace a file there that differs.
        plugins: Plugin files to load first; they stay loaded in the registry.

    Raises:
        DataError: The picture has no record, or it is damaged.
        RunError: The run is gone or has changed since.
        PluginError: A plugin that made it is missing; says which.
    """
    path = Path(path)
    record = read_record(path)
    if record is None:
        raise DataError(
            f"'{path}' holds no artgan record, so it cannot be made again; it was written with "
            "--no-record, by another program, or saved again by one"
        )
    sources = _Sources(path, registry_with(plugins), run, None if source is None else Path(source))
    kept = None if out is None else Path(out) / path.name
    with temporary_folder(scratch_path("artgan-remake")) as folder:
        file = folder / path.name
        try:
            made = _write_again(record, file, sources)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"the record in '{path}' is damaged: {error!r}") from error
        if kept is not None:
            with replacing(kept, keep=not overwrite) as temporary:
                shutil.copyfile(file, temporary)
        if filecmp.cmp(file, path, shallow=False):
            return Remade(True, 0, 0.0, 0.0, (), kept)
        largest, mean, share, problems = _difference(path, file)
    reasons = (*problems, *_reasons(record, made, not share))
    return Remade(False, largest, mean, share, reasons, kept)


@dataclass(frozen=True)
class _Sources:
    """Finds what the record of ``path`` names: its run, its picture, its sound.

    ``run`` and ``source`` are what the user named, or None.
    """

    path: Path
    registry: Registry
    run: TrainedRun | str | Path | None
    source: Path | None

    def find_sound(self, about: Record) -> Path:
        """Find the sound of an animation; raise DataError if it is gone or has changed."""
        name = Path(str(about["sound"])).name
        for file in [self.source] if self.source else [self.path.parent / name, Path(name)]:
            if file.is_file():
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                if digest == about["sound_sha256"]:
                    return file
        raise DataError(
            f"'{self.path}' was timed to the sound '{name}', which is not beside it, or has "
            "changed since: name it with --source FILE"
        )

    def find_picture(self, record: Record) -> Picture:
        """Find the picture that was styled or printed; if its file is gone, make it again."""
        name, wanted = Path(str(record.get("source", ""))).name, record["source_sha256"]
        beside = [self.path.parent / name, Path(name)] if name else []
        for file in [self.source] if self.source else [f for f in beside if f.is_file()]:
            picture = read_picture(file)
            if pixel_hash(picture.pixels) == wanted:
                return picture
            if self.source:
                raise DataError(
                    f"'{file}' is not the picture that '{self.path}' was made from: its pixels "
                    f"differ. Expected '{name}' as it was then"
                )
        made_by = record.get("source_record")
        if made_by:
            # A picture without a file was styled without its facts.
            wraps = wraps_of(made_by if name else None)
            picture = from_pil(_make_picture(made_by, self).image).replace(wraps=wraps)
            if pixel_hash(picture.pixels) == wanted:
                return picture
        raise DataError(
            f"'{self.path}' was made from '{name or 'a picture without a name'}', which is not "
            "beside it, or has changed since: name it with --source FILE"
        )

    def find_run(self, record: Record) -> TrainedRun:
        """Find the run with the weights that made a picture, at that checkpoint."""
        digest = str(record["weights_sha256"])
        if isinstance(self.run, TrainedRun) and self.run.checkpoint.sha256 == digest:
            return _as_large(self.run, record)
        named = self.run.path if isinstance(self.run, TrainedRun) else self.run
        searched = []
        for folder in [Path(named)] if named else self._run_folders(record):
            if named or RunFolder(folder).exists:
                searched.append(folder)
                if digest in _checkpoint_digests(folder):
                    return _as_large(TrainedRun.open(folder, self.registry).at(digest), record)
        name = str(record.get("run", ""))
        changed = next((f for f in searched if named or f.resolve().name == name), None)
        if changed is not None and not RunFolder(changed).exists:
            raise RunError(f"there is no run in '{changed}'")
        if changed is not None:
            raise RunError(
                f"run '{changed}' is not as it was when '{self.path}' was made: none of its "
                f"checkpoints has the weights {digest[:10]} (step {record.get('step')}). It was "
                "trained further or again since; name an unchanged copy with --run"
            )
        raise RunError(
            f"run '{name}' with the weights {digest[:10]}, which made '{self.path}', is not "
            "here; name its folder with --run"
        )

    def _run_folders(self, record: Record) -> Iterator[Path]:
        """Yield folders that may hold the run: around the picture, then two levels below here.

        Records do not hold paths: runs of the same plan would then differ in their bytes, and a
        shared picture would reveal its maker's folders.
        """
        yield from self.path.resolve().parents
        below = sorted(
            file.parent for depth in ("*", "*/*") for file in Path().glob(f"{depth}/run.toml")
        )
        yield from sorted(below, key=lambda folder: folder.name != record.get("run"))


def _as_large(run: TrainedRun, record: Record) -> TrainedRun:
    """Return a run with pictures as large as recorded; those of a canvas follow from its cells."""
    if "canvas" in record or "size" not in record:
        return run
    width, height = map(int, record["size"])
    return run.at_size(f"{width}x{height}")


def _checkpoint_digests(folder: Path) -> list[str]:
    try:
        return [found.sha256 for found in list_checkpoints(RunFolder(folder).checkpoints)]
    except ArtganError:
        # A damaged run nearby is not the one that is searched.
        return []


def _write_again(record: Record, file: Path, sources: _Sources) -> Record:
    """Write the file that a record describes; return the record in the new file."""
    needs = record_needs(record)
    require(f"'{sources.path}'", *needs, sources.registry)
    with explain_changes(f"'{sources.path}'", *needs, sources.registry):
        return _make_file(record, file, sources)


def _make_file(record: Record, file: Path, sources: _Sources) -> Record:
    kept = {key: record[key] for key in KEPT if key in record}
    if "frames" in record:
        raise DataError(
            f"'{sources.path}' is an animation that a style was applied to; apply it again: "
            f"artgan style from {sources.path.name} --out style.toml, then artgan apply"
        )
    # Files of artgan 0.1.0 carry an older mark or none.
    about = partial(Metadata, mark=read_mark(sources.path))
    if "animation" in record:
        write_animation(_plan_animation(record, sources), file, own=kept, about=about)
    elif "canvas" in record:
        canvas, sheet = _canvas(record, sources), Sheet(**record["print"])
        now = {**canvas_record(canvas, sheet), **kept}
        write_canvas(canvas, file, sheet=sheet, record=about(now))
    elif "print" in record:
        picture, sheet = sources.find_picture(record), Sheet(**record["print"])
        now = printed_record(sheet, picture, str(record["source"]), record.get("source_record"))
        write_sheet(picture, sheet, file, record=about({**now, **kept}))
    else:
        make = _make_matrix if "matrix" in record else _make_picture
        found = make(record, sources)
        made = {**{key: value for key, value in found.record.items() if key not in KEPT}, **kept}
        save_picture(found.image, file, about(made), layers=found.below)
    return read_record(file) or {}


def _plan_animation(record: Record, sources: _Sources) -> Animation:
    about = record["animation"]
    run = sources.find_run(record)
    motion = {field.name: about[field.name] for field in fields(Motion) if field.name in about}
    if "sound" in about:
        motion["sound"] = sources.find_sound(about)
    keys = [point_of(run, key, int(key["seed"]), key.get("label")) for key in about["keys"]]
    steering = read_steering(about.get("steering", {}))
    request = SampleRequest(keys, style=recorded_style(record["style"]), steering=steering)
    return plan_animation(run, request, Motion(**motion))


def _canvas(record: Record, sources: _Sources) -> Canvas:
    about = record["canvas"]
    return open_canvas(
        sources.find_run(record),
        int(record["seed"]),
        (int(about["height"]), int(about["width"])),
        label=record.get("label"),
        repeats=bool(about["repeats"]),
    )


class Made(NamedTuple):
    """A picture that was made again, its record, and what lies below it in a file of layers."""

    image: Image.Image
    record: dict[str, Any]
    below: tuple[FileLayer, ...] = ()


def _below(name: str, lower: Image.Image, upper: Image.Image) -> tuple[FileLayer, ...]:
    return (FileLayer(name, lower),) if lower.size == upper.size else ()


"""A picture and the record that goes with it now."""


def _make_matrix(record: Record, sources: _Sources) -> Made:
    about, shared = dict(record), {k: v for k, v in record.items() if k != "size"}
    matrix = shared.pop("matrix")
    made: list[Made]
    if "weights_sha256" in record:
        cells = [{**shared, **cell} for cell in matrix["cells"]]
        # Open a run once for each checkpoint, not for each cell.
        by_weights = {str(cell["weights_sha256"]): cell for cell in cells}
        opened = {
            digest: replace(sources, run=sources.find_run(cell))
            for digest, cell in by_weights.items()
        }
        made = [_make_sample(cell, opened[str(cell["weights_sha256"])]) for cell in cells]
        now: Record = made[0][1]
    else:
        picture, made, now = sources.find_picture(record), [], versions()
        for cell in matrix["cells"]:
            image, style = _apply_style(cell, picture, sources.registry)
            made.append(Made(image, {"seed": cell["seed"], "style": style}))
    about |= {name: now[name] for name in VERSIONS if name in now}
    pictures, records = [one.image for one in made], [one.record for one in made]
    # artgan 0.1 showed clear pixels on the colour of the sheet, and did not say so.
    ground = matrix.get("ground", "{:02x}{:02x}{:02x}".format(*DARK))
    sheet = labelled_sheet(matrix["axes"], pictures, about, records, ground)
    return Made(sheet, sheet.info["artgan"])


def _make_picture(record: Record, sources: _Sources) -> Made:
    """Make the picture that a record describes: a sample, or a picture with a style applied."""
    require(f"'{sources.path}'", *record_needs(record), sources.registry)
    if "weights_sha256" in record:
        return _make_sample(record, sources)
    if "style" in record and "source_sha256" in record:
        picture = sources.find_picture(record)
        image, style = _apply_style(record, picture, sources.registry)
        made_by = record.get("source_record")
        seed = int(record["seed"])
        again = applied_record(style, seed, picture.pixels, made_by=made_by)
        return Made(image, again, _below("original", to_pil(picture), image))
    raise DataError(
        f"the record in '{sources.path}' names neither a run nor a source, as in files of older "
        "versions of artgan apply: it is not known what it was made from"
    )


def _make_sample(record: Record, sources: _Sources) -> Made:
    run = sources.find_run(record)
    point, steering = recorded_point(run, record)
    (sample,) = make_samples(
        run, SampleRequest([point], label=record.get("label"), steering=steering)
    )
    made = dict(sample.raw_record)
    if "label" in record:
        # Series keep the label in each record.
        made["label"] = record["label"]
    if "raw_sha256" not in record:
        del made["raw_sha256"]
    raw = from_pixels(sample.raw, run.wraps, sample.raw_planes)
    image = to_pil(raw)
    if "style" in record:
        series = record.get("series")
        place = (series["number"] - 1, 0) if series else (0, 1)
        image, made["style"] = _apply_style(record, raw, sources.registry, place)
    if "resized" in record:
        width, height = map(int, record["resized"])
        image, made["resized"] = resize_to(image, (width, height)), [width, height]
    below = _below("raw", to_pil(raw), image) if "style" in record else ()
    return Made(image, made, below)


def _apply_style(
    record: Record, picture: Picture, registry: Registry, place: tuple[int, int] = (0, 1)
) -> tuple[Image.Image, Mapping[str, Any]]:
    """Apply a recorded style; ``place`` is index and total of the pictures that were made."""
    chain = parse_style(recorded_style(record["style"]), registry)
    if "frame" in record.get("latents", {}) and frames_before(chain, registry):
        raise DataError(
            "its style looks at the frames before it, which a record of one frame does not hold; "
            "make the animation again"
        )
    seed = int(record["seed"])
    styled = apply_style(chain, picture, registry=registry, seed=seed, place=place)
    return to_pil(styled.picture), styled.record


def recorded_style(style: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a recorded style to one that can be parsed: each step with its resolved options."""
    steps = [
        {
            "filter": step["filter"],
            **{key: step[key] for key in ("blend", "opacity", "mask") if key in step},
            **{k: v for k, v in dict(step.get("options") or {}).items() if v is not None},
        }
        for step in style["steps"]
    ]
    credits = list(style.get("credits") or [])
    return {"name": style["name"], "summary": "", "steps": steps, "credits": credits}


def _difference(before: Path, after: Path) -> tuple[int, float, float, tuple[str, ...]]:
    """Compare two files pixel by pixel, and say why if they cannot be compared.

    The numbers are the largest and mean difference of a channel, 0 to 255, and the share of pixels
    that differ.
    """
    if not is_film(before, "write"):
        sizes = [read_head(path)[0] for path in (before, after)]
        shown = [" x ".join(map(str, size)) for size in sizes]
        if sizes[0] != sizes[1]:
            return 255, 255.0, 1.0, (f"the picture had {shown[0]} pixels, now {shown[1]}",)
        if sizes[0][0] * sizes[0][1] > MOST_PIXELS:
            return 255, 255.0, 1.0, (f"{shown[0]} pixels are too many to compare one by one",)
    largest, total, changed, count = 0, 0.0, 0.0, 0
    for first, second in zip_longest(read_frames(before), read_frames(after)):
        if first is None or second is None or first.shape != second.shape:
            return 255, 255.0, 1.0, ("the number or the size of the frames differs",)
        difference = np.abs(first.astype(np.int16) - second)
        largest = max(largest, int(difference.max()))
        total += float(difference.mean())
        changed += float((difference > 0).any(2).mean())
        count += 1
    return largest, total / count, changed / count, ()


def _reasons(before: Record, after: Record, same_pixels: bool) -> list[str]:
    """List what may have caused the difference, most likely first."""
    found = [
        f"{name} was {before[name]}, now {after[name]}"
        for name in VERSIONS
        if name in before and name in after and before[name] != after[name]
    ]
    found += _plugin_changes(before, after)
    found += _palette_changes(before, after)
    if before.get("options") != after.get("options"):
        found.append("the run's architecture has other options now")
    if before.get("raw_sha256") != after.get("raw_sha256"):
        found.append("the picture differs already before any style")
        if len(found) == 1:
            # With the same weights, versions and options this is the only cause left.
            found.append(f"it was made by another processor or number of threads; {_machine()}")
    if same_pixels:
        differs = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        about = f" in {', '.join(differs)}" if differs else ""
        found.append(
            f"the pixels are identical; only the rest of the file differs{about}, as when a "
            "program saved it again"
        )
    elif not found:
        found.append(
            "everything in the record is the same; the picture was changed since, or made by "
            f"another processor or number of threads; {_machine()}"
        )
    return found


def _machine() -> str:
    """Describe the processor of this machine."""
    kind = torch.backends.cpu.get_cpu_capability()
    return (
        f"this is {platform.machine()} with {kind}, {count_of(torch.get_num_threads(), 'thread')}"
    )


def _palette_changes(before: Record, after: Record) -> list[str]:
    was, now = (record.get("style", {}).get("palettes", {}) for record in (before, after))
    return [
        f"palette '{name}' had other colours then: {', '.join(colors)}"
        for name, colors in was.items()
        if now.get(name) not in (None, colors)
    ]


def _plugin_changes(before: Record, after: Record) -> list[str]:
    was, now = record_needs(before)[1], record_needs(after)[1]
    return [
        f"plugin {name} was {version}, now {now.get(name, 'missing')}"
        for name, version in was.items()
        if name != "core" and now.get(name) != version
    ]
