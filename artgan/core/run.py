"""A trained run in a folder: its config, its checkpoint and its networks.

Nothing here knows of styles, animations or files of pictures; ``artgan.run.Run`` adds those.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import torch

from artgan.base.device import pick_device
from artgan.base.public import public
from artgan.base.suggest import join_names
from artgan.core.build import build_generator, build_networks
from artgan.core.checkpoint import Checkpoint, list_checkpoints, load_network, read_tensors
from artgan.core.config import RunConfig, parse_size
from artgan.core.registry import Registry
from artgan.core.requirements import explain_changes, plugin_versions, require
from artgan.core.run_folder import RunFolder
from artgan.errors import OptionError, RunError, UnknownNameError
from artgan.version import versions


@dataclass(frozen=True)
class TrainedRun:
    """A run in a folder.

    Attributes:
        path: Its folder.
        config: What it was made with.
        registry: Where its plugins are looked up.
        chosen: The checkpoint to use; None uses the best by measured quality.
        size: Height and width of its pictures, where they may have any; None for those of training.
    """

    path: Path
    config: RunConfig
    registry: Registry
    chosen: Checkpoint | None = None
    size: tuple[int, int] | None = None

    @classmethod
    def open(cls, path: str | Path, registry: Registry) -> Self:
        """Open a run folder.

        Raises:
            RunError: There is no run, or its record is damaged.
            MissingPluginError: The plugin of its architecture is not installed.
        """
        path = Path(path)
        if not path.is_dir():
            raise RunError(f"there is no run folder '{path}'")
        folder = RunFolder(path)
        config = folder.read_config()
        require(f"run '{path}'", config.drawn_by, folder.plugins(), registry)
        registry.find("architecture", config.architecture.name)
        return cls(path, config, registry)

    @property
    def folder(self) -> RunFolder:
        """The files of the run."""
        return RunFolder(self.path)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that samples are drawn from.

        Raises:
            RunError: There is none yet.
        """
        checkpoint = self.chosen or self.folder.best_checkpoint()
        if checkpoint is None:
            raise RunError(
                f"run '{self.path}' has no checkpoint yet: train it with artgan resume {self.path}"
            )
        return checkpoint

    def at(self, sha256: str) -> Self:
        """Return the run at the checkpoint whose file has that SHA-256.

        Raises:
            RunError: There is none.
        """
        for checkpoint in list_checkpoints(self.folder.checkpoints):
            if checkpoint.sha256 == sha256:
                return replace(self, chosen=checkpoint)
        raise RunError(f"run '{self.path}' has no checkpoint with the SHA-256 {sha256}")

    @public
    def at_size(self, size: int | str) -> Self:
        """Return the run with pictures of another size: a side in pixels, or "96x64" (wide x high).

        Raises:
            OptionError: It is no size, or its generator draws at the size of training alone.
        """
        height, width = parse_size(size)
        if (height, width) == (self.config.height, self.config.width):
            return replace(self, size=None)
        entry = self.registry.find("architecture", self.config.architecture.name)
        if not entry.declaration.any_size or self.config.draws != "generator":
            raise OptionError(
                f"run '{self.path}' draws at {self.config.width}x{self.config.height} alone: only "
                "coordinate networks (--arch coordinates) draw at any size; --style upscale "
                "enlarges, and a run of texture fills a canvas"
            )
        return replace(self, size=(height, width))

    @cached_property
    @public
    def generator(self) -> torch.nn.Module:
        """The network that draws, averaged, with its trained weights, on the best device here."""
        with self._explaining_changes():
            if self.config.draws != "generator":
                return self.network(self.config.draws)
            generator = build_generator(self.config, self.registry)
        if self.size:
            generator.size = self.size  # type: ignore[assignment]
        return self._with_weights(generator, "generator_ema")

    @cached_property
    @public
    def discriminator(self) -> torch.nn.Module:
        """The discriminator with its trained weights, on the best device here."""
        return self.network("discriminator")

    def network(self, name: str) -> torch.nn.Module:
        """Return a network by name, on the best device here, such as the encoder of a BiGAN.

        It has its trained weights, averaged where the run keeps an average.

        Raises:
            RunError: There is none of that name.
        """
        with self._explaining_changes():
            networks = build_networks(self.config, self.registry)
        if name not in networks:
            raise RunError(
                f"run '{self.path}' has no network '{name}'; it has {join_names(networks, 'and')}"
            )
        tensors = read_tensors(self.checkpoint)
        averaged = any(key.startswith(f"{name}_ema.") for key in tensors)
        return self._with_weights(networks[name], f"{name}_ema" if averaged else name)

    def _explaining_changes(self) -> AbstractContextManager[None]:
        """Name a plugin of another version in errors about options."""
        names, versions = self.config.names, self.folder.plugins()
        return explain_changes(f"Run '{self.path}'", names, versions, self.registry)

    def _with_weights(self, network: torch.nn.Module, name: str) -> torch.nn.Module:
        """Load a network's weights and prepare it for evaluation."""
        load_network(network, read_tensors(self.checkpoint), name, self.checkpoint.path)
        network.requires_grad_(False)
        return network.eval().to(pick_device(None))

    @property
    def wraps(self) -> tuple[bool, bool]:
        """Whether its pictures repeat without a seam, (across, downwards)."""
        tileable = bool(self.config.architecture.options.get("tileable", False))
        return tileable, tileable

    def record(self, seed: int, label: int | None = None) -> dict[str, Any]:
        """Describe what a raw sample follows from, as plain values."""
        config = self.config
        plugins = plugin_versions(config.drawn_by, self.registry)
        return {
            "format": 1,
            **versions(),
            "torch": str(torch.__version__),
            "device": pick_device(None).partition(":")[0],
            "run": self.path.resolve().name,
            "architecture": config.architecture.name,
            "options": dict(config.architecture.options),
            "dataset": config.dataset.name,
            **self._licence(),
            "loss": config.loss.name,
            "size": list(reversed(self.size or (config.height, config.width))),
            "wraps": list(self.wraps),
            "step": self.checkpoint.step,
            "weights_sha256": self.checkpoint.sha256,
            "seed": seed,
            **({} if label is None else {"label": label}),
            **({"plugins": plugins} if plugins else {}),
        }

    def _licence(self) -> dict[str, str]:
        try:
            entry = self.registry.find("dataset", self.config.dataset.name)
        except UnknownNameError:
            # The plugin that read the pictures need not be here to sample.
            return {}
        return {"dataset_licence": entry.declaration.licence}
