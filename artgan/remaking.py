"""Make a picture again from the record in its file, and tell whether it is the same."""

import filecmp
import hashlib
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.animation.animate import Animation, plan_animation, write_animation
from artgan.animation.motion import Motion
from artgan.base.paths import replacing
from artgan.base.versions import versions
from artgan.core import images
from artgan.core.checkpoint import list_checkpoints
from artgan.core.registry import Registry
from artgan.core.requirements import require
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
from artgan.pictures.formats import VIDEO_ENDINGS
from artgan.pictures.record_needs import record_needs
from artgan.pictures.records import Record, applied_record, pixel_hash, wraps_of
from artgan.pictures.video import read_frames
from artgan.plugin.memory import MOST_PIXELS
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import default_registry
from artgan.printing.canvas import canvas_record, open_canvas, write_canvas
from artgan.printing.paper import Sheet
from artgan.printing.raster import printed_record, write_sheet
from artgan.sampling.samples import SampleRequest, make_samples, recorded_point
from artgan.sheets.matrix import labelled_sheet
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

VERSIONS = ("artgan", "torch", "numpy", "pillow", "device")
"""What a record says of the program that made a picture."""

ASKED = ("run", "series", "source", "artist", "licence")
"""What a record says of where a picture belongs, which is not made again."""


@dataclass(frozen=True)
class Remade:
    """What making a picture again showed.

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


def remake(
    path: str | Path,
    *,
    run: TrainedRun | str | Path | None = None,
    source: str | Path | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
) -> Remade:
    """Make a picture again from the record in its file, and compare.

    Args:
        path: A picture, matrix, poster, animation or video that artgan wrote.
        run: The run that made it, or its folder; None looks around the
            picture, and up to two folders below here.
        source: What a style was applied to, was printed, or gave the beats; None looks beside the
            picture and here.
        out: Folder to keep the new picture in, under the same name; None keeps nothing.
        overwrite: Replace a file there that differs.

    Raises:
        DataError: The picture has no record, or it is damaged.
        RunError: The run is gone or has changed since.
        PluginError: A plugin that made it is missing; says which.
    """
    path = Path(path)
    record = read_record(path)
    if record is None:
        raise DataError(
            f"'{path}' holds no artgan record, so that nobody knows how to make it again; it was "
            "written with --no-record, by another program, or saved again by one"
        )
    maker = _Maker(path, default_registry(), run, None if source is None else Path(source))
    kept = None if out is None else Path(out) / path.name
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path.name
        try:
            made = maker.write(record, file)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"the record in '{path}' is damaged: {error!r}") from error
        if kept is not None:
            with replacing(kept, keep=not overwrite) as temporary:
                shutil.copyfile(file, temporary)
        if filecmp.cmp(file, path, shallow=False):
            return Remade(True, 0, 0.0, 0.0, (), kept)
        largest, mean, share, resized = _difference(path, file)
    reasons = (*resized, *_reasons(record, made, not share))
    return Remade(False, largest, mean, share, reasons, kept)


@dataclass(frozen=True)
class _Maker:
    path: Path
    registry: Registry
    run: TrainedRun | str | Path | None
    source: Path | None

    def write(self, record: Record, file: Path) -> Record:
        """Write the file that a record tells of; give the record that it carries now."""
        require(f"'{self.path}'", *record_needs(record), self.registry)
        own = {key: record[key] for key in ASKED if key in record}
        if "animation" in record:
            write_animation(self._animation(record), file, own=own)
        elif "canvas" in record:
            self._canvas(record, file, own)
        elif "print" in record:
            picture = self._find_source(record)
            sheet = Sheet(**record["print"])
            about = printed_record(sheet, picture, str(record["source"]), None)
            kept = {key: record[key] for key in ("source_record",) if key in record}
            write_sheet(picture, sheet, file, record={**about, **kept})
        else:
            image, made = self._matrix(record) if "matrix" in record else self.make(record)
            made = {**{key: value for key, value in made.items() if key not in ASKED}, **own}
            save_picture(image, file, made)
        return read_record(file) or {}

    def _animation(self, record: Record) -> Animation:
        about = record["animation"]
        run = self._find_run(record)
        names = ("seconds", "fps", "loop", "walk", "way", "beats", "size")
        motion = {name: about[name] for name in names if name in about}
        if "sound" in about:
            motion["sound"] = self._find_sound(about)
        keys = []
        for key in about["keys"]:
            weights = run.config.label_weights
            keys.append(point_of(key, int(key["seed"]), run.generator, weights, key.get("label")))
        request = SampleRequest(
            keys,
            style=_style_of(record["style"]),
            steering=read_steering(about.get("steering", {})),
        )
        return plan_animation(run, request, Motion(**motion))

    def _find_sound(self, about: Record) -> Path:
        name = Path(str(about["sound"])).name
        places = [self.source] if self.source else [self.path.parent / name, Path(name)]
        for file in places:
            if file.is_file():
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                if digest == about["sound_sha256"]:
                    return file
        raise DataError(
            f"'{self.path}' was timed to the sound '{name}', which is not beside it, or has "
            "changed since: name it with --source FILE"
        )

    def _canvas(self, record: Record, file: Path, own: Record) -> None:
        about = record["canvas"]
        canvas = open_canvas(
            self._find_run(record),
            int(record["seed"]),
            (int(about["height"]), int(about["width"])),
            label=record.get("label"),
            repeats=bool(about["repeats"]),
        )
        sheet = Sheet(**record["print"])
        write_canvas(canvas, file, sheet=sheet, record={**canvas_record(canvas, sheet), **own})

    def _matrix(self, record: Record) -> tuple[Image.Image, dict[str, Any]]:
        about, shared = dict(record), {k: v for k, v in record.items() if k != "size"}
        matrix = shared.pop("matrix")
        made: list[tuple[Image.Image, Mapping[str, Any]]]
        if "weights_sha256" in record:
            cells = [{**shared, **cell} for cell in matrix["cells"]]
            # One run for each checkpoint, not for each cell.
            by_weights = {str(cell["weights_sha256"]): cell for cell in cells}
            makers = {
                digest: replace(self, run=self._find_run(cell))
                for digest, cell in by_weights.items()
            }
            made = [makers[str(cell["weights_sha256"])]._sampled(cell) for cell in cells]
            now: Record = made[0][1]
        else:
            picture, made, now = self._find_source(record), [], versions()
            for cell in matrix["cells"]:
                image, style = self._styled(cell, picture)
                made.append((image, {"seed": cell["seed"], "style": style}))
        about |= {name: now[name] for name in VERSIONS if name in now}
        pictures, records = zip(*made, strict=True)
        sheet = labelled_sheet(matrix["axes"], pictures, about, records)
        return sheet, sheet.info["artgan"]

    def make(self, record: Record) -> tuple[Image.Image, dict[str, Any]]:
        """Give the picture that a record tells of, and the record that goes with it now."""
        require(f"'{self.path}'", *record_needs(record), self.registry)
        if "weights_sha256" in record:
            return self._sampled(record)
        if "style" in record and "source_sha256" in record:
            return self._applied(record)
        raise DataError(
            f"the record in '{self.path}' names neither a run nor a source, as older ones of "
            "artgan apply: what it was made from is not known"
        )

    def _sampled(self, record: Record) -> tuple[Image.Image, dict[str, Any]]:
        run = self._find_run(record)
        point, steering = recorded_point(run, record)
        request = SampleRequest([point], label=record.get("label"), steering=steering)
        (sample,) = make_samples(run, request)
        made = dict(sample.raw_record)
        if "label" in record:
            # Series put it there themselves.
            made["label"] = record["label"]
        image = images.to_pil(sample.raw)
        if "raw_sha256" not in record:
            del made["raw_sha256"]
        if "style" in record:
            series = record.get("series")
            place = (series["number"] - 1, 0) if series else (0, 1)
            image, made["style"] = self._styled(
                record, from_pixels(sample.raw, wraps=run.wraps), place
            )
        if "resized" in record:
            wanted = tuple(int(side) for side in record["resized"])
            larger = wanted[0] > image.width
            method = Image.Resampling.NEAREST if larger else Image.Resampling.LANCZOS
            image = image.resize((wanted[0], wanted[1]), method)
            made["resized"] = list(wanted)
        return image, made

    def _styled(
        self, record: Record, picture: Picture, place: tuple[int, int] = (0, 1)
    ) -> tuple[Image.Image, Mapping[str, Any]]:
        chain = parse_style(_style_of(record["style"]), self.registry)
        styled = apply_style(
            chain,
            picture,
            registry=self.registry,
            seed=int(record["seed"]),
            index=place[0],
            total=place[1],
        )
        return to_pil(styled.picture), styled.record

    def _applied(self, record: Record) -> tuple[Image.Image, dict[str, Any]]:
        picture = self._find_source(record)
        image, style = self._styled(record, picture)
        made_by = record.get("source_record")
        made = applied_record(style, int(record["seed"]), picture.pixels, made_by=made_by)
        return image, made

    def _find_source(self, record: Record) -> Picture:
        """Give the picture that the style was applied to, made again itself if its file is gone."""
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
        if record.get("source_record"):
            told = record["source_record"]
            # Only a file was read with its facts.
            wraps = wraps_of(told if name else None)
            picture = from_pil(self.make(told)[0]).replace(wraps=wraps)
            if pixel_hash(picture.pixels) == wanted:
                return picture
        raise DataError(
            f"'{self.path}' was made from '{name or 'a picture without a name'}', which is not "
            "beside it, or has changed since: name it with --source FILE"
        )

    def _find_run(self, record: Record) -> TrainedRun:
        digest = str(record["weights_sha256"])
        if isinstance(self.run, TrainedRun) and self.run.checkpoint.sha256 == digest:
            return self.run
        named = self.run.path if isinstance(self.run, TrainedRun) else self.run
        seen = []
        for folder in [Path(named)] if named else self._places(record):
            if named or RunFolder(folder).exists:
                seen.append(folder)
                if digest in _digests(folder):
                    return TrainedRun.open(folder, self.registry).at(digest)
        called = str(record.get("run", ""))
        changed = next((f for f in seen if named or f.resolve().name == called), None)
        if changed is not None and not RunFolder(changed).exists:
            raise RunError(f"there is no run in '{changed}'")
        if changed is not None:
            raise RunError(
                f"run '{changed}' is not as it was when '{self.path}' was made: none of its "
                f"checkpoints has the weights {digest[:10]} (step {record.get('step')}). It was "
                "trained on or anew since; name a copy of what it was with --run"
            )
        raise RunError(
            f"run '{called}' with the weights {digest[:10]}, which made '{self.path}', is not "
            "here; name its folder with --run"
        )

    def _places(self, record: Record) -> Iterator[Path]:
        """Yield folders that may hold the run: around the picture, then up to two below here.

        A record does not tell the path: two runs of the same plan would then not be the same to
        the byte, and a shared picture would give away the folders of whoever made it.
        """
        yield from self.path.resolve().parents
        below = sorted(
            file.parent for depth in ("*", "*/*") for file in Path().glob(f"{depth}/run.toml")
        )
        yield from sorted(below, key=lambda folder: folder.name != record.get("run"))


def _digests(folder: Path) -> list[str]:
    try:
        return [found.sha256 for found in list_checkpoints(RunFolder(folder).checkpoints)]
    except ArtganError:
        # A damaged run beside it is not the one that is looked for.
        return []


def _style_of(style: Mapping[str, Any]) -> dict[str, Any]:
    """Give a recorded style as one that can be parsed: every step with its resolved options."""
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
    """Give largest and mean difference, share of pixels, and why they cannot be compared."""
    if before.suffix.lower() not in VIDEO_ENDINGS:
        sizes = [read_head(path)[0] for path in (before, after)]
        shown = [" x ".join(map(str, size)) for size in sizes]
        if sizes[0] != sizes[1]:
            return 255, 255.0, 1.0, (f"the picture has {shown[0]} pixels and now {shown[1]}",)
        if sizes[0][0] * sizes[0][1] > MOST_PIXELS:
            return 255, 255.0, 1.0, (f"{shown[0]} pixels are too many to compare one by one",)
    largest, total, changed, count = 0, 0.0, 0.0, 0
    for first, second in zip_longest(read_frames(before), read_frames(after)):
        if first is None or second is None or first.shape != second.shape:
            return 255, 255.0, 1.0, ("the frames are not as many, or not as large, as they were",)
        apart = np.abs(first.astype(np.int16) - second)
        largest = max(largest, int(apart.max()))
        total, changed = total + float(apart.mean()), changed + float((apart > 0).any(2).mean())
        count += 1
    return largest, total / count, changed / count, ()


def _reasons(before: Record, after: Record, same_pixels: bool) -> list[str]:
    """Say what may have made the difference, most likely first."""
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
        found.append("the generator's own picture differs already, before any style")
        if len(found) == 1:
            # With the same weights, versions and options nothing else is left.
            found.append(f"it was made by another processor or number of threads; {_machine()}")
    if same_pixels:
        differs = sorted(k for k in {*before, *after} if before.get(k) != after.get(k))
        about = f" in {', '.join(differs)}" if differs else ""
        found.append(
            f"the pixels are identical; only the file around them differs{about}, as when a "
            "program saved it again"
        )
    elif not found:
        found.append(
            "all that the record keeps is as it was; the picture was changed since, or made by "
            f"another processor or number of threads; {_machine()}"
        )
    return found


def _machine() -> str:
    """Say what makes pictures here."""
    import torch

    kind = torch.backends.cpu.get_cpu_capability()
    return f"here is {platform.machine()} with {kind}, {torch.get_num_threads()} threads"


def _palette_changes(before: Record, after: Record) -> list[str]:
    was, now = (told.get("style", {}).get("palettes", {}) for told in (before, after))
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
