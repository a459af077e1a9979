"""Names, writes and reads the files of a run.

run.toml             everything needed to repeat the run
metrics.jsonl        one line a step
kinds.npy            the cluster of each picture, where they were clustered
checkpoints/         000500.safetensors + .json; best.json names the best
previews/            000500.png: the same latents every time
samples/             s00003-raw.png, s00003-neon.png
contact-sheet.png    the styled samples on one sheet
training.webp        the previews as an animation
losses.png           both losses over the steps
index.html           one page with all of it
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from artgan.base.paths import replacing, write_text
from artgan.base.tables import read_toml, toml_text
from artgan.core.checkpoint import Checkpoint, list_checkpoints
from artgan.core.config import RunConfig
from artgan.core.run_toml import HEADING, read_config, read_made_with, to_toml
from artgan.errors import RunError

NEEDED_METRICS = {"step", "discriminator_loss", "generator_loss"}

OLD_METRICS = {"by_heart": "memorization", "restlessness": "oscillation"}
"""Names of measures in the files of artgan 0.1 -> their names now."""

QUALITY_NOISE = 0.25
"""Relative differences of the quality measure below this mean nothing.

It is taken of 256 pictures: on creatures it went up and down by a fifth while KID by a trained
network fell steadily. Collapse shows as a multiple.
"""


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def config_file(self) -> Path:
        """The record of the run."""
        return self.path / "run.toml"

    @property
    def metrics_file(self) -> Path:
        """One JSON line for each step."""
        return self.path / "metrics.jsonl"

    @property
    def clusters_file(self) -> Path:
        """Cluster of each picture, for runs that cluster them."""
        return self.path / "kinds.npy"

    @property
    def checkpoints(self) -> Path:
        """Folder of training states."""
        return self.path / "checkpoints"

    @property
    def samples(self) -> Path:
        """Folder of sampled pictures."""
        return self.path / "samples"

    def preview(self, step: int) -> Path:
        """The preview of a step."""
        return self.path / "previews" / f"{step:06d}.png"

    def previews(self) -> list[Path]:
        """All previews, oldest first."""
        return sorted((self.path / "previews").glob("[0-9]*.png"))

    @property
    def exists(self) -> bool:
        """Whether there is a run here."""
        return self.config_file.exists()

    def read_config(self) -> RunConfig:
        """Read the run's config.

        Raises:
            RunError: There is no run here, or its record is damaged.
        """
        if not self.exists:
            raise RunError(f"'{self.path}' is not a run: it has no run.toml")
        return read_config(self.config_file)

    def write_clusters(self, clusters: NDArray[np.int64]) -> None:
        """Keep the cluster (N,) of each picture: elsewhere they might be numbered differently."""
        with replacing(self.clusters_file) as temporary, temporary.open("wb") as file:
            np.save(file, clusters, allow_pickle=False)

    def read_clusters(self, count: int) -> NDArray[np.int64]:
        """Read the clusters (N,) of ``count`` pictures back.

        Raises:
            RunError: They are gone, damaged, or those of other pictures.
        """
        try:
            clusters: NDArray[np.int64] = np.load(self.clusters_file, allow_pickle=False)
        except Exception as error:
            raise RunError(
                f"'{self.clusters_file}' cannot be read ({error}); the run needs it to go on"
            ) from error
        if clusters.dtype != np.int64 or clusters.min(initial=0) < 0:
            raise RunError(f"'{self.clusters_file}' is damaged; the run needs it to go on")
        if clusters.shape != (count,):
            raise RunError(
                f"'{self.clusters_file}' holds clusters of {clusters.size} pictures, "
                f"but the dataset holds {count} now; put the pictures back, or start a new run"
            )
        return clusters

    def write_config(self, config: RunConfig, plugins: Mapping[str, str], step: int = 0) -> None:
        """Write run.toml with the versions that make it; ``plugins`` is id -> version.

        Versions that made the run up to ``step`` and are others now are kept in a history.
        """
        made_with = {**_versions(), "plugins": dict(plugins)}
        if history := self._plugin_history(step, plugins) if self.exists else []:
            made_with["plugin-history"] = history
        write_text(self.config_file, to_toml(config, made_with))

    def _plugin_history(self, step: int, now: Mapping[str, str]) -> list[Any]:
        changed = {name: was for name, was in self.plugins().items() if now.get(name, was) != was}
        new = [{"until-step": step, "plugins": changed}] if changed else []
        before = read_made_with(self.config_file).get("plugin-history", [])
        return [*(before if isinstance(before, list) else []), *new]

    def plugins(self) -> dict[str, str]:
        """Read which plugins made the run: id -> version."""
        return dict(read_made_with(self.config_file).get("plugins", {}))

    def note(self, key: str, value: Any, steps: int | None = None) -> None:
        """Add a fact to the table ``made-with`` of run.toml; set the number of steps, if given."""
        tree, made_with = read_toml(self.config_file, RunError), read_made_with(self.config_file)
        if made_with.get(key) == value:
            return
        tree["made-with"] = {**made_with, key: value}
        if steps:
            tree["training"]["steps"] = steps
        write_text(self.config_file, HEADING + toml_text(tree))

    def last_checkpoint(self) -> Checkpoint | None:
        """Find the newest whole checkpoint, or None."""
        found = list_checkpoints(self.checkpoints)
        return found[-1] if found else None

    def best_checkpoint(self) -> Checkpoint | None:
        """Find the checkpoint whose samples came nearest to the real pictures, else the newest.

        Of those within a few per cent of each other, which is noise, the newest is taken.
        """
        found = list_checkpoints(self.checkpoints)
        rated = [(c.quality, c) for c in found if c.quality is not None]
        if not rated:
            return found[-1] if found else None
        limit = min(quality for quality, _ in rated) * (1 + QUALITY_NOISE)
        return max((c for quality, c in rated if quality <= limit), key=lambda c: c.step)

    def mark_best(self) -> None:
        """Write best.json, which names the best checkpoint."""
        best = self.best_checkpoint()
        if best:
            about = {"file": best.path.name, "step": best.step, "quality": best.quality}
            write_text(self.checkpoints / "best.json", json.dumps(about, indent=1) + "\n")

    def prune_checkpoints(self, keep: int) -> None:
        """Delete all but the last ``keep`` checkpoints and the best."""
        found = list_checkpoints(self.checkpoints)
        best = self.best_checkpoint()
        for checkpoint in found[:-keep]:
            if best is None or checkpoint.step != best.step:
                # The JSON goes first: without it the tensors do not count.
                checkpoint.path.with_suffix(".json").unlink(missing_ok=True)
                checkpoint.path.unlink(missing_ok=True)

    def cut_metrics(self, step: int) -> None:
        """Drop the metrics of steps after ``step``, and a line that a crash left half-written."""
        if self.metrics_file.exists():
            kept = [line for line in self.read_metrics() if line["step"] <= step]
            text = "".join(json.dumps(line) + "\n" for line in kept)
            write_text(self.metrics_file, text)

    def read_metrics(self) -> list[dict[str, Any]]:
        """Read the lines of the metrics up to the first that is damaged or half-written."""
        if not self.metrics_file.exists():
            return []
        lines = []
        for line in self.metrics_file.read_bytes().splitlines():
            try:
                values = msgspec.json.decode(line, type=dict[str, int | float])
            except (msgspec.DecodeError, ValueError, RecursionError):
                break
            if not values.keys() >= NEEDED_METRICS:
                break
            lines.append({OLD_METRICS.get(name, name): value for name, value in values.items()})
        return lines


def _versions() -> dict[str, Any]:
    """List the software that makes the run: artgan, libraries, Python, threads."""
    import torch

    names = ("artgan", "torch", "numpy", "pillow")
    return {
        **{name: metadata.version(name) for name in names},
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
    }
