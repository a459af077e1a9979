"""Reads pictures of any kind into one array, reports what is odd, and keeps the result.

The cache is one ``.npy`` file per (content, options, size): its name is a hash of every file's
relative name and bytes' SHA-256, so that a changed picture is noticed and a moved folder is not.
"""

import hashlib
import io
import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from artgan.plugin import DataContext, DataError
from artgan.plugin.color import parse_hex
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._tables import Pixels, Table

CACHE_FORMAT = 1
FEWEST = 4
"""Fewer usable pictures teach nothing but themselves."""

DEFAULT_SIDE = 64
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
        problem: Why it must not be read, or "".
    """

    name: str
    read: Callable[[], bytes]
    problem: str = ""


@dataclass(frozen=True)
class Finding:
    """What was found of one file.

    Attributes:
        name: Its name.
        size: (width, height) in pixels after turning upright.
        mode: PIL's mode as stored.
        notes: What is odd and what was done with it.
        skipped: Why it is not used, or "".
    """

    name: str
    size: tuple[int, int] = (0, 0)
    mode: str = ""
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
    """

    findings: list[Finding] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    height: int = 0
    width: int = 0
    channels: int = 0


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
    digests = list(_in_threads(_digest, files))
    stem = _cache_stem(files, digests, options, context.size)
    cached = _read_cache(context.cache / "pictures" / stem)
    if cached is None:
        cached = _decode_all(files, digests, where, options, context)
        _write_cache(context.cache / "pictures" / stem, *cached)
        cached = _read_cache(context.cache / "pictures" / stem) or cached
    images, report = cached
    _tell(report, context)
    used = [f for f in report.findings if not f.skipped]
    labels, names = _labels(used) if options.labels == "folders" else (None, [])
    vary = None
    if options.flip != "none" or options.rotate or options.crop:
        from artgan.plugins.datasets._vary import make_vary

        vary = make_vary(options)
    return Table(images, labels, names, vary, {"report": asdict(report), "path": where})


def _digest(file: SourceFile) -> str:
    if file.problem:
        return file.problem
    try:
        return hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _in_threads(work: Callable[..., Any], *items: Sequence[Any]) -> Iterator[Any]:
    with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 1)) as pool:
        yield from pool.map(work, *items)


def _cache_stem(
    files: Sequence[SourceFile],
    digests: Sequence[str],
    options: PicturesOptions,
    size: tuple[int, int] | None,
) -> str:
    kept = msgspec.to_builtins(options)
    # What happens to batches and labels does not change the decoded pictures.
    plain = {k: v for k, v in kept.items() if k not in ("flip", "rotate", "crop", "labels")}
    names = [file.name for file in files]
    text = json.dumps([CACHE_FORMAT, names, list(digests), plain, size], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read_cache(stem: Path) -> tuple[Pixels, Report] | None:
    try:
        about = json.loads(stem.with_suffix(".json").read_text("utf-8"))
        images = np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        findings = [
            Finding(f["name"], tuple(f["size"]), f["mode"], tuple(f["notes"]), f["skipped"])
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
class _Looked:
    """What a first look at a file gave; its pixels are decoded again when they are wanted."""

    finding: Finding
    grey: bool = True


def _decode_all(
    files: Sequence[SourceFile],
    digests: Sequence[str],
    where: str,
    options: PicturesOptions,
    context: DataContext,
) -> tuple[Pixels, Report]:
    if len(files) > 500:
        context.report(f"Reading {len(files)} files; the result is kept for next time.")
    looked = list(_in_threads(lambda file: _look(file, options), files))
    report = Report([found.finding for found in looked])
    usable = [found for found in looked if not found.finding.skipped]
    if len(usable) < FEWEST:
        raise DataError(_too_few(where, report))
    seen: dict[str, str] = {}
    for file, digest in zip(files, digests, strict=True):
        if seen.setdefault(digest, file.name) != file.name and len(digest) == 64:
            report.duplicates.append(file.name)
    size = context.size or _pick_size([found.finding.size for found in usable])
    mode = _pick_mode(usable, options)
    report.height, report.width = size
    report.channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    by_name = {file.name: file for file in files}
    wanted = [by_name[found.finding.name] for found in usable]
    images = np.empty((len(wanted), *size, report.channels), np.uint8)

    def fill(index: int, file: SourceFile) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _decode(file, options)[1]
        assert image is not None
        images[index] = _fit(image, size, mode, options)

    list(_in_threads(fill, range(len(wanted)), wanted))
    return images, report


def _too_few(where: str, report: Report) -> str:
    used = sum(not f.skipped for f in report.findings)
    skipped = [f"{f.name} ({f.skipped})" for f in report.findings if f.skipped]
    text = f"'{where}' holds {used} usable pictures; expected at least {FEWEST}."
    if skipped:
        text += f" Skipped: {', '.join(skipped[:5])}"
        text += f" and {len(skipped) - 5} more." if len(skipped) > 5 else "."
    return text


def _look(file: SourceFile, options: PicturesOptions) -> _Looked:
    """Find out what one file is, or why it is skipped."""
    if file.problem:
        return _Looked(Finding(file.name, skipped=file.problem))
    if Path(file.name).suffix.lower() not in ENDINGS:
        return _Looked(Finding(file.name, skipped="not a picture by its name"))
    try:
        with warnings.catch_warnings():
            # Pillow's warnings (bombs, odd metadata) are answered by our own checks.
            warnings.simplefilter("ignore")
            finding, image = _decode(file, options)
            return _Looked(finding, _is_grey(image))
    except Image.DecompressionBombError:
        return _Looked(Finding(file.name, skipped="too many pixels (a decompression bomb?)"))
    # A decoder may raise anything on hostile bytes; one file must not stop the others.
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        return _Looked(Finding(file.name, skipped=f"cannot be read: {reason[:120]}"))


def _decode(file: SourceFile, options: PicturesOptions) -> tuple[Finding, Image.Image | None]:
    """Decode one file upright and in sRGB; without an image the finding says why."""
    data = file.read()
    if not data:
        return Finding(file.name, skipped="empty file"), None
    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > MOST_PIXELS:
            reason = f"too many pixels: {image.width}x{image.height}"
            return Finding(file.name, skipped=reason), None
        notes = []
        mode = image.mode
        if getattr(image, "n_frames", 1) > 1:
            notes.append("animated: first frame used")
        image.load()
        turned = ImageOps.exif_transpose(image)
        if turned.size != image.size or image.getexif().get(0x0112, 1) != 1:
            notes.append("turned upright by EXIF")
        plain, more = _to_plain(turned)
        notes += more
        if plain.mode in ("LA", "RGBA") and options.channels != "rgba":
            notes.append(f"clear pixels laid on {options.background}")
    return Finding(file.name, plain.size, mode, tuple(notes)), plain


def _to_plain(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """Give L, LA, RGB or RGBA in sRGB, with notes on what was converted."""
    notes = []
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image).astype(np.float64)
        deep = np.nan_to_num(deep)
        if image.mode == "F":
            low, high = deep.min(), deep.max()
            low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
        else:
            low, high = 0.0, 65535.0 if deep.max() > 255 else 255.0
        scaled = (deep - low) / max(high - low, 1e-9) * 255
        notes.append("deep grey brought to 8 bits")
        return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8)), notes
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
            notes.append("colour profile converted to sRGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            notes.append("colour profile damaged and ignored")
    if image.mode == "P":
        notes.append("indexed colours expanded")
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode == "1":
        image = image.convert("L")
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        notes.append(f"{image.mode} converted to RGB")
        image = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    return image, notes


def _pick_size(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Give the pictures' own size if all share a small one, else a square that suits them."""
    if len(set(sizes)) == 1 and max(sizes[0]) <= DEFAULT_SIDE:
        return sizes[0][1], sizes[0][0]
    middle = sorted(min(size) for size in sizes)[len(sizes) // 2]
    side = DEFAULT_SIDE if middle >= DEFAULT_SIDE else 32
    return side, side


def _pick_mode(usable: Sequence[_Looked], options: PicturesOptions) -> str:
    if options.channels != "auto":
        return {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}[options.channels]
    return "L" if all(found.grey for found in usable) else "RGB"


def _is_grey(image: Image.Image | None) -> bool:
    if image is None or image.mode in ("L", "LA"):
        return True
    small = np.asarray(image.convert("RGB").resize((32, 32), Image.Resampling.BOX)).astype(int)
    return int(np.abs(small - small.mean(axis=2, keepdims=True)).max()) <= 3


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
        image = ImageOps.pad(image, (width, height), method, color=clear)
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
