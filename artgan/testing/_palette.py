"""Checks of a palette."""

import numpy as np

from artgan.palettes.find import find_palette
from artgan.plugin.color import parse_colors, to_hex
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()
ROLES = ("paper", "ink", "light", "dark")


def _plain(color: object) -> str:
    return str(color).lstrip("#").lower()


@CHECKS.add("data-returns")
def data_returns(subject: Subject) -> None:
    """Its colours stay the same when converted to numbers and back to hex."""
    colors = find_palette(subject.contribution.full_name, subject.checked.registry)
    inside = (
        colors.shape == (len(subject.declared.colors), 3) and 0 <= colors.min() <= colors.max() <= 1
    )
    expect(inside, f"its colours become {colors.shape}")
    written = [_plain(color) for color in to_hex(colors)]
    expect(written == [_plain(c) for c in subject.declared.colors], "its colours change in writing")
    expect(np.array_equal(parse_colors(written), colors), "its colours change in reading")


@CHECKS.add("roles", applies=lambda s: bool(s.declared.roles))
def roles(subject: Subject) -> None:
    """Its roles exist, and each names one of its colours."""
    own = {_plain(color) for color in subject.declared.colors}
    for role, color in subject.declared.roles.items():
        expect(role in ROLES, f"role '{role}' is unknown; expected {', '.join(ROLES)}")
        expect(
            _plain(color) in own, f"role '{role}' names {color}, which is not one of its colours"
        )
