"""Latents whose pictures the discriminator takes for real.

Azadi et al. 2019, "Discriminator Rejection Sampling", section 3. If the logits are those of an
optimal discriminator, what is accepted is distributed as the real pictures are. Ours is not optimal
and may be of any loss, so we only make use of the order and the rough scale of its logits: as
there, a logit d is accepted with the probability sigmoid(F - gamma) with
F = d - m - log(1 - exp(d - m - epsilon)), where m is the largest logit seen (equation 8). Unlike
there, m and gamma are found once, from the pictures of the first seeds, with gamma such that the
wished share is accepted: then the picture of a seed does not depend on those made before it.
"""

import torch
from torch import Tensor

from artgan.plugin.sampling import SamplingContext
from artgan.plugins.latents import RejectionOptions

PROBES = 512
"""Seeds whose logits tell what is usual."""

EPSILON = 1e-8


class Rejection:
    """Tries the seed's own latent first, then others until one is accepted."""

    def __init__(self, options: RejectionOptions) -> None:
        self.keep, self.most = options.keep, options.most
        self._levels: tuple[float, float] | None = None

    def change(self, values: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
        """Return the first latent (1, *latent_shape) that is accepted, else the best."""
        if self.keep == 1:
            return values
        largest, gamma = self._levels = self._levels or self._measure(context)
        chances = context.uniform(self.most, "accept")[0]
        best, highest = values, -torch.inf
        tried = 0
        while tried < self.most:
            count = min(context.together, self.most - tried)
            numbers = range(tried, tried + count)
            drawn = [context.noise("candidate", n) if n else values for n in numbers]
            candidates = torch.cat(drawn)
            same = None if labels is None else labels.expand(count)
            scores = accepted(_logits(candidates, same, context), largest) - gamma
            for score, candidate, chance in zip(
                scores, candidates, chances[tried : tried + count], strict=True
            ):
                if chance < score.sigmoid():
                    taken: Tensor = candidate[None]
                    return taken
                if score > highest:
                    best, highest = candidate[None], float(score)
            tried += count
        return best

    def _measure(self, context: SamplingContext) -> tuple[float, float]:
        """Return the largest logit, and the gamma with which the wished share is accepted."""
        logits = _logits(*context.draw(range(PROBES)), context)
        largest = float(logits.max())
        scores = accepted(logits, largest)
        low, high = float(scores.min()) - 40, float(scores.max()) + 40
        for _ in range(80):
            gamma = (low + high) / 2
            share = float((scores - gamma).sigmoid().mean())
            low, high = (gamma, high) if share > self.keep else (low, gamma)
        return largest, (low + high) / 2


def accepted(logits: Tensor, largest: float) -> Tensor:
    """Compute F of logits (N,) in float64: the logit of the chance to be accepted, before gamma."""
    away = (logits - largest).clamp(max=0)
    chance: Tensor = away - torch.log1p(-torch.exp(away - EPSILON))
    return chance


def _logits(latents: Tensor, labels: Tensor | None, context: SamplingContext) -> Tensor:
    return context.judge(context.generate(latents, labels), labels).double().cpu()
