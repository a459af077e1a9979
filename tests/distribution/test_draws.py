"""Each process draws the numbers of the whole batch, and takes its own."""

import pytest
import torch
from torch import Tensor, nn

from artgan.distribution.draws import WholeDraws
from artgan.plugin.ranks import Rows, draw, gather, own, step

WHOLE = torch.arange(6 * 3 * 4 * 4).float().view(6, 3, 4, 4).to(memory_format=torch.channels_last)


def draw_each_way(x: Tensor) -> list[Tensor]:
    count, both = len(x), torch.cat([x, x])
    reals = [
        torch.rand(count, 1),
        torch.randn((count, 2)),
        torch.rand(size=(count,), dtype=torch.float64),
        torch.randint(0, 9, (count, 1)),
        torch.randint(high=9, size=(count, 2)),
        torch.normal(0.0, 1.0, (count, 2)),
        torch.randn_like(x),
        torch.rand_like(x[:, :, :1].permute(0, 2, 3, 1)),
        torch.empty(count, 5).uniform_(1, 2),
        torch.empty(count, 5).bernoulli_(0.3),
        torch.bernoulli(x.clamp(0, 1)),
        nn.Dropout(0.3)(x),
        nn.Dropout2d(0.3)(x),
        nn.Dropout(0.3).eval()(x),
        draw(torch.randn, 3, count, dim=1).T,
    ]
    of_both = [torch.rand(2 * count), nn.Dropout(0.5)(both), draw(torch.rand, 2 * count)]
    return [*reals, *(part for values in of_both for part in values.chunk(2)), torch.rand(())]


@pytest.mark.parametrize("places", [[0, 1, 2], [3, 4, 5], [1, 4], [5]])
def test_own_rows_are_those_of_the_whole_batch(places: list[int]) -> None:
    torch.manual_seed(3)
    whole = draw_each_way(WHOLE)
    torch.manual_seed(3)
    step.rows = Rows(torch.tensor(places).numpy(), 6, lambda values: values)
    try:
        with WholeDraws():
            part = draw_each_way(WHOLE[places])
    finally:
        step.rows = None
    for ours, theirs in zip(part, whole, strict=True):
        assert torch.equal(ours, theirs[places] if theirs.dim() else theirs)


def test_a_process_alone_gathers_nothing() -> None:
    assert gather(WHOLE) is WHOLE
    assert own(WHOLE) is WHOLE
