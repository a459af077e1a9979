"""A style in Python instead of a TOML file."""

from collections.abc import Iterator

from artgan.plugin import Style, hookimpl


@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield the styles."""
    yield Style(
        name="template-name",
        summary="Rows of dark dots on warm paper.",
        steps=[
            {"filter": "upscale", "size": 512},
            {"filter": "halftone", "lines": "$lines", "inks": ["2a0a5e"], "paper": "ffd23f"},
        ],
        knobs={"lines": {"default": 40, "min": 10, "max": 300, "help": "Rows of dots"}},
    )
