"""The one frozen object that decides the result of a run; its TOML form is ``run.toml``."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from artgan.base.options import build_options, to_plain
from artgan.errors import OptionError
from artgan.plugin import Meta, Options

FORMAT = 1
"""Version of the run.toml layout; a newer one is refused."""


METHODS = {"update": "updates", "optimizer": "optimizer", "schedule": "schedule"}
"""Kinds that say how to train -> the training option that names one."""


class TrainingOptions(Options, frozen=True, kw_only=True):
    """How the networks are trained, whatever they are. Flags: ``--train.<option>``."""

    steps: Annotated[int, Meta(ge=1, description="Updates of the generator")] = 2000
    batch: Annotated[int, Meta(ge=1, le=65536, description="Real pictures per update")] = 64
    accumulate: Annotated[
        int,
        Meta(
            ge=1,
            le=1024,
            description="Compute each batch in so many parts: less memory, somewhat slower",
        ),
    ] = 1
    generator_lr: Annotated[
        float, Meta(gt=0, le=10, description="Learning rate of the generator")
    ] = 2e-4
    discriminator_lr: Annotated[
        float, Meta(gt=0, le=10, description="Learning rate of the discriminator")
    ] = 2e-4
    optimizer: Annotated[
        str, Meta(description="How gradients change weights; artgan list optimizer")
    ] = "adam"
    beta1: Annotated[float, Meta(ge=0, lt=1, description="Adam's first decay rate")] = 0.5
    beta2: Annotated[float, Meta(ge=0, lt=1, description="Adam's second decay rate")] = 0.99
    schedule: Annotated[
        str,
        Meta(description="How rates and penalties fall and averages grow; artgan list schedule"),
    ] = "linear"
    lr_warmup: Annotated[
        int, Meta(ge=0, description="Steps over which the learning rates rise to their full height")
    ] = 0
    lr_hold: Annotated[
        float,
        Meta(ge=0, le=1, description="Share of the run at full rate before it falls"),
    ] = 1.0
    lr_final: Annotated[
        float, Meta(ge=0, le=1, description="Share of the learning rates left at the end")
    ] = 1.0
    penalty_final: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Share of the regularizers' weight left at the end",
        ),
    ] = 1.0
    discriminator_steps: Annotated[
        int, Meta(ge=1, le=100, description="Discriminator updates for each of the generator")
    ] = 1
    updates: Annotated[
        str,
        Meta(
            description="How a step is made; artgan list update. Alternating: the generator "
            "answers the updated discriminator. Simultaneous: both answer the same logits, which "
            "is cheaper",
        ),
    ] = "alternating"
    ema_half_life: Annotated[
        float,
        Meta(ge=0, description="Half-life of the generator's average in pictures; 0 turns it off"),
    ] = 5000.0
    ema_ramp: Annotated[
        float,
        Meta(gt=0, le=1, description="Early half-life as a share of the pictures seen so far"),
    ] = 0.05
    clusters: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="Sort pictures without labels into so many clusters of similar ones, and "
            "train with these as labels; 0 for none",
        ),
    ] = 0
    holdout: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            description="Share of the pictures never shown to the networks, to measure whether "
            "the discriminator memorizes; none where that is under 16 pictures",
        ),
    ] = 0.02
    freeze_discriminator: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="First layers of the discriminator that keep their weights, for runs that "
            "start --from another with few pictures",
        ),
    ] = 0
    from_networks: Annotated[
        Literal["all", "discriminator"],
        Meta(
            description="Whose weights --from brings: those of all networks, or of the "
            "discriminator alone, while the generator begins anew"
        ),
    ] = "all"
    best_by: Annotated[
        str, Meta(description="What says which checkpoint is best; artgan list metric")
    ] = "sliced-distance"
    precision: Annotated[
        Literal["auto", "bf16", "fp32"],
        Meta(description="Number format of the networks; auto takes bf16 where it is fast"),
    ] = "auto"
    compile: Annotated[
        Literal["none", "default", "cuda-graphs"],
        Meta(
            description="Compile the networks: a minute or so at the start, then quicker steps on "
            "some GPUs. Cuda-graphs replays recorded kernels, for small networks on NVIDIA"
        ),
    ] = "none"
    preview_every: Annotated[
        int, Meta(ge=0, description="Steps between previews; 0 spreads 24 over the run")
    ] = 0
    checkpoint_every: Annotated[
        int, Meta(ge=0, description="Steps between checkpoints; 0 spreads 8 over the run")
    ] = 0
    keep_checkpoints: Annotated[
        int, Meta(ge=1, le=1000, description="How many of the last checkpoints stay")
    ] = 3


class Part(msgspec.Struct, frozen=True):
    """A contribution by full name, with all of its options."""

    name: str
    options: Mapping[str, Any] = {}


class RunConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides what a run makes.

    Attributes:
        architecture: Networks.
        dataset: Source of the pictures.
        path: File or folder of the dataset, "" if it needs none.
        base: Folder of the run whose weights this one starts from, "" for none.
        base_weights: SHA-256 of those weights.
        loss: Loss.
        regularizers: Penalties, in order.
        augmentations: Changes in front of the discriminator, in order.
        training: How to train.
        methods: Options of what ``training`` names: kind, such as "update" -> its options.
        draws: The network that samples come from.
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1, 3 or 4.
        premultiplied: Whether the networks' colours are multiplied by alpha; not in old RGBA runs.
        classes: Number of labels, 0 for none.
        class_names: Their names.
        class_shares: How often samples draw each label; empty draws all alike.
        seed: Key of all randomness.
        device: "cpu", "cuda" or "mps".
        threads: How many compute; 0 (``artgan.base.threads.AUTO``) adapts to the load.
        style: Style of the samples, "none" for raw ones.
        ground: What clear pixels are shown on: "chequered", or a colour as hex.
        knobs: Values for the style's knobs.
        count: How many samples a run makes.
        keep_mark: Whether its pictures say, for machines, that a trained model made them.
    """

    architecture: Part
    dataset: Part
    path: str = ""
    base: str = ""
    base_weights: str = ""
    loss: Part
    regularizers: tuple[Part, ...] = ()
    augmentations: tuple[Part, ...] = ()
    training: TrainingOptions
    methods: Mapping[str, Mapping[str, Any]] = {}
    draws: str = "generator"
    height: Annotated[int, Meta(ge=1, le=65536)]
    width: Annotated[int, Meta(ge=1, le=65536)]
    channels: Annotated[int, Meta(ge=1, le=4)]
    premultiplied: bool = False
    classes: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    class_names: tuple[str, ...] = ()
    class_shares: tuple[Annotated[float, Meta(ge=0)], ...] = ()
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    device: str = "cpu"
    threads: int = 0
    style: Any = "none"
    ground: str = "chequered"
    knobs: Mapping[str, Any] = {}
    count: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 16
    keep_mark: bool = True

    @property
    def label_weights(self) -> tuple[float, ...]:
        """How often samples draw each label; empty without labels."""
        return self.class_shares or (1.0,) * self.classes

    @property
    def drawn_by(self) -> list[str]:
        """Full names of what builds the network that samples come from."""
        update = [] if self.draws == "generator" else [self.training.updates]
        return [self.architecture.name, *update]

    @property
    def names(self) -> list[str]:
        """Full names of all parts."""
        parts = (self.architecture, self.dataset, self.loss)
        named = [part.name for part in (*parts, *self.regularizers, *self.augmentations)]
        methods = [getattr(self.training, name) for name in METHODS.values()]
        return [*named, self.training.best_by.partition(":")[0], *methods]


def change_training(config: RunConfig, **changes: Any) -> RunConfig:
    """Return a config with other training options; None leaves one as it is.

    Raises:
        OptionError: A value does not fit.
    """
    wanted = {name: value for name, value in changes.items() if value is not None}
    training = build_options(TrainingOptions, {**to_plain(config.training), **wanted}, "training")
    return msgspec.structs.replace(config, training=training)


def parse_size(text: Any) -> tuple[int, int]:
    """Read "64" or "96x64" (width x height) as (height, width).

    Raises:
        OptionError: It is neither.
    """
    sides = str(text).lower().split("x")
    if len(sides) in (1, 2) and all(s.strip().isdecimal() and int(s) > 0 for s in sides):
        width, height = int(sides[0]), int(sides[-1])
        return height, width
    raise OptionError(
        f"size {text!r} does not fit; expected a side as in 64, or 96x64 (wide x high)"
    )
