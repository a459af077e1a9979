"""Write samples to files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from artgan.base.paths import refuse_outside_links
from artgan.core.images import to_pil
from artgan.core.observers import Observers
from artgan.core.run import TrainedRun
from artgan.pictures.files import save_picture, save_side_file
from artgan.pictures.formats import takes_layers
from artgan.pictures.marks import Metadata, metadata_of
from artgan.pictures.ordered_writer import ordered_writer
from artgan.pictures.planes import plane_layers, save_planes
from artgan.pictures.records import record_hash
from artgan.plugin.files import FileLayer
from artgan.sampling.labels import label_name
from artgan.sampling.naming import check_pattern, fill_pattern
from artgan.sampling.samples import Sample, SampleRequest, make_samples
from artgan.styling.labels import style_label

PATTERN_FIELDS = ("name", "run", "seed", "style", "arch", "step", "date", "hash")
"""Names that may stand in braces in patterns for file names."""


@dataclass(frozen=True)
class FileOptions:
    """Options of the files that samples are written to.

    Attributes:
        overwrite: Replace files of the same name that differ.
        keep_raw: Write the raw picture beside the styled one.
        keep_record: Write the record of a picture into its file.
        keep_mark: Write into the file, for machines, that a trained model made the picture.
        ending: Format of the files: png, jpg, webp or tiff.
        pattern: Pattern of file names, without ending, as in "{arch}-s{seed:05d}-{style}"; None
            takes the name of each sample and the style. Without {style} no raw picture is written.
        side_files: Also write the record of each picture beside it, as JSON.
        planes: Also write the planes of each picture: as layers below it where the format holds
            layers, else beside it as grey PNG, ``s00003-none.depth.png``.
    """

    overwrite: bool = False
    keep_raw: bool = True
    keep_record: bool = True
    keep_mark: bool = True
    ending: str = "png"
    pattern: str | None = None
    side_files: bool = False
    planes: bool = False

    def __post_init__(self) -> None:
        if self.pattern is not None:
            check_pattern(self.pattern, PATTERN_FIELDS, ("name", "seed", "hash"))

    def metadata(self, record: Mapping[str, Any]) -> Metadata:
        """Return what a file carries, by the record of its picture."""
        return metadata_of(record, keep_record=self.keep_record, keep_mark=self.keep_mark)

    @property
    def writes_raw(self) -> bool:
        """Whether raw pictures are written beside styled ones."""
        return self.keep_raw and (self.pattern is None or "{style" in self.pattern)

    def file_name(self, facts: Mapping[str, Any]) -> str:
        """Return the name of a file with the facts that ``PATTERN_FIELDS`` lists."""
        if self.pattern is None:
            return f"{facts['name']}-{facts['style']}.{self.ending}"
        return f"{fill_pattern(self.pattern, facts)}.{self.ending}"


@dataclass(frozen=True)
class Written:
    """What ``write_samples`` did; errors are "seed 7: ..." for pictures whose style failed."""

    files: tuple[Path, ...]
    errors: tuple[str, ...] = ()


def write_samples(
    run: TrainedRun,
    request: SampleRequest,
    folder: Path,
    options: FileOptions = FileOptions(),
    *,
    observers: Observers | None = None,
    show: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write samples into a folder, as files that carry their records.

    Without observers, those of the run's registry are notified of each picture; ``show`` is called
    with the number of pictures made so far.
    """
    if folder.absolute().is_relative_to(run.path.absolute()):
        refuse_outside_links(run.path)
    observers = observers or Observers(run.registry)
    label, style = request.label, style_label(request.style)
    suffix = "" if label is None else f"-{label_name(label, run.config.class_names)}"
    save = partial(_save_sample, options=options)
    files, errors = [], []
    with ordered_writer(save) as write:
        for number, sample in enumerate(make_samples(run, request), 1):
            if sample.error:
                errors.append(f"{sample.title}: {sample.error}")
            versions = _versions_to_write(sample, style, options)
            for kind, picture, record in versions:
                facts = _name_facts(sample, kind, record) | {"name": sample.name + suffix}
                path = folder / options.file_name(facts)
                shown = "none" if kind == "raw" else kind
                notify = partial(
                    observers.call, "artgan_sample_saved", path=path, seed=sample.seed, style=shown
                )
                last = kind == versions[-1][0]
                shown_planes = sample.raw_planes if kind == "raw" else sample.planes
                planes = plane_layers(shown_planes) if options.planes and last else ()
                below = _below(sample, kind, path)
                if takes_layers(path):
                    below, planes = (*planes, *below), ()
                write(notify, picture, path, options.metadata(record), below, planes)
                if last:
                    files.append(path)
            show(number)
    return Written(tuple(files), tuple(errors))


def _versions_to_write(
    sample: Sample, style: str, options: FileOptions
) -> list[tuple[str, Image.Image, Mapping[str, Any]]]:
    """List the pictures to write of a sample: the raw one, the styled one, or both."""
    versions: list[tuple[str, Image.Image, Mapping[str, Any]]] = []
    if options.writes_raw or style == "none":
        versions.append(("raw", to_pil(sample.raw), sample.raw_record))
    if style != "none" and sample.styled is not None:
        versions.append((style, sample.styled, sample.record))
    return versions


def _below(sample: Sample, kind: str, path: Path) -> tuple[FileLayer, ...]:
    """Return the raw picture as a layer below the styled one, where the format holds layers."""
    if kind == "raw" or not takes_layers(path):
        return ()
    raw = to_pil(sample.raw)
    same = sample.styled is not None and sample.styled.size == raw.size
    return (FileLayer("raw", raw),) if same else ()


def _name_facts(sample: Sample, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "run": record["run"],
        "seed": sample.seed,
        "style": kind,
        "arch": record["architecture"].rpartition("/")[2],
        "step": record["step"],
        "date": date.today().isoformat(),
        "hash": record_hash(record)[:8],
    }


def _save_sample(
    picture: Image.Image,
    path: Path,
    about: Metadata,
    below: tuple[FileLayer, ...],
    planes: tuple[FileLayer, ...],
    *,
    options: FileOptions,
) -> None:
    overwrite = options.overwrite
    save_picture(picture, path, about, overwrite=overwrite, layers=below)
    save_planes(planes, path, about, overwrite=overwrite)
    if options.side_files and about.record is not None:
        save_side_file(path, about.record, overwrite=overwrite)
