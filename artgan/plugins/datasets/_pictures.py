"""Reads pictures of any kind into one array, reports what is odd, and caches the result.

The cache is one ``.npy`` file for each combination of files, options and size: its name is a hash
of all file names and stamps. The stamp of a file is its length and the time of its last change; in
an archive that of the archive, with length and CRC-32. So a start with many large photographs reads
none of them.
"""

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from artgan.plugin import Alpha, DataContext, DataError
from artgan.plugin.alpha import CLEAR_FROM, learns_alpha
from artgan.plugin.color import parse_hex
from artgan.plugin.fitting import pick_size
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._decode import (
    Finding,
    Header,
    SourceFile,
    decode_frames,
    read_header,
    reason_to_skip,
)
from artgan.plugins.datasets._files import write_whole
from artgan.plugins.datasets._on_demand import OnDemand, look_at, sizes_of, spread, stamp_of
from artgan.plugins.datasets._originals import Originals
from artgan.plugins.datasets._tables import Pixels, Table

if TYPE_CHECKING:
    from artgan.plugin.vary import Vary

CACHE_FORMAT = 4
FEWEST = 4
"""Least number of usable pictures that a run can be trained on."""
MANY = 500
LARGEST_DECODED = 16 * 2**30
"""Bytes of decoded pictures that are kept; larger sets are packed (see ``OnDemand.slow``)."""
MODES = {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}
"""PIL's mode of each value of the option ``channels`` but auto."""
SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval"}
"""Names of folders that split a dataset, and are no labels."""


@dataclass
class PicturesReport:
    """All findings of a folder or archive.

    Attributes:
        findings: One for each file, in order of name.
        duplicates: Names of files whose bytes equal those of an earlier one.
        height: Height in pixels of the pictures in training.
        width: Width in pixels of the pictures in training.
        channels: Channels of the pictures in training.
        content_sha256: Hash of the bytes of all used files, in order.
    """

    findings: list[Finding] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    height: int = 0
    width: int = 0
    channels: int = 0
    content_sha256: str = ""


def open_pictures(
    files: Sequence[SourceFile], where: str, options: PicturesOptions, context: DataContext
) -> Table | OnDemand:
    """Read the pictures among the files into one table, from the cache if nothing has changed.

    ``where`` is the folder or archive, as the user wrote it. More than ``LARGEST_DECODED`` bytes
    are not decoded here, and neither are pictures for packing: they are decoded when asked for.

    Raises:
        DataError: There are too few usable pictures, or an option is wrong.
    """
    try:
        parse_hex(options.background)
    except ValueError as error:
        raise DataError(f"background: {error}") from error
    if options.alpha == "keep" and options.channels in ("grey", "rgb"):
        raise DataError(
            f"alpha keep and channels {options.channels} contradict each other; leave channels out"
        )
    if not files:
        raise DataError(f"'{where}' is empty; expected pictures (.png, .jpg, .webp, .tif ...)")
    stem = context.cache / "pictures" / _cache_stem(files, options, context)
    cached = None if context.lazy else _read_cache(stem)
    single = cached is None and options.frames == "first"
    if single and (context.lazy or _is_too_large(files, options, context)):
        return _open_on_demand(files, where, options, context)
    if cached is None:
        cached = _decode_all(files, where, options, context)
        _write_cache(stem, *cached)
        cached = _read_cache(stem) or cached
    images, report = cached
    _report_oddities(report, context)
    alpha = _told_of_alpha(report, options)
    if alpha:
        context.report(alpha)
    used = [f for f in report.findings if not f.skipped]
    named = [finding.name for finding in used]
    labels, names = _labels(named) if options.labels == "folders" else (None, [])
    vary = _vary(options)
    facts = {
        "path": where,
        "found": len(report.findings),
        "skipped": len(report.findings) - len(used),
        "content_sha256": report.content_sha256,
        "report": asdict(report),
        "alpha": alpha,
    }
    original = Originals(files, named, (report.height, report.width), options)
    return Table(images, labels, names, vary, facts, original)


def _vary(options: PicturesOptions) -> "Vary | None":
    if options.flip == "none" and not options.rotate and not options.crop:
        return None
    from artgan.plugin.vary import Vary

    return Vary(options)


def _may_be_pictures(files: Sequence[SourceFile]) -> list[SourceFile]:
    return [file for file in files if not reason_to_skip(file)]


def _is_too_large(
    files: Sequence[SourceFile], options: PicturesOptions, context: DataContext
) -> bool:
    """Tell whether the decoded pictures would take more than ``LARGEST_DECODED`` bytes."""
    height, width = context.size or (context.side, context.side)
    if len(files) * height * width * 4 <= LARGEST_DECODED:
        return False
    pictures = _may_be_pictures(files)
    if not context.size and pictures:
        height, width = pick_size(sizes_of(spread(pictures)), context.side)
    return len(pictures) * height * width * 3 > LARGEST_DECODED


def _open_on_demand(
    files: Sequence[SourceFile], where: str, options: PicturesOptions, context: DataContext
) -> OnDemand:
    """Find out from some files what all are like, and decode each when it is asked for."""
    pictures = _may_be_pictures(files)
    if len(pictures) < FEWEST:
        held = "1 picture" if len(pictures) == 1 else f"{len(pictures)} pictures"
        raise DataError(f"'{where}' holds {held}; expected at least {FEWEST}")
    some = spread(pictures)
    size = context.size or pick_size(sizes_of(some), context.side)
    looks = look_at(some, size, options)
    mode = MODES.get(options.channels)
    if mode is None:
        clear = learns_alpha([one.finding.clear for one in looks], _wanted_alpha(options))
        mode = "RGBA" if clear else "L" if all(one.grey for one in looks) else "RGB"
    named = [file.name for file in pictures]
    labels, names = _labels(named) if options.labels == "folders" else (None, [])
    context.report(
        f"{len(pictures)} pictures, by {len(looks)} of them: {size[1]}x{size[0]}, "
        f"{ {'L': 'grey', 'RGB': 'colour', 'RGBA': 'colour and alpha'}[mode] }."
    )
    facts = {
        "path": where,
        "found": len(files),
        "skipped": len(files) - len(pictures),
        "content_sha256": stamp_of(pictures, options),
    }
    return OnDemand(pictures, size, mode, options, labels, names, _vary(options), facts)


def _in_threads(work: Callable[..., Any], *items: Iterable[Any]) -> Iterator[Any]:
    with warnings.catch_warnings():
        # Our own checks replace Pillow's warnings (bombs, odd metadata). Warning filters belong to
        # the process, so they are set here and not in the threads.
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 1)) as pool:
            yield from pool.map(work, *items)


def _cache_stem(files: Sequence[SourceFile], options: PicturesOptions, context: DataContext) -> str:
    """Hash all that decides the decoded pictures, as the name of their cache."""
    kept = msgspec.to_builtins(options)
    # These options change batches and labels, not the decoded pictures.
    plain = {k: v for k, v in kept.items() if k not in ("flip", "rotate", "crop", "labels")}
    stamps = [(file.name, file.stamp, file.problem) for file in files]
    text = json.dumps([CACHE_FORMAT, stamps, plain, context.size or context.side], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read_cache(stem: Path) -> tuple[Pixels, PicturesReport] | None:
    try:
        about = json.loads(stem.with_suffix(".json").read_text("utf-8"))
        images = np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        findings = [
            Finding(**{**f, "size": tuple(f["size"]), "notes": tuple(f["notes"])})
            for f in about.pop("findings")
        ]
        report = PicturesReport(findings, **about)
    # What a damaged cache raises does not matter: it is made again.
    except Exception:
        return None
    used = sum(not f.skipped for f in report.findings)
    shape = (used, report.height, report.width, report.channels)
    return (images, report) if images.shape == shape and images.dtype == np.uint8 else None


def _write_cache(stem: Path, images: Pixels, report: PicturesReport) -> None:
    """Write array and report; if there is no room, nothing is cached."""
    with suppress(OSError):
        write_whole(stem.with_suffix(".npy"), lambda file: np.save(file, images))
        about = json.dumps(asdict(report)).encode()
        write_whole(stem.with_suffix(".json"), lambda file: file.write(about))


def _decode_all(
    files: Sequence[SourceFile], where: str, options: PicturesOptions, context: DataContext
) -> tuple[Pixels, PicturesReport]:
    """Decode all files at one size, in threads: (N, H, W, C) and what was found."""
    if len(files) > MANY:
        context.report(f"Reading {len(files)} files; the result is kept for next time.")
    every = options.frames == "all"
    found = list(_in_threads(lambda file: read_header(file, every), files))
    headers = [head for head in found if head]
    size = context.size or pick_size([head.size for head in headers], context.side)
    most = sum(head.frames if head else 1 for head in found)
    mode = MODES.get(options.channels) or _likely_mode(headers, options)
    images, report = _decode_as(mode, files, (most, *size), options, context)
    if len(images) < FEWEST:
        raise DataError(_too_few(where, report))
    if options.channels == "auto":
        right = "RGBA" if learns_alpha(_clear_shares(report), _wanted_alpha(options)) else "RGB"
        if mode != right:
            images, report = _decode_as(right, files, (most, *size), options, context)
    _, report.height, report.width, report.channels = images.shape
    return np.ascontiguousarray(images), report


def _likely_mode(headers: Sequence[Header], options: PicturesOptions) -> str:
    """Guess from the headers whether the pictures are learnt with alpha."""
    shares = [float(head.may_be_clear) for head in headers]
    return "RGBA" if learns_alpha(shares, _wanted_alpha(options)) else "RGB"


def _wanted_alpha(options: PicturesOptions) -> Alpha:
    """Return what is done with clear pixels; whoever chose a background wants them on it."""
    chosen = options.background != PicturesOptions().background
    return "fill" if options.alpha == "auto" and chosen else options.alpha


def _clear_shares(report: PicturesReport) -> list[float]:
    return [finding.clear for finding in report.findings if not finding.skipped]


def _decode_as(
    mode: str,
    files: Sequence[SourceFile],
    shape: tuple[int, int, int],
    options: PicturesOptions,
    context: DataContext,
) -> tuple[Pixels, PicturesReport]:
    """Decode all files in a mode, at most ``shape`` (N, H, W); (N, H, W, C) and what was found."""
    size = shape[1:]
    images = np.empty((*shape, {"L": 1, "RGB": 3, "RGBA": 4}[mode]), np.uint8)
    report, grey = PicturesReport(), True
    first: dict[str, str] = {}
    used: list[str] = []
    made = _in_threads(lambda file: decode_frames(file, size, mode, options), files)
    for decoded in chain.from_iterable(made):
        report.findings.append(decoded.finding)
        if len(report.findings) % MANY == 0:
            context.report(f"Read {len(report.findings)} of {len(files)} files.")
        if decoded.pixels is None:
            continue
        images[len(used)] = decoded.pixels
        used.append(decoded.digest)
        grey = grey and decoded.grey
        if first.setdefault(decoded.digest, decoded.finding.name) != decoded.finding.name:
            report.duplicates.append(decoded.finding.name)
    report.content_sha256 = hashlib.sha256("".join(used).encode()).hexdigest()
    channels = slice(1, 2) if grey and options.channels == "auto" and mode == "RGB" else slice(None)
    return images[: len(used), :, :, channels], report


def _too_few(where: str, report: PicturesReport) -> str:
    used = sum(not f.skipped for f in report.findings)
    skipped = [f"{f.name} ({f.skipped})" for f in report.findings if f.skipped]
    found = "1 usable picture" if used == 1 else f"{used} usable pictures"
    text = f"'{where}' holds {found}; expected at least {FEWEST}."
    if skipped:
        text += f" Skipped: {', '.join(skipped[:5])}"
        text += f" and {len(skipped) - 5} more." if len(skipped) > 5 else "."
    return text


def _labels(used: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Label pictures (N,), by name, by their subfolders; also list the subfolders' names.

    Folders around all pictures are no labels, and neither are train, test and the like.
    """
    paths = [name.split("/")[:-1] for name in used]
    folders = [path[0] if path else "" for path in paths]
    while (len(set(folders)) == 1 and folders[0]) or set(map(str.lower, folders)) <= SPLITS:
        paths = [path[1:] for path in paths]
        folders = [path[0] if path else "" for path in paths]
    names = sorted(set(folders))
    if len(names) < 2:
        raise DataError(
            "labels from folders need at least two subfolders with pictures; "
            "found only folders around all pictures, or train, test and the like, which are splits "
            "and no labels. Add subfolders, or leave out labels=folders"
        )
    places = {name: index for index, name in enumerate(names)}
    return np.array([places[folder] for folder in folders], np.int64), [n or "." for n in names]


def _report_oddities(report: PicturesReport, context: DataContext) -> None:
    skipped = [f for f in report.findings if f.skipped]
    if skipped:
        names = "; ".join(f"{f.name}: {f.skipped}" for f in skipped[:8])
        more = f"; and {len(skipped) - 8} more" if len(skipped) > 8 else ""
        context.report(f"Skipped {len(skipped)} of {len(report.findings)} files: {names}{more}")
    if report.duplicates:
        copies = len(report.duplicates)
        told = "1 picture is a copy" if copies == 1 else f"{copies} pictures are copies"
        context.report(f"{told} of others, {report.duplicates[0]} for one.")


def _told_of_alpha(report: PicturesReport, options: PicturesOptions) -> str:
    """Say what is done with clear pixels and how to change it; "" where there are none."""
    shares = _clear_shares(report)
    clear = sum(share >= CLEAR_FROM for share in shares)
    have = f"{clear} of {len(shares)} pictures have clear pixels"
    if report.channels == 4:
        return (
            f"{have}, which are learnt as clear; --dataset.alpha fill lays them on "
            f"{options.background} (--dataset.background)."
        )
    if not any(shares):
        return ""
    why = ", too few to learn them as clear" if _wanted_alpha(options) == "auto" else ""
    if clear == 0:
        have = "Some pictures have a few clear pixels"
    return f"{have}{why}: they are laid on {options.background}; --dataset.alpha keep learns them."
