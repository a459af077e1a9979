"""Declarations and options of the filters that imitate materials: paint, glass, metal, tubes."""

from typing import Annotated, Any, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import (
    COLOR,
    FRAMED,
    PALETTE,
    RAMP,
    SHARE,
    Ink,
    Paper,
    between,
    declare,
)

LAID: dict[str, Any] = {
    "space": "linear",
    "rolls": False,
    "keeps_wrap": False,
    "adds_color": True,
}
"""Facts of a filter that lays a material down piece by piece, by the seed."""


class PolarityOptions(Options, frozen=True, kw_only=True):
    """Options of ``polarity``."""

    figure: Annotated[
        Literal["auto", "dark", "light"],
        Meta(
            description="What becomes ink: dark keeps the picture, light turns it over, auto turns "
            "over what stands on a plain dark ground"
        ),
    ] = "auto"


class GroundOptions(Options, frozen=True, kw_only=True):
    """Options of ``ground``."""

    color: Annotated[
        str, Meta(description="Colour as hex; none keeps cut-outs as they are", extra=COLOR)
    ] = "none"


class BrushOptions(Options, frozen=True, kw_only=True):
    """Options of ``brush``."""

    width: Annotated[float, between(0.004, 0.1, f"Width of the broadest brush, {SHARE}")] = 0.035
    length: Annotated[float, between(1, 16, "Length of a stroke, in widths of the brush")] = 5.0
    brushes: Annotated[int, between(1, 3, "Brushes, each half as broad as the one before")] = 3
    patience: Annotated[
        float, between(0, 1, "0 paints every detail with the fine brushes, 1 leaves broad strokes")
    ] = 0.3
    relief: Annotated[float, between(0, 2, "0 is a print, 1 thick paint, 2 a palette knife")] = 0.8
    variety: Annotated[float, between(0, 2, "How much strokes of one colour differ")] = 0.5
    follow: Annotated[
        float, between(0, 1, "1 paints along the shapes, 0 in one direction throughout")
    ] = 0.85
    angle: Annotated[
        float, between(-90, 90, "That direction in degrees, and where there are no shapes")
    ] = 35.0


class LeadedGlassOptions(Options, frozen=True, kw_only=True):
    """Options of ``leaded-glass``."""

    panes: Annotated[float, between(3, 40, "Panes across the shorter side")] = 16.0
    regular: Annotated[
        float, between(0, 1, "0 cuts panes along the shapes alone, 1 makes them nearly alike")
    ] = 0.25
    lead: Annotated[float, between(0.003, 0.04, f"Width of the lead, {SHARE}")] = 0.0095
    depth: Annotated[float, between(0, 2, "How much deeper the colours of the glass are")] = 0.7
    tint: Annotated[float, between(0, 1, "How far panes without a colour take one of the list")] = (
        0.8
    )
    colors: Annotated[
        str | list[str],
        Meta(description="Glass for grey panes, from dark to light", extra=RAMP),
    ] = "0b1238,1b3f8f,2f86b8,e0a63a,fff1c4"
    streaks: Annotated[float, between(0, 2, "0 is window glass, 1 blown by mouth")] = 1.0


class GildingOptions(Options, frozen=True, kw_only=True):
    """Options of ``gilding``."""

    colors: Annotated[
        str | list[str], Meta(description="The metal from shade to glint", extra=RAMP)
    ] = "1d0f04,5a3208,a8701a,d9a738,f6d77a,fff6d8"
    lacquer: Annotated[str, Meta(description="Colour of the lacquer as hex", extra=COLOR)] = (
        "170b0a"
    )
    threshold: Annotated[
        float, between(0, 1, "Lightness from which it is gilded; 0 finds it for each picture")
    ] = 0.0
    relief: Annotated[float, between(0, 3, "0 is flat leaf, 1 raised, 3 carved")] = 1.0
    leaf: Annotated[float, between(0.05, 1, f"Side of a leaf, {SHARE}")] = 0.2
    wear: Annotated[float, between(0, 1, "0 is new, 1 rubbed down to the clay")] = 0.25


class WashOptions(Options, frozen=True, kw_only=True):
    """Options of ``wash``."""

    water: Annotated[float, between(0, 1, "0 is thick paint, 1 is mostly water")] = 0.5
    wet: Annotated[float, between(0, 1, "How much of the paper was wet, so that edges run")] = 0.35
    rims: Annotated[float, between(0, 2, "How dark washes dry at their rims")] = 1.0
    granulation: Annotated[float, between(0, 2, "How much pigment settles in the paper")] = 1.0
    texture: Annotated[float, between(0, 2, "0 is smooth paper, 1 cold pressed, 2 rough")] = 1.0
    margin: Annotated[
        float, between(0, 0.2, f"Bare paper around the painting, {SHARE}; 0 paints to the edge")
    ] = 0.05
    paper: Annotated[str, Meta(description="Colour of the paper as hex", extra=COLOR)] = "fbf8f0"


class TapeOptions(Options, frozen=True, kw_only=True):
    """Options of ``tape``."""

    lines: Annotated[int, between(60, 1080, "Lines from top to bottom")] = 320
    bleed: Annotated[float, between(0.1, 4, "How far colour smears; 1 is usual")] = 1.0
    wear: Annotated[float, between(0, 2, "0 is a new tape, 1 an old one, 2 a torn one")] = 1.0
    tracking: Annotated[float, between(0, 2, "How badly the band near the lower edge tracks")] = 1.0
    interlace: Annotated[float, between(0, 2, "How far every second line is off")] = 1.0
    noise: Annotated[float, between(0, 4, "0 is none, 1 a living room, 4 the edge of town")] = 1.0


class EngravingOptions(Options, frozen=True, kw_only=True):
    """Options of ``engraving``."""

    lines: Annotated[float, between(20, 300, "Lines across the shorter side")] = 110.0
    depth: Annotated[float, between(0.2, 2, "How dark it is bitten; below 1 is a light plate")] = (
        1.0
    )
    cross: Annotated[
        float, between(0, 90, "Angle in degrees at which a second set crosses the first")
    ] = 55.0
    angle: Annotated[
        float, between(-90, 90, "Way of the lines where there is no form, in degrees")
    ] = -35.0
    ink: Ink = "241812"
    paper: Paper = "f1e6d0"


class GougeOptions(Options, frozen=True, kw_only=True):
    """Options of ``gouge``."""

    lines: Annotated[float, between(10, 200, "Cuts across the shorter side")] = 46.0
    detail: Annotated[float, between(0, 20, "0 carves tones alone, 10 edges too, 20 every one")] = (
        10.0
    )
    taper: Annotated[float, between(0, 1, "0 are cuts of one width, 1 cuts that soon end")] = 0.3
    chatter: Annotated[float, between(0, 2, "Ridges that the gouge leaves where it clears")] = 1.0
    angle: Annotated[
        float, between(-90, 90, "Way of the cuts where there is no form, in degrees")
    ] = -25.0
    ink: Ink = "191512"
    paper: Paper = "f4ecd8"


class FacetsOptions(Options, frozen=True, kw_only=True):
    """Options of ``facets``."""

    facets: Annotated[
        int, between(6, 120, "Facets across the shorter side, if they were all alike")
    ] = 32
    variety: Annotated[float, between(0, 1, "How much facets of one colour differ in light")] = 0.06


class PhosphorOptions(Options, frozen=True, kw_only=True):
    """Options of ``phosphor``."""

    lines: Annotated[int, between(24, 1080, "Lines from top to bottom")] = 160
    screen: Annotated[
        Literal["stripes", "slots", "dots"],
        Meta(description="What lies before the phosphor: an aperture grille, slots, or a dot mask"),
    ] = "slots"
    pitch: Annotated[
        float, between(0.002, 0.05, f"Width of red, green and blue together, {SHARE}")
    ] = 0.0075
    darkness: Annotated[float, between(0, 1, "How dark the mask is")] = 0.7
    beam: Annotated[float, between(0, 2, "How much wider a bright beam is than a dark one")] = 1.0
    halation: Annotated[float, between(0, 2, "Light that scatters in the glass")] = 1.0
    bulge: Annotated[float, between(0, 0.5, "Roundness of the glass")] = 0.06
    brightness: Annotated[float, between(0.5, 3, "Makes up for what the mask takes")] = 1.35


class CabinetOptions(Options, frozen=True, kw_only=True):
    """Options of ``cabinet``."""

    width: Annotated[float, between(0.01, 0.3, f"Width of the plastic, {SHARE}")] = 0.075
    glass: Annotated[
        float, between(0, 4, "What the glass mirrors of the room: 0 is night, 1 a window at dusk")
    ] = 1.0
    color: Annotated[str, Meta(description="Colour of the plastic as hex", extra=COLOR)] = "2b2826"


class FilmStripOptions(Options, frozen=True, kw_only=True):
    """Options of ``film-strip``."""

    color: Annotated[
        str, Meta(description="Colour of the base of the film as hex", extra=COLOR)
    ] = "e6a06a"
    light: Annotated[
        str, Meta(description="Colour of the light behind the holes as hex", extra=COLOR)
    ] = "fffdf6"


class EmbersOptions(Options, frozen=True, kw_only=True):
    """Options of ``embers``."""

    colors: Annotated[str | list[str], Meta(description="From cold to white hot", extra=RAMP)] = (
        "050304,2a0805,7d1503,e0470a,ffa62b,fff3c0"
    )
    coal: Annotated[float, between(0.02, 0.3, f"Size of a coal, {SHARE}")] = 0.075
    sparks: Annotated[float, between(0, 4, "0 is none, 1 a quiet fire, 4 a poked one")] = 1.0


class WaterOptions(Options, frozen=True, kw_only=True):
    """Options of ``water``."""

    waves: Annotated[float, between(0.03, 0.4, f"Length of a wave, {SHARE}")] = 0.13
    bend: Annotated[float, between(0, 2, "How far waves bend what lies below")] = 0.12
    depth: Annotated[float, between(0, 3, "0 is a puddle, 1 a lagoon, 3 the sea")] = 1.0
    caustics: Annotated[float, between(0, 2, "Strength of the net of light")] = 0.6
    color: Annotated[str, Meta(description="Colour of the deep water as hex", extra=COLOR)] = (
        "0a6d86"
    )


class PlasterOptions(Options, frozen=True, kw_only=True):
    """Options of ``plaster``."""

    relief: Annotated[float, between(0, 3, "How far the picture stands out")] = 1.0
    rough: Annotated[float, between(0, 3, "0 is polished, 1 spread by hand, 3 thrown on")] = 1.0


class AgedOptions(Options, frozen=True, kw_only=True):
    """Options of ``aged``."""

    years: Annotated[float, between(0, 2, "0 is new, 1 from an attic, 2 from a flood")] = 1.0
    paper: Annotated[str, Meta(description="What shows where it is bare, as hex", extra=COLOR)] = (
        "e9d9b6"
    )


class BlindsOptions(Options, frozen=True, kw_only=True):
    """Options of ``blinds``."""

    strength: Annotated[float, between(0, 1, "0 leaves the picture as it is")] = 0.9
    slats: Annotated[float, between(3, 40, "Slats across the shorter side")] = 10.0
    angle: Annotated[float, between(-60, 60, "Turn of the slats in degrees")] = -14.0
    softness: Annotated[float, between(0, 1, "0 is a spotlight, 1 a cloudy day")] = 0.25


class CoatingOptions(Options, frozen=True, kw_only=True):
    """Options of ``coating``."""

    margin: Annotated[float, between(0, 0.2, f"Usual width of the bare rim, {SHARE}")] = 0.06
    streaks: Annotated[float, between(0, 2, "0 is sprayed on, 1 brushed, 2 in a hurry")] = 1.0
    paper: Annotated[str, Meta(description="Colour of the paper as hex", extra=COLOR)] = "f4f1e4"


class CopierOptions(Options, frozen=True, kw_only=True):
    """Options of ``copier``."""

    hollow: Annotated[float, between(0, 2, "How grey the middle of a large black is")] = 1.0
    dirt: Annotated[float, between(0, 2, "0 is a new machine, 1 a library's, 2 a garage's")] = 1.0
    skew: Annotated[float, between(0, 10, "How crooked the sheet lies, in degrees")] = 1.2
    grain: Annotated[float, between(0.001, 0.02, f"Grain of the toner, {SHARE}")] = 0.0025
    ink: Ink = "161616"
    paper: Paper = "eeeeea"


class CrayonOptions(Options, frozen=True, kw_only=True):
    """Options of ``crayon``."""

    grain: Annotated[float, between(0.0005, 0.01, f"Grain of the stone, {SHARE}")] = 0.0016
    tone: Annotated[float, between(0, 1, "How much the second stone tints; 0 is none")] = 0.8
    ink: Ink = "231a18"
    tint: Ink = "d9b98a"
    paper: Paper = "f4ecda"


class ChalkOptions(Options, frozen=True, kw_only=True):
    """Options of ``chalk``."""

    stick: Annotated[
        float, between(0.005, 0.1, f"Width of the broad strokes of the stick's side, {SHARE}")
    ] = 0.03
    accents: Annotated[float, between(0, 2, "Strength of the last darks and lights at edges")] = 1.0
    vivid: Annotated[float, between(-1, 2, "-1 is grey chalk, 0 the picture's colours")] = 0.3
    grain: Annotated[float, between(0.0005, 0.01, f"Grain of the paper, {SHARE}")] = 0.002
    angle: Annotated[
        float, between(-90, 90, "Way of the strokes where there is no form, in degrees")
    ] = -50.0
    paper: Annotated[str, Meta(description="Colour of the paper as hex", extra=COLOR)] = "e9dcc3"


class SweetsOptions(Options, frozen=True, kw_only=True):
    """Options of ``sweets``."""

    colors: Annotated[str | list[str], Meta(description="Colours of the sweets", extra=PALETTE)] = (
        "3a1c3c,7a452b,d8244a,ff6fa5,ffb3c8,ff8f3a,ffcf4d,fff0a8,5fc46a,b5e8b0,35b7c9,a8e4ee,"
        "3f68d8,8f5bd0,d3b3f0,ffc7a6,fff6ea"
    )
    thick: Annotated[float, between(0.005, 0.1, f"How far in pieces are rounded, {SHARE}")] = 0.035
    relief: Annotated[float, between(0, 3, "0 is flat, 2 a sweet, 3 a heap")] = 1.5
    gap: Annotated[
        float, between(0.05, 0.9, "Gap between pieces, as a share of how far they are rounded")
    ] = 0.2
    least: Annotated[
        float, between(0, 0.05, "Smallest piece, as a share of the picture; 0 keeps every crumb")
    ] = 0.002
    gloss: Annotated[float, between(0, 2, "0 is fondant, 1 glazed, 2 wet")] = 1.0
    glow: Annotated[float, between(0, 2, "How much light passes through the sugar")] = 1.0
    ground: Annotated[
        str, Meta(description="Colour of what the sweets lie on as hex", extra=COLOR)
    ] = "fff4f6"


class PatchworkOptions(Options, frozen=True, kw_only=True):
    """Options of ``patchwork``."""

    patches: Annotated[float, between(4, 100, "Patches across the shorter side")] = 24.0
    colors: Annotated[
        str | list[str],
        Meta(description="Colours of the cloths; own:8 takes the picture's", extra=PALETTE),
    ] = "f6ecd8,e4c79c,d8a03c,c8562f,96252f,e0a09c,72513f,84a06c,2f5d4c,9cbccb,3d6899,1d2748"
    puff: Annotated[float, between(0, 2, "0 is a flat cloth, 1 quilted, 2 a duvet")] = 1.0
    print: Annotated[float, between(0, 2, "How strong the patterns of the cloths are")] = 1.0
    thread: Annotated[float, between(0, 1, "How much of the stitches shows")] = 0.9
    color: Annotated[str, Meta(description="Colour of the thread as hex", extra=COLOR)] = "fff7e6"


class EveningSkyOptions(Options, frozen=True, kw_only=True):
    """Options of ``evening-sky``."""

    colors: Annotated[
        str | list[str],
        Meta(description="Figures, then the sky from its height to the sun", extra=RAMP),
    ] = "12061f,3a1a5c,8a2a7a,e2434b,ff8a3c,ffd35e,fff4c2"
    across: Annotated[float, between(0, 1, "Place of the sun, from left to right")] = 0.62
    down: Annotated[float, between(0, 1, "Place of the sun, from top to bottom")] = 0.66
    sun: Annotated[float, between(0, 0.5, f"Radius of the sun, {SHARE}; 0 has it set")] = 0.13
    clouds: Annotated[float, between(0, 2, "0 is a clear sky")] = 1.0


class InfraredFilmOptions(Options, frozen=True, kw_only=True):
    """Options of ``infrared-film``."""

    strength: Annotated[float, between(0, 1, "0 leaves the picture as it is")] = 1.0
    bloom: Annotated[float, between(0, 2, "How far lights spill over")] = 0.5


FILTERS: tuple[Filter, ...] = (
    declare(
        "polarity",
        "Decide what is ink: turn over what stands on a plain dark ground.",
        PolarityOptions,
        main="figure",
    ),
    declare(
        "ground",
        "Lay one colour behind the clear parts of a picture.",
        GroundOptions,
        main="color",
        space="linear",
        adds_color=True,
        keeps_alpha=False,
        group="frame",
    ),
    declare(
        "brush",
        "Paint with strokes along the shapes, and light their relief.",
        BrushOptions,
        main="width",
        **LAID,
        group="shape",
    ),
    declare(
        "leaded-glass",
        "Cut panes of glass along the shapes, and set them in lead.",
        LeadedGlassOptions,
        main="panes",
        **LAID,
        group="shape",
    ),
    declare(
        "gilding",
        "Lay gold leaf on lacquer, over a relief.",
        GildingOptions,
        main="relief",
        **LAID,
        group="light",
    ),
    declare(
        "wash",
        "Paint with watercolours on rough paper.",
        WashOptions,
        main="water",
        **LAID,
        group="shape",
    ),
    declare(
        "tape",
        "Play the picture from a worn video tape.",
        TapeOptions,
        main="wear",
        group="light",
        rolls=False,
        keeps_wrap=False,
        adds_color=True,
        size_free=False,
        planes="drop",
    ),
    declare(
        "engraving",
        "Draw lines that follow the forms, as an etcher does.",
        EngravingOptions,
        main="lines",
        **LAID,
        group="print",
        size_free=False,
    ),
    declare(
        "gouge",
        "Carve the picture into a block of wood with cuts along the forms, and print it.",
        GougeOptions,
        main="lines",
        **LAID,
        group="print",
        size_free=False,
    ),
    declare(
        "facets",
        "Fold the picture out of triangles that follow its edges.",
        FacetsOptions,
        main="facets",
        **LAID,
        group="shape",
    ),
    declare(
        "phosphor",
        "Show the picture on a colour tube seen from near: beams, mask, halation.",
        PhosphorOptions,
        main="lines",
        **LAID,
        group="light",
        size_free=False,
    ),
    declare(
        "cabinet",
        "Set the picture behind glass in the cabinet of a television.",
        CabinetOptions,
        main="width",
        **FRAMED,
        space="linear",
    ),
    declare(
        "film-strip",
        "Lay the picture on a strip of film with holes, on a light table.",
        FilmStripOptions,
        main="color",
        keeps_alpha=False,
        **FRAMED,
        space="linear",
    ),
    declare(
        "embers",
        "Let light parts glow through the cracks of coals.",
        EmbersOptions,
        main="coal",
        **LAID,
        group="light",
    ),
    declare(
        "water",
        "Sink the picture under clear water with a net of light.",
        WaterOptions,
        main="depth",
        **LAID,
        group="light",
        planes="drop",
    ),
    declare(
        "plaster",
        "Light the picture as a low relief of plaster.",
        PlasterOptions,
        main="relief",
        **LAID,
        group="light",
    ),
    declare(
        "aged",
        "Age a print: fading, stains, scratches and a fold.",
        AgedOptions,
        main="years",
        **LAID,
        group="print",
    ),
    declare(
        "blinds",
        "Let light fall through the blinds of a window.",
        BlindsOptions,
        main="slats",
        space="linear",
        rolls=False,
        keeps_wrap=False,
        group="light",
        neutral={"strength": 0},
    ),
    declare(
        "coating",
        "End the picture in the streaks of a brush, on bare paper.",
        CoatingOptions,
        main="margin",
        **LAID,
        group="print",
    ),
    declare(
        "copier",
        "Copy the picture on a worn photocopier.",
        CopierOptions,
        main="hollow",
        **LAID,
        group="print",
    ),
    declare(
        "crayon",
        "Draw with crayon on a grained stone, and print it over a tint.",
        CrayonOptions,
        main="grain",
        **LAID,
        group="print",
    ),
    declare(
        "chalk",
        "Draw with soft pastel on rough paper.",
        ChalkOptions,
        main="stick",
        group="shape",
        **LAID,
    ),
    declare(
        "sweets",
        "Lay the picture out of glossy sweets.",
        SweetsOptions,
        main="colors",
        group="shape",
        **LAID,
    ),
    declare(
        "patchwork",
        "Sew the picture of patches of printed cloth.",
        PatchworkOptions,
        main="patches",
        group="shape",
        space="linear",
        rolls=False,
        adds_color=True,
    ),
    declare(
        "evening-sky",
        "Set silhouettes before an evening sky.",
        EveningSkyOptions,
        main="down",
        **LAID,
        group="light",
    ),
    declare(
        "infrared-film",
        "Expose colour infrared film, on which leaves are crimson.",
        InfraredFilmOptions,
        main="strength",
        space="linear",
        adds_color=True,
        group="colour",
        neutral={"strength": 0},
    ),
)
