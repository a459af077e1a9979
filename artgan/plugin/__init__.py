"""All that a plugin needs: declarations, options, contexts and the hook marker.

A plugin is a torch-free module whose hooks yield *declarations*. A declaration names its heavy code
by *reference* (``"package.module:attribute"``, or the object itself in a single file), which artgan
imports only when it is used. This module imports neither torch, numpy nor Pillow, so listing
plugins stays fast. Shared tools lie beside it: ``artgan.plugin.color`` and ``artgan.plugin.raster``
(numpy) for filters, ``artgan.plugin.layers`` (torch) for networks, ``artgan.plugin.updates`` for
how a step is made.

The smallest filter:

    from artgan.plugin import Filter, hookimpl

    def negative(picture, options, context):
        return picture.replace(color=1 - picture.color)

    @hookimpl
    def artgan_filters():
        yield Filter(name="negative", summary="Turn light to dark.", apply=negative)
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Protocol, get_args

import msgspec
import pluggy
from msgspec import Meta

from artgan.errors import (
    ArtganError,
    DataError,
    MissingExtraError,
    OptionError,
    PictureError,
    PluginError,
    StyleError,
    TrainingError,
)

if TYPE_CHECKING:
    import numpy as np
    import torch

    from artgan.plugin.picture import Picture

API = 1
"""Version of this interface; it rises when a plugin written for the last one may break."""

hookimpl = pluggy.HookimplMarker("artgan")
"""Decorator that marks a function of a plugin as the implementation of the hook of its name."""

Reference = str | Callable[..., Any]
"""``"package.module:attribute"``, or the object itself."""

Alpha = Literal["auto", "keep", "fill"]

AlphaOption = Annotated[
    Alpha,
    Meta(
        description="Keep learns clear pixels as clear, fill lays them on the background; auto "
        "keeps them if a quarter of the pictures have some and no background is chosen"
    ),
]
"""Type of a dataset's option ``alpha``, which has one name and meaning in all datasets; see
``artgan.plugin.alpha``."""

KINDS = (
    "architecture",
    "loss",
    "regularizer",
    "augmentation",
    "dataset",
    "filter",
    "style",
    "palette",
    "extractor",
    "start",
    "metric",
    "reader",
    "writer",
    "palette-format",
    "animation-format",
    "exporter",
    "run-host",
    "trait",
    "panel",
    "update",
    "optimizer",
    "schedule",
    "latents",
    "sampler",
)
"""Kinds of contributions that are chosen by name, in the order in which artgan lists them."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every options class: annotated fields, each with a default and a help text.

    For instance:

        class GlowOptions(Options):
            strength: Annotated[float, Meta(ge=0, le=4, description="0 is none, 3 is fog")] = 1.0
            method: Annotated[Literal["soft", "hard"], Meta(description="its edge")] = "soft"

    artgan makes flags, TOML keys, checks, a JSON Schema and the tables of the docs from it. An
    option whose value is a name may say of what, as in ``Meta(extra={"means": "palette"})``; artgan
    then looks the name up before it makes the first picture. The other meanings are "ramp" (a
    palette whose colours are joined), "color", "style" and "styles" (a list of them). An option of
    an architecture that has an effect only with a certain value of another one declares
    ``Meta(extra={"only": "layers=default"})``; setting it with any other value is an error.

    Records and runs keep the options that they were made with. An option that gets another name
    keeps reading them with ``Meta(extra={"was": ("amount",)})``; other changes go into ``migrate``.
    """

    @classmethod
    def migrate(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Turn options as a user or an older version wrote them into what they mean now.

        Called before they are checked. Names have hyphens or underscores; values may be text. What
        is written for this version must come back as it is.
        """
        return values


class NoOptions(Options, frozen=True, kw_only=True):
    """Options of a contribution that has none."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What every contribution declares.

    Attributes:
        name: Lower-case words joined by hyphens.
        summary: One line for lists and help.
    """

    kind: ClassVar[str] = ""
    name: str
    summary: str

    def __post_init__(self) -> None:
        """Check name and summary.

        Raises:
            PluginError: The name could not be parsed, or the summary is not one line.
        """
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise PluginError(
                f"{self.kind} name {self.name!r} is not valid: use lower-case letters, digits "
                "and single hyphens, as in 'soft-glow'"
            )
        if not isinstance(self.summary, str) or not self.summary or "\n" in self.summary:
            raise PluginError(f"{self.kind} '{self.name}' needs a summary of one line")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The picture sizes that an architecture can make.

    A network halves the picture until the shorter side lies between ``coarsest`` and twice that;
    both sides must divide by the same power of two.

    Attributes:
        smallest: Smallest side in pixels.
        largest: Largest side in pixels.
        coarsest: Side of the coarsest feature map along the shorter side.
    """

    smallest: int = 16
    largest: int = 512
    coarsest: int = 4

    def halvings(self, height: int, width: int) -> int:
        """Count how often a network halves a picture of this size."""
        return max(0, (min(height, width) // self.coarsest).bit_length() - 1)

    def fits(self, height: int, width: int) -> bool:
        """Check whether a picture of this size can be made."""
        if min(height, width) < self.smallest or max(height, width) > self.largest:
            return False
        step = 1 << self.halvings(height, width)
        return height % step == 0 and width % step == 0

    def near(self, height: int, width: int) -> list[tuple[int, int]]:
        """List up to four sizes (height, width) that fit, nearest first."""

        def sides(length: int) -> list[int]:
            length = min(max(length, self.smallest), self.largest)
            low = max(self.smallest, length * 2 // 3)
            return list(range(low, min(self.largest, length * 3 // 2 + 1) + 1))

        square = height == width
        pairs = (
            [(h, h) for h in sides(height)]
            if square
            else [(h, w) for h in sides(height) for w in sides(width)]
        )
        fitting = [pair for pair in pairs if self.fits(*pair)]
        fitting.sort(key=lambda pair: (abs(pair[0] - height) + abs(pair[1] - width), pair))
        return fitting[:4]


@dataclass(frozen=True, kw_only=True)
class ArchContext:
    """What an architecture needs to know of the pictures to build its networks.

    Attributes:
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1 grey, 3 RGB, 4 RGBA.
        classes: Number of labels; 0 if the pictures have none.
        tileable: Whether the generator's pictures must repeat without a seam.
    """

    height: int
    width: int
    channels: int
    classes: int = 0
    tileable: bool = False


Look = Literal["pixel-art", "drawing", "photograph"]
"""What pictures look like: few colours ("pixel-art"), flat areas ("drawing"), or neither."""


@dataclass(frozen=True, kw_only=True)
class DataFacts:
    """What is known of pictures and machine when a recipe is chosen.

    Attributes:
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1, 3 or 4.
        count: Number of pictures.
        classes: Number of labels, 0 for none.
        device: "cpu", "cuda" or "mps".
        preset: Name of the preset asked for, or "".
        look: What the pictures look like, judged by their colours.
        near_duplicates: Number of pictures that look like an earlier one.
        even: Whether the pictures look the same everywhere, as textures do.
        mirrors: Whether the dataset allows its pictures to be mirrored.
    """

    height: int
    width: int
    channels: int
    count: int
    classes: int
    device: str
    preset: str = ""
    look: Look = "photograph"
    near_duplicates: int = 0
    even: bool = False
    mirrors: bool = False

    @property
    def different(self) -> int:
        """Number of pictures without near duplicates, at least 1."""
        return max(1, self.count - self.near_duplicates)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well an architecture suits given facts, for runs that name none.

    Attributes:
        score: From 0 (never choose it) to 1; the architecture with the highest score is chosen.
        reason: Why it was chosen, one sentence, printed before training.
    """

    score: float
    reason: str


@dataclass(frozen=True)
class Reason:
    """Why a recipe sets something; it is not told where the user sets that.

    Attributes:
        text: One sentence.
        about: The settings that it explains: "loss", "regularizer", "augmentation", or an option as
            in "training.batch" or "architecture.base_channels".

    Raises:
        ValueError: ``about`` names something else.
    """

    text: str
    about: Sequence[str]

    def __post_init__(self) -> None:
        for name in self.about:
            part, _, option = name.partition(".")
            whole = name in ("loss", "regularizer", "augmentation")
            if not whole and not (part in ("training", "architecture") and option.isidentifier()):
                raise ValueError(f"a reason is about {name!r}; expected such as 'training.batch'")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Defaults that an architecture recommends for given facts; the user's own settings win.

    Attributes:
        options: Options of the architecture itself.
        loss: Loss by name.
        loss_options: Its options.
        regularizers: Name -> options.
        augmentations: Name -> options.
        training: Fields of the training options (steps, batch, generator_lr ...). An update that
            cannot do what the user asks for gives way to ``alternating``.
        method_options: Options of what ``training`` names: kind, such as "update" -> options.
        clusters_when_trained: Clusters where the generator begins with trained weights and has to
            learn each of them; None for as many as ``training`` says.
        reasons: Why these values, one sentence each, printed before training. A ``Reason`` is left
            out where the user sets what it explains; a plain text is always told.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = "hinge"
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    regularizers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    augmentations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    method_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    clusters_when_trained: int | None = None
    reasons: Sequence[str | Reason] = ()


@dataclass(frozen=True, kw_only=True)
class Architecture(Declaration):
    """A generator and a discriminator.

    Attributes:
        generator: ``(ArchContext, options) -> torch.nn.Module``. The module has an attribute
            ``latent_shape`` (a tuple, usually ``(latent_size,)``) and maps latents
            (N, *latent_shape), standard normal, and labels (N,) int64 or None to images
            (N, C, H, W) in [-1, 1]. One that can tell more of each pixel, such as its depth, has an
            attribute ``planes`` with their names, lower-case letters and digits, and a method
            ``with_planes(latents, labels) -> (images, planes)``: the same images, and planes
            (N, len(planes), H, W) in [0, 1]. Where the generator is in two halves, ``mapping`` and
            ``synthesis``, it gets styles in place of latents. Nothing judges planes in training,
            unless images are made of them.
        discriminator: ``(ArchContext, options) -> torch.nn.Module``; maps images (N, C, H, W) and
            labels (N,) or None to raw logits (N,), without a sigmoid. Each logit must depend on its
            own picture alone, unless ``independent`` is False. If the module has a method
            ``with_own_loss(images, labels) -> (logits (N,), loss)``, a discriminator step calls it
            instead on the real images, after augmentation. It returns the same logits, and a scalar
            such as the loss of a self-supervised task, which is added to the discriminator's loss
            and written into the metrics as ``own_loss``. Random numbers come from torch's global
            generator, which artgan seeds for every step.
        options: Options class of both.
        added_options: Names of options that add layers which change nothing before they have
            learnt. A run that begins with a start without them takes the recipe's all the same.
        sizes: Picture sizes that it can make.
        channels: Channel counts that it can make.
        conditional: Whether it can use labels.
        tileable: Whether it can make pictures that repeat without a seam.
        spatial: Whether the latents are a grid whose size decides that of the picture, so that it
            can fill a canvas of any size. The generator then has the attributes ``latent_shape``
            (Z, rows, columns); ``cell``, the pixels that a cell becomes along each side;
            ``margin``, the number of cells beyond each edge that a picture depends on; ``wraps``,
            whether it takes those from the opposite edge, as a tileable one does, or else expects
            them in the latents; and ``global_latents``, the number of first latents that are the
            same everywhere: those of the first cell.
        any_size: Whether the trained generator draws the same picture at any size, as networks do
            that compute each pixel from its place. The generator then has an attribute ``size``
            (height, width), at first that of training; the images of the next call have it. Three
            times as large, the middle pixel of every 3 x 3 is the pixel that was there.
        independent: Whether a logit depends on its own picture alone (False with batch norm or
            minibatch statistics); simultaneous updates in one pass need it.
        recipe: ``(DataFacts) -> Recipe``, torch-free; None means the general defaults.
        fit: ``(DataFacts) -> Fit``, torch-free: how well it suits pictures and machine, for runs
            that name no architecture. With None it is chosen by name only, and so are all
            architectures of plugins.
        presets: Names of presets that the recipe knows, each with a line of help.
    """

    kind: ClassVar[str] = "architecture"
    generator: Reference
    discriminator: Reference
    options: type[Options] = NoOptions
    added_options: tuple[str, ...] = ()
    sizes: Sizes = field(default_factory=Sizes)
    channels: tuple[int, ...] = (1, 3, 4)
    conditional: bool = False
    tileable: bool = False
    spatial: bool = False
    any_size: bool = False
    independent: bool = True
    recipe: Reference | None = None
    fit: Reference | None = None
    presets: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check names.

        Raises:
            PluginError: Name or summary is not valid, or ``added_options`` names no option.
        """
        super().__post_init__()
        known = getattr(self.options, "__struct_fields__", ())
        for name in self.added_options:
            if name not in known:
                raise PluginError(
                    f"architecture '{self.name}' has no option {name!r} for its "
                    f"added_options; expected some of {', '.join(known)}"
                )


JudgedSees = Literal["logits", "features", "images", "labels", "step"]
"""What losses and regularizers may see; see ``artgan.plugin.losses.Judged``."""


def _check_sees(kind: str, name: str, sees: Sequence[str], known: Sequence[str]) -> None:
    wrong = [sees] if isinstance(sees, str) else [one for one in sees if one not in known]
    if wrong:
        raise PluginError(
            f"{kind} '{name}' sees {wrong[0]!r}; expected some of {', '.join(known)}, as a tuple"
        )


class LossPart(Protocol):
    """What a loss builds: two functions of logits.

    One that remembers earlier steps changes what it remembers in a method
    ``observe(real_logits, fake_logits)`` alone, which is called once after each step of the
    discriminator with the detached logits (N,) of the whole batch, returns it from ``state_dict``
    as tensors and takes it back in ``load_state_dict``, as a regularizer does.
    """

    def discriminator(
        self, real_logits: "torch.Tensor", fake_logits: "torch.Tensor"
    ) -> "torch.Tensor":
        """Compute the scalar that the discriminator minimises from logits (N,).

        If the loss declares ``sees``, it gets a third argument, ``artgan.plugin.losses.Judged``.
        """

    def generator(
        self, real_logits: "torch.Tensor | None", fake_logits: "torch.Tensor"
    ) -> "torch.Tensor":
        """Compute the scalar that the generator minimises from logits (N,).

        Real logits are None unless the loss declares ``compares_pairs``. The third argument is as
        in ``discriminator``.
        """


@dataclass(frozen=True, kw_only=True)
class Loss(Declaration):
    """A loss on logits.

    Attributes:
        build: ``(options) -> LossPart``, usually a class.
        options: Options class.
        compares_pairs: Whether the generator step needs the real logits (relativistic losses).
        needs_penalty: Whether training diverges without a gradient penalty (Wasserstein).
        per_picture: Whether it is the mean of what each picture, or pair, gives alone. False for a
            loss that looks at the whole batch, as a mean of all logits inside another function
            does; such a batch is never computed in parts (``--train.accumulate``).
        sees: What it gets besides logits, of "features", "images", "labels" and "step", in an
            ``artgan.plugin.losses.Judged`` as its third argument.
    """

    kind: ClassVar[str] = "loss"
    build: Reference
    options: type[Options] = NoOptions
    compares_pairs: bool = False
    needs_penalty: bool = False
    per_picture: bool = True
    sees: tuple[JudgedSees, ...] = ()

    def __post_init__(self) -> None:
        """Check name, summary and what it sees."""
        super().__post_init__()
        _check_sees(self.kind, self.name, self.sees, get_args(JudgedSees))


class PenaltyPart(Protocol):
    """What a regularizer builds."""

    def penalty(
        self,
        network: "Callable[[torch.Tensor], torch.Tensor]",
        real: "torch.Tensor",
        fake: "torch.Tensor",
    ) -> "torch.Tensor":
        """Compute the scalar added to the network's loss.

        On the discriminator's side ``network`` maps images (N, C, H, W) to logits (N,), with the
        labels already filled in, and ``real`` and ``fake`` are detached images. On the generator's
        side ``network`` maps latents to images, and ``real`` and ``fake`` are both the latents. If
        the regularizer declares ``sees``, it is called with an ``artgan.plugin.losses.Judged``
        alone: what the loss of its side has just seen, so no pass of the network is made again.

        One that remembers earlier steps may have a method ``observe(real_logits, fake_logits)``,
        as a loss may.
        """


@dataclass(frozen=True, kw_only=True)
class Regularizer(Declaration):
    """A penalty added to one network's loss.

    An options field ``every`` (default 1) sets the interval in steps; artgan multiplies the penalty
    by it, so that a lazy penalty has the same strength (Karras et al. 2020, appendix B).

    Attributes:
        build: ``(options) -> PenaltyPart``. What a part remembers from step to step it must return
            from ``state_dict`` as tensors and take back in ``load_state_dict``: checkpoints keep
            them, so that a resumed run goes on exactly.
        options: Options class.
        side: Which network's loss it is added to.
        sees: Of "logits", "features", "images", "labels" and "step" what it gets, in an
            ``artgan.plugin.losses.Judged`` instead of network and images.
        compares_pairs: Whether one that sees them needs real pictures on the generator's side.
        per_picture: Whether one that sees them is the mean of what each picture gives alone; else
            its batch is never computed in parts (``--train.accumulate``).
    """

    kind: ClassVar[str] = "regularizer"
    build: Reference
    options: type[Options] = NoOptions
    side: Literal["discriminator", "generator"] = "discriminator"
    sees: tuple[JudgedSees, ...] = ()
    compares_pairs: bool = False
    per_picture: bool = True

    def __post_init__(self) -> None:
        """Check name, summary and what it sees."""
        super().__post_init__()
        _check_sees(self.kind, self.name, self.sees, get_args(JudgedSees))


@dataclass(frozen=True, kw_only=True)
class NetworkContext:
    """What an update needs to build networks of its own.

    Attributes:
        pictures: Size, channels and labels of the pictures.
        generator: The architecture's, as built; its ``latent_shape`` is that of the latents. It is
            trained as it is.
        discriminator: The architecture's, as built.
        another: ``(side) -> Module`` builds a further "generator" or "discriminator" as the
            architecture does, with weights of its own.
    """

    pictures: ArchContext
    generator: "torch.nn.Module"
    discriminator: "torch.nn.Module"
    another: "Callable[[str], torch.nn.Module]"


@dataclass(frozen=True, kw_only=True)
class Update(Declaration):
    """How one training step is made, and which networks learn besides the architecture's two.

    Attributes:
        build: ``(options) -> artgan.plugin.updates.UpdatePart``. What a part remembers from step to
            step it must return from ``state_dict`` and take back in ``load_state_dict``, as a
            regularizer does.
        options: Options class.
        networks: Name of each further network -> "generator" or "discriminator", the side whose
            learning rate it follows. Those on the generator's side are averaged as the generator
            is, and ``Run.network(name)`` returns the average. "discriminator" here replaces the
            architecture's own by one that must still map (images, labels) to logits (N,).
        build_networks: ``(NetworkContext, options) -> {name: torch.nn.Module}``, all of
            ``networks``. Weights are drawn from torch's global generator, which artgan seeds.
        draws: The network that pictures of the run are made with: previews, samples, measures and
            exports take its average. One of ``networks``, on the generator's side; it keeps what an
            architecture's generator promises, with a ``latent_shape`` of its own.
        repeats_discriminator: Whether it takes ``context.discriminator_steps`` updates of the
            discriminator; else the user may ask for one only.
        accumulates: Whether it computes a batch in the parts of ``context.split``; else the user
            may ask for one only.
        needs_independent: Whether each logit must depend on its own picture alone.
        backward_twice: Whether it goes backward through one pass more than once.
        logits_alone: Whether gradients of the losses must flow through logits alone: then no loss
            or regularizer that sees more can be used with it.
    """

    kind: ClassVar[str] = "update"
    build: Reference
    options: type[Options] = NoOptions
    networks: Mapping[str, Literal["generator", "discriminator"]] = field(default_factory=dict)
    build_networks: Reference | None = None
    draws: str = "generator"
    repeats_discriminator: bool = False
    accumulates: bool = True
    needs_independent: bool = False
    backward_twice: bool = False
    logits_alone: bool = False

    def __post_init__(self) -> None:
        """Check name, summary and networks."""
        super().__post_init__()
        for name, side in self.networks.items():
            if not re.fullmatch(r"[a-z][a-z0-9]*", name) or name in ("generator", "part"):
                raise PluginError(
                    f"update '{self.name}': {name!r} is no name for a further network; expected "
                    "lower-case letters and digits, as in 'encoder'"
                )
            if side not in ("generator", "discriminator"):
                raise PluginError(
                    f"update '{self.name}': network '{name}' follows {side!r}; expected "
                    "'generator' or 'discriminator'"
                )
        if self.draws != "generator" and self.networks.get(self.draws) != "generator":
            raise PluginError(
                f"update '{self.name}': {self.draws!r} cannot draw; expected a network on the "
                "generator's side"
            )
        if bool(self.networks) != bool(self.build_networks):
            raise PluginError(
                f"update '{self.name}': networks and build_networks belong together; declare both"
            )


@dataclass(frozen=True, kw_only=True)
class OptimizerContext:
    """What an optimizer needs to know of the network whose weights it changes.

    Attributes:
        network: Its name: "generator", "discriminator", or one that the update adds.
        side: The side that it is on, "generator" or "discriminator".
        learning_rate: That of its side; artgan sets ``lr`` of all groups before each step.
        beta1: Decay rate of first moments that the user wishes (``--train.beta1``).
        beta2: Decay rate of second moments.
        device: "cpu", "cuda" or "mps".
    """

    network: str
    side: str
    learning_rate: float
    beta1: float
    beta2: float
    device: str


@dataclass(frozen=True, kw_only=True)
class Optimizer(Declaration):
    """How gradients change weights.

    Attributes:
        build: ``(parameters, OptimizerContext, options) -> torch.optim.Optimizer``. What it
            remembers of a parameter lies in ``state[parameter]`` as tensors: checkpoints keep
            them, so that a resumed run goes on exactly.
        options: Options class.
    """

    kind: ClassVar[str] = "optimizer"
    build: Reference
    options: type[Options] = NoOptions


@dataclass(frozen=True, kw_only=True)
class ScheduleContext:
    """What the user wishes of the course of a run (``--train.lr-warmup`` and others).

    Attributes:
        warmup: Steps over which the learning rates rise.
        hold: Share of the run at full rate.
        final: Share of the rates left at the end.
        penalty_final: Share of the penalties' weight left at the end.
        half_life: Half-life of averages in pictures; 0 turns them off.
        ramp: Early half-life as a share of the pictures seen so far.
        batch: Real pictures per step.
    """

    warmup: int
    hold: float
    final: float
    penalty_final: float
    half_life: float
    ramp: float
    batch: int


@dataclass(frozen=True, kw_only=True)
class Moment:
    """How far a run is before a step.

    Attributes:
        step: Steps done.
        part: Returns the part of an amount that is due by now: of 1.0 the share of the run that is
            done, from 0 to 1. A run that has to end in time turns it towards that.
    """

    step: int
    part: Callable[[float], float]


@dataclass(frozen=True, kw_only=True)
class Levels:
    """What a schedule sets for one step.

    Attributes:
        learning_rate: Factor of all learning rates.
        penalties: Factor of the regularizers' weight.
        half_life: Half-life of averages in pictures; 0 for none.
    """

    learning_rate: float
    penalties: float
    half_life: float


@dataclass(frozen=True, kw_only=True)
class TrainingSchedule(Declaration):
    """How learning rates, penalties and averages follow the progress of a run.

    Attributes:
        build: ``(options, ScheduleContext) -> part``; its method ``at(Moment) -> Levels`` is called
            more than once a step, and depends on the moment alone.
        options: Options class.
    """

    kind: ClassVar[str] = "schedule"
    build: Reference
    options: type[Options] = NoOptions


class SchedulePart(Protocol):
    """What a schedule builds."""

    def at(self, moment: Moment) -> Levels:
        """Compute the levels of one step from how far the run is."""


@dataclass(frozen=True, kw_only=True)
class Latents(Declaration):
    """What becomes of latents when pictures are sampled, before the generator sees them.

    A seed stands for a standard normal latent, as in training. One that ``draws`` decides which
    latent it stands for instead; others move every point, whatever it comes from.

    Attributes:
        build: ``(options) -> artgan.plugin.sampling.LatentsPart``.
        options: Options class.
        draws: Whether it is applied to seeds alone, one after the other. The record of a picture
            keeps the latent that it returns, so the picture is made again without it.
        needs_latents: Whether a move is applied to latents also where the architecture maps them to
            styles; without it, it gets the styles there.
    """

    kind: ClassVar[str] = "latents"
    build: Reference
    options: type[Options] = NoOptions
    draws: bool = False
    needs_latents: bool = False


@dataclass(frozen=True, kw_only=True)
class Sampler(Declaration):
    """The steps between a point in latent space and its picture.

    Attributes:
        build: ``(options) -> artgan.plugin.sampling.SamplerPart``.
        options: Options class.
    """

    kind: ClassVar[str] = "sampler"
    build: Reference
    options: type[Options] = NoOptions


@dataclass(frozen=True, kw_only=True)
class Augmentation(Declaration):
    """A differentiable change of the pictures that the discriminator sees, real and fake alike.

    Attributes:
        build: ``(options) -> part``; the part is called with images (N, C, H, W) in [-1, 1] and
            returns images of the same shape. Random numbers come from torch's global generator,
            which artgan seeds from the run's seed and the step. If the part has a method
            ``observe(real_logits)``, it is called once a step with the detached logits of the real
            pictures (N,); for a loss that compares pairs, less the mean logit of the fakes. An
            attribute ``probability`` is written into the metrics. What the part remembers from step
            to step it must return from ``state_dict`` as tensors and take back in
            ``load_state_dict``, as a regularizer does. Of RGBA the colours are multiplied by alpha,
            so that clear pixels are -1 in all channels: what is added to a colour must be
            multiplied by alpha, (images[:, 3:] + 1) / 2. An attribute ``premultiplied`` is set to
            False in RGBA runs of artgan 0.1, where they are not.
        options: Options class.
    """

    kind: ClassVar[str] = "augmentation"
    build: Reference
    options: type[Options] = NoOptions


@dataclass(frozen=True, kw_only=True)
class DataContext:
    """What a dataset needs to know when it is opened.

    Attributes:
        size: Wanted (height, width) in pixels, or None for the size of the data.
        side: Side in pixels that suits this machine, for pictures that have no size in common.
        cache: Folder for files that are kept between runs.
        path: File or folder that the user named, or None.
        report: Prints one sentence for the user.
        address: What the user named if it is no path, as "s3://bucket/{000..099}.tar", or "".
        lazy: Whether a source that reads its pictures when asked is wanted, for packing.
    """

    size: tuple[int, int] | None
    cache: Path
    path: Path | None = None
    side: int = 64
    report: Callable[[str], None] = field(default=lambda _: None)
    address: str = ""
    lazy: bool = False


class ImageSource(Protocol):
    """The pictures that a dataset opens; any map-style torch dataset will do.

    An item is an image, or a pair (image, label): the image uint8 of shape (H, W, C) with C in
    1, 3, 4, the label a whole number from 0. All items have one shape. Optional attributes:

    - ``images``: the whole set as one uint8 array (N, H, W, C), perhaps memory-mapped; then
      single items are never read;
    - ``labels``: int64 array (N,), and ``class_names``: a sequence of str;
    - ``vary(images)``: a random change of a real batch (N, C, H, W) in [-1, 1], such as flips;
      random numbers come from torch's global generator, which artgan seeds from seed and step;
    - ``facts``: a mapping of plain values that is written into the run's record.

    Without ``images``, a small set is read item by item into memory. A large one is read when its
    pictures are needed, ahead of the training and from several threads at once; labels need
    ``class_names`` then. An item that raises ``PictureError`` is named and left out, and the next
    one takes its place. Such a source may have:

    - ``lengths``: how many pictures follow each other in each group, such as a file, that is best
      read together; ``window``: how many are shuffled among each other at least;
    - ``fetch(groups, keep)``: called ahead, from a thread, with the groups that are read next, and
      those that are still read; returns when they are at hand;
    - ``slow``: True if items cost so much to read that they are packed into shards first.
    """

    def __len__(self) -> int:
        """Return the number of pictures."""

    def __getitem__(self, index: int) -> Any:
        """Return one image, or an (image, label) pair."""


class IterableSource(Protocol):
    """Pictures that can only be read one after the other; items are those of ``ImageSource``.

    Each picture waits in a window of some thousands, out of which batches are drawn at random. The
    source is read again from its beginning when it ends, and when a run goes on: a run that was
    interrupted then sees other pictures than an unbroken one. Labels need ``class_names``; ``vary``
    and ``facts`` are as there. A set that fits into the window is read whole, and promises all.
    """

    def __iter__(self) -> Iterator[Any]:
        """Begin anew, and yield one item after the other."""


@dataclass(frozen=True, kw_only=True)
class Dataset(Declaration):
    """A source of real pictures.

    Attributes:
        open: ``(options, DataContext) -> ImageSource`` or ``IterableSource``.
        options: Options class.
        licence: Licence of the pictures ("the user's own" where the user brings them).
        attribution: Whom to credit, or "".
        takes_path: Whether it needs ``DataContext.path``.
        mirrors: Whether mirroring its pictures left to right keeps them valid; writing is not.
        takes_address: Whether the path may be an address instead, in ``DataContext.address``.
    """

    kind: ClassVar[str] = "dataset"
    open: Reference
    options: type[Options] = NoOptions
    licence: str
    attribution: str = ""
    takes_path: bool = False
    mirrors: bool = False
    takes_address: bool = False


@dataclass(frozen=True, kw_only=True)
class FilmFrame:
    """Where a picture stands in a film.

    Attributes:
        number: Number of the frame, from 0.
        count: Number of frames of the film; 1 for a still picture.
        time: When it is shown, in seconds after the beginning.
        before: What this step got in the frames before, the nearest first: as many as the filter
            declares. In a film that loops the last frames come before the first; else there are
            fewer at the beginning, and none in a still picture. All are as large as the picture.
    """

    number: int = 0
    count: int = 1
    time: float = 0.0
    before: "tuple[Picture, ...]" = ()


@dataclass(frozen=True, kw_only=True)
class FilterContext:
    """What a filter gets besides the picture and its options.

    Attributes:
        rng: Random numbers, seeded from the picture's seed and the filter's place in the chain.
        seed: Seed of the picture.
        index: Place of the picture in its series, from 0.
        total: Number of pictures in the series.
        note: Writes one sentence into the picture's record.
        palette: Looks up a palette by name, file or list of colours: sRGB (K, 3) in [0, 1].
        run: Applies a chain (any style specification) to a picture, for filters made of filters.
        read: Reads a picture file.
        frame: Where the picture stands in a film.
    """

    rng: "np.random.Generator"
    seed: int = 0
    index: int = 0
    total: int = 1
    note: Callable[[str], None] = field(default=lambda _: None)
    palette: "Callable[[Any, Picture | None], np.ndarray] | None" = None
    run: "Callable[[Any, Picture], Picture] | None" = None
    read: "Callable[[str], Picture] | None" = None
    frame: FilmFrame = field(default_factory=FilmFrame)


MOST_FRAMES = 240
"""Frames before its own that a filter may see."""


@dataclass(frozen=True, kw_only=True)
class Filter(Declaration):
    """A change of a finished picture.

    Attributes:
        apply: ``(Picture, options, FilterContext) -> Picture``; must not change its input.
        options: Options class.
        main: Option that ``name:value`` sets, without ``option=``.
        group: Heading in lists: colour, light, print, shape, space, scale, frame, logic.
        space: Encoding of ``picture.pixels`` that it needs: "srgb", "linear", or "any".
        keeps_size: Whether width and height stay.
        keeps_wrap: Whether a picture that tiles still tiles afterwards.
        keeps_indexed: Whether a picture of few exact colours still holds only those.
        rolls: Whether filtering a rolled picture that tiles equals rolling the filtered one (False
            for a grid or random numbers tied to the corner).
        keeps_range: Whether values in [0, 1] stay in [0, 1] by construction, as when pixels only
            move, or are clipped at the end; then artgan does not search the result for others.
        size_free: Whether the result looks alike at twice the size (False for whole-pixel work).
        minimum_size: Smallest side in pixels that it can work on.
        adds_color: Whether a grey picture may come out coloured.
        keeps_alpha: Whether a picture with transparent places comes out with alpha (False for one
            that lays a ground, such as paper).
        neutral: Options with which the picture stays as it is, such as ``{"strength": 0}``, or
            None if there are none.
        paths: ``(Picture, options, FilterContext) -> artgan.plugin.vectors.Drawing`` if a plotter
            can draw the filter too; it gets the picture in the same encoding as ``apply``.
        frames_before: How many frames of a film before its own it looks at, up to 240, in
            ``FilterContext.frame.before``. The result depends on these, the picture, options and
            context alone, never on earlier calls: so each frame is the same however the film is
            made.
        survey: ``(pictures, options, FilterContext) -> options`` if options can be left open that
            all pictures of a command decide together, such as a common palette. It gets the
            pictures of the step one by one, as ``apply`` will, and returns the options with these
            filled in; ``apply`` then gets them, and so does the record, from which a picture is
            made again alone. Where nothing is open it returns the options as they are, and looks at
            no picture.
        planes: What becomes of the picture's planes where the filter does not set them itself:
            "keep" if what is shown stays in its place; "move" if it moves, alike whatever its
            colours, as in a mirror: artgan then sends each plane through the filter as a grey
            picture, with the same random numbers; "drop" if it moves by its colours, or is gone.
            With "keep", a filter that changes the size drops them.
    """

    kind: ClassVar[str] = "filter"
    apply: Reference
    options: type[Options] = NoOptions
    main: str = ""
    group: str = "colour"
    space: Literal["srgb", "linear", "any"] = "srgb"
    keeps_size: bool = True
    keeps_wrap: bool = True
    keeps_indexed: bool = False
    rolls: bool = True
    keeps_range: bool = False
    size_free: bool = True
    minimum_size: int = 1
    adds_color: bool = False
    keeps_alpha: bool = True
    neutral: Mapping[str, Any] | None = None
    paths: Reference | None = None
    frames_before: int = 0
    survey: Reference | None = None
    planes: Literal["keep", "move", "drop"] = "keep"

    def __post_init__(self) -> None:
        """Check name, summary, the number of frames, and what becomes of planes."""
        super().__post_init__()
        if self.planes not in ("keep", "move", "drop"):
            raise PluginError(
                f"filter '{self.name}': planes={self.planes!r} does not fit; expected 'keep', "
                "'move' or 'drop'"
            )
        if not 0 <= self.frames_before <= MOST_FRAMES:
            raise PluginError(
                f"filter '{self.name}': frames_before={self.frames_before} does not fit; expected "
                f"0 to {MOST_FRAMES}"
            )


@dataclass(frozen=True, kw_only=True)
class Style(Declaration):
    """A named chain of filter calls: pure data, the same as a style TOML file.

    Attributes:
        steps: Mappings, each with ``filter`` (or ``style``) and that filter's options.
        knobs: Name -> {default, min, max, help, vary}; a step uses one as ``"$name"``.
        defaults: Settings that suit it (``arch``, ``dataset``, ``arch.tileable`` ...).
        requires: What the picture must have, such as "wrap" (it tiles).
        credits: Whom the record of a picture credits, a line each.
        ground: Colour that it lays behind the clear parts of a picture, as hex, before its steps;
            "none" leaves cut-outs as they are. Users change it by ``--style.ground``.
    """

    kind: ClassVar[str] = "style"
    steps: Sequence[Mapping[str, Any]]
    knobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    requires: Sequence[str] = ()
    credits: Sequence[str] = ()
    ground: str = "none"


@dataclass(frozen=True, kw_only=True)
class Palette(Declaration):
    """Colours in order: pure data, the same as a palette TOML file.

    Attributes:
        colors: 2 to 256 different colours as hex, "07051a" or "#07051a".
        roles: Role -> colour for paper, ink, light, dark.
        author: Whom to credit.
        licence: Licence of the palette.
    """

    kind: ClassVar[str] = "palette"
    summary: str = "A palette."
    colors: Sequence[str]
    roles: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        """Check name, summary and colours."""
        super().__post_init__()
        plain = [str(color).lstrip("#").lower() for color in self.colors]
        wrong = [color for color in plain if not re.fullmatch(r"[0-9a-f]{6}", color)]
        if wrong:
            raise PluginError(f"palette '{self.name}': {wrong[0]!r} is not a colour like 'ff4fa3'")
        if not 2 <= len(plain) <= 256 or len(set(plain)) != len(plain):
            raise PluginError(f"palette '{self.name}' needs 2 to 256 colours, all different")


@dataclass(frozen=True, kw_only=True)
class Extractor(Declaration):
    """Features of pictures, which ``artgan evaluate`` compares instead of pixels.

    Attributes:
        build: ``(options, device) -> part``; the part is called with images (N, 3, H, W) float32 in
            [-1, 1] of any size on that device, and returns features (N, D) float32. Equal images
            must always have equal features.
        options: Options class.
        needs: Packages that it imports beyond artgan's own.
        fetches: Whether it may download weights when it is built: then it is used only if chosen by
            name, and the contract kit does not build it.
    """

    kind: ClassVar[str] = "extractor"
    build: Reference
    options: type[Options] = NoOptions
    needs: tuple[str, ...] = ()
    fetches: bool = False


@dataclass(frozen=True, kw_only=True)
class Metric(Declaration):
    """How near samples come to real pictures, in one figure.

    ``--train.best-by NAME`` lets it say which checkpoint of a training is the best, from which
    pictures are sampled; ``artgan evaluate --metric NAME`` prints it.

    Attributes:
        build: ``(options) -> part``; the part is called with real and fake images, each
            (N, C, H, W) float32 in [-1, 1] on the CPU, as many of each, and returns a number. The
            same images always give the same number. Of RGBA the colours are multiplied by alpha.
        options: Options class.
        perfect: The number that perfect samples get. Checkpoints are ranked by their distance from
            it; of those within a quarter of the smallest distance the newest is taken.
        cheap: Whether it takes little enough time, of 256 pictures each, to be computed at each
            checkpoint of a training.
    """

    kind: ClassVar[str] = "metric"
    build: Reference
    options: type[Options] = NoOptions
    perfect: float = 0.0
    cheap: bool = True


@dataclass(frozen=True, kw_only=True)
class StartWeights:
    """Trained weights for pictures of one size.

    Attributes:
        file: A safetensors file, best in float16. Its tensors are those of both networks, named
            ``generator.`` or ``discriminator.`` and their name in ``state_dict()``, and
            ``features`` (N, D), which tell how near pictures are to those of the training;
            ``artgan plugins new NAME --kind start RUN`` writes one.
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1 grey, 3 RGB, 4 RGBA.
        classes: Number of labels that the networks know; 0 for none.
        options: Options of the architecture; those left out keep their defaults.
    """

    file: Path
    height: int
    width: int
    channels: int
    classes: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Start(Declaration):
    """Trained weights that runs may begin with, instead of random ones.

    ``artgan.plugin.starts.read_start`` reads one from TOML.

    Attributes:
        architecture: Architecture by name, of artgan or as plugin/name.
        weights: One or more files of weights, each for another size.
        licence: Licence of the weights.
        authors: Who trained them.
        trained_on: What they were trained on, with its licence, a line each.
    """

    kind: ClassVar[str] = "start"
    architecture: str
    weights: Sequence[StartWeights]
    licence: str
    authors: Sequence[str] = ()
    trained_on: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check name, summary and that there are weights."""
        super().__post_init__()
        if not self.weights:
            raise PluginError(f"start '{self.name}' has no weights; expected a file at least")


PanelSees = Literal["run", "metrics", "evaluation", "picture", "choices"]
"""What a panel may see; see ``Panel``."""

_SEEN_ON = {"run": ("run", "metrics", "evaluation"), "curate": ("picture", "choices")}


@dataclass(frozen=True, kw_only=True)
class Panel(Declaration):
    """A part of a page, in a frame of its own.

    The frame is sandboxed: its scripts run, and reach neither the page around it, nor other files,
    nor the network. What it may see of a run stands as JSON in ``<script id="facts">``, which a
    script in it reads: ``JSON.parse(document.getElementById("facts").textContent)``. The page of
    ``artgan curate`` tells it what changes, as messages: ``addEventListener("message", (event) =>
    ...)``, where ``event.data`` has what it sees by name.

    Attributes:
        html: The part as HTML, with styles and scripts in it.
        sees: What it is told. Of a run: "run" (name, sizes, networks, seed, steps; no paths),
            "metrics" (up to 500 lines of metrics.jsonl) and "evaluation" (what ``artgan evaluate``
            found). On the page of curate: "picture" (name, number, width, height, choice, and the
            record in the file of the picture that is looked at) and "choices" (how many pictures
            have which choice).
        height: Height of the frame in pixels.
        page: Where it stands: on the page of a "run", or on that of "curate".
    """

    kind: ClassVar[str] = "panel"
    html: str
    sees: tuple[PanelSees, ...] = ("metrics",)
    height: int = 300
    page: Literal["run", "curate"] = "run"

    def __post_init__(self) -> None:
        """Check name, summary, text and what it sees."""
        super().__post_init__()
        if self.page not in _SEEN_ON:
            raise PluginError(f"panel '{self.name}': page {self.page!r} is neither run nor curate")
        _check_sees(self.kind, self.name, self.sees, _SEEN_ON[self.page])
        if not isinstance(self.html, str) or not self.html.strip():
            raise PluginError(f"panel '{self.name}' has no HTML")
        if not (isinstance(self.height, int) and 20 <= self.height <= 4000):
            raise PluginError(f"panel '{self.name}': its height must lie between 20 and 4000")


@dataclass(frozen=True, kw_only=True)
class Reader(Declaration):
    """A format of picture files that artgan can read.

    Attributes:
        open: ``(file, name) -> PIL.Image.Image``: a file open for reading bytes, at its beginning,
            and its name. What the file says beside the pixels goes into ``info``: an XMP packet as
            "xmp", a record of artgan's as "artgan", a profile as "icc_profile". It raises an error
            for a file that is damaged, and decodes pixels as late as it can, since the size is
            checked before.
        endings: Endings of such files, in lower case, with the dot.
        signs: (offset, bytes) by which such a file is known, one of them at least.
        by_ending: Whether a sign alone is not enough, as where it is that of any zip archive.
    """

    kind: ClassVar[str] = "reader"
    open: Reference
    endings: tuple[str, ...]
    signs: tuple[tuple[int, bytes], ...]
    by_ending: bool = False

    def __post_init__(self) -> None:
        """Check name, summary and endings."""
        super().__post_init__()
        _check_endings(self.kind, self.name, self.endings)

    def reads(self, begin: bytes, name: str) -> bool:
        """Tell whether a file with these first 64 bytes and this name is of the format."""
        known = any(begin[at : at + len(sign)] == sign for at, sign in self.signs)
        return known and (not self.by_ending or name.lower().endswith(self.endings))


@dataclass(frozen=True, kw_only=True)
class Writer(Declaration):
    """A format of picture files that artgan can write.

    Attributes:
        write: ``(artgan.plugin.files.FileContent, pathlib.Path) -> None``: writes the whole file at
            that path; artgan puts it in its place once it is whole. The same content gives the same
            bytes, always: nothing in it tells when it was written.
        endings: Endings of such files, in lower case, with the dot; the first is the usual one.
        layers: Whether it takes the pictures that a picture was made of, ``FileContent.layers``.
        lossless: Whether the pixels are kept.
    """

    kind: ClassVar[str] = "writer"
    write: Reference
    endings: tuple[str, ...]
    layers: bool = False
    lossless: bool = True

    def __post_init__(self) -> None:
        """Check name, summary and endings."""
        super().__post_init__()
        _check_endings(self.kind, self.name, self.endings)


def _check_endings(kind: str, name: str, endings: Sequence[str]) -> None:
    if isinstance(endings, str):
        raise PluginError(f"{kind} '{name}': endings are a tuple, as in ({endings!r},)")
    wrong = [one for one in endings if not re.fullmatch(r"\.[a-z0-9]{1,16}", one)]
    if wrong or not endings:
        told = repr(wrong[0]) if wrong else repr(endings)
        raise PluginError(f"{kind} '{name}': {told} is no ending; expected such as ('.ora',)")


@dataclass(frozen=True, kw_only=True)
class PaletteFormat(Declaration):
    """A format of palette files that artgan can read, write, or both.

    Attributes:
        endings: Endings of such files, in lower case, with the dot; the first is the usual one.
        read: ``(bytes, path, note) -> colours``: the colours in order, as hex such as "ff4fa3";
            repeats are left out later. It raises an error for a file that is damaged; ``note``
            takes a sentence for what had to be changed. None if it is only written.
        write: ``(artgan.plugin.files.PaletteContent) -> bytes``; the same content gives the same
            bytes. None if it is only read.
    """

    kind: ClassVar[str] = "palette-format"
    endings: tuple[str, ...]
    read: Reference | None = None
    write: Reference | None = None

    def __post_init__(self) -> None:
        """Check name, summary, endings and that it does something."""
        super().__post_init__()
        _check_endings(self.kind, self.name, self.endings)
        if self.read is None and self.write is None:
            raise PluginError(f"{self.kind} '{self.name}' neither reads nor writes")


@dataclass(frozen=True, kw_only=True)
class AnimationFormat(Declaration):
    """A format of moving pictures that artgan can write, read, or both.

    ``artgan animate --out a.ENDING`` and ``artgan apply`` take what plugins bring;
    ``artgan.plugin.animations`` has what is passed.

    Attributes:
        endings: Endings of such files, in lower case, with the dot; the first is the usual one.
        write: ``(AnimationFacts, file) -> AnimationWriter``: takes the frames of an animation one
            by one, and writes to a file that is open for bytes, at its beginning, which it may also
            read and seek in. The same frames give the same bytes. None if it is only read.
        read: ``(pathlib.Path) -> MovingPicture``, or None for a still picture. It raises an error
            for a file that is damaged. None if it is only written.
        alpha: Whether clear pixels are kept; for a format without, they are laid on a ground.
        sound: Whether ``AnimationFacts.sound`` is played.
        timed: Whether frames can be shown for times of their own, ``AnimationFacts.times``; to one
            that is not, frames that stay longer are given more often.
        most_fps: Most frames a second, or 0 for no limit.
        largest_side: Most pixels a side, or 0 for no limit.
    """

    kind: ClassVar[str] = "animation-format"
    endings: tuple[str, ...]
    write: Reference | None = None
    read: Reference | None = None
    alpha: bool = True
    sound: bool = False
    timed: bool = True
    most_fps: float = 0
    largest_side: int = 0

    def __post_init__(self) -> None:
        """Check name, summary, endings and that it does something."""
        super().__post_init__()
        _check_endings(self.kind, self.name, self.endings)
        if self.read is None and self.write is None:
            raise PluginError(f"{self.kind} '{self.name}' neither reads nor writes")


@dataclass(frozen=True, kw_only=True)
class Exporter(Declaration):
    """A form in which a trained generator leaves artgan, for ``artgan export RUN --to NAME``.

    Attributes:
        export: ``(artgan.plugin.exports.TrainedGenerator, options, pathlib.Path) -> None``: writes
            one file at that path; artgan puts it in its place once it is whole. The same generator
            gives the same bytes.
        ending: Ending of the file, in lower case, with the dot.
        options: Options class.
    """

    kind: ClassVar[str] = "exporter"
    export: Reference
    ending: str
    options: type[Options] = NoOptions

    def __post_init__(self) -> None:
        """Check name, summary and ending."""
        super().__post_init__()
        _check_endings(self.kind, self.name, (self.ending,))


@dataclass(frozen=True, kw_only=True)
class RunHost(Declaration):
    """A place where trained runs are shared, reached by its name and an address there.

    ``artgan train --from NAME:ADDRESS`` begins with a run that lies there, ``artgan share RUN --to
    NAME:ADDRESS`` brings one there. Addresses stand in ``run.toml`` and in what is shared: nothing
    private belongs into them. ``artgan.plugin.hosts`` has what is passed.

    Attributes:
        example: An address as users write it, such as "ada/mushrooms@v1".
        fetch: ``(address, pathlib.Path) -> FetchedRun``: brings ``artgan.json`` and the files that
            it names into that folder, which may hold them from an earlier time, or into one of its
            own. It may be called more than once for one run. None if runs are only published.
        publish: ``(address, SharedFolder) -> str``: puts the files there, in place of those of an
            earlier time, and returns the address by which others begin with the run. None if they
            are only fetched.
        how_to_use: ``(address) -> HowToUse`` for the model card. It is called first: it raises an
            error if nothing can be published at the address. None tells only how to begin.
    """

    kind: ClassVar[str] = "run-host"
    example: str
    fetch: Reference | None = None
    publish: Reference | None = None
    how_to_use: Reference | None = None

    def __post_init__(self) -> None:
        """Check name, summary and that it does something."""
        super().__post_init__()
        if self.fetch is None and self.publish is None:
            raise PluginError(f"{self.kind} '{self.name}' neither fetches nor publishes")
        if len(self.name) < 2 or self.name == "start":
            raise PluginError(f"{self.kind} '{self.name}' reads as a drive or a start; rename it")


@dataclass(frozen=True, kw_only=True)
class MeasuredTrait(Declaration):
    """What can be measured of the finished pictures of a series.

    Attributes:
        measure: ``(Picture) -> float | str``: a number from ``low`` to ``high``, or one of
            ``values``. The same picture always gives the same.
        title: What people call it, as in "Light"; "" is made of the name.
        values: The words that it may give; () for numbers.
        low: Smallest number.
        high: Largest number.
        step: What people read its numbers rounded to; 0 takes about a hundredth of the range.
    """

    kind: ClassVar[str] = "trait"
    measure: Reference
    title: str = ""
    values: Sequence[str] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = 0.0

    def __post_init__(self) -> None:
        """Check name, summary, words and range."""
        super().__post_init__()
        if isinstance(self.values, str) or not all(isinstance(one, str) for one in self.values):
            raise PluginError(f"trait '{self.name}': values {self.values!r} are no words")
        if not self.low < self.high or self.step < 0:
            raise PluginError(
                f"trait '{self.name}': from {self.low!r} to {self.high!r} in steps of "
                f"{self.step!r} does not fit; expected low below high, and a step from 0"
            )


@dataclass(frozen=True, kw_only=True)
class Command(Declaration):
    """A command added to the command line.

    Attributes:
        command: Reference to a ``click.Command``.
    """

    kind: ClassVar[str] = "command"
    command: Reference


@dataclass(frozen=True, kw_only=True)
class PluginSettings(Declaration):
    """What a user may set for a plugin in ``artgan.toml``, in the table ``[plugins.NAME]``.

    ``artgan.plugin.settings.settings_of`` reads them. A plugin has one such class.

    Attributes:
        options: Class of the settings. An option of type ``str`` with the default "" may be a
            secret, ``Meta(extra={"secret": "NOTIFY_TOKEN"})``: it comes from that environment
            variable or from ``secrets.toml`` in the user's folder, and from no other file.
    """

    kind: ClassVar[str] = "settings"
    name: str = "settings"
    summary: str = "Settings in artgan.toml."
    options: type[Options]


class RunFacts(Protocol):
    """What observers may read of a run's settings; ``run.toml`` holds all of them."""

    @property
    def height(self) -> int:
        """Picture height in pixels."""

    @property
    def width(self) -> int:
        """Picture width in pixels."""

    @property
    def channels(self) -> int:
        """1 grey, 3 RGB, 4 RGBA."""

    @property
    def classes(self) -> int:
        """Number of labels; 0 if the pictures have none."""

    @property
    def seed(self) -> int:
        """Seed of all random numbers of the run."""

    @property
    def device(self) -> str:
        """Device that the run computes on: "cpu", "cuda" or "mps"."""


class StepFacts(Protocol):
    """What observers may read of a step: plain numbers."""

    @property
    def step(self) -> int:
        """Number of steps done, this one included."""

    @property
    def images(self) -> int:
        """Real pictures shown so far, repeats counted."""

    @property
    def discriminator_loss(self) -> float:
        """Loss of the discriminator without penalties."""

    @property
    def generator_loss(self) -> float:
        """Loss of the generator without penalties."""

    @property
    def real_logits(self) -> float:
        """Mean logit of the real pictures."""

    @property
    def fake_logits(self) -> float:
        """Mean logit of the fakes."""

    @property
    def penalties(self) -> Mapping[str, float]:
        """Full name of each penalty -> its value, before it is multiplied by its interval."""

    @property
    def learning_rate(self) -> float:
        """Learning rate of the generator."""


__all__ = [
    "API",
    "KINDS",
    "AlphaOption",
    "AnimationFormat",
    "ArchContext",
    "Architecture",
    "ArtganError",
    "Augmentation",
    "Command",
    "DataContext",
    "DataError",
    "DataFacts",
    "Dataset",
    "Declaration",
    "Exporter",
    "Extractor",
    "FilmFrame",
    "Filter",
    "FilterContext",
    "Fit",
    "ImageSource",
    "IterableSource",
    "JudgedSees",
    "Latents",
    "Levels",
    "Loss",
    "LossPart",
    "MeasuredTrait",
    "Meta",
    "Metric",
    "MissingExtraError",
    "Moment",
    "NetworkContext",
    "NoOptions",
    "Optimizer",
    "OptimizerContext",
    "OptionError",
    "Options",
    "Palette",
    "PaletteFormat",
    "Panel",
    "PanelSees",
    "PenaltyPart",
    "PictureError",
    "PluginError",
    "PluginSettings",
    "Reader",
    "Reason",
    "Recipe",
    "Reference",
    "Regularizer",
    "RunFacts",
    "RunHost",
    "Sampler",
    "ScheduleContext",
    "SchedulePart",
    "Sizes",
    "Start",
    "StartWeights",
    "StepFacts",
    "Style",
    "StyleError",
    "TrainingError",
    "TrainingSchedule",
    "Update",
    "Writer",
    "hookimpl",
]
