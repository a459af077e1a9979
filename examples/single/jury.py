"""Two discriminators: Durugkar et al. 2017, "Generative Multi-Adversarial Networks".

The generator answers the mean of both, section 3.1 with equal weights.
"""

from artgan.plugin import Update, hookimpl

JURY = ("discriminator", "juror")


def networks(context, options):
    return {"juror": context.another("discriminator")}


class Jury:
    def __init__(self, options):
        pass

    def step(self, context):
        from artgan.plugin.updates import add_share, mean_logits, without_gradients

        batch, measured = context.draw(context.step), {}
        for share, part in context.split(batch):
            fake = context.generate(part).detach()
            for name in JURY:
                real_logits = context.judge(part.real, part.labels, network=name)
                fake_logits = context.judge(fake, part.labels, network=name)
                loss = context.loss("discriminator", real_logits, fake_logits)
                (share * loss).backward()
                values = {"discriminator_loss": loss, **mean_logits(real_logits, fake_logits)}
                add_share(measured, share / 2, values)
        measured = context.update("discriminator", measured)
        context.update("juror", {})

        answered = {}
        with without_gradients(*(context.networks[name] for name in JURY)):
            for share, part in context.split(batch):
                fake = context.generate(part)
                for name in JURY:
                    pairs = None
                    if context.compares_pairs:
                        pairs = context.judge(part.real, part.labels, network=name)
                    logits = context.judge(fake, part.labels, network=name)
                    loss = context.loss("generator", pairs, logits)
                    (share / 2 * loss).backward(retain_graph=name == JURY[0])
                    add_share(answered, share / 2, {"generator_loss": loss})
        return measured | context.update("generator", answered)


@hookimpl
def artgan_updates():
    yield Update(
        name="jury",
        summary="Two discriminators judge each picture.",
        build=Jury,
        networks={"juror": "discriminator"},
        build_networks=networks,
    )
