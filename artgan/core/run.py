"""A trained run: sample it, style what it makes, write the pictures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan.core.config import RunConfig
from artgan.core.missing import missing_plugins, plugin_versions, require
from artgan.core.registry import Registry, default_registry
from artgan.core.run_folder import RunFolder
from artgan.errors import ArtganError, RunError, UnknownNameError
from artgan.version import __version__

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from artgan.core.checkpoint import Checkpoint
    from artgan.core.images import Pixels
    from artgan.core.observers import Observers
    from artgan.core.styles import Chain


@dataclass(frozen=True)
class Sample:
    """One picture of a run.

    Attributes:
        seed: What it follows from.
        raw: Pixels (H, W, C) as the generator made them.
        styled: The picture after the style, or None if a filter failed.
        record: What made it; goes into its file.
        error: Why the style failed, or "".
    """

    seed: int
    raw: "Pixels"
    styled: "Image | None"
    record: Mapping[str, Any]
    error: str = ""


@dataclass(frozen=True)
class Run:
    """A run in a folder.

    Attributes:
        path: Its folder.
        config: What it was made with.
        registry: Where styles and plugins are looked up.
    """

    path: Path
    config: RunConfig
    registry: Registry = field(default_factory=default_registry, repr=False)

    @property
    def folder(self) -> RunFolder:
        """The files of the run."""
        return RunFolder(self.path)

    @cached_property
    def checkpoint(self) -> "Checkpoint":
        """The checkpoint that samples are drawn from: the best by measured quality.

        Raises:
            RunError: There is none yet.
        """
        best = self.folder.best_checkpoint()
        if best is None:
            raise RunError(
                f"run '{self.path}' has no checkpoint yet: train it with artgan resume {self.path}"
            )
        return best

    @cached_property
    def generator(self) -> "torch.nn.Module":
        """The averaged generator with its trained weights, on the best device here."""
        from artgan.core.build import build_generator
        from artgan.core.checkpoint import load_network, read_tensors
        from artgan.core.device import pick_device

        generator = build_generator(self.config, self.registry)
        tensors = read_tensors(self.checkpoint)
        load_network(generator, tensors, "generator_ema", self.checkpoint.path)
        generator.requires_grad_(False)
        return generator.eval().to(pick_device(None))

    def samples(
        self,
        seeds: Iterable[int],
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
    ) -> Iterator[Sample]:
        """Make pictures one by one, in constant memory.

        Args:
            seeds: One for each picture; the same seed gives the same picture, always.
            style: A style's name, a chain, or "none".
            knobs: Values for the style's knobs.
            label: Class of all pictures; None lets each seed draw its own.

        Yields:
            A sample for each seed, in order. A filter that fails leaves ``styled`` empty and says
            why in ``error``; the others go on.
        """
        from artgan.core.pictures import from_pixels, to_pil
        from artgan.core.sample import sample_pixels
        from artgan.core.styles import apply_style

        seeds = list(seeds)
        chain = self._chain(style, knobs)
        made = sample_pixels(self.generator, seeds, self.config.label_weights, label)
        for index, (seed, pixels) in enumerate(made):
            record = self.record(seed, label)
            try:
                picture = from_pixels(pixels, wraps=self._wraps)
                styled = apply_style(
                    chain,
                    picture,
                    registry=self.registry,
                    seed=seed,
                    index=index,
                    total=len(seeds),
                )
            except ArtganError as error:
                yield Sample(seed, pixels, None, record, str(error))
                continue
            record = {**record, "style": styled.record}
            finished = to_pil(styled.picture)
            finished.info["artgan"] = record
            yield Sample(seed, pixels, finished, record)

    def _chain(self, style: Any, knobs: Mapping[str, Any] | None) -> "Chain":
        from artgan.core.styles import parse_style

        try:
            return parse_style(style, self.registry, knobs=knobs)
        except UnknownNameError as error:
            versions = self.folder.plugins()
            absent = missing_plugins([f"{name}/" for name in versions], versions, self.registry)
            if not absent:
                raise
            raise UnknownNameError(
                f"{error} The run was made with {'; and '.join(absent)}"
            ) from error

    @property
    def _wraps(self) -> tuple[bool, bool]:
        tileable = bool(self.config.architecture.options.get("tileable", False))
        return tileable, tileable

    def sample(
        self,
        seeds: Iterable[int],
        style: Any = "none",
        knobs: Mapping[str, Any] | None = None,
        label: int | None = None,
    ) -> "list[Image]":
        """Make pictures as PIL images; ``picture.info["artgan"]`` holds the record of each.

        Takes the arguments of ``samples``.

        Raises:
            ArtganError: A filter failed.
        """
        pictures = []
        for sample in self.samples(seeds, style, knobs, label):
            if sample.styled is None:
                raise RunError(f"seed {sample.seed}: {sample.error}")
            pictures.append(sample.styled)
        return pictures

    def record(self, seed: int, label: int | None = None) -> dict[str, Any]:
        """Give what a raw sample follows from, as plain values."""
        import torch

        config = self.config
        plugins = plugin_versions([config.architecture.name], self.registry)
        return {
            "format": 1,
            "artgan": __version__,
            "torch": str(torch.__version__),
            "run": self.path.resolve().name,
            "architecture": config.architecture.name,
            "options": dict(config.architecture.options),
            "dataset": config.dataset.name,
            "loss": config.loss.name,
            "step": self.checkpoint.step,
            "weights_sha256": self.checkpoint.sha256,
            "seed": seed,
            **({} if label is None else {"label": label}),
            **({"plugins": plugins} if plugins else {}),
        }


def load_run(path: str | Path, registry: Registry | None = None) -> Run:
    """Open a run folder.

    Raises:
        RunError: There is no run, or its record is damaged.
    """
    path = Path(path)
    if not path.is_dir():
        raise RunError(f"there is no run folder '{path}'")
    registry = registry or default_registry()
    config = RunFolder(path).read_config()
    folder = RunFolder(path)
    require(f"run '{path}'", [config.architecture.name], folder.plugins(), registry)
    registry.find("architecture", config.architecture.name)
    return Run(path, config, registry)


@dataclass(frozen=True)
class Written:
    """What ``write_samples`` did.

    Attributes:
        files: Pictures written, styled ones where there is a style.
        errors: "seed 7: ..." for pictures whose style failed.
    """

    files: tuple[Path, ...]
    errors: tuple[str, ...] = ()


def style_label(style: Any) -> str:
    """Give a short name of a style for file names."""
    text = style if isinstance(style, str) else "chain"
    plain = "".join(c if c.isalnum() or c == "-" else "-" for c in text.lower())
    return plain.strip("-")[:40] or "chain"


def write_samples(
    run: Run,
    seeds: Iterable[int],
    style: Any,
    folder: Path,
    *,
    knobs: Mapping[str, Any] | None = None,
    label: int | None = None,
    overwrite: bool = False,
    keep_raw: bool = True,
    observers: "Observers | None" = None,
) -> Written:
    """Write samples as PNG files that carry their records.

    Args:
        run: The run to sample.
        seeds: One for each picture.
        style: A style, or "none" for raw pictures alone.
        folder: Where to; made if needed.
        knobs: Values for the style's knobs.
        label: Class of all pictures.
        overwrite: Replace files of the same name that differ.
        keep_raw: Write the raw picture beside the styled one.
        observers: Told of each picture; None tells those of the run's registry.

    Raises:
        RunError: A different file of that name is there.
    """
    from artgan.core.images import to_pil
    from artgan.core.observers import Observers
    from artgan.core.pictures import save_png

    told = observers or Observers(run.registry)
    name, files, errors = style_label(style), [], []
    for sample in run.samples(seeds, style, knobs, label):
        raw = run.record(sample.seed, label)
        plans: list[tuple[str, Any, Mapping[str, Any]]] = []
        if keep_raw or name == "none":
            plans.append(("raw", to_pil(sample.raw), raw))
        if sample.error:
            errors.append(f"seed {sample.seed}: {sample.error}")
        elif name != "none" and sample.styled is not None:
            plans.append((name, sample.styled, sample.record))
        for kind, picture, record in plans:
            path = folder / f"s{sample.seed:05d}-{kind}.png"
            save_png(picture, path, record, overwrite=overwrite)
            shown = "none" if kind == "raw" else kind
            told.call("artgan_sample_saved", path=path, seed=sample.seed, style=shown)
            if kind == plans[-1][0]:
                files.append(path)
    return Written(tuple(files), tuple(errors))
