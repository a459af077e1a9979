"""The hooks that a plugin may implement; their docstrings are the reference.

Contribution hooks are called once per plugin when artgan loads it; they yield declarations from
``artgan.plugin``. Observer hooks are called in the main process while a run goes on; what they
return is ignored, and one that raises is switched off for the rest of the run.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import pluggy

from artgan.plugin import (
    AnimationFormat,
    Architecture,
    Augmentation,
    Command,
    Dataset,
    Exporter,
    Extractor,
    Filter,
    Latents,
    Loss,
    MeasuredTrait,
    Metric,
    Optimizer,
    Palette,
    PaletteFormat,
    Panel,
    PluginSettings,
    Reader,
    Regularizer,
    RunFacts,
    RunHost,
    Sampler,
    Start,
    StepFacts,
    Style,
    TrainingSchedule,
    Update,
    Writer,
)

hookspec = pluggy.HookspecMarker("artgan")


class ContributionHooks(Protocol):
    """Hooks that add something; each yields declarations."""

    @hookspec
    def artgan_architectures(self) -> Iterable[Architecture]:
        """Yield architectures: a generator and a discriminator each."""

    @hookspec
    def artgan_losses(self) -> Iterable[Loss]:
        """Yield losses: pure functions of logits."""

    @hookspec
    def artgan_regularizers(self) -> Iterable[Regularizer]:
        """Yield regularizers: penalties on one of the networks."""

    @hookspec
    def artgan_augmentations(self) -> Iterable[Augmentation]:
        """Yield augmentations: differentiable changes in front of the discriminator."""

    @hookspec
    def artgan_datasets(self) -> Iterable[Dataset]:
        """Yield datasets: sources of real pictures."""

    @hookspec
    def artgan_filters(self) -> Iterable[Filter]:
        """Yield filters: changes of a finished picture."""

    @hookspec
    def artgan_styles(self) -> Iterable[Style]:
        """Yield styles: named chains of filters."""

    @hookspec
    def artgan_palettes(self) -> Iterable[Palette]:
        """Yield palettes: colours in order."""

    @hookspec
    def artgan_extractors(self) -> Iterable[Extractor]:
        """Yield extractors: features of pictures for ``artgan evaluate``."""

    @hookspec
    def artgan_starts(self) -> Iterable[Start]:
        """Yield starts: trained weights that runs may begin with."""

    @hookspec
    def artgan_metrics(self) -> Iterable[Metric]:
        """Yield metrics: figures that say which checkpoint of a run is best."""

    @hookspec
    def artgan_readers(self) -> Iterable[Reader]:
        """Yield readers: formats of picture files that can be read."""

    @hookspec
    def artgan_writers(self) -> Iterable[Writer]:
        """Yield writers: formats of picture files that can be written."""

    @hookspec
    def artgan_animation_formats(self) -> Iterable[AnimationFormat]:
        """Yield animation formats: files of moving pictures that can be read or written."""

    @hookspec
    def artgan_palette_formats(self) -> Iterable[PaletteFormat]:
        """Yield palette formats: files of colours that can be read or written."""

    @hookspec
    def artgan_exporters(self) -> Iterable[Exporter]:
        """Yield exporters: forms in which a trained generator leaves artgan."""

    @hookspec
    def artgan_run_hosts(self) -> Iterable[RunHost]:
        """Yield hosts of runs: places where trained runs are shared."""

    @hookspec
    def artgan_traits(self) -> Iterable[MeasuredTrait]:
        """Yield traits: what is measured of the pictures of a series."""

    @hookspec
    def artgan_panels(self) -> Iterable[Panel]:
        """Yield panels: parts of the page of a run."""

    @hookspec
    def artgan_settings(self) -> Iterable[PluginSettings]:
        """Yield the class of the settings that users may set for the plugin in artgan.toml."""

    @hookspec
    def artgan_updates(self) -> Iterable[Update]:
        """Yield updates: how a training step is made."""

    @hookspec
    def artgan_optimizers(self) -> Iterable[Optimizer]:
        """Yield optimizers: how gradients change weights."""

    @hookspec
    def artgan_schedules(self) -> Iterable[TrainingSchedule]:
        """Yield schedules: how rates, penalties and averages follow the progress of a run."""

    @hookspec
    def artgan_latents(self) -> Iterable[Latents]:
        """Yield latents: where the numbers come from that the generator gets when sampling."""

    @hookspec
    def artgan_samplers(self) -> Iterable[Sampler]:
        """Yield samplers: the steps between latents and pictures."""

    @hookspec
    def artgan_commands(self) -> Iterable[Command]:
        """Yield commands for the command line."""


class ObserverHooks(Protocol):
    """Hooks that watch a run; they receive frozen values and cannot change the result."""

    @hookspec
    def artgan_run_started(self, config: RunFacts, folder: Path) -> None:
        """Tell that training starts or goes on in ``folder``."""

    @hookspec
    def artgan_step_finished(
        self, report: StepFacts, measured: Mapping[str, float], folder: Path
    ) -> None:
        """Tell what the last step measured: plain numbers.

        ``measured`` holds what is looked at now and then (variety, quality ...); else it is empty.
        """

    @hookspec
    def artgan_preview_saved(self, step: int, path: Path, folder: Path) -> None:
        """Tell that the preview of ``step``, always of the same seeds, lies at ``path``."""

    @hookspec
    def artgan_checkpoint_saved(self, step: int, path: Path) -> None:
        """Tell that the training state of ``step`` lies at ``path``."""

    @hookspec
    def artgan_sample_saved(self, path: Path, seed: int, style: str) -> None:
        """Tell that a sampled picture was written; ``style`` is "none" for a raw one."""

    @hookspec
    def artgan_run_finished(self, folder: Path, outcome: str) -> None:
        """Tell that training ended: "finished", "interrupted" or "failed"."""
