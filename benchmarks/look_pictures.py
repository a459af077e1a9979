"""The pictures that styles are looked at on: drawn and photographed, dark and light.

A digit, a creature, a photograph and a cut-out come with the repository. The others come with
packages that may be installed (scikit-image, scikit-learn) or from ``benchmarks.picture_sets``; one
that cannot be had here is left out with a sentence.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

import artgan
from artgan.errors import ArtganError
from benchmarks.picture_sets import picture_set_folder

DOCS = Path(__file__).parents[1] / "docs" / "images"
LARGEST = 640
"""Longer side in pixels beyond which a picture is shrunk."""


class MissingPictureError(ArtganError):
    """A test picture cannot be had on this machine."""


def load_pictures(names: list[str] | None = None) -> dict[str, Image.Image]:
    """Load the test pictures by name, or those named; say which are left out."""
    found = {}
    for name in names or PICTURES:
        try:
            picture = PICTURES[name]()
        except ArtganError as error:
            print(f"left out {name}: {error}")
            continue
        picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
        found[name] = picture
    return found


def _digit() -> Image.Image:
    return Image.fromarray(_tile("mnist", 7))


def _creature() -> Image.Image:
    return Image.fromarray(_tile("gervais", 1220))


def _tile(dataset: str, number: int) -> np.ndarray:
    pixels: np.ndarray = np.array(artgan.plan(dataset=dataset, device="cpu").table.images[number])
    return pixels[:, :, 0] if pixels.shape[-1] == 1 else pixels


def _cut_out() -> Image.Image:
    return Image.open(DOCS / "cut-out.webp").convert("RGBA")


def _photo() -> Image.Image:
    return Image.open(DOCS / "photo.jpg").convert("RGB")


def _emoji() -> Image.Image:
    drawn = Image.open(sorted(picture_set_folder("emoji").iterdir())[60]).convert("RGB")
    # The set is laid on white; what is white and touches the border is clear again.
    pixels = np.array(drawn.resize((256, 256), Image.Resampling.LANCZOS))
    white = (pixels.min(axis=2) > 244).astype(np.uint8)
    outside = np.zeros_like(white)
    outside[0], outside[-1], outside[:, 0], outside[:, -1] = white[0], white[-1], white[:, 0], 0
    for _ in range(256):
        grown = outside.copy()
        grown[1:] |= outside[:-1]
        grown[:-1] |= outside[1:]
        grown[:, 1:] |= outside[:, :-1]
        grown[:, :-1] |= outside[:, 1:]
        grown &= white
        if (grown == outside).all():
            break
        outside = grown
    return Image.fromarray(np.dstack([pixels, 255 * (1 - outside)]).astype(np.uint8))


def _packaged(package: str, name: str) -> Image.Image:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise MissingPictureError(f"it comes with the package {package}, which is not installed")
    path = Path(found.submodule_search_locations[0]) / name
    if not path.is_file():
        raise MissingPictureError(f"the package {package} that is installed has no {name}")
    return Image.open(path).convert("RGB")


def _face() -> Image.Image:
    return _packaged("skimage", "data/astronaut.png").crop((80, 0, 400, 320))


def _landscape() -> Image.Image:
    return _packaged("sklearn", "datasets/images/china.jpg")


def _dark() -> Image.Image:
    return _packaged("skimage", "data/rocket.jpg")


def _light() -> Image.Image:
    drawn = Image.open(sorted(picture_set_folder("stamps").iterdir())[40])
    return drawn.convert("RGB")


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "digit": _digit,
    "creature": _creature,
    "cut-out": _cut_out,
    "emoji": _emoji,
    "face": _face,
    "landscape": _landscape,
    "photo": _photo,
    "dark": _dark,
    "light": _light,
}
