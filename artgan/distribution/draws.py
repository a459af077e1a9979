"""Random numbers of the whole batch, drawn by every process, of which each takes its own rows.

So the numbers of a picture do not depend on how many processes there are. It sees every call of
torch's random functions inside the block; a tensor with a row for each picture, or for each of the
real pictures and then for each fake, is drawn for the whole batch.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from artgan.plugin.ranks import Rows, own, step

Given = dict[str, Any]

_SIZED = {torch.rand, torch.randn}
_BOUNDED = {torch.randint, torch.normal}
_LIKE = {torch.rand_like, torch.randn_like, torch.randint_like}
_IN_PLACE = {
    Tensor.uniform_, Tensor.normal_, Tensor.random_, Tensor.exponential_, Tensor.geometric_,
    Tensor.cauchy_, Tensor.log_normal_, Tensor.bernoulli_,
}  # fmt: skip
_DROPOUTS = {F.dropout, F.dropout1d, F.dropout2d, F.dropout3d}


class WholeDraws(TorchFunctionMode):
    """Draws random numbers for the whole batch inside the block."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Call a function of torch, or draw in its place."""
        drawn = None
        if step.rows is not None and func in _DRAWING:
            drawn = _DRAWING[func](func, args, dict(kwargs or {}), step.rows)
        return func(*args, **(kwargs or {})) if drawn is None else drawn


def _sized(func: Any, args: Any, given: Given, rows: Rows) -> Tensor | None:
    """Draw for ``rand(2, 3)``, ``rand((2, 3))`` and ``rand(size=(2, 3))``."""
    if args and isinstance(args[0], tuple | list):
        (args,) = args
    return _rows_of(lambda whole: func(whole, **given), given.pop("size", args), rows)


def _bounded(func: Any, args: Any, given: Given, rows: Rows) -> Tensor | None:
    """Draw for ``randint(0, 9, (2, 3))`` and ``normal(0, 1, (2, 3))``."""
    bounds = [value for value in args if isinstance(value, int | float)]
    size = given.pop("size", args[-1] if args else ())
    if not isinstance(size, tuple | list):
        return None
    return _rows_of(lambda whole: func(*bounds, size=whole, **given), size, rows)


def _like(func: Any, args: Any, given: Given, rows: Rows) -> Tensor | None:
    return _alike(lambda whole: func(whole, *args[1:], **given), args[0], rows)


def _in_place(func: Any, args: Any, given: Given, rows: Rows) -> Tensor | None:
    drawn = _like(func, args, given, rows)
    return None if drawn is None else args[0].copy_(drawn)


def _bernoulli(func: Any, args: Any, given: Given, rows: Rows) -> Tensor | None:
    """Draw 0 or 1 by the probabilities of the own pictures; the others' do not matter here."""

    def draw(whole: Tensor) -> Tensor:
        count = len(whole) // rows.total
        places = [rows.total * time + place for time in range(count) for place in rows.places]
        whole.fill_(0.5)[places] = args[0].detach()
        drawn: Tensor = func(whole, *args[1:], **given)
        return drawn

    return _alike(draw, args[0], rows)


def _dropout(func: Any, args: Any, given: Given, rows: Rows) -> Tensor | None:
    """Leave features out by a mask of the whole batch."""
    names = dict(zip(("input", "p", "training", "inplace"), args, strict=False)) | given
    if not names.get("training", True):
        return None
    images, share = names["input"], names.get("p", 0.5)
    mask = _alike(lambda whole: func(whole.fill_(1), share, True), images, rows)
    if mask is None:
        return None
    kept: Tensor = images.mul_(mask) if names.get("inplace", False) else images * mask
    return kept


_DRAWING: dict[Any, Callable[[Any, Any, Given, Rows], Tensor | None]] = {
    **dict.fromkeys(_SIZED, _sized),
    **dict.fromkeys(_BOUNDED, _bounded),
    **dict.fromkeys(_LIKE, _like),
    **dict.fromkeys(_IN_PLACE, _in_place),
    **dict.fromkeys(_DROPOUTS, _dropout),
    torch.bernoulli: _bernoulli,
}


def _alike(random: Callable[[Tensor], Tensor], like: Tensor, rows: Rows) -> Tensor | None:
    """Draw into a tensor of the whole batch, laid out as ``like`` is; take the own rows."""
    count = _count(like.shape, rows)
    if not count:
        return None
    # The order in which numbers are drawn is that of the memory.
    strides = torch.empty_like(like).stride()
    order = sorted(range(like.dim()), key=lambda side: -strides[side])
    sides = (count * rows.total, *like.shape[1:])
    made = torch.empty([sides[side] for side in order], dtype=like.dtype, device=like.device)
    back = sorted(range(like.dim()), key=lambda side: order[side])
    with torch.no_grad():
        return own(random(made.permute(back)))


def _rows_of(random: Callable[[Any], Tensor], size: Any, rows: Rows) -> Tensor | None:
    """Draw a tensor of that size for the whole batch; take the own rows."""
    count = _count(size, rows)
    if not count:
        return None
    return own(random((count * rows.total, *size[1:])))


def _count(size: Any, rows: Rows) -> int:
    """Tell how often the batch lies along the first side: once, twice, or 0 for not at all."""
    few = len(rows.places)
    return {few: 1, 2 * few: 2}.get(size[0], 0) if size else 0
