import pytest
import torch

from artgan.base.contributions import Entry
from artgan.base.options import build_options
from artgan.plugin_manager.load import load_registry

REGISTRY = load_registry(packages=False)


def built(entry: Entry, **options: object) -> object:
    return entry.load("build")(build_options(entry.declaration.options, options, entry.where))


def test_bce_is_the_cross_entropy_of_probabilities() -> None:
    loss = built(REGISTRY.find("loss", "bce"))
    real, fake = torch.randn(8), torch.randn(8)
    expected = -real.sigmoid().log().mean() - (1 - fake.sigmoid()).log().mean()
    torch.testing.assert_close(loss.discriminator(real, fake), expected)  # type: ignore[attr-defined]
    torch.testing.assert_close(
        loss.generator(None, fake),  # type: ignore[attr-defined]
        -fake.sigmoid().log().mean(),
    )


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("r1", {"gamma": 2.0}, 3.0 * 16),
        ("r2", {"gamma": 2.0}, 3.0 * 16),
        ("gradient-penalty", {"weight": 1.0}, (48**0.5 - 1) ** 2),
    ],
)
def test_penalties_of_a_linear_network(
    name: str, options: dict[str, float], expected: float
) -> None:
    penalty = built(REGISTRY.find("regularizer", name), **options)
    weight = torch.ones((), requires_grad=True)
    images = torch.randn(5, 3, 4, 4)

    def network(x: torch.Tensor) -> torch.Tensor:
        return weight * x.sum((1, 2, 3))

    value = penalty.penalty(network, images, images)  # type: ignore[attr-defined]
    assert value.item() == pytest.approx(expected, rel=1e-5)
    value.backward()
    assert weight.grad is not None
    assert weight.grad.isfinite()


def test_differences_estimate_the_slope() -> None:
    torch.manual_seed(0)
    images, weight = torch.randn(4000, 1, 2, 2), torch.tensor(3.0)
    exact, estimated = (
        built(REGISTRY.find("regularizer", "r1"), gamma=2.0, method=method).penalty(  # type: ignore[attr-defined]
            lambda x: weight * x.square().sum((1, 2, 3)), images, images
        )
        for method in ("exact", "difference")
    )
    assert estimated.item() == pytest.approx(exact.item(), rel=0.1)
