"""Declarations and options of the filters for colour, dithering, screens and logic."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import (
    DRAWN,
    LIT,
    PALETTE,
    RAMP,
    SHARE,
    WHOLE_PIXELS,
    Paper,
    Strength,
    between,
    declare,
)

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
    "right, a plane as in plane:depth, or a picture file; not before any of them inverts it"
)


class AdjustOptions(Options, frozen=True, kw_only=True):
    """Options of ``adjust``."""

    exposure: Annotated[float, between(-4, 4, "Stops; 1 is twice the light")] = 0.0
    contrast: Annotated[float, between(-1, 1, "-1 is flat grey, 1 is harsh")] = 0.0
    saturation: Annotated[float, between(-1, 2, "-1 is grey, 1 twice as vivid")] = 0.0
    hue: Annotated[float, between(-180, 180, "Turn of all hues in degrees")] = 0.0
    gamma: Annotated[float, between(0.2, 5, "Mid-tones: above 1 is lighter, below darker")] = 1.0


class LocalContrastOptions(Options, frozen=True, kw_only=True):
    """Options of ``local-contrast``."""

    amount: Annotated[float, between(0, 2, "0 is none, 0.5 brings out faint forms, 2 is harsh")] = (
        0.5
    )
    radius: Annotated[
        float, between(0.005, 0.3, f"How far a pixel is compared with its surroundings, {SHARE}")
    ] = 0.05


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
    equalize: Annotated[float, between(0, 1, "1 uses every part of the ramp equally often")] = 0.0
    strength: Strength = 1.0


class PosterizeOptions(Options, frozen=True, kw_only=True):
    """Options of ``posterize``."""

    levels: Annotated[int, between(2, 32, "Steps from black to white")] = 4
    by: Annotated[
        Literal["lightness", "channels"],
        Meta(description="Lightness keeps the hues; channels steps red, green and blue"),
    ] = "lightness"


DitherMethod = Literal[
    "blue-noise", "bayer-2", "bayer-4", "bayer-8", "bayer-16", "clustered",
    "floyd-steinberg", "atkinson", "jarvis", "stucki", "burkes",
    "sierra", "sierra-two-row", "sierra-lite", "riemersma",
]  # fmt: skip


class DitherOptions(Options, frozen=True, kw_only=True):
    """Options of ``dither``."""

    palette: PaletteChoice = "black-white"
    method: Annotated[
        DitherMethod,
        Meta(
            description="Blue noise, Bayer and clustered hold still in animations and tile; the "
            "others spread the error and are sharper; riemersma takes some seconds per megapixel; "
            "atkinson as of 1984, with more contrast, has strength 0.75"
        ),
    ] = "blue-noise"
    strength: Annotated[float, between(0, 1.5, "0 is plain nearest colours, 1 keeps the tone")] = (
        1.0
    )
    scale: Annotated[int, between(1, 16, "Side of each dot in pixels")] = 1
    serpentine: Annotated[
        bool,
        Meta(
            description="Every other row backwards, for methods that spread the error; takes some "
            "seconds per megapixel"
        ),
    ] = False
    steady: Annotated[
        bool,
        Meta(
            description="In films methods that spread the error give way to blue noise of the same "
            "strength, whose dots hold still"
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
            "over the reference's whole distribution, with its contrast"
        ),
    ] = "mean-covariance"
    strength: Strength = 1.0


class ChromaticAberrationOptions(Options, frozen=True, kw_only=True):
    """Options of ``chromatic-aberration``."""

    shift: Annotated[float, between(0, 0.1, f"How far red and blue are shifted, {SHARE}")] = 0.006
    angle: Annotated[float, between(-180, 180, "Direction in degrees")] = 0.0


class ScanlinesOptions(Options, frozen=True, kw_only=True):
    """Options of ``scanlines``."""

    lines: Annotated[int, between(8, 1080, "Lines from top to bottom")] = 120
    strength: Annotated[float, between(0, 1, "Darkness between the lines")] = 0.4


class CrtOptions(Options, frozen=True, kw_only=True):
    """Options of ``crt``."""

    strength: Annotated[float, between(0, 1, "0 leaves the picture as it is")] = 1.0
    lines: Annotated[int, between(8, 1080, "Lines from top to bottom")] = 120
    bulge: Annotated[float, between(0, 0.5, "Roundness of the glass")] = 0.08
    bleed: Annotated[float, between(0, 0.05, f"How far colours smear, {SHARE}")] = 0.006


class RisographOptions(Options, frozen=True, kw_only=True):
    """Options of ``risograph``."""

    inks: Inks = ("fluorescent-pink", "blue")
    paper: Paper = "f6f1e3"
    misregister: Annotated[float, between(0, 0.02, f"How far each ink is misaligned, {SHARE}")] = (
        0.004
    )
    grain: Annotated[float, between(0, 1, "0 is even ink, 1 is patchy")] = 0.3
    screen: Annotated[
        Literal["grain", "none"],
        Meta(description="Grain prints specks of full ink; none prints smooth tints"),
    ] = "grain"


class MaskOptions(Options, frozen=True, kw_only=True):
    """Options of ``mask``."""

    chain: InnerStyle = "invert"
    where: Annotated[str, Meta(description=MASKS)] = "light"
    softness: Annotated[float, between(0, 1, "Width of the soft edge")] = 0.1
    strength: Strength = 1.0


class RememberOptions(Options, frozen=True, kw_only=True):
    """Options of ``remember``."""

    name: Annotated[
        str,
        Meta(
            pattern="^[a-z][a-z0-9]{0,31}$",
            description="Name of the plane, which later steps use as in mask=plane:NAME",
        ),
    ] = "kept"
    what: Annotated[
        str, Meta(description=f"What it holds: lightness, alpha, or a mask: {MASKS}")
    ] = "lightness"
    softness: Annotated[float, between(0, 1, "Width of the soft edge of a mask")] = 0.1


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
    chance: Annotated[float, between(0, 1, "Probability that one is applied")] = 1.0


class RepeatOptions(Options, frozen=True, kw_only=True):
    """Options of ``repeat``."""

    chain: InnerStyle = "adjust:contrast=0.1"
    count: Annotated[int, between(0, 32, "How many times")] = 2


FILTERS: tuple[Filter, ...] = (
    declare(
        "adjust",
        "Change exposure, contrast, saturation, hue and mid-tones.",
        AdjustOptions,
        main="exposure",
        space="linear",
        neutral={},
    ),
    declare(
        "local-contrast",
        "Make what differs from its surroundings differ more.",
        LocalContrastOptions,
        main="amount",
        space="linear",
        neutral={"amount": 0},
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
        **DRAWN,
        size_free=False,
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
        "Shift red and blue apart, as a cheap lens does.",
        ChromaticAberrationOptions,
        main="shift",
        **LIT,
        adds_color=True,
        neutral={"shift": 0},
    ),
    declare(
        "scanlines",
        "Darken between lines, as on a tube screen.",
        ScanlinesOptions,
        main="lines",
        **LIT,
        rolls=False,
        neutral={"strength": 0},
    ),
    declare(
        "crt",
        "A tube screen: bulging glass, scan lines, bleeding colours and bloom.",
        CrtOptions,
        main="strength",
        **LIT,
        **DRAWN,
        keeps_wrap=False,
        neutral={"strength": 0},
        planes="drop",
    ),
    declare(
        "risograph",
        "Print in a few spot inks, misaligned and speckled.",
        RisographOptions,
        main="inks",
        **DRAWN,
        group="print",
        space="linear",
    ),
    declare(
        "mask",
        "Apply a style to a part of the picture.",
        MaskOptions,
        main="chain",
        group="logic",
        adds_color=True,
        neutral={"strength": 0},
    ),
    declare(
        "remember",
        "Keep light and dark, or a mask, as a plane for later steps.",
        RememberOptions,
        main="name",
        group="logic",
        space="any",
        keeps_indexed=True,
        keeps_range=True,
        neutral={},
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
        "Apply a style that the seed picks from a list.",
        RandomStyleOptions,
        main="styles",
        **WHOLE_PIXELS,
        group="logic",
        adds_color=True,
        neutral={"chance": 0},
    ),
    declare(
        "repeat",
        "Apply a style several times.",
        RepeatOptions,
        main="chain",
        **WHOLE_PIXELS,
        group="logic",
        adds_color=True,
        neutral={"count": 0},
    ),
)
