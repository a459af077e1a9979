"""The update: how one training step is made."""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import Module

from artgan.plugin import NetworkContext
from artgan.plugin.updates import UpdateContext, add_share, mean_logits, without_gradients
from artgan.plugin_manager.scaffold.templates.plugin import UpdateOptions


def build_jury(context: NetworkContext, options: UpdateOptions) -> Mapping[str, Module]:
    """Build a second discriminator, which begins with other weights."""
    return {"juror": context.another("discriminator")}


class Jury:
    """Two discriminators learn apart; the generator answers both."""

    def __init__(self, options: UpdateOptions) -> None:
        self.judges = {"discriminator": 1.0, "juror": options.weight}

    def step(self, context: UpdateContext) -> dict[str, Tensor]:
        """Take one training step; what goes backward is multiplied by the share of its part."""
        batch = context.draw(context.step)
        measured: dict[str, Tensor] = {}
        for share, part in context.split(batch):
            fake = context.generate(part).detach()
            for name in self.judges:
                real_logits = context.judge(part.real, part.labels, network=name)
                fake_logits = context.judge(fake, part.labels, network=name)
                loss = context.loss("discriminator", real_logits, fake_logits)
                (share * loss).backward()
                prefix = "" if name == "discriminator" else f"{name}_"
                values = {"discriminator_loss": loss, **mean_logits(real_logits, fake_logits)}
                add_share(measured, share, {f"{prefix}{key}": v for key, v in values.items()})
        measured = context.update("discriminator", measured)
        context.update("juror", {})
        return measured | self.answer(context)

    def answer(self, context: UpdateContext) -> dict[str, Tensor]:
        """Teach the generator to make images that both take for real."""
        measured: dict[str, Tensor] = {}
        with without_gradients(*(context.networks[name] for name in self.judges)):
            for share, part in context.split(context.draw(context.step)):
                fake = context.generate(part)
                losses: list[Tensor] = []
                for name, weight in self.judges.items():
                    real_logits = None
                    if context.compares_pairs:
                        real_logits = context.judge(part.real, part.labels, network=name)
                    fake_logits = context.judge(fake, part.labels, network=name)
                    losses.append(weight * context.loss("generator", real_logits, fake_logits))
                total = torch.stack(losses).sum()
                (share * total).backward()
                add_share(measured, share, {"generator_loss": total})
        return context.update("generator", measured)
