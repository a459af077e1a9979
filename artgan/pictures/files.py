"""Picture files and PIL images: read as float pictures, and written with their records."""

import errno
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.base.paths import replacing
from artgan.errors import ArtganError, DataError, RunError, StyleError
from artgan.pictures.formats import write_image, writer_of
from artgan.pictures.marks import Metadata, as_metadata
from artgan.pictures.moving import is_film, open_moving
from artgan.pictures.opening import opened
from artgan.pictures.records import record_text, wraps_of
from artgan.pictures.xmp import embedded_record
from artgan.plugin.color import light_to_bytes
from artgan.plugin.decode import Decoded, decode
from artgan.plugin.files import FileLayer
from artgan.plugin.memory import check_size
from artgan.plugin.picture import Picture
from artgan.plugin.strips import in_strips

MOST_LOOKED_AT = 200
"""Of how many pictures of a folder it is looked up whether they have clear pixels."""

Note = Callable[[str], None]
"""Takes a sentence on what was assumed or left out in reading a file."""


def ignore(sentence: str) -> None:
    """Take a sentence that nobody asked for."""


def from_pixels(
    pixels: NDArray[np.uint8],
    wraps: tuple[bool, bool] = (False, False),
    planes: Mapping[str, NDArray[np.float32]] = MappingProxyType({}),
) -> Picture:
    """Convert 8-bit pixels (H, W, C) to a float picture, with planes (H, W) in [0, 1]."""
    return Picture(pixels.astype(np.float32) / np.float32(255), wraps=wraps, planes=planes)


def from_pil(image: Image.Image, note: Note = ignore) -> Picture:
    """Convert any PIL image to a float picture in sRGB, by its colour profile if it has one.

    Args:
        image: Any mode.
        note: Called with a sentence for what the file does not say and was assumed.
    """
    decoded = decode(image)
    for each in decoded.assumed:
        note(each)
    return Picture(decoded.as_floats(), dpi=decoded.dpi)


def read_picture(path: Path, note: Note = ignore) -> Picture:
    """Read any picture file; if its record says so, it is marked as a tile.

    Raises:
        DataError: It is missing, not a picture, damaged, or too large.
    """
    return picture_with_record(path, note)[0]


def decode_file(path: Path) -> tuple[Decoded, dict[str, Any]]:
    """Decode a picture file.

    Returns:
        The picture, and what its file says beside the pixels.

    Raises:
        DataError: It is missing, not a picture, damaged, or too large for the memory.
        MissingExtraError: It needs a package that is not installed.
    """
    with opened(path) as image:
        _check_size(image, path)
        count = getattr(image, "n_frames", 1)
        decoded = decode(image)
        if count > 1:
            left_out = f"the first of its {count} frames or pages is used"
            decoded = replace(decoded, assumed=(*decoded.assumed, left_out))
        return decoded, {str(key): value for key, value in image.info.items()}


def open_image(path: Path) -> Image.Image:
    """Decode a picture file to 8 bits in sRGB, upright: L, LA, RGB or RGBA.

    Raises:
        DataError: It is missing, not a picture, damaged, or too large for the memory.
    """
    return decode_file(path)[0].as_image()


def any_clear(paths: Sequence[Path]) -> bool:
    """Tell whether pictures have clear pixels; of very many, some spread over them are read."""
    return any(map(_is_clear, paths[:: len(paths) // MOST_LOOKED_AT + 1]))


def _is_clear(path: Path) -> bool:
    try:
        with opened(path) as image:
            return image.has_transparency_data
    # A page shows what it can.
    except ArtganError:
        return False


def read_head(path: Path) -> tuple[tuple[int, int], dict[str, Any]]:
    """Read width, height and what a picture file of any size says before its pixels.

    Raises:
        DataError: It is missing, not a picture, or damaged.
    """
    with opened(path) as image:
        return image.size, {str(key): value for key, value in image.info.items()}


def _check_size(image: Image.Image, path: Path) -> None:
    try:
        check_size(image.width, image.height, max(3, len(image.getbands())), f"'{path}'")
    except StyleError as error:
        raise DataError(f"{error}: make it smaller first") from error


def to_pil(picture: Picture) -> Image.Image:
    """Convert a float picture to an 8-bit PIL image: L, LA, RGB or RGBA, rounded."""
    array: NDArray[np.uint8] = np.empty(picture.pixels.shape, np.uint8)

    def work(start: int, stop: int) -> None:
        if picture.space == "linear" and not picture.has_alpha:
            array[start:stop] = light_to_bytes(picture.pixels[start:stop])
            return
        strip = picture.replace(pixels=picture.pixels[start:stop]).to("srgb").pixels
        scaled = np.clip(strip, 0, 1) * np.float32(255)
        scaled += np.float32(0.5)
        array[start:stop] = scaled

    in_strips(work, picture.height, picture.width * picture.pixels.shape[2])
    image = Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array)
    if picture.dpi:
        image.info["dpi"] = (picture.dpi, picture.dpi)
    return image


def save_picture(
    picture: Image.Image | Picture,
    path: Path,
    about: Metadata | Mapping[str, Any] | None = None,
    *,
    overwrite: bool = False,
    layers: tuple[FileLayer, ...] = (),
) -> None:
    """Write a picture, complete or not at all; the same bytes are not written again.

    Args:
        picture: What to write.
        path: Where to; its ending says the format (of artgan's own PNG, WebP and TIFF are
            lossless; plugins have others), its folder is made if needed.
        about: Its record, which is written with the mark that follows from it, or what else is
            written beside the pixels; None writes nothing.
        overwrite: Replace a different file of that name.
        layers: What it was made of, the lowest first, for formats that hold layers.

    Raises:
        RunError: Nothing writes files of that ending, a different file is there and ``overwrite``
            is off, the disk is full, or the format cannot hold the picture.
    """
    writer_of(path)
    image = to_pil(picture) if isinstance(picture, Picture) else picture
    try:
        with replacing(path, keep=not overwrite) as temporary:
            write_image(image, temporary, as_metadata(about), layers)
    except OSError as error:
        reason = (
            "the disk is full; make room, then give the same command again"
            if error.errno == errno.ENOSPC
            else error
        )
        raise RunError(f"'{path}' cannot be written: {reason}") from error


def save_side_file(path: Path, record: Mapping[str, Any], *, overwrite: bool = False) -> Path:
    """Write a picture's record beside it, as JSON that is kept when an editor drops the record.

    Returns:
        The file: ``a.json`` beside ``a.png``.

    Raises:
        RunError: A different file is there and ``overwrite`` is off.
    """
    side = path.with_suffix(".json")
    with replacing(side, keep=not overwrite) as temporary:
        temporary.write_text(record_text(record, indent=1) + "\n", encoding="utf-8")
    return side


def save_png(
    image: Image.Image | Picture,
    path: Path,
    about: Metadata | Mapping[str, Any] | None = None,
    *,
    overwrite: bool = False,
) -> None:
    """Write a PNG as ``save_picture`` does.

    Raises:
        RunError: The path does not end in .png, or as there.
    """
    if path.suffix.lower() != ".png":
        raise RunError(f"'{path}' does not end in .png; pictures are written as PNG")
    save_picture(image, path, about, overwrite=overwrite)


def read_record(path: Path) -> dict[str, Any] | None:
    """Read the record in a picture, an animation or a video; None if it has none.

    If an editor dropped it, it is read from the side file: ``a.json`` for ``a.png``.

    Raises:
        DataError: The file is not a picture, or its record is damaged.
        MissingExtraError: It is a video, and ``artgan[video]`` is not installed.
    """
    if is_film(path, "write"):
        film = open_moving(path)
        return _parse_record(film.record if film else None, path)
    # artgan writes records before the pixels; other programs may put them behind.
    text = embedded_record(read_head(path)[1])
    if text is None and path.with_suffix(".json").is_file():
        return _side_record(path.with_suffix(".json"))
    return _parse_record(embedded_record(decode_file(path)[1]) if text is None else text, path)


def _side_record(side: Path) -> dict[str, Any] | None:
    """Read a side file; None if it is not a record of artgan."""
    try:
        record = json.loads(side.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        return None
    ours = isinstance(record, dict) and "artgan" in record and "format" in record
    return record if ours else None


def picture_with_record(path: Path, note: Note = ignore) -> tuple[Picture, dict[str, Any] | None]:
    """Read a picture file and its record; a damaged record counts as none.

    Args:
        path: The file.
        note: Called with a sentence for what the file does not say and was assumed.

    Raises:
        DataError: It is missing, not a picture, damaged, or too large.
        MissingExtraError: It needs a package that is not installed.
    """
    decoded, info = decode_file(path)
    for each in decoded.assumed:
        note(each)
    try:
        record = _parse_record(embedded_record(info), path)
    except DataError:
        record = None
    picture = Picture(decoded.as_floats(), dpi=decoded.dpi, wraps=wraps_of(record))
    return picture, record


def given_picture(
    picture: Image.Image | str | Path,
) -> tuple[Picture, str | None, Mapping[str, Any] | None]:
    """Take a picture as a PIL image or the path of a file.

    Returns:
        The picture; the name of its file and its record, or None where they are not known.

    Raises:
        DataError: The file is missing, not a picture, damaged, or too large.
    """
    if isinstance(picture, str | Path):
        opened, record = picture_with_record(Path(picture))
        return opened, Path(picture).name, record
    # PIL itself puts the text of a file there; ``artgan.apply`` puts a mapping.
    found = picture.info.get("artgan")
    return from_pil(picture), None, found if isinstance(found, Mapping) else None


def _parse_record(text: str | None, path: Path) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"the record in '{path}' is damaged: {error}") from error
    if not isinstance(record, dict):
        raise DataError(f"the record in '{path}' is not a table")
    return record
