"""Reads pictures of any kind into one array, reports what is odd, and keeps the result.

The cache is one ``.npy`` file per (content, options, size): its name is a hash of every file's
relative name and stamp. A folder stamps a file with its length and the time of its last change, an
archive with length and CRC-32, so that a start with many large photographs reads none of them.
"""

import hashlib
import io
import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from artgan.plugin import DataContext, DataError
from artgan.plugin.color import parse_hex
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._tables import Pixels, Table

CACHE_FORMAT = 2
FEWEST = 4
"""Fewer usable pictures teach nothing but themselves."""

SMALLEST_SIDE = 32
GREY_WITHIN = 6
MANY = 500
ORIENTATION = 0x0112
LARGEST_FILE = 256 * 2**20
MOST_PIXELS = 100_000_000
ENDINGS = tuple(
    f".{ending}"
    for kinds in (
        "png jpg jpeg jpe jfif webp gif bmp tif tiff",
        "ppm pgm pbm pnm tga avif ico jp2 j2k dds pcx qoi",
    )
    for ending in kinds.split()
)


@dataclass(frozen=True)
class SourceFile:
    """A file that may be a picture.

    Attributes:
        name: Name below the folder or archive, with "/".
        read: Gives its bytes.
        stamp: Changes when the bytes change.
        problem: Why it must not be read, or "".
    """

    name: str
    read: Callable[[], bytes]
    stamp: str = ""
    problem: str = ""

    @property
    def shown(self) -> str:
        """The name, safe to print: control characters could steer a terminal."""
        return "".join(letter if letter.isprintable() else "?" for letter in self.name)


@dataclass(frozen=True)
class Finding:
    """What was found of one file.

    Attributes:
        name: Its name.
        size: (width, height) in pixels after turning upright.
        mode: PIL's mode as stored.
        format: PIL's name of the file format.
        notes: What is odd and what was done with it.
        skipped: Why it is not used, or "".
    """

    name: str
    size: tuple[int, int] = (0, 0)
    mode: str = ""
    format: str = ""
    notes: tuple[str, ...] = ()
    skipped: str = ""


@dataclass
class Report:
    """All findings of a folder or archive.

    Attributes:
        findings: One for each file, in order of name.
        duplicates: Names of files whose bytes equal an earlier one's.
        height: Of the pictures as trained on.
        width: Likewise.
        channels: Likewise.
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
) -> Table:
    """Give the pictures among the files as one table, from the cache if nothing has changed.

    Raises:
        DataError: There are too few usable pictures, or an option is wrong.
    """
    try:
        parse_hex(options.background)
    except ValueError as error:
        raise DataError(f"background: {error}") from error
    if not files:
        raise DataError(f"'{where}' is empty; expected pictures (.png, .jpg, .webp, .tif ...)")
    stem = context.cache / "pictures" / _cache_stem(files, options, context)
    cached = _read_cache(stem)
    if cached is None:
        cached = _decode_all(files, where, options, context)
        _write_cache(stem, *cached)
        cached = _read_cache(stem) or cached
    images, report = cached
    _tell(report, context)
    used = [f for f in report.findings if not f.skipped]
    labels, names = _labels(used) if options.labels == "folders" else (None, [])
    vary = None
    if options.flip != "none" or options.rotate or options.crop:
        from artgan.plugins.datasets._vary import Vary

        vary = Vary(options)
    facts = {
        "path": where,
        "found": len(report.findings),
        "skipped": len(report.findings) - len(used),
        "content_sha256": report.content_sha256,
        "report": asdict(report),
    }
    return Table(images, labels, names, vary, facts)


def _in_threads(work: Callable[..., Any], *items: Iterable[Any]) -> Iterator[Any]:
    with warnings.catch_warnings():
        # Pillow's warnings (bombs, odd metadata) are answered by our own checks. Filters belong
        # to the process, so they are set here and not in the threads.
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 1)) as pool:
            yield from pool.map(work, *items)


def _cache_stem(files: Sequence[SourceFile], options: PicturesOptions, context: DataContext) -> str:
    kept = msgspec.to_builtins(options)
    # What happens to batches and labels does not change the decoded pictures.
    plain = {k: v for k, v in kept.items() if k not in ("flip", "rotate", "crop", "labels")}
    stamps = [(file.name, file.stamp, file.problem) for file in files]
    text = json.dumps([CACHE_FORMAT, stamps, plain, context.size or context.side], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read_cache(stem: Path) -> tuple[Pixels, Report] | None:
    try:
        about = json.loads(stem.with_suffix(".json").read_text("utf-8"))
        images = np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        findings = [
            Finding(**{**f, "size": tuple(f["size"]), "notes": tuple(f["notes"])})
            for f in about.pop("findings")
        ]
        report = Report(findings, **about)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    used = sum(not f.skipped for f in report.findings)
    shape = (used, report.height, report.width, report.channels)
    return (images, report) if images.shape == shape and images.dtype == np.uint8 else None


def _write_cache(stem: Path, images: Pixels, report: Report) -> None:
    """Write array and report beside and rename them; without room the cache is left out."""
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        for ending, write in (
            (".npy", lambda f: np.save(f, images)),
            (".json", lambda f: f.write(json.dumps(asdict(report)).encode())),
        ):
            handle, name = tempfile.mkstemp(dir=stem.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    write(file)
                Path(name).replace(stem.with_suffix(ending))
            finally:
                Path(name).unlink(missing_ok=True)
    except OSError:
        return


@dataclass(frozen=True)
class _Read:
    """One file after reading: its finding and, if it is used, its pixels at the wanted size."""

    finding: Finding
    digest: str = ""
    pixels: Pixels | None = None
    grey: bool = True


def _decode_all(
    files: Sequence[SourceFile], where: str, options: PicturesOptions, context: DataContext
) -> tuple[Pixels, Report]:
    if len(files) > MANY:
        context.report(f"Reading {len(files)} files; the result is kept for next time.")
    sizes = [s for s in _in_threads(_header_size, files) if s]
    size = context.size or _pick_size(sizes, context.side)
    mode = {"grey": "L", "rgba": "RGBA"}.get(options.channels, "RGB")
    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    images = np.empty((len(files), *size, channels), np.uint8)
    report, grey = Report(), True
    first: dict[str, str] = {}
    used: list[str] = []
    for read in _in_threads(lambda file: _read(file, size, mode, options), files):
        report.findings.append(read.finding)
        if len(report.findings) % MANY == 0:
            context.report(f"Read {len(report.findings)} of {len(files)} files.")
        if read.pixels is None:
            continue
        images[len(used)] = read.pixels
        used.append(read.digest)
        grey = grey and read.grey
        if first.setdefault(read.digest, read.finding.name) != read.finding.name:
            report.duplicates.append(read.finding.name)
    if len(used) < FEWEST:
        raise DataError(_too_few(where, report))
    images = images[: len(used)]
    if options.channels == "auto" and grey:
        images = images[:, :, :, 1:2]
    _, report.height, report.width, report.channels = images.shape
    report.content_sha256 = hashlib.sha256("".join(used).encode()).hexdigest()
    return np.ascontiguousarray(images), report


def _too_few(where: str, report: Report) -> str:
    used = sum(not f.skipped for f in report.findings)
    skipped = [f"{f.name} ({f.skipped})" for f in report.findings if f.skipped]
    text = f"'{where}' holds {used} usable pictures; expected at least {FEWEST}."
    if skipped:
        text += f" Skipped: {', '.join(skipped[:5])}"
        text += f" and {len(skipped) - 5} more." if len(skipped) > 5 else "."
    return text


def _header_size(file: SourceFile) -> tuple[int, int] | None:
    """Give (width, height) of the picture when upright, without decoding it; None if it is none."""
    if _unread(file):
        return None
    try:
        with Image.open(io.BytesIO(file.read())) as image:
            turned = image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
            return (image.height, image.width) if turned else image.size
    # As in _read: this file is looked at again there, and named.
    except Exception:
        return None


def _unread(file: SourceFile) -> str:
    """Tell why a file is skipped without reading it, or ""."""
    known = Path(file.name).suffix.lower() in ENDINGS
    return file.problem or ("" if known else "not a picture by its name")


def _read(file: SourceFile, size: tuple[int, int], mode: str, options: PicturesOptions) -> _Read:
    """Read one file at the wanted size, or tell why it is skipped."""
    if reason := _unread(file):
        return _Read(Finding(file.shown, skipped=reason))
    try:
        data = file.read()
        finding, image = _decode(file.shown, data, options)
        if image is None:
            return _Read(finding)
        pixels = _fit(image, size, mode, options)
        return _Read(finding, hashlib.sha256(data).hexdigest(), pixels, _is_grey(pixels))
    except Image.DecompressionBombError:
        return _Read(
            Finding(file.shown, skipped=f"too many pixels, over {MOST_PIXELS:,} (a bomb?)")
        )
    # A decoder may raise anything on hostile bytes; one file must not stop the others.
    except Exception as error:
        text = (error.strerror if isinstance(error, OSError) else "") or str(error)
        reason = " ".join(text.split()) or type(error).__name__
        if isinstance(error, UnidentifiedImageError):
            reason = "no known picture format"
        return _Read(Finding(file.shown, skipped=f"cannot be read: {reason[:120]}"))


def _decode(name: str, data: bytes, options: PicturesOptions) -> tuple[Finding, Image.Image | None]:
    """Decode one file upright and in sRGB; without an image the finding says why."""
    if not data:
        return Finding(name, skipped="empty file"), None
    with Image.open(io.BytesIO(data)) as image:
        mode, kind = image.mode, image.format or ""
        if image.width * image.height > MOST_PIXELS:
            reason = (
                f"{image.width}x{image.height} are too many pixels, over {MOST_PIXELS:,} (a bomb?)"
            )
            return Finding(name, image.size, mode, kind, skipped=reason), None
        notes = []
        if getattr(image, "n_frames", 1) > 1:
            notes.append("animated: first frame used")
        image.load()
        if image.getexif().get(ORIENTATION, 1) in range(2, 9):
            notes.append("turned upright by EXIF")
        plain, more = _to_plain(ImageOps.exif_transpose(image))
        notes += more
        if plain.mode in ("LA", "RGBA") and options.channels != "rgba":
            notes.append(f"clear pixels laid on {options.background}")
    return Finding(name, plain.size, mode, kind, tuple(notes)), plain


def _to_plain(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """Give L, LA, RGB or RGBA in sRGB, with notes on what was converted."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_8_bits(image), ["deep grey brought to 8 bits"]
    notes = []
    # One index or colour may be declared clear instead of a channel of alpha.
    if image.mode == "P" or "transparency" in image.info:
        if image.mode == "P":
            notes.append("indexed colours expanded")
        clear = "transparency" in image.info
        profile = image.info.get("icc_profile")
        image = image.convert("RGBA" if clear else "RGB")
        image.info["icc_profile"] = profile
    if image.info.get("icc_profile"):
        image, note = _to_srgb(image)
        notes += [note] if note else []
    if image.mode == "1":
        image = image.convert("L")
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        notes.append(f"{image.mode} converted to RGB")
        image = image.convert("RGBA" if image.mode[-1] in "Aa" else "RGB")
    return image, notes


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Bring deep grey to 8 bits: 16 bits by their range, floats in [0, 1] as they are."""
    deep = np.nan_to_num(np.asarray(image).astype(np.float64))
    low, high = 0.0, 1.0 if image.mode == "F" else 65535.0
    if image.mode != "F" and deep.min() >= 0 and deep.max() <= 255:
        high = 255.0
    elif deep.min() < low or deep.max() > high:
        low, high = float(deep.min()), float(deep.max())
    scaled = (deep - low) / max(high - low, 1e-9) * 255
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))


def _to_srgb(image: Image.Image) -> tuple[Image.Image, str]:
    """Convert by the embedded colour profile; alpha stays as it is."""
    colour = image.convert(image.mode[:-1]) if image.mode in ("LA", "RGBA") else image
    if colour.mode not in ("L", "RGB", "CMYK"):
        return image, ""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image, ""
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(colour, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image, "colour profile damaged and ignored"
    if converted is None:
        return image, ""
    if colour.mode == "L":
        converted = converted.convert("L")
    if colour is not image:
        converted.putalpha(image.getchannel("A"))
    return converted, "colour profile converted to sRGB"


def _pick_size(sizes: Sequence[tuple[int, int]], largest: int) -> tuple[int, int]:
    """Give the pictures' own size if all share a small one, else a square that suits them.

    Args:
        sizes: (width, height) of each picture.
        largest: Side of the largest square that suits the machine.
    """
    if len(set(sizes)) == 1 and max(sizes[0]) <= largest:
        return sizes[0][1], sizes[0][0]
    middle = sorted(min(size) for size in sizes)[len(sizes) // 2] if sizes else 0
    side = largest
    while side > SMALLEST_SIDE and side > middle:
        side //= 2
    return side, side


def _is_grey(pixels: Pixels) -> bool:
    """Tell whether pixels (H, W, C) have no colour, but for the traces that JPEG leaves."""
    color = pixels[:, :, :3].astype(np.int16)
    return int((color.max(axis=2) - color.min(axis=2)).max()) <= GREY_WITHIN


def _fit(
    image: Image.Image, size: tuple[int, int], mode: str, options: PicturesOptions
) -> NDArray[np.uint8]:
    """Bring one picture to size and mode, as (H, W, C)."""
    height, width = size
    background = tuple(round(c * 255) for c in parse_hex(options.background))
    if mode == "RGBA":
        image = image.convert("RGBA")
    elif image.mode in ("LA", "RGBA"):
        under = Image.new("RGBA", image.size, (*background, 255))
        under.alpha_composite(image.convert("RGBA"))
        image = under.convert("RGB")
    method = _method(image.size, (width, height), options)
    if options.fit == "cover":
        image = ImageOps.fit(image, (width, height), method)
    elif options.fit == "stretch":
        image = image.resize((width, height), method)
    else:
        clear = (*background, 0) if mode == "RGBA" else background
        image = image if mode == "RGBA" else image.convert("RGB")
        scale = min(width / image.width, height / image.height)
        # A thread of a picture keeps at least one pixel.
        inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        sheet = Image.new(image.mode, (width, height), clear)
        sheet.paste(
            image.resize(inner, method), ((width - inner[0]) // 2, (height - inner[1]) // 2)
        )
        image = sheet
    array = np.asarray(image.convert(mode))
    return array[:, :, None] if array.ndim == 2 else array


def _method(
    have: tuple[int, int], want: tuple[int, int], options: PicturesOptions
) -> Image.Resampling:
    if options.resample != "auto":
        lanczos = options.resample == "lanczos"
        return Image.Resampling.LANCZOS if lanczos else Image.Resampling.NEAREST
    small = max(have) <= 64 and all(w % h == 0 for w, h in zip(want, have, strict=True))
    return Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS


def _labels(used: Sequence[Finding]) -> tuple[NDArray[np.int64], list[str]]:
    folders = [finding.name.rpartition("/")[0].partition("/")[0] for finding in used]
    names = sorted(set(folders))
    if len(names) < 2:
        raise DataError(
            "labels from folders need at least two subfolders with pictures; "
            f"found {names[0] or 'none'!r} alone"
        )
    places = {name: index for index, name in enumerate(names)}
    return np.array([places[folder] for folder in folders], np.int64), [n or "." for n in names]


def _tell(report: Report, context: DataContext) -> None:
    skipped = [f for f in report.findings if f.skipped]
    if skipped:
        names = "; ".join(f"{f.name}: {f.skipped}" for f in skipped[:8])
        more = f"; and {len(skipped) - 8} more" if len(skipped) > 8 else ""
        context.report(f"Skipped {len(skipped)} of {len(report.findings)} files: {names}{more}")
    if report.duplicates:
        context.report(
            f"{len(report.duplicates)} pictures are copies of others, "
            f"{report.duplicates[0]} for one."
        )
