"""The names that tell what a run begins from; read without torch."""

PREFIX = "start:"
"""What the name of a start begins with, where the folder of a run could stand as well."""

NONE = "none"
"""In place of a name: begin with random weights."""


def is_start(name: str) -> bool:
    """Tell whether a name means a start rather than the folder of a run."""
    return name.startswith(PREFIX)


def whose_weights(networks: str) -> str:
    """Say which part of a start or run was taken, as words that follow its name."""
    return ", of the discriminator alone" if networks == "discriminator" else ""
