"""template-name: what this plugin brings; artgan imports the rest when used."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

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
    Meta,
    Metric,
    Optimizer,
    Options,
    Palette,
    PaletteFormat,
    Panel,
    PluginSettings,
    Reader,
    Regularizer,
    RunHost,
    Sampler,
    Sizes,
    Start,
    StepFacts,
    Style,
    TrainingSchedule,
    Update,
    Writer,
    hookimpl,
)
from artgan.plugin.starts import read_start

SIZES = Sizes(smallest=16, largest=512, coarsest=4)


class ArchitectureOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``template-name``."""

    channels: Annotated[
        int, Meta(ge=1, le=1024, description="Channels of every layer; more is slower, finer")
    ] = 64
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers of a seed")] = 64


@hookimpl
def artgan_architectures() -> Iterator[Architecture]:
    """Yield the architectures."""
    yield Architecture(
        name="template-name",
        summary="Small convolutional networks of even width.",
        generator="artgan.plugin_manager.scaffold.templates.plugin.architecture:Generator",
        discriminator="artgan.plugin_manager.scaffold.templates.plugin.architecture:Discriminator",
        options=ArchitectureOptions,
        sizes=SIZES,
    )


class LossOptions(Options, frozen=True, kw_only=True):
    """Options of the loss ``template-name``."""

    margin: Annotated[
        float, Meta(gt=0, le=100, description="Logit from which a picture counts as settled")
    ] = 1.0


@hookimpl
def artgan_losses() -> Iterator[Loss]:
    """Yield the losses."""
    yield Loss(
        name="template-name",
        summary="Ignores pictures that are already classified well.",
        build="artgan.plugin_manager.scaffold.templates.plugin.loss:MarginLoss",
        options=LossOptions,
    )


class RegularizerOptions(Options, frozen=True, kw_only=True):
    """Options of the regularizer ``template-name``."""

    weight: Annotated[float, Meta(ge=0, le=100, description="Strength")] = 0.001
    every: Annotated[int, Meta(ge=1, le=1000, description="Steps between two penalties")] = 1


@hookimpl
def artgan_regularizers() -> Iterator[Regularizer]:
    """Yield the regularizers."""
    yield Regularizer(
        name="template-name",
        summary="Keeps the logits of real pictures near zero.",
        build="artgan.plugin_manager.scaffold.templates.plugin.regularizer:Drift",
        options=RegularizerOptions,
        side="discriminator",
    )


class AugmentationOptions(Options, frozen=True, kw_only=True):
    """Options of the augmentation ``template-name``."""

    strength: Annotated[
        float, Meta(ge=0, le=1, description="Largest change of brightness, up and down")
    ] = 0.2


@hookimpl
def artgan_augmentations() -> Iterator[Augmentation]:
    """Yield the augmentations."""
    yield Augmentation(
        name="template-name",
        summary="Makes each picture a little brighter or darker.",
        build="artgan.plugin_manager.scaffold.templates.plugin.augmentation:Brightness",
        options=AugmentationOptions,
    )


class DatasetOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``template-name``."""

    count: Annotated[int, Meta(ge=4, le=100000, description="Number of pictures")] = 600


@hookimpl
def artgan_datasets() -> Iterator[Dataset]:
    """Yield the datasets."""
    yield Dataset(
        name="template-name",
        summary="Drawn rings, one to three, grey, with labels.",
        open="artgan.plugin_manager.scaffold.templates.plugin.dataset:Rings",
        options=DatasetOptions,
        licence="CC0-1.0",
    )


class FilterOptions(Options, frozen=True, kw_only=True):
    """Options of the filter ``template-name``."""

    strength: Annotated[
        float, Meta(ge=0, le=1, description="0 changes nothing, 1 is a negative")
    ] = 1.0


@hookimpl
def artgan_filters() -> Iterator[Filter]:
    """Yield the filters."""
    yield Filter(
        name="template-name",
        summary="Turn light to dark.",
        apply="artgan.plugin_manager.scaffold.templates.plugin.filter:apply",
        options=FilterOptions,
        main="strength",
    )


@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield a style for each file in ``styles``."""
    for path in sorted((Path(__file__).parent / "styles").glob("*.toml")):
        yield Style(**tomllib.loads(path.read_text(encoding="utf-8")))


@hookimpl
def artgan_palettes() -> Iterator[Palette]:
    """Yield a palette for each file in ``palettes``."""
    for path in sorted((Path(__file__).parent / "palettes").glob("*.toml")):
        yield Palette(**tomllib.loads(path.read_text(encoding="utf-8")))


@hookimpl
def artgan_starts() -> Iterator[Start]:
    """Yield a start for each file in ``starts``."""
    for path in sorted((Path(__file__).parent / "starts").glob("*.toml")):
        yield read_start(path)


class ExtractorOptions(Options, frozen=True, kw_only=True):
    """Options of the extractor ``template-name``."""

    points: Annotated[int, Meta(ge=1, le=64, description="Points along each side")] = 8


@hookimpl
def artgan_extractors() -> Iterator[Extractor]:
    """Yield the extractors."""
    yield Extractor(
        name="template-name",
        summary="Colours at the points of a grid.",
        build="artgan.plugin_manager.scaffold.templates.plugin.extractor:Colors",
        options=ExtractorOptions,
    )


@hookimpl
def artgan_step_finished(report: StepFacts, folder: Path) -> None:
    """Add both losses of a step to ``template-name.csv`` in the run's folder."""
    with (folder / "template-name.csv").open("a", encoding="utf-8") as file:
        file.write(f"{report.step},{report.discriminator_loss},{report.generator_loss}\n")


class MetricOptions(Options, frozen=True, kw_only=True):
    """Options of the metric ``template-name``."""

    power: Annotated[float, Meta(gt=0, le=8, description="More weighs large differences more")] = 1


@hookimpl
def artgan_metrics() -> Iterator[Metric]:
    """Yield the metrics."""
    yield Metric(
        name="template-name",
        summary="How far the mean picture of the samples is from that of the real ones.",
        build="artgan.plugin_manager.scaffold.templates.plugin.metric:MeanPicture",
        options=MetricOptions,
    )


@hookimpl
def artgan_readers() -> Iterator[Reader]:
    """Yield the readers."""
    yield Reader(
        name="template-name",
        summary="Netpbm's PAM.",
        open="artgan.plugin_manager.scaffold.templates.plugin.reader:read",
        endings=(".pam",),
        signs=((0, b"P7\n"),),
    )


@hookimpl
def artgan_writers() -> Iterator[Writer]:
    """Yield the writers."""
    yield Writer(
        name="template-name",
        summary="Netpbm's PAM, uncompressed.",
        write="artgan.plugin_manager.scaffold.templates.plugin.writer:write",
        endings=(".pam",),
    )


@hookimpl
def artgan_palette_formats() -> Iterator[PaletteFormat]:
    """Yield the palette formats."""
    yield PaletteFormat(
        name="template-name",
        summary="Red, green and blue from 0 to 255, a colour a line.",
        endings=(".rgb",),
        read="artgan.plugin_manager.scaffold.templates.plugin.palette_format:read_colors",
        write="artgan.plugin_manager.scaffold.templates.plugin.palette_format:write_colors",
    )


@hookimpl
def artgan_animation_formats() -> Iterator[AnimationFormat]:
    """Yield the formats of moving pictures."""
    yield AnimationFormat(
        name="template-name",
        summary="A comic book archive, a page for each frame.",
        endings=(".cbz",),
        write="artgan.plugin_manager.scaffold.templates.plugin.animation_format:Book",
        read="artgan.plugin_manager.scaffold.templates.plugin.animation_format:read_book",
    )


@hookimpl
def artgan_exporters() -> Iterator[Exporter]:
    """Yield the exporters."""
    yield Exporter(
        name="template-name",
        summary="Weights as NumPy's .npz.",
        export="artgan.plugin_manager.scaffold.templates.plugin.exporter:export_weights",
        ending=".npz",
    )


@hookimpl
def artgan_run_hosts() -> Iterator[RunHost]:
    """Yield the hosts of runs."""
    yield RunHost(
        name="template-name",
        summary="ZIP files in a folder.",
        example="mushrooms",
        fetch="artgan.plugin_manager.scaffold.templates.plugin.run_host:fetch",
        publish="artgan.plugin_manager.scaffold.templates.plugin.run_host:publish",
    )


@hookimpl
def artgan_traits() -> Iterator[MeasuredTrait]:
    """Yield the traits."""
    yield MeasuredTrait(
        name="template-name",
        summary="How much of the picture is dark.",
        measure="artgan.plugin_manager.scaffold.templates.plugin.trait:measure_darkness",
        title="Darkness",
        step=0.05,
    )


PANEL = """
<p id="said"></p>
<script>
const facts = JSON.parse(document.getElementById("facts").textContent);
document.getElementById("said").textContent = `Steps written down: ${facts.metrics.length}.`;
</script>
"""


@hookimpl
def artgan_panels() -> Iterator[Panel]:
    """Yield the panels."""
    yield Panel(name="template-name", summary="How many steps there are", html=PANEL, height=60)


class OwnSettings(Options, frozen=True, kw_only=True):
    """What users set in artgan.toml; the code reads it with ``settings_of(OwnSettings)``."""

    address: Annotated[str, Meta(description="Where messages go")] = "http://127.0.0.1:8000"
    token: Annotated[
        str, Meta(description="Of the account there", extra={"secret": "TEMPLATE_TOKEN"})
    ] = ""


@hookimpl
def artgan_settings() -> Iterator[PluginSettings]:
    """Yield the class of the settings."""
    yield PluginSettings(options=OwnSettings)


class UpdateOptions(Options, frozen=True, kw_only=True):
    """Options of the update ``template-name``."""

    weight: Annotated[
        float, Meta(ge=0, le=10, description="How much the second discriminator counts")
    ] = 1.0


@hookimpl
def artgan_updates() -> Iterator[Update]:
    """Yield the updates."""
    yield Update(
        name="template-name",
        summary="Two discriminators judge each picture.",
        build="artgan.plugin_manager.scaffold.templates.plugin.update:Jury",
        build_networks="artgan.plugin_manager.scaffold.templates.plugin.update:build_jury",
        networks={"juror": "discriminator"},
        options=UpdateOptions,
    )


class OptimizerOptions(Options, frozen=True, kw_only=True):
    """Options of the optimizer ``template-name``."""

    momentum: Annotated[
        float, Meta(ge=0, lt=1, description="How much of the last step is taken again")
    ] = 0.0


@hookimpl
def artgan_optimizers() -> Iterator[Optimizer]:
    """Yield the optimizers."""
    yield Optimizer(
        name="template-name",
        summary="Steps of about the same size, without Adam's first moments.",
        build="artgan.plugin_manager.scaffold.templates.plugin.optimizer:build_optimizer",
        options=OptimizerOptions,
    )


class ScheduleOptions(Options, frozen=True, kw_only=True):
    """Options of the schedule ``template-name``."""

    stairs: Annotated[
        int, Meta(ge=1, le=100, description="How often the learning rate is halved")
    ] = 3


@hookimpl
def artgan_schedules() -> Iterator[TrainingSchedule]:
    """Yield the schedules."""
    yield TrainingSchedule(
        name="template-name",
        summary="The learning rate goes down in stairs.",
        build="artgan.plugin_manager.scaffold.templates.plugin.schedule:Stairs",
        options=ScheduleOptions,
    )


class LatentsOptions(Options, frozen=True, kw_only=True):
    """Options of the latents ``template-name``."""

    share: Annotated[
        float, Meta(ge=0, le=1, description="0 leaves pictures as they are, 1 makes others")
    ] = 0.3


@hookimpl
def artgan_latents() -> Iterator[Latents]:
    """Yield the latents."""
    yield Latents(
        name="template-name",
        summary="Wanders off from the pictures of seeds, a little or far.",
        build="artgan.plugin_manager.scaffold.templates.plugin.latents:Wander",
        options=LatentsOptions,
        needs_latents=True,
    )


class SamplerOptions(Options, frozen=True, kw_only=True):
    """Options of the sampler ``template-name``."""

    count: Annotated[int, Meta(ge=2, le=64, description="Pictures that are averaged")] = 8
    spread: Annotated[float, Meta(ge=0, le=2, description="How unlike they are")] = 0.3


@hookimpl
def artgan_samplers() -> Iterator[Sampler]:
    """Yield the samplers."""
    yield Sampler(
        name="template-name",
        summary="The mean of pictures around the point.",
        build="artgan.plugin_manager.scaffold.templates.plugin.sampler:MeanOfMany",
        options=SamplerOptions,
    )


@hookimpl
def artgan_commands() -> Iterator[Command]:
    """Yield the commands."""
    yield Command(
        name="template-name",
        summary="Print seeds to sample.",
        command="artgan.plugin_manager.scaffold.templates.plugin.command:command",
    )
