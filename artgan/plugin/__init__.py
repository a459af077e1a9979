"""All that a plugin needs: declarations, options, contexts and the hook marker.

A plugin is a torch-free module whose hooks yield *declarations*; a declaration names its heavy code
by *reference* (``"package.module:attribute"``, or the object itself in a single file), which artgan
imports only when it is used. This module imports neither torch, numpy nor Pillow, so listing
plugins stays fast. Shared tools lie beside it: ``artgan.plugin.color`` and ``artgan.plugin.raster``
(numpy) for filters, ``artgan.plugin.layers`` (torch) for networks.

The smallest filter::

    from artgan.plugin import Filter, hookimpl

    def negative(picture, options, context):
        return picture.replace(color=1 - picture.color)

    @hookimpl
    def artgan_filters():
        yield Filter(name="negative", summary="Turn light to dark.", apply=negative)
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import msgspec
import pluggy
from msgspec import Meta

from artgan.errors import (
    ArtganError,
    DataError,
    MissingExtraError,
    OptionError,
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

Reference = str | Callable[..., Any]
"""``"package.module:attribute"``, or the object itself."""

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
)

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every options class: annotated fields, each with a default and a help text.

    ::

        class GlowOptions(Options):
            strength: Annotated[float, Meta(ge=0, le=4, description="0 is none, 3 is fog")] = 1.0
            method: Annotated[Literal["soft", "hard"], Meta(description="its edge")] = "soft"

    From this come flags, TOML keys, checks, JSON Schema and the tables of the docs. An option whose
    text names something may say so, as in ``Meta(extra={"means": "palette"})``: palettes, a
    "ramp" (a palette whose colours are joined), a "color", a "style" or a list of "styles" are then
    looked up before the first picture. An architecture's option that counts only beside a value of
    another says ``Meta(extra={"only": "layers=default"})``: to set it otherwise is an error.
    """


class NoOptions(Options, frozen=True, kw_only=True):
    """For contributions that have nothing to set."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What every contribution says of itself.

    Attributes:
        name: Lower-case words joined by hyphens.
        summary: One line for lists and help.
    """

    kind: ClassVar[str] = ""
    name: str
    summary: str

    def __post_init__(self) -> None:
        """Refuse names and summaries that would not print or parse."""
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
        """Tell how often a picture of this size is halved."""
        return max(0, (min(height, width) // self.coarsest).bit_length() - 1)

    def fits(self, height: int, width: int) -> bool:
        """Tell whether a picture of this size can be made."""
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
    """What an architecture's builders are told.

    Attributes:
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1 grey, 3 RGB, 4 RGBA.
        classes: Number of labels; 0 when the pictures have none.
        tileable: Whether what the generator makes shall repeat without a seam.
    """

    height: int
    width: int
    channels: int
    classes: int = 0
    tileable: bool = False


Look = Literal["pixel-art", "drawing", "photograph"]
"""What pictures look like: few colours, flat areas, or neither."""


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
        look: What the pictures look like, told from their colours.
        near_duplicates: Pictures that look like an earlier one.
        even: Whether they look the same everywhere, as textures do.
        mirrors: Whether the dataset says that they may as well be mirrored.
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
        """Number of pictures that really differ."""
        return max(1, self.count - self.near_duplicates)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well an architecture suits given facts, for runs that name none.

    Attributes:
        score: From 0 (never take it unasked) to 1; the highest is taken.
        reason: Why it was taken, one sentence, printed before training.
    """

    score: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Defaults that an architecture recommends for given facts; the user's own settings win.

    Attributes:
        options: Options of the architecture itself.
        loss: Loss by name.
        loss_options: Its options.
        regularizers: Name -> options.
        augmentations: Name -> options.
        training: Fields of the training options (steps, batch, generator_lr ...).
        reasons: Why, one sentence each, printed before training.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = "hinge"
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    regularizers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    augmentations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    reasons: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Architecture(Declaration):
    """A generator and a discriminator.

    Attributes:
        generator: ``(ArchContext, options) -> torch.nn.Module``. The module has an attribute
            ``latent_shape`` (a tuple, usually ``(latent_size,)``) and maps latents
            (N, *latent_shape), standard normal, and labels (N,) int64 or None to images
            (N, C, H, W) in [-1, 1].
        discriminator: ``(ArchContext, options) -> torch.nn.Module``; maps images (N, C, H, W) and
            labels (N,) or None to raw logits (N,), never squashed. Each logit must depend on its
            own picture alone, unless ``independent`` is False. If the module has
            ``with_own_loss(images, labels) -> (logits (N,), loss)`` it is called in its place on
            the real images (augmented) of a discriminator step: the same logits, and a scalar that
            is added to the discriminator's loss, such as that of a self-supervised task; it is
            written into the metrics as ``own_loss``. Random numbers come from torch's global
            generator, which the host keys.
        options: Options class of both.
        sizes: Picture sizes that it can make.
        channels: Channel counts that it can make.
        conditional: Whether it can use labels.
        tileable: Whether it can make pictures that repeat without a seam.
        spatial: Whether latents are a grid whose size sets that of the picture, so that it fills a
            canvas of any size. The generator then has ``latent_shape`` (Z, rows, columns),
            ``cell`` (pixels of a cell along each side), ``margin`` (so many cells beyond each side
            of what is shown it depends on), ``wraps`` (whether it takes those from the other side,
            as when it is tileable; otherwise the latents hold them) and ``global_latents`` (so many
            of the first latents are those of the first cell, everywhere).
        independent: Whether a logit depends on its own picture alone (false with batch norm or
            minibatch statistics); simultaneous updates in one pass need it.
        recipe: ``(DataFacts) -> Recipe``, torch-free; None takes the general defaults.
        fit: ``(DataFacts) -> Fit``, torch-free: how well it suits pictures and machine, for runs
            that name no architecture; None is only taken by name. Of plugins, none is taken
            unasked.
        presets: Names of presets that the recipe knows, each with a line of help.
    """

    kind: ClassVar[str] = "architecture"
    generator: Reference
    discriminator: Reference
    options: type[Options] = NoOptions
    sizes: Sizes = field(default_factory=Sizes)
    channels: tuple[int, ...] = (1, 3, 4)
    conditional: bool = False
    tileable: bool = False
    spatial: bool = False
    independent: bool = True
    recipe: Reference | None = None
    fit: Reference | None = None
    presets: Mapping[str, str] = field(default_factory=dict)


class LossPart(Protocol):
    """What a loss builds: two pure functions of logits."""

    def discriminator(
        self, real_logits: "torch.Tensor", fake_logits: "torch.Tensor"
    ) -> "torch.Tensor":
        """Give the scalar that the discriminator minimises; logits have shape (N,)."""

    def generator(
        self, real_logits: "torch.Tensor | None", fake_logits: "torch.Tensor"
    ) -> "torch.Tensor":
        """Give the scalar that the generator minimises; real logits only if pairs are compared."""


@dataclass(frozen=True, kw_only=True)
class Loss(Declaration):
    """A loss on logits.

    Attributes:
        build: ``(options) -> LossPart``, usually a class.
        options: Options class.
        compares_pairs: Whether the generator step must see the real logits (relativistic losses).
        needs_penalty: Whether training is unsound without a gradient penalty (Wasserstein).
    """

    kind: ClassVar[str] = "loss"
    build: Reference
    options: type[Options] = NoOptions
    compares_pairs: bool = False
    needs_penalty: bool = False


class PenaltyPart(Protocol):
    """What a regularizer builds."""

    def penalty(
        self,
        network: "Callable[[torch.Tensor], torch.Tensor]",
        real: "torch.Tensor",
        fake: "torch.Tensor",
    ) -> "torch.Tensor":
        """Give the scalar added to the network's loss.

        On the discriminator's side ``network`` maps images (N, C, H, W) to logits (N,) (labels are
        bound already), and ``real`` and ``fake`` are detached images. On the generator's side
        ``network`` maps latents to images, and ``real`` and ``fake`` are both the latents.
        """


@dataclass(frozen=True, kw_only=True)
class Regularizer(Declaration):
    """A penalty added to one network's loss.

    An options field ``every`` (default 1) sets the interval in steps; the host multiplies the
    penalty by it, so that a lazy penalty has the same strength (Karras et al. 2020, appendix B).

    Attributes:
        build: ``(options) -> PenaltyPart``.
        options: Options class.
        side: Which network is held.
    """

    kind: ClassVar[str] = "regularizer"
    build: Reference
    options: type[Options] = NoOptions
    side: Literal["discriminator", "generator"] = "discriminator"


@dataclass(frozen=True, kw_only=True)
class Augmentation(Declaration):
    """A differentiable change of pictures in front of the discriminator, real and fake alike.

    Attributes:
        build: ``(options) -> part``; the part is called with images (N, C, H, W) in [-1, 1] and
            returns images of the same shape. Random numbers come from torch's global generator,
            which the host keys on seed and step. If the part has ``observe(real_logits)`` it is
            called once a step with the detached logits of the real pictures (N,), measured from the
            mean logit of the fakes where the loss compares pairs. An attribute ``probability`` is
            written into the metrics. What ``state_dict`` gives (tensors) is kept in checkpoints.
        options: Options class.
    """

    kind: ClassVar[str] = "augmentation"
    build: Reference
    options: type[Options] = NoOptions


@dataclass(frozen=True, kw_only=True)
class DataContext:
    """What a dataset is told when it is opened.

    Attributes:
        size: Wanted (height, width), or None for the data's own.
        side: Side in pixels that suits this machine, for pictures of no common size of their own.
        cache: Folder for anything kept between runs.
        path: File or folder that the user named, or None.
        report: Call it with one sentence to tell the user something.
    """

    size: tuple[int, int] | None
    cache: Path
    path: Path | None = None
    side: int = 64
    report: Callable[[str], None] = field(default=lambda _: None)


class ImageSource(Protocol):
    """What a dataset opens: any map-style torch dataset does.

    An item is an image, or a pair (image, label): the image uint8 of shape (H, W, C) with C in
    1, 3, 4, the label a whole number from 0. All items have one shape. Optional attributes:

    - ``images``: the whole set as one uint8 array (N, H, W, C), perhaps memory-mapped; then
      items are never asked for one by one;
    - ``labels``: int64 array (N,), and ``class_names``: a sequence of str;
    - ``vary(images)``: a random change of a real batch (N, C, H, W) in [-1, 1], such as flips;
      random numbers come from torch's global generator, which the host keys on seed and step;
    - ``facts``: a mapping of plain values worth a line in the run's record.
    """

    def __len__(self) -> int:
        """Give the number of pictures."""

    def __getitem__(self, index: int) -> Any:
        """Give one image, or an (image, label) pair."""


@dataclass(frozen=True, kw_only=True)
class Dataset(Declaration):
    """A source of real pictures.

    Attributes:
        open: ``(options, DataContext) -> ImageSource``.
        options: Options class.
        licence: Licence of the pictures ("the user's own" where they bring them).
        attribution: Whom to name, or "".
        takes_path: Whether it needs ``DataContext.path``.
        mirrors: Whether its pictures may as well be mirrored left to right; writing may not.
    """

    kind: ClassVar[str] = "dataset"
    open: Reference
    options: type[Options] = NoOptions
    licence: str
    attribution: str = ""
    takes_path: bool = False
    mirrors: bool = False


@dataclass(frozen=True, kw_only=True)
class FilterContext:
    """What a filter is told besides its options.

    Attributes:
        rng: Random numbers keyed on the picture's seed and the step's place in the chain.
        seed: Seed of the picture.
        index: Place of the picture in its series, from 0.
        total: Number of pictures in the series.
        note: Call it with one sentence that belongs into the picture's record.
        palette: Look up a palette by name, file or list of colours; gives (K, 3) sRGB in [0, 1].
        run: Apply a chain (any style specification) to a picture; for filters made of filters.
        read: Read a picture file.
    """

    rng: "np.random.Generator"
    seed: int = 0
    index: int = 0
    total: int = 1
    note: Callable[[str], None] = field(default=lambda _: None)
    palette: "Callable[[Any, Picture | None], np.ndarray] | None" = None
    run: "Callable[[Any, Picture], Picture] | None" = None
    read: "Callable[[str], Picture] | None" = None


@dataclass(frozen=True, kw_only=True)
class Filter(Declaration):
    """A change of a finished picture.

    Attributes:
        apply: ``(Picture, options, FilterContext) -> Picture``; must not change its input.
        options: Options class.
        main: Option meant by ``name:value`` without ``option=``.
        group: Heading in lists: colour, light, print, shape, space, scale, frame, logic.
        space: Encoding of ``picture.pixels`` that it is given: "srgb", "linear", or "any".
        keeps_size: Whether width and height stay.
        keeps_wrap: Whether a picture that tiles still tiles afterwards.
        keeps_indexed: Whether a picture of few exact colours still holds only those.
        rolls: Whether filtering a rolled wrapping picture equals rolling the filtered one
            (false for grids and seeds tied to the corner).
        keeps_range: Whether values in [0, 1] give values in [0, 1] by construction, as when they
            are only moved, or clipped at the end: then the result is not looked through for others.
        size_free: Whether the result looks alike at twice the size (false for whole-pixel work).
        minimum_size: Smallest side in pixels that it can work on.
        adds_color: Whether a grey picture may come out coloured.
        neutral: Options with which the picture stays as it is, such as ``{"strength": 0}``, if
            there are any.
        paths: ``(Picture, options, FilterContext) -> artgan.plugin.vectors.Drawing`` if the filter
            can be drawn by a plotter as well; it is given the picture as ``apply`` is.
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
    neutral: Mapping[str, Any] | None = None
    paths: Reference | None = None


@dataclass(frozen=True, kw_only=True)
class Style(Declaration):
    """A named chain of filter calls: pure data, the same as a style TOML file.

    Attributes:
        steps: Mappings, each with ``filter`` (or ``style``) and that filter's options.
        knobs: Name -> {default, min, max, help, vary}; a step uses one as ``"$name"``.
        defaults: Settings that suit it (``arch``, ``dataset``, ``arch.tileable`` ...).
        requires: Facts that the picture must have, such as "wrap".
        credits: Whom the record of a picture shall name, a line each.
    """

    kind: ClassVar[str] = "style"
    steps: Sequence[Mapping[str, Any]]
    knobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    requires: Sequence[str] = ()
    credits: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Palette(Declaration):
    """Colours in order: pure data, the same as a palette TOML file.

    Attributes:
        colors: 2 to 256 different colours as hex, "07051a" or "#07051a".
        roles: Role -> colour for paper, ink, light, dark.
        author: Whom to name.
        licence: Licence of the palette.
    """

    kind: ClassVar[str] = "palette"
    summary: str = "A palette."
    colors: Sequence[str]
    roles: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        """Check the colours."""
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
            [-1, 1] of any size on that device, and returns features (N, D) float32. The same
            images give the same features, always.
        options: Options class.
        needs: Packages that it imports beyond artgan's own.
        fetches: Whether it may fetch weights when it is built: then it is only used when asked for
            by name, and the contract kit does not build it.
    """

    kind: ClassVar[str] = "extractor"
    build: Reference
    options: type[Options] = NoOptions
    needs: tuple[str, ...] = ()
    fetches: bool = False


@dataclass(frozen=True, kw_only=True)
class Command(Declaration):
    """A command added to the command line.

    Attributes:
        command: Reference to a ``click.Command``.
    """

    kind: ClassVar[str] = "command"
    command: Reference


class RunFacts(Protocol):
    """What observers may read of a run's settings; the whole of it is ``run.toml``."""

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
        """Number of labels; 0 when the pictures have none."""

    @property
    def seed(self) -> int:
        """Key of all randomness."""

    @property
    def device(self) -> str:
        """Where it computes: "cpu", "cuda" or "mps"."""


class StepFacts(Protocol):
    """What observers may read of a step: plain numbers."""

    @property
    def step(self) -> int:
        """Updates done, this one included."""

    @property
    def images(self) -> int:
        """Real pictures seen so far, repeats counted."""

    @property
    def discriminator_loss(self) -> float:
        """Without penalties."""

    @property
    def generator_loss(self) -> float:
        """Without penalties."""

    @property
    def real_logits(self) -> float:
        """Mean logit of the real pictures."""

    @property
    def fake_logits(self) -> float:
        """Mean logit of the fakes."""

    @property
    def penalties(self) -> Mapping[str, float]:
        """Full name -> value, before it is multiplied by its interval."""

    @property
    def learning_rate(self) -> float:
        """Of the generator."""


__all__ = [
    "API",
    "KINDS",
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
    "Extractor",
    "Filter",
    "FilterContext",
    "Fit",
    "ImageSource",
    "Loss",
    "LossPart",
    "Meta",
    "MissingExtraError",
    "NoOptions",
    "OptionError",
    "Options",
    "Palette",
    "PenaltyPart",
    "PluginError",
    "Recipe",
    "Reference",
    "Regularizer",
    "RunFacts",
    "Sizes",
    "StepFacts",
    "Style",
    "StyleError",
    "TrainingError",
    "hookimpl",
]
