"""Remembers what logits were computed from, for losses that see more than logits."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized
from torch.utils.weak import WeakTensorKeyDictionary

from artgan.errors import PluginError
from artgan.plugin.losses import Judged


@dataclass(frozen=True)
class _Source:
    """What logits (N,) were computed from."""

    images: Tensor
    labels: Tensor | None
    features: Tensor | None


class Judgements:
    """What the logits of a step were computed from, as long as these live.

    Attributes:
        sees: All that losses and regularizers see, as declared; nothing is noted if it is empty.
        last: Side -> what its loss saw last, which its regularizers see too.
    """

    def __init__(self, sees: frozenset[str]) -> None:
        self.sees = sees
        self.last: dict[str, Judged] = {}
        self._sources = WeakTensorKeyDictionary()
        self._layers: dict[str, str] = {}

    @contextmanager
    def watching(
        self, name: str, network: nn.Module, *inputs: Any
    ) -> Iterator[list[Tensor] | None]:
        """Yield a list that a call of the network inside the block adds its features to.

        Without anybody who sees features it is None.
        """
        if "features" not in self.sees:
            yield None
            return
        if name not in self._layers:
            self._layers[name] = last_layer(network, *inputs)
        found: list[Tensor] = []
        layer = network.get_submodule(self._layers[name])
        handle = layer.register_forward_pre_hook(lambda _, given: found.append(given[0]))
        try:
            yield found
        finally:
            handle.remove()

    def note(
        self, logits: Tensor, images: Tensor, labels: Tensor | None, features: list[Tensor] | None
    ) -> Tensor:
        """Remember what logits (N,) were computed from, and return them."""
        if self.sees:
            deep = features[-1].flatten(1).float() if features else None
            self._sources[logits] = _Source(images, labels, deep)
        return logits

    def halves(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Cut the logits of real and fake images, which went through together, into both."""
        real, fake = logits.chunk(2)
        if self.sees:
            whole = self._sources[logits]
            for place, half in enumerate((real, fake)):
                cut = [
                    None if each is None else each.chunk(2)[place]
                    for each in (whole.images, whole.labels, whole.features)
                ]
                self._sources[half] = _Source(*cut)  # type: ignore[arg-type]
        return real, fake

    def of(self, real_logits: Tensor | None, fake_logits: Tensor, step: int, update: str) -> Judged:
        """Tell what a pair of logits was computed from; ``update`` is what an error calls."""
        real = None if real_logits is None else self._source(real_logits, update)
        fake = self._source(fake_logits, update)
        assert fake is not None
        return Judged(
            step=step,
            fake_logits=fake_logits,
            real_logits=real_logits,
            fake_images=fake.images,
            real_images=real.images if real else None,
            fake_features=fake.features,
            real_features=real.features if real else None,
            labels=fake.labels,
        )

    def _source(self, logits: Tensor, update: str) -> _Source:
        if logits not in self._sources:
            raise PluginError(
                f"update '{update}' hands the loss other logits than those that judge returned; "
                f"the loss or a regularizer sees {', '.join(sorted(self.sees))}, "
                "which is not known of these; use --train.updates alternating"
            )
        found: _Source = self._sources[logits]
        return found


def only(judged: Judged, sees: tuple[str, ...]) -> Judged:
    """Leave out what is not declared."""
    shown: Mapping[str, Any] = {
        name: getattr(judged, name) if {name, name.partition("_")[2]} & {*sees, "logits"} else None
        for name in Judged.__dataclass_fields__
        if name != "step"
    }
    return Judged(step=judged.step, **shown)


def last_layer(network: nn.Module, *inputs: Any) -> str:
    """Find the layer with weights that is called last and gets a tensor with a row per picture.

    Returns its name in the network.

    Raises:
        PluginError: There is none.
    """
    trial, called = deepcopy(network), list[str]()
    count = len(inputs[0])

    def mark(name: str, given: tuple[Any, ...]) -> None:
        first = given[0] if given else None
        rows = isinstance(first, Tensor) and first.ndim > 1 and len(first) == count
        if rows and first.is_floating_point():  # type: ignore[union-attr]
            called.append(name)

    for name, layer in trial.named_modules():
        has_weights = next(layer.parameters(recurse=False), None) is not None
        if name and (has_weights or is_parametrized(layer)):
            layer.register_forward_pre_hook(lambda _, given, name=name: mark(name, given))
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        trial(*inputs)
    if not called:
        raise PluginError(
            "the loss or a regularizer sees features, but the discriminator has no layer of its "
            "own that gets a row for each picture"
        )
    return called[-1]
