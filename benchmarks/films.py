"""Measures how steady films stay in every filter and style, styled as ``artgan apply`` does.

    python -m benchmarks.films
    python -m benchmarks.films --only levels,neon

Three films are made of a photograph: one in which nothing moves, one in which a small square moves
over it, and one that drifts by a pixel a frame. Printed are, for each filter as it is and for each
style: whether the film that does not move comes out without a change; how much of the result
changes away from the square (share of its pixels that change by more than 8 of 255); and by how
much a frame of the drifting film differs from the one before, as a multiple of the film's own
change. The square's surroundings count as away from ``NEAR`` of the shorter side on.
"""

import argparse
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from artgan.animation.clip import Clip, open_clip
from artgan.animation.restyle import Restyling, steady_chain
from artgan.errors import ArtganError
from artgan.pictures.files import read_picture, to_pil
from artgan.plugin.animations import MovingPicture
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.film import Film
from artgan.styling.parse import parse_style

PHOTO = Path(__file__).parents[1] / "docs" / "images" / "photo.jpg"
SIDE, SQUARE, FRAMES = 128, 16, 4
NEAR = 0.15
SEEN = 8
"""Difference of 255 from which a pixel counts as changed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="names of filters and styles, with commas")
    given = parser.parse_args()
    registry = load_registry(packages=False)
    names = [e.declaration.name for kind in ("filter", "style") for e in registry.entries(kind)]
    wanted = given.only.split(",") if given.only else list(dict.fromkeys(names))
    with TemporaryDirectory() as folder:
        films = {name: film(name, Path(folder)) for name in ("still", "part", "drift")}
        print("| Filter or style | Still | Elsewhere | Drift |\n|---|---|---|---|")
        for name in wanted:
            try:
                still, elsewhere, drift = measured(name, films, registry)
            except ArtganError as error:
                print(f"left out {name}: {error}")
                continue
            shown = "still" if still else "moves"
            print(f"| {name} | {shown} | {100 * elsewhere:.1f} % | {drift:.1f} |", flush=True)


def measured(name: str, films: dict[str, Clip], registry: Any) -> tuple[bool, float, float]:
    """Measure one filter or style; see the module."""
    still = [*styled(name, films["still"], registry)]
    part = [*styled(name, films["part"], registry)]
    drift = [*styled(name, films["drift"], registry)]
    calm = all(np.array_equal(still[0], frame) for frame in still)
    return calm, elsewhere(part), change(drift) / change([*frames(films["drift"])])


def film(name: str, folder: Path) -> Clip:
    """Write a film; return it as it is read."""
    with Image.open(PHOTO) as opened:
        photo = opened.convert("RGB").resize((SIDE + FRAMES, SIDE), Image.Resampling.LANCZOS)
    shown = []
    for number in range(FRAMES):
        left = number if name == "drift" else 0
        frame = photo.crop((left, 0, left + SIDE, SIDE))
        if name == "part":
            place = SIDE // 2 - SQUARE // 2 + 2 * number
            frame.paste((230, 60, 40), (place, place, place + SQUARE, place + SQUARE))
        shown.append(frame)
    path = folder / f"{name}.webp"
    shown[0].save(path, save_all=True, append_images=shown[1:], lossless=True, duration=100)
    clip = open_clip(path)
    # Frames that are alike became one in the file, as films of a camera are not.
    return clip or Unmoved(path, (100.0,) * FRAMES, UNMOVED)


UNMOVED = MovingPicture(times=lambda: (), frames=lambda: iter(()))


class Unmoved(Clip):
    """A clip that shows the picture of a file again and again."""

    def pictures(self) -> Iterator[Picture]:
        """Yield the picture as often as the clip has frames."""
        for _ in self.times:
            yield read_picture(self.path)


def frames(clip: Clip) -> Iterator[np.ndarray]:
    """Yield the frames of a film as whole numbers (H, W, C)."""
    for picture in clip.pictures():
        yield np.asarray(to_pil(picture).convert("RGB")).astype(int)


def styled(name: str, clip: Clip, registry: Any) -> Iterator[np.ndarray]:
    """Yield the styled frames as whole numbers (H, W, 3), laid on grey where they are clear."""
    style = partial(apply_style, registry=registry, seed=0)
    chain = steady_chain(clip, Restyling(parse_style(name, registry), style))
    film = Film(clip.count, clip.fps)
    for number, picture in enumerate(clip.pictures()):
        image = to_pil(style(chain, picture, frame=film.frame(number)).picture).convert("RGBA")
        ground = Image.new("RGBA", image.size, (128, 128, 128, 255))
        ground.alpha_composite(image)
        yield np.asarray(ground.convert("RGB")).astype(int)


def elsewhere(shown: list[np.ndarray]) -> float:
    """Compute the share of pixels far from the square that change from a frame to the next."""
    height, width = shown[0].shape[:2]
    down = (np.arange(height) + 0.5) / height * SIDE
    across = (np.arange(width) + 0.5) / width * SIDE
    low = SIDE / 2 - SQUARE / 2 - NEAR * SIDE
    high = SIDE / 2 + SQUARE / 2 + 2 * FRAMES + NEAR * SIDE
    inside = ((down > low) & (down < high))[:, None] & ((across > low) & (across < high))
    found = [
        (np.abs(one - two).max(axis=2) > SEEN)[~inside].mean()
        for one, two in pairwise(shown)
        if one.shape == two.shape
    ]
    return float(np.mean(found)) if found else 1.0


def change(shown: list[np.ndarray]) -> float:
    """Compute the mean difference of one frame and the next."""
    pairs = pairwise(shown)
    return float(np.mean([np.abs(a - b).mean() for a, b in pairs if a.shape == b.shape]))


if __name__ == "__main__":
    main()
