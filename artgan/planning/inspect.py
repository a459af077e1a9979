"""What a folder or archive of pictures holds, before any training."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.grounds import on_ground
from artgan.base.marks import COMPOSITE, Mark, write_marked_png
from artgan.core.images import enlarge, grid, to_pil
from artgan.datasets.read import read_table
from artgan.planning.balance import colour_shares, told_balance
from artgan.planning.picture_stats import PictureStats, measure_pictures, near_duplicates

SHOWN = 100

CELL = 96


@dataclass(frozen=True)
class Inspection:
    """Plain facts about the pictures that will be trained on, and the files they come from.

    Sizes ("640x480"), stored modes and formats are counted, most frequent first, and labels too.
    ``skipped`` has file -> why it is not used, ``notes`` file -> what is odd and what is done with
    it; ``duplicates`` are files whose bytes equal an earlier one's. ``alpha`` says what is done
    with clear pixels and how to change it, or is "". ``alike`` has pictures that look like an
    earlier one, each with that; ``balance`` says whether labels are even, and ``colours`` and
    ``brightness`` have the shares of what can be seen.
    """

    usable: int
    width: int
    height: int
    channels: int
    sizes: Mapping[str, int]
    modes: Mapping[str, int]
    formats: Mapping[str, int]
    skipped: Mapping[str, str]
    notes: Mapping[str, str]
    duplicates: tuple[str, ...]
    labels: Mapping[str, int]
    stats: PictureStats
    alpha: str = ""
    alike: tuple[tuple[str, str], ...] = ()
    balance: str = ""
    colours: Mapping[str, float] = field(default_factory=dict)
    brightness: Mapping[str, float] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What they look like, in words."""
        if self.stats.plain:
            return "All of them are one plain colour: there is nothing to learn."
        kind = {"pixel-art": "pixel art", "drawing": "drawings", "photograph": "photographs"}
        even = "; the same everywhere, as textures are" if self.stats.even else ""
        copies = self.stats.near_duplicates
        alike = f"; near-duplicates: {copies}" if copies else ""
        return f"They look like {kind[self.stats.look]}{even}{alike}."


@dataclass(frozen=True)
class Looked:
    """Some pictures of a set that is not in memory, ``count`` of which there are."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64] | None
    class_names: tuple[str, ...]
    facts: Mapping[str, Any]
    count: int


def look_at(source: Any, where: str) -> Any:
    """Return an opened dataset, or of one that is read when needed some of its pictures.

    ``where`` is what errors call it.
    """
    if getattr(source, "images", None) is not None:
        return source
    table = read_table(source, where)
    facts = dict(getattr(source, "facts", {}))
    return Looked(table.images, table.labels, table.class_names, facts, table.count)


def inspect_source(source: Any) -> Inspection:
    """Gather the facts of an opened dataset; one that brings a report of its files tells more."""
    images = source.images
    known = dict(getattr(source, "facts", {}))
    report = known.get("report", {})
    findings = report.get("findings", [])
    used = [finding for finding in findings if not finding["skipped"]]
    sizes = Counter(f"{f['size'][0]}x{f['size'][1]}" for f in used)
    labels = Counter(int(label) for label in source.labels) if source.labels is not None else {}
    names = list(source.class_names)
    counts = {names[label]: count for label, count in sorted(labels.items())}
    called = [finding["name"] for finding in used] or [f"picture {i}" for i in range(len(images))]
    colours, brightness = colour_shares(images)
    return Inspection(
        usable=getattr(source, "count", len(images)),
        width=images.shape[2],
        height=images.shape[1],
        channels=images.shape[3],
        sizes=dict(sizes.most_common()),
        modes=dict(Counter(f["mode"] for f in used).most_common()),
        formats=dict(Counter(f["format"] for f in used).most_common()),
        skipped={f["name"]: f["skipped"] for f in findings if f["skipped"]},
        notes={f["name"]: ", ".join(f["notes"]) for f in used if f["notes"]},
        duplicates=tuple(report.get("duplicates", ())),
        labels=counts,
        stats=measure_pictures(images),
        alpha=str(known.get("alpha", "")),
        alike=tuple((called[one], called[other]) for one, other in near_duplicates(images)),
        balance=told_balance(counts),
        colours=colours,
        brightness=brightness,
    )


def save_contact_sheet(
    source: Any, path: Path, *, overwrite: bool = False, keep_mark: bool = True
) -> None:
    """Write a sheet of up to a hundred pictures, as the networks will see them."""
    count = len(source.images)
    step = max(1, count // SHOWN)
    pictures = [enlarge(source.images[i], CELL) for i in range(0, count, step)][:SHOWN]
    sheet = on_ground(to_pil(grid(pictures, gap=2)))
    mark = Mark(COMPOSITE) if keep_mark else None
    write_marked_png(sheet, path, mark, overwrite=overwrite)
