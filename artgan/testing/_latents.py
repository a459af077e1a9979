"""Checks of latents: what becomes of points before the generator sees them."""

import torch

from artgan.errors import OptionError
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._sampling import (
    asked,
    call,
    expect_alone_as_together,
    expect_own_numbers,
    toy_networks,
)

CHECKS = Checks()


def _draws(subject: Subject) -> bool:
    return bool(subject.declared.draws)


def _takes_latents(subject: Subject) -> bool:
    """Tell whether it works without a mapping network; some need styles, and say so."""
    networks = toy_networks(subject)
    try:
        call(subject, "change", networks, [0])
    except OptionError:
        return False
    return True


@CHECKS.add("keeps-the-shape")
def keeps_the_shape(subject: Subject) -> None:
    """It returns finite values of the same shape, of latents and of styles, with labels too."""
    ways = [("core/dcgan", 0, False), ("core/dcgan", 2, False)]
    ways += (
        [] if _draws(subject) or subject.declared.needs_latents else [("core/stylegan2", 0, True)]
    )
    seeds, took = [3] if _draws(subject) else [3, 4], 0
    for architecture, classes, in_styles in ways:
        networks = toy_networks(subject, architecture, classes)
        values = asked(networks, seeds, in_styles)[0]
        if not in_styles and not _takes_latents(subject):
            continue
        made = call(subject, "change", networks, seeds, in_styles=in_styles)
        told = f"{'styles' if in_styles else 'latents'} {tuple(values.shape)}"
        expect(made.shape == values.shape, f"of {told} it makes {tuple(made.shape)}")
        expect(bool(made.isfinite().all()), f"of {told} it makes numbers that are not finite")
        took += 1
    expect(took, "it refuses latents and styles alike")


@CHECKS.add("follows-the-seed", after=("keeps-the-shape",))
def follows_the_seed(subject: Subject) -> None:
    """The same seed gives the same values, and random numbers of others stay as they are."""
    seeds = [3] if _draws(subject) else [3, 4]
    expect_own_numbers(subject, "change", seeds, in_styles=not _takes_latents(subject))


@CHECKS.add(
    "alone-as-together",
    after=("keeps-the-shape", "follows-the-seed"),
    applies=lambda s: not s.declared.draws,
)
def alone_as_together(subject: Subject) -> None:
    """What becomes of a point does not depend on the points beside it."""
    if _takes_latents(subject):
        expect_alone_as_together(subject, "change")
    if not subject.declared.needs_latents:
        expect_alone_as_together(subject, "change", in_styles=True)


@CHECKS.add("remembers-no-seed", after=("keeps-the-shape",), applies=_draws)
def remembers_no_seed(subject: Subject) -> None:
    """Which latent a seed gets does not depend on the seeds before it; each gets its own."""
    networks, found = toy_networks(subject), []
    for order in ([3, 4], [4, 3]):
        part, drawn = subject.build(), {}
        for seed in order:
            values, labels, context = asked(networks, [seed])
            with torch.no_grad():
                drawn[seed] = part.change(values, labels, context)
        found.append(drawn)
    expect(
        all(torch.equal(found[0][seed], found[1][seed]) for seed in (3, 4)),
        "a seed gets another latent after another seed: keep no memory of seeds",
    )
    expect(not torch.equal(found[0][3], found[0][4]), "two seeds get the same latent")
