"""Tests of what the contract kit cannot know: the formula, and that the parts fit together."""

import pytest
import torch
from artgan.plugin import ArchContext, DataFacts

from artgan_resnet_like import AverageHingeOptions, ResidualOptions, recipe
from artgan_resnet_like.losses import AverageHinge
from artgan_resnet_like.networks import Discriminator, Generator


def test_loss_is_the_paper_s_formula() -> None:
    """Compare with the formula written out for two pictures each."""
    real, fake = torch.tensor([1.0, 0.0]), torch.tensor([0.5, -1.5])
    leads = [1 - (1.0 - -0.5), 1 - (0.0 - -0.5)]
    trails = [1 + (0.5 - 0.5), 1 + (-1.5 - 0.5)]
    wanted = sum(max(0.0, v) for v in leads) / 2 + sum(max(0.0, v) for v in trails) / 2
    given = AverageHinge(AverageHingeOptions()).discriminator(real, fake)
    assert given.item() == pytest.approx(wanted)


def test_one_step_makes_fakes_look_more_real() -> None:
    """Train the generator alone for a few steps against a fixed discriminator."""
    torch.manual_seed(0)
    context = ArchContext(height=16, width=16, channels=1)
    options = ResidualOptions(base_channels=4, latent_size=8)
    generator, discriminator = Generator(context, options), Discriminator(context, options)
    loss, latents = AverageHinge(AverageHingeOptions()), torch.randn(4, 8)
    real_logits = discriminator(torch.rand(4, 1, 16, 16)).detach()
    optimizer = torch.optim.Adam(generator.parameters(), lr=0.01)
    values = []
    for _ in range(4):
        value = loss.generator(real_logits, discriminator(generator(latents)))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert values[-1] < values[0]


@pytest.mark.parametrize(("side", "gamma"), [(32, 0.5), (64, 2.0)])
def test_recipe_grows_with_the_pictures(side: int, gamma: float) -> None:
    """Ask for more smoothing at larger sizes."""
    facts = DataFacts(height=side, width=side, channels=3, count=100, classes=0, device="cpu")
    assert recipe(facts).regularizers["r1"]["gamma"] == gamma
