"""Declarations and options of the filters that finish a picture: grounds, words, cards, maps."""

from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options
from artgan.plugins.filters._declare import DRAWN, FRAMED, SHARE, between, declare


class BackgroundOptions(Options, frozen=True, kw_only=True):
    """Options of ``background``."""

    color: Annotated[str, Meta(description="Colour as hex")] = "f3eee2"
    to: Annotated[
        str, Meta(description="Colour at the edge, or below, as hex; none is one colour alone")
    ] = "none"
    shape: Annotated[
        Literal["round", "down"], Meta(description="Where it changes: outwards, or downwards")
    ] = "round"


class CutoutOptions(Options, frozen=True, kw_only=True):
    """Options of ``cutout``."""

    threshold: Annotated[
        float, between(0, 1, "Alpha from which a pixel is solid; others are clear")
    ] = 0.5
    specks: Annotated[
        float, between(0, 1, "Loose pieces smaller than this share of the largest are removed")
    ] = 0.1


class CaptionOptions(Options, frozen=True, kw_only=True):
    """Options of ``caption``."""

    text: Annotated[
        str,
        Meta(description="The words; {seed} is the picture's own, {number} its place in a series"),
    ] = "No. {seed}"
    place: Annotated[
        Literal["below", "above", "top", "middle", "bottom"],
        Meta(description="Below and above add a strip of paper; the others write on the picture"),
    ] = "below"
    size: Annotated[float, between(0.01, 0.5, f"Height of the letters, {SHARE}")] = 0.06
    align: Annotated[
        Literal["left", "middle", "right"], Meta(description="Where a line stands")
    ] = "middle"
    spacing: Annotated[float, between(0, 2, "Space between letters, in heights of a letter")] = 0.1
    color: Annotated[str, Meta(description="Colour of the letters as hex")] = "1d1a17"
    paper: Annotated[str, Meta(description="Colour of the strip as hex")] = "f3eee2"


class CardOptions(Options, frozen=True, kw_only=True):
    """Options of ``card``."""

    rank: Annotated[str, Meta(max_length=4, description="In two corners: A, 7, XIV ...")] = "A"
    suit: Annotated[
        Literal["none", "spades", "hearts", "diamonds", "clubs", "star", "moon", "drop", "leaf"],
        Meta(description="Sign below the rank"),
    ] = "spades"
    title: Annotated[str, Meta(description="Name at the foot of the picture, or nothing")] = ""
    twin: Annotated[
        bool, Meta(description="The picture twice, head to head, as on court cards; without title")
    ] = False
    ratio: Annotated[float, between(1, 2, "Height by width; 1.4 is poker, 1.71 tarot")] = 1.4
    ink: Annotated[str, Meta(description="Colour of rank, suit and lines as hex")] = "1d1a17"
    paper: Annotated[str, Meta(description="Colour of the card as hex")] = "f7f1e3"
    ground: Annotated[str, Meta(description="Colour behind the picture as hex")] = "e9dcc0"
    corners: Annotated[
        float, between(0, 0.2, "Roundness, as a share of the card's width; 0 is square")
    ] = 0.055


class NormalMapOptions(Options, frozen=True, kw_only=True):
    """Options of ``normal-map``."""

    relief: Annotated[float, between(0, 8, "0 is a flat floor, 1 gentle, 4 rugged")] = 1.0
    smooth: Annotated[
        float, between(0, 0.05, f"Details smaller than this are smoothed away, {SHARE}")
    ] = 0.004
    green: Annotated[
        Literal["up", "down"],
        Meta(description="Where green points: up as OpenGL and Blender want it, down as DirectX"),
    ] = "up"
    plane: Annotated[
        str,
        Meta(description="A plane of the picture that is its height, such as depth; none is light"),
    ] = "none"


FILTERS: tuple[Filter, ...] = (
    declare(
        "background",
        "Lay the picture on a colour, which fills its clear pixels.",
        BackgroundOptions,
        main="color",
        **DRAWN,
        group="frame",
        keeps_wrap=False,
        keeps_alpha=False,
    ),
    declare(
        "cutout",
        "Cut figures out cleanly: sharp edges, no loose specks.",
        CutoutOptions,
        main="specks",
        group="shape",
        space="any",
        keeps_indexed=True,
        size_free=False,
    ),
    declare(
        "caption",
        "Write a line below the picture, or on it.",
        CaptionOptions,
        main="text",
        **FRAMED,
    ),
    declare("card", "Set the picture on a playing card.", CardOptions, main="rank", **FRAMED),
    declare(
        "normal-map",
        "Turn light and dark into slopes, for the surfaces of games and renderers.",
        NormalMapOptions,
        main="relief",
        group="light",
        adds_color=True,
    ),
)
