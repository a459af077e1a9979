"""Words for colours, by their hue in OKLCH."""

HUES = (
    (10, "pink"), (50, "red"), (80, "orange"), (115, "yellow"), (165, "green"), (220, "cyan"),
    (280, "blue"), (325, "purple"), (361, "pink"),
)  # fmt: skip
"""Degrees up to which a hue has a name."""

COLORS = ("black", "grey", "white", *dict.fromkeys(word for _, word in HUES))
"""All words, those without a hue first."""
