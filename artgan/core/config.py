"""The one frozen object that decides the result of a run; its TOML form is ``run.toml``."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from artgan.core.options import build_options, to_plain
from artgan.core.suggest import join_names, suggest
from artgan.errors import OptionError, RunError
from artgan.plugin import Meta, Options

FORMAT = 1
"""Version of the run.toml layout; a newer one is refused."""


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
    beta1: Annotated[float, Meta(ge=0, lt=1, description="Adam's first decay rate")] = 0.5
    beta2: Annotated[float, Meta(ge=0, lt=1, description="Adam's second decay rate")] = 0.99
    lr_warmup: Annotated[
        int, Meta(ge=0, description="Steps over which the learning rates rise to their full height")
    ] = 0
    lr_hold: Annotated[
        float,
        Meta(ge=0, le=1, description="Share of the run at full rate before it falls linearly"),
    ] = 1.0
    lr_final: Annotated[
        float, Meta(ge=0, le=1, description="Share of the learning rates left at the end")
    ] = 1.0
    penalty_final: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Share of the regularizers' weight left at the end; it falls linearly",
        ),
    ] = 1.0
    discriminator_steps: Annotated[
        int, Meta(ge=1, le=100, description="Discriminator updates for each of the generator")
    ] = 1
    updates: Annotated[
        Literal["alternating", "simultaneous"],
        Meta(
            description="Alternating: the generator answers the updated discriminator. "
            "Simultaneous: both answer the same logits, which is cheaper"
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
            description="Sort pictures without labels into so many kinds by their look, and train "
            "by kind; 0 for none",
        ),
    ] = 0
    holdout: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            description="Share of the pictures never shown, which tell whether the discriminator "
            "learns by heart; none where that is under 16 pictures",
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
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1, 3 or 4.
        classes: Number of labels, 0 for none.
        class_names: Their names.
        class_shares: How often samples draw each label; empty draws all alike.
        seed: Key of all randomness.
        device: "cpu", "cuda" or "mps".
        style: Style of the samples, "none" for raw ones.
        knobs: Values for the style's knobs.
        count: How many samples a run makes.
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
    height: int
    width: int
    channels: int
    classes: int = 0
    class_names: tuple[str, ...] = ()
    class_shares: tuple[float, ...] = ()
    seed: int = 0
    device: str = "cpu"
    style: Any = "none"
    knobs: Mapping[str, Any] = {}
    count: int = 16

    @property
    def label_weights(self) -> tuple[float, ...]:
        """How often samples draw each label; empty without labels."""
        return self.class_shares or (1.0,) * self.classes

    @property
    def names(self) -> list[str]:
        """Full names of all parts."""
        parts = (self.architecture, self.dataset, self.loss)
        return [part.name for part in (*parts, *self.regularizers, *self.augmentations)]

    @property
    def preview_every(self) -> int:
        """Steps between previews."""
        return self.training.preview_every or max(1, self.training.steps // 24)

    @property
    def checkpoint_every(self) -> int:
        """Steps between checkpoints."""
        return self.training.checkpoint_every or max(1, self.training.steps // 8)


def change_training(config: RunConfig, **changes: Any) -> RunConfig:
    """Give a config with other training options; None leaves one as it is.

    Raises:
        OptionError: A value does not fit.
    """
    wanted = {name: value for name, value in changes.items() if value is not None}
    training = build_options(TrainingOptions, {**to_plain(config.training), **wanted}, "training")
    return msgspec.structs.replace(config, training=training)


TOP_LEVEL = ("seed", "size", "channels", "device", "preset")
TABLES = (
    "from",
    "architecture",
    "dataset",
    "loss",
    "regularizer",
    "augmentation",
    "training",
    "output",
)
WRITTEN_ONLY = ("format", "made-with", "data")

HEADING = "# Repeat this run: artgan run --config run.toml --out another-folder\n"


def to_toml(config: RunConfig, made_with: Mapping[str, Any]) -> str:
    """Write a config as TOML; ``made_with`` records versions and is not read back."""
    import tomli_w

    def part(p: Part, **more: Any) -> dict[str, Any]:
        return {"name": p.name, **more, **p.options}

    tree: dict[str, Any] = {
        "format": FORMAT,
        "seed": config.seed,
        "size": f"{config.width}x{config.height}",
        "channels": config.channels,
        "device": config.device,
        **_origin(config),
        "architecture": part(config.architecture),
        "dataset": part(config.dataset, **({"path": config.path} if config.path else {})),
        "loss": part(config.loss),
        "regularizer": {p.name: dict(p.options) for p in config.regularizers},
        "augmentation": {p.name: dict(p.options) for p in config.augmentations},
        "training": to_plain(config.training),
        "output": {"style": config.style, "count": config.count, "knobs": dict(config.knobs)},
        "data": {
            "classes": config.classes,
            "class-names": list(config.class_names),
            "class-shares": list(config.class_shares),
        },
        "made-with": dict(made_with),
    }
    return HEADING + tomli_w.dumps(_without_none(tree))


def _origin(config: RunConfig) -> dict[str, Any]:
    if not config.base:
        return {}
    return {"from": {"run": config.base, "weights": config.base_weights}}


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(v) for v in value if v is not None]
    return value


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        RunError: It is not there, or not TOML; names file and line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(f"there is no file '{path}'") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RunError(f"'{path}' is not valid TOML: {error}") from error
    except OSError as error:
        raise RunError(f"'{path}' cannot be read: {error.strerror}") from error


def read_settings(path: Path) -> dict[str, Any]:
    """Read a run.toml, or part of one, as settings for ``plan``.

    Raises:
        RunError: The file cannot be read or is of a newer format.
        OptionError: It has an unknown key.
    """
    tree = read_toml(path)
    if tree.get("format", FORMAT) not in range(1, FORMAT + 1):
        raise RunError(
            f"'{path}' has format {tree['format']}, this artgan reads up to {FORMAT}; update artgan"
        )
    known = (*TOP_LEVEL, *TABLES)
    for name in tree:
        if name not in known and name not in WRITTEN_ONLY:
            raise OptionError(
                f"'{path}' has an unknown key '{name}'.{suggest(name, known)} "
                f"Known: {join_names(known, 'and')}."
            )
    for name in TABLES:
        if not isinstance(tree.get(name, {}), dict):
            raise OptionError(f"'{path}': '{name}' must be a table, as in [{name}]")
    return {name: value for name, value in tree.items() if name in known}


def read_config(path: Path) -> RunConfig:
    """Read back a complete run.toml.

    Raises:
        RunError: It is incomplete or damaged.
    """
    tree = read_settings(path)
    data = read_toml(path).get("data", {})
    try:
        width, height = parse_size(tree["size"])[::-1]
        parts = {name: _part(tree[name]) for name in ("architecture", "dataset", "loss")}
        return RunConfig(
            **parts,
            path=tree["dataset"].get("path", ""),
            base=tree.get("from", {}).get("run", ""),
            base_weights=tree.get("from", {}).get("weights", ""),
            regularizers=tuple(Part(n, o) for n, o in tree.get("regularizer", {}).items()),
            augmentations=tuple(Part(n, o) for n, o in tree.get("augmentation", {}).items()),
            training=build_options(TrainingOptions, tree["training"], "training"),
            height=height,
            width=width,
            channels=tree["channels"],
            classes=data.get("classes", 0),
            class_names=tuple(data.get("class-names", ())),
            class_shares=tuple(data.get("class-shares", ())),
            seed=tree["seed"],
            device=tree["device"],
            style=tree["output"]["style"],
            knobs=tree["output"].get("knobs", {}),
            count=tree["output"]["count"],
        )
    except (KeyError, TypeError) as error:
        raise RunError(f"'{path}' is not a complete record of a run: {error} is missing") from error


def _part(table: Mapping[str, Any]) -> Part:
    return Part(table["name"], {k: v for k, v in table.items() if k not in ("name", "path")})


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
