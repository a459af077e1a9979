"""Measures augmentation with few pictures: KID against pictures that were not trained on.

    python -m benchmarks.few_pictures --counts 100,500 --augmentations none,diffaugment,shift

Some of the 2,351 embedded tiles are trained on, as a folder of one's own pictures would be; 1,000
samples are compared with the other tiles. Nearness is the median distance of samples from
their nearest training picture, as a share of that between training pictures: below 1 they copy.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import artgan
from artgan.base.options import build_options
from artgan.core.images import enlarge, grid, to_pil
from artgan.core.sample import sample_pixels
from artgan.evaluation.features import choose_extractor, features_of
from artgan.evaluation.metrics import score
from artgan.plugin_manager.load import default_registry
from benchmarks.loops import DIFFAUGMENT, open_loop

SAMPLES = 1000
AUGMENTATIONS: dict[str, dict[str, Any]] = {
    "diffaugment": DIFFAUGMENT,
    "shift": {"diffaugment": {"color": False, "cutout": 0.0}},
    "no-hole": {"diffaugment": {"color": True, "cutout": 0.0}},
}
"""Augmentations with options, by name."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="100,500")
    parser.add_argument("--augmentations", default="none,diffaugment,shift,ada")
    parser.add_argument("--arch", default="dcgan")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--sheets", type=Path, help="folder for a sheet of each row")
    given = parser.parse_args()
    registry = default_registry()
    entry = choose_extractor(registry)
    extract = entry.call("build", build_options(entry.declaration.options, {}, entry.where), "cpu")
    tiles = artgan.plan(dataset="gervais", device="cpu").table.images
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(tiles))
    for count in map(int, given.counts.split(",")):
        shown = features_of(extract, list(tiles[order[:count]]), entry, "cpu")
        unseen = features_of(extract, list(tiles[order[count:]]), entry, "cpu")
        with tempfile.TemporaryDirectory() as folder:
            for index in order[:count]:
                Image.fromarray(tiles[index]).save(Path(folder) / f"{index:04d}.png")
            for name in given.augmentations.split(","):
                plan = artgan.plan(
                    given.arch,
                    folder,
                    device="cpu",
                    base="none",
                    steps=given.steps,
                    augmentations=AUGMENTATIONS.get(name, {name: {}}),
                )
                state, loop = open_loop(plan, registry)
                for _ in loop:
                    pass
                seeds, weights = range(SAMPLES), plan.config.label_weights
                made = [p for _, p in sample_pixels(state.generator_ema, seeds, weights)]
                fake = features_of(extract, made, entry, "cpu")
                scores, copies = score(unseen, fake), score(shown, fake)
                facts = {
                    "kid": 1000 * scores.kid,
                    "precision": scores.precision,
                    "recall": scores.recall,
                    "nearness": copies.nearness,
                }
                print(
                    count, name, json.dumps({k: round(v, 3) for k, v in facts.items()}), flush=True
                )
                if given.sheets:
                    given.sheets.mkdir(parents=True, exist_ok=True)
                    sheet = grid([enlarge(p, 64) for p in made[:64]], columns=8)
                    to_pil(sheet).save(given.sheets / f"{given.arch}-{count}-{name}.png")


if __name__ == "__main__":
    main()
