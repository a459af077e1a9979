"""Declarations and options of the filters for colour, dithering, screens and logic."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import PALETTE, RAMP, SHARE, declare

Strength = Annotated[float, Meta(ge=0, le=1, description="0 leaves the picture, 1 is the whole")]
CHOICE = "Name, colours as in 07051a,ff4fa3, a colormap as in cmap:viridis, or a palette file"
PaletteChoice = Annotated[str | list[str], Meta(description=CHOICE, extra=PALETTE)]
RampChoice = Annotated[str | list[str], Meta(description=CHOICE, extra=RAMP)]
Inks = Annotated[
    tuple[str, ...],
    Meta(min_length=1, max_length=4, description="Names of inks, or colours as hex"),
]
InnerStyle = Annotated[
    str | list[str],
    Meta(description="Style, filter or chain, as in glow:strength=2", extra={"means": "style"}),
]


MASKS = (
    "light, dark, middle, a range of lightness as in 0.2-0.6, circle, edges, top, bottom, left, "
    "right, or a picture file; not before it turns it round"
)


class AdjustOptions(Options, frozen=True, kw_only=True):
    """Options of ``adjust``."""

    exposure: Annotated[float, Meta(ge=-4, le=4, description="Stops; 1 is twice the light")] = 0.0
    contrast: Annotated[float, Meta(ge=-1, le=1, description="-1 is flat grey, 1 is harsh")] = 0.0
    saturation: Annotated[float, Meta(ge=-1, le=2, description="-1 is grey, 1 twice as vivid")] = (
        0.0
    )
    hue: Annotated[float, Meta(ge=-180, le=180, description="Turn of all hues in degrees")] = 0.0
    gamma: Annotated[
        float, Meta(ge=0.2, le=5, description="Mid-tones: above 1 is lighter, below darker")
    ] = 1.0


class InvertOptions(Options, frozen=True, kw_only=True):
    """Options of ``invert``."""

    what: Annotated[
        Literal["lightness", "color"],
        Meta(description="Lightness keeps the hues; color is a film negative"),
    ] = "lightness"


class GradientMapOptions(Options, frozen=True, kw_only=True):
    """Options of ``gradient-map``."""

    colors: RampChoice = "ember"
    reverse: Annotated[bool, Meta(description="Light becomes dark")] = False
    equalize: Annotated[
        float, Meta(ge=0, le=1, description="1 uses every part of the ramp equally often")
    ] = 0.0
    strength: Strength = 1.0


class PosterizeOptions(Options, frozen=True, kw_only=True):
    """Options of ``posterize``."""

    levels: Annotated[int, Meta(ge=2, le=32, description="Steps from black to white")] = 4
    by: Annotated[
        Literal["lightness", "channels"],
        Meta(description="Lightness keeps the hues; channels steps red, green and blue"),
    ] = "lightness"


DitherMethod = Literal[
    "blue-noise",
    "bayer-2",
    "bayer-4",
    "bayer-8",
    "bayer-16",
    "clustered",
    "floyd-steinberg",
    "atkinson",
    "jarvis",
    "stucki",
    "burkes",
    "sierra",
    "sierra-two-row",
    "sierra-lite",
    "riemersma",
]


class DitherOptions(Options, frozen=True, kw_only=True):
    """Options of ``dither``."""

    palette: PaletteChoice = "black-white"
    method: Annotated[
        DitherMethod,
        Meta(
            description="Blue noise, Bayer and clustered hold still in animations and tile; the "
            "others spread the error and are sharper; riemersma takes some seconds a megapixel"
        ),
    ] = "blue-noise"
    strength: Annotated[
        float, Meta(ge=0, le=1.5, description="0 is plain nearest colours, 1 keeps the tone")
    ] = 1.0
    scale: Annotated[int, Meta(ge=1, le=16, description="Pixels a side of each dot")] = 1
    serpentine: Annotated[
        bool,
        Meta(
            description="Every other row backwards, for methods that spread the error; takes some "
            "seconds a megapixel"
        ),
    ] = False


class MatchOptions(Options, frozen=True, kw_only=True):
    """Options of ``match``."""

    reference: Annotated[
        str | list[str],
        Meta(description="Picture file, or a palette whose colours stand for one", extra=PALETTE),
    ] = "ember"
    method: Annotated[
        Literal["mean-covariance", "histogram"],
        Meta(
            description="Mean-covariance moves and stretches all colours alike; histogram takes "
            "on the reference's whole spread, contrast and all"
        ),
    ] = "mean-covariance"
    strength: Strength = 1.0


class ChromaticAberrationOptions(Options, frozen=True, kw_only=True):
    """Options of ``chromatic-aberration``."""

    shift: Annotated[
        float, Meta(ge=0, le=0.1, description=f"How far red and blue part, {SHARE}")
    ] = 0.006
    angle: Annotated[float, Meta(ge=-180, le=180, description="Direction in degrees")] = 0.0


class ScanlinesOptions(Options, frozen=True, kw_only=True):
    """Options of ``scanlines``."""

    lines: Annotated[int, Meta(ge=8, le=1080, description="Lines from top to bottom")] = 120
    strength: Annotated[float, Meta(ge=0, le=1, description="Darkness between the lines")] = 0.4


class CrtOptions(Options, frozen=True, kw_only=True):
    """Options of ``crt``."""

    strength: Annotated[float, Meta(ge=0, le=1, description="0 leaves the picture")] = 1.0
    lines: Annotated[int, Meta(ge=8, le=1080, description="Lines from top to bottom")] = 120
    bulge: Annotated[float, Meta(ge=0, le=0.5, description="Roundness of the glass")] = 0.08
    bleed: Annotated[float, Meta(ge=0, le=0.05, description=f"How far colours smear, {SHARE}")] = (
        0.006
    )


class RisographOptions(Options, frozen=True, kw_only=True):
    """Options of ``risograph``."""

    inks: Inks = ("fluorescent-pink", "blue")
    paper: Annotated[str, Meta(description="Colour of the paper as hex")] = "f6f1e3"
    misregister: Annotated[
        float, Meta(ge=0, le=0.02, description=f"How far each ink slips, {SHARE}")
    ] = 0.004
    grain: Annotated[float, Meta(ge=0, le=1, description="0 is even ink, 1 is patchy")] = 0.3
    screen: Annotated[
        Literal["grain", "none"],
        Meta(description="Grain prints specks of full ink; none prints smooth tints"),
    ] = "grain"


class MaskOptions(Options, frozen=True, kw_only=True):
    """Options of ``mask``."""

    chain: InnerStyle = "invert"
    where: Annotated[str, Meta(description=MASKS)] = "light"
    softness: Annotated[float, Meta(ge=0, le=1, description="Width of the change-over")] = 0.1
    strength: Strength = 1.0


class BlendOptions(Options, frozen=True, kw_only=True):
    """Options of ``blend``."""

    chain: InnerStyle = "glow"
    mode: Annotated[
        Literal[
            "normal", "screen", "multiply", "add", "lighten", "darken", "overlay", "soft-light"
        ],
        Meta(description="How the styled picture is laid over the picture"),
    ] = "normal"
    strength: Strength = 0.5


class RandomStyleOptions(Options, frozen=True, kw_only=True):
    """Options of ``random``."""

    styles: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            description="Styles of which the seed picks one",
            extra={"means": "styles"},
        ),
    ] = ("invert", "none")
    chance: Annotated[float, Meta(ge=0, le=1, description="How often anything is done")] = 1.0


class RepeatOptions(Options, frozen=True, kw_only=True):
    """Options of ``repeat``."""

    chain: InnerStyle = "adjust:contrast=0.1"
    count: Annotated[int, Meta(ge=0, le=32, description="How many times")] = 2


FILTERS: tuple[Filter, ...] = (
    declare(
        "adjust",
        "Change exposure, contrast, saturation, hue and mid-tones.",
        AdjustOptions,
        main="exposure",
        space="linear",
        neutral={},
    ),
    declare("invert", "Turn light to dark.", InvertOptions, main="what", keeps_range=True),
    declare(
        "gradient-map",
        "Recolour by lightness along a ramp of colours.",
        GradientMapOptions,
        main="colors",
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "posterize",
        "Leave only a few levels of tone.",
        PosterizeOptions,
        main="levels",
        keeps_range=True,
    ),
    declare(
        "dither",
        "Draw with few colours, mixed by patterns of dots.",
        DitherOptions,
        main="palette",
        rolls=False,
        size_free=False,
        adds_color=True,
        keeps_range=True,
    ),
    declare(
        "match",
        "Take on the colours of another picture.",
        MatchOptions,
        main="reference",
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "chromatic-aberration",
        "Part red and blue, as a cheap lens does.",
        ChromaticAberrationOptions,
        main="shift",
        group="light",
        space="linear",
        adds_color=True,
        neutral={"shift": 0},
    ),
    declare(
        "scanlines",
        "Darken between lines, as on a tube screen.",
        ScanlinesOptions,
        main="lines",
        group="light",
        space="linear",
        rolls=False,
        neutral={"strength": 0},
    ),
    declare(
        "crt",
        "A tube screen: bulging glass, scan lines, bleeding colours and bloom.",
        CrtOptions,
        main="strength",
        group="light",
        space="linear",
        keeps_wrap=False,
        rolls=False,
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "risograph",
        "Print in a few spot inks that slip and speckle.",
        RisographOptions,
        main="inks",
        group="print",
        space="linear",
        rolls=False,
        adds_color=True,
    ),
    declare(
        "mask",
        "Run a style in a part of the picture alone.",
        MaskOptions,
        main="chain",
        group="logic",
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "blend",
        "Lay a styled copy over the picture.",
        BlendOptions,
        main="chain",
        group="logic",
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "random",
        "Run a style that the seed picks from a list.",
        RandomStyleOptions,
        main="styles",
        group="logic",
        space="any",
        keeps_size=False,
        keeps_indexed=True,
        rolls=False,
        size_free=False,
        adds_color=True,
        neutral={"chance": 0},
    ),
    declare(
        "repeat",
        "Run a style several times over.",
        RepeatOptions,
        main="chain",
        group="logic",
        space="any",
        keeps_size=False,
        keeps_indexed=True,
        rolls=False,
        size_free=False,
        adds_color=True,
        neutral={"count": 0},
    ),
)
