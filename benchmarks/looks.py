"""Shows every style on pictures of many kinds, and measures which styles look alike.

    python -m benchmarks.looks --out build/looks
    python -m benchmarks.looks --styles oil,gold --sheets
    python -m benchmarks.looks --compare --out build/looks

Writes a sheet for each style and ``matrix.png``, and prints the nearest pairs. The distance of two
styles is the mean over the test pictures of three distances: of colours (sliced Wasserstein in
OKLab), of edges (energy by scale and direction of lightness), and of features (cosine distance in
the best extractor that is installed). Each is divided by its median over the styles of 0.1.0, so
that 1 was usual then. ``--compare`` sets artgan beside other free tools instead, see
``benchmarks.look_rivals``.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import artgan
from artgan.base.options import build_options
from artgan.evaluation.features import choose_extractor, features_of
from artgan.plugin.color import srgb_to_oklab
from artgan.plugin_manager.load import default_registry, load_registry
from benchmarks.look_pictures import load_pictures

CELL = 300
SIDE = 256
"""Shorter side in pixels at which results are compared."""
DIRECTIONS, SCALES = 24, 5
USUAL = {"colours": 0.00346, "edges": 0.451, "features": 1.036}
"""Median distances of the styles of 0.1.0 on a digit, a creature, an emoji, a face, a landscape."""
NEAR = 0.6
"""Distance below which two styles are near."""
Vectors = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/looks"))
    parser.add_argument("--styles", help="names with commas; all that are built in otherwise")
    parser.add_argument("--pictures", help="names with commas; all that can be had otherwise")
    parser.add_argument("--sheets", action="store_true", help="sheets alone, no matrix")
    parser.add_argument("--compare", action="store_true", help="beside other free tools instead")
    parser.add_argument("--rows", help="of --compare: first words of rows, with commas")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.compare:
        from benchmarks.look_rivals import compare

        compare(given.out, given.rows.split(",") if given.rows else None)
        return
    names = given.styles.split(",") if given.styles else built_in()
    pictures = load_pictures(given.pictures.split(",") if given.pictures else None)
    results = {}
    for name in names:
        results[name] = [artgan.apply(picture, name) for picture in pictures.values()]
        sheet(results[name]).save(given.out / f"{name}.png")
        print(name, flush=True)
    if not given.sheets:
        report(results, given.out)


def built_in() -> list[str]:
    """List the names of the styles that ship, without those that add nothing of their own."""
    found = [e.declaration.name for e in load_registry(packages=False).entries("style")]
    return [name for name in found if name not in ("plain", "crisp")]


def sheet(pictures: list[Image.Image], columns: int = 8) -> Image.Image:
    """Lay pictures out in rows, each on a chequered ground where it is clear."""
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * (CELL + 4), rows * (CELL + 4)), (60, 60, 66))
    for place, picture in enumerate(pictures):
        shown = picture.convert("RGBA")
        shown.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
        if max(shown.size) < CELL:
            factor = CELL // max(shown.size)
            shown = shown.resize((shown.width * factor, shown.height * factor), 0)
        corner = place % columns * (CELL + 4), place // columns * (CELL + 4)
        page.paste(_chequers(shown.size), corner)
        page.paste(shown, corner, shown)
    return page


def _chequers(size: tuple[int, int]) -> Image.Image:
    down, across = np.mgrid[: size[1], : size[0]] // 10
    return Image.fromarray(np.where((down + across) % 2, 200, 235).astype(np.uint8)).convert("RGB")


def report(results: dict[str, list[Image.Image]], out: Path) -> None:
    """Print the nearest pairs; write the matrix of distances as a picture and as JSON."""
    names = list(results)
    parts = distances(results)
    each = {part: found / USUAL[part] for part, found in parts.items()}
    total = np.mean([*each.values()], axis=0)
    ranked = np.sort(total[np.triu_indices(len(names), 1)])
    low, near, usual = ranked[0], (ranked < NEAR).sum(), np.median(ranked)
    print(f"\nnearest pair {low:.2f}, {near} pairs below {NEAR}, median {usual:.2f}")
    pairs = sorted(combinations(range(len(names)), 2), key=lambda pair: total[pair])
    print("\n| Pair | Distance | " + " | ".join(each) + " |\n|---|---|" + "---|" * len(each))
    for a, b in pairs[:16]:
        shown = " | ".join(f"{found[a, b]:.2f}" for found in each.values())
        print(f"| {names[a]}, {names[b]} | {total[a, b]:.2f} | {shown} |")
    draw_matrix(names, total).save(out / "matrix.png")
    (out / "distances.json").write_text(
        json.dumps({"styles": names, "distances": np.round(total, 3).tolist()})
    )


def distances(results: dict[str, list[Image.Image]]) -> dict[str, np.ndarray]:
    """Compute the matrices (N, N) of distances between styles, by what is compared."""
    small = {name: [_small(picture) for picture in shown] for name, shown in results.items()}
    measures = {
        "colours": {name: np.stack([colors(p) for p in shown]) for name, shown in small.items()},
        "edges": {name: np.stack([edges(p) for p in shown]) for name, shown in small.items()},
    }
    found = {part: _apart(vectors) for part, vectors in measures.items()}
    found["features"] = _turned(features(small))
    return found


def _small(picture: Image.Image) -> np.ndarray:
    """Lay a picture on grey and shrink it: sRGB (SIDE, SIDE, 3) in [0, 1]."""
    ground = Image.new("RGBA", picture.size, (128, 128, 128, 255))
    ground.alpha_composite(picture.convert("RGBA"))
    square = ground.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    pixels: np.ndarray = np.asarray(square, np.float32) / 255
    return pixels


def colors(pixels: np.ndarray) -> np.ndarray:
    """Describe the colours: sorted OKLab along fixed directions.

    The mean distance of two is their sliced Wasserstein distance.
    """
    lab = srgb_to_oklab(pixels).reshape(-1, 3)
    rng = np.random.Generator(np.random.PCG64(0))
    ways = rng.standard_normal((3, DIRECTIONS))
    ways /= np.linalg.norm(ways, axis=0)
    return np.quantile(lab @ ways, np.linspace(0, 1, 33), axis=0).ravel() / DIRECTIONS


def edges(pixels: np.ndarray) -> np.ndarray:
    """Describe the edges: log energy of lightness by scale and direction."""
    plane = srgb_to_oklab(pixels)[:, :, 0]
    found = []
    for _ in range(SCALES):
        down, across = np.diff(plane, axis=0)[:, :-1], np.diff(plane, axis=1)[:-1]
        for angle in np.arange(4) * np.pi / 4:
            along = down * np.sin(angle) + across * np.cos(angle)
            found.append(np.log(1e-3 + np.sqrt(np.mean(along**2))))
            # Few strong steps and many weak ones have the same energy, but not the same shape.
            found.append(np.log(1e-3 + np.mean(np.abs(along))))
        plane = plane.reshape(len(plane) // 2, 2, -1, 2).mean(axis=(1, 3))
    return np.array(found)


def features(small: dict[str, list[np.ndarray]]) -> Vectors:
    """Compute features (pictures, D) of each style's results."""
    entry = choose_extractor(default_registry())
    extract = entry.call("build", build_options(entry.declaration.options, {}, entry.where), "cpu")
    found = {}
    for name, shown in small.items():
        pixels = [np.rint(255 * picture).astype(np.uint8) for picture in shown]
        found[name] = features_of(extract, pixels, entry, "cpu")
    return found


def _apart(vectors: Vectors) -> np.ndarray:
    """Compute mean distances over the pictures."""
    stack = np.stack([*vectors.values()])
    apart = np.abs(stack[:, None] - stack[None])
    mean: np.ndarray = apart.reshape(*apart.shape[:2], -1).mean(axis=2)
    return mean


def _turned(vectors: Vectors) -> np.ndarray:
    """Compute mean cosine distances over the pictures, of features without their usual part."""
    stack = np.stack([*vectors.values()])
    stack = stack - stack.mean(axis=0, keepdims=True)
    stack /= np.maximum(np.linalg.norm(stack, axis=2, keepdims=True), 1e-9)
    apart: np.ndarray = 1 - np.einsum("apd,bpd->ab", stack, stack) / stack.shape[1]
    return apart


def draw_matrix(names: list[str], total: np.ndarray, cell: int = 14) -> Image.Image:
    """Draw distances: dark squares are near pairs."""
    rim, side = 96, cell * len(names)
    page = Image.new("RGB", (rim + side, rim + side), "white")
    draw = ImageDraw.Draw(page)
    shade = np.clip(total / 1.5, 0, 1)
    for row, name in enumerate(names):
        draw.text((4, rim + row * cell + 1), name, fill="black")
        for column in range(len(names)):
            level = int(255 * shade[row, column]) if row != column else 235
            color = (level, level, level)
            corner = rim + column * cell, rim + row * cell
            draw.rectangle((*corner, corner[0] + cell - 2, corner[1] + cell - 2), fill=color)
        label = Image.new("L", (rim - 4, cell), 255)
        ImageDraw.Draw(label).text((0, 1), name, fill=0)
        page.paste(label.rotate(90, expand=True), (rim + row * cell, 0))
    return page


if __name__ == "__main__":
    main()
