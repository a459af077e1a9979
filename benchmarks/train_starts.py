"""Trains artgan's own starts, and writes them where artgan ships them.

    python -m benchmarks.train_starts icons --sizes 32,64 --sources build/sources --out build/starts
    python -m benchmarks.train_starts icons --ship artgan/plugins/starts --out build/starts

The pictures are made by ``benchmarks.start_pictures``. Networks, loss and rates are those of the
recipe; there are no clusters, since those of other pictures would be others, and no augmentation.
Photographs begin with the networks of the icons, which must be trained first. A training that was
stopped goes on where it was. ``--ship`` writes the weights of what is trained
so far in float16, with the TOML that declares them.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import artgan
from artgan.core.registry import Registry
from artgan.plugin_manager.load import default_registry
from artgan.starts.ship import StartFacts, start_toml, start_weights
from benchmarks import start_pictures

STEPS = {
    ("icons", 32): (7000, 20000, 12000),
    ("icons", 64): (2400,),
    ("photographs", 32): (1500, 15000),
    ("photographs", 64): (1500,),
    ("pixels", 32): (2000, 6000),
}
"""Kind and size -> steps of the parts of its training, each begun with the networks of the last.

Rates fall towards the end of a part, so a training that is worth continuing gets another one."""
BEGINS = {"photographs": "icons"}
"""Kind -> the kind whose trained weights it begins with."""
AUTHORS = ("The artgan authors",)
FACTS = {
    "icons": StartFacts(
        "icons",
        "Drawings, icons, logos, flags and letters, on clear and coloured grounds.",
        "MIT",
    ),
    "pixels": StartFacts("pixels", "Pixel art: figures, things, walls and floors.", "MIT"),
    "photographs": StartFacts(
        "photographs", "Photographs, and textures such as stone, grass and clouds.", "MIT"
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=list(FACTS))
    parser.add_argument("--sizes", default="32,64")
    parser.add_argument("--sources", type=Path, default=Path("build/sources"))
    parser.add_argument("--out", type=Path, default=Path("build/starts"))
    parser.add_argument("--ship", type=Path, help="write the weights into this folder")
    given = parser.parse_args()
    registry = default_registry()
    registry.add_file(Path(start_pictures.__file__))
    sizes = [int(size) for size in given.sizes.split(",")]
    if given.ship:
        ship(given.kind, sizes, given.out, given.ship, registry)
        return
    for size in sizes:
        train(given.kind, size, given.sources, given.out, registry)


def train(kind: str, size: int, sources: Path, out: Path, registry: Registry) -> None:
    """Train the parts of one network into folders of ``out``, or go on where it was stopped."""
    base = str(last_part(BEGINS[kind], size, out)) if kind in BEGINS else "none"
    for part, steps in enumerate(STEPS[kind, size]):
        folder = part_folder(kind, size, part, out)
        if folder.exists():
            artgan.resume(folder, registry=registry)
        else:
            artgan.train(
                "dcgan",
                "start-pictures",
                dataset_options={"kind": kind, "sources": str(sources)},
                size=size,
                steps=steps,
                augmentations={},
                training_options={"clusters": 0},
                base=base,
                device="cpu",
                out=folder,
                registry=registry,
            )
        base = str(folder)


def part_folder(kind: str, size: int, part: int, out: Path) -> Path:
    """Return the run folder of a part, which is counted from 0."""
    return out / f"{kind}-{size}-{part + 1}"


def last_part(kind: str, size: int, out: Path) -> Path:
    """Return the run folder of the last part."""
    return part_folder(kind, size, len(STEPS[kind, size]) - 1, out)


def ship(kind: str, sizes: list[int], out: Path, target: Path, registry: Registry) -> None:
    """Write the weights of trained networks, and the start's TOML."""
    target.mkdir(parents=True, exist_ok=True)
    runs = []
    for size in sizes:
        run = artgan.load_run(last_part(kind, size, out), registry)
        file = f"{kind}-{size}.safetensors"
        (target / file).write_bytes(start_weights(run))
        runs.append((file, run))
    packages = start_pictures.PACKAGES[kind] | start_pictures.PACKAGES.get(BEGINS.get(kind, ""), {})
    sources = tuple(f"{name} ({licence})" for name, licence in packages.items())
    facts = replace(FACTS[kind], authors=AUTHORS, trained_on=sources)
    (target / f"{kind}.toml").write_text(start_toml(facts, runs), encoding="utf-8")


if __name__ == "__main__":
    main()
