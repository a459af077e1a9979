"""Catalogue of the built-in formats of moving pictures; the ending of a file chooses among them."""

from collections.abc import Iterator

from artgan.plugin import AnimationFormat, hookimpl

READ = "artgan.pictures.moving:read_animation"
READ_VIDEO = "artgan.pictures.video:read_video"


@hookimpl
def artgan_animation_formats() -> Iterator[AnimationFormat]:
    """Yield the built-in formats of moving pictures."""
    yield AnimationFormat(
        name="gif",
        summary="256 colours, no alpha; plays everywhere.",
        endings=(".gif",),
        read=READ,
        write="artgan.animation.gif:GifWriter",
        alpha=False,
        most_fps=50,
    )
    yield AnimationFormat(
        name="webp",
        summary="Small; lossless where a frame has few colours.",
        endings=(".webp",),
        read=READ,
        write="artgan.animation.webp:WebpWriter",
        largest_side=16383,
    )
    yield AnimationFormat(
        name="apng",
        summary="Animated PNG: lossless, large.",
        endings=(".apng", ".png"),
        read=READ,
        write="artgan.animation.apng:ApngWriter",
    )
    yield AnimationFormat(
        name="mp4",
        summary="H.264 with sound; needs artgan[video].",
        endings=(".mp4",),
        read=READ_VIDEO,
        write="artgan.animation.video:VideoWriter",
        alpha=False,
        sound=True,
        timed=False,
    )
    yield AnimationFormat(
        name="webm",
        summary="VP9 with sound; needs artgan[video].",
        endings=(".webm",),
        read=READ_VIDEO,
        write="artgan.animation.video:WebmWriter",
        alpha=False,
        sound=True,
        timed=False,
    )
    yield AnimationFormat(
        name="avif",
        summary="Animated AVIF, as other programs write it.",
        endings=(".avif",),
        read=READ,
    )
    yield AnimationFormat(
        name="video",
        summary="Other videos; needs artgan[video].",
        endings=(".mov", ".mkv", ".avi", ".m4v"),
        read=READ_VIDEO,
    )
