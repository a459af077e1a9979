"""A small network learns to draw what the generator draws, and is sampled in its place.

Aguinaldo et al. 2019, "Compressing GANs using Knowledge Distillation", section 3, with the mean
difference of pixels. What is exported becomes small and quick.
"""

from artgan.plugin import Update, hookimpl


def networks(context, options):
    from math import prod

    from torch import nn

    class Student(nn.Module):
        def __init__(self, latent_shape, pictures, width=16):
            super().__init__()
            self.latent_shape, self.size = latent_shape, (pictures.height, pictures.width)
            self.start = width, -(-pictures.height // 4), -(-pictures.width // 4)
            self.first = nn.Linear(prod(latent_shape), prod(self.start))
            self.labels = nn.Embedding(pictures.classes, prod(self.start))
            self.rest = nn.Sequential(
                nn.LeakyReLU(0.2), nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, 1, 1),
                nn.LeakyReLU(0.2), nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, 1, 1),
                nn.LeakyReLU(0.2), nn.Conv2d(width, pictures.channels, 3, 1, 1), nn.Tanh(),
            )  # fmt: skip

        def forward(self, latents, labels=None):
            values = self.first(latents.flatten(1))
            if labels is not None:
                values = values + self.labels(labels)
            height, width = self.size
            return self.rest(values.view(-1, *self.start))[:, :, :height, :width]

    return {"student": Student(context.generator.latent_shape, context.pictures)}


class Lesson:
    def __init__(self, options):
        pass

    def step(self, context):
        from artgan.plugin.updates import add_share, mean_logits, without_gradients

        batch, measured, answered = context.draw(context.step), {}, {}
        for share, part in context.split(batch):
            fake = context.generate(part).detach()
            real_logits = context.judge(part.real, part.labels)
            fake_logits = context.judge(fake, part.labels)
            loss = context.loss("discriminator", real_logits, fake_logits)
            penalty, each = context.penalty("discriminator", part.real, fake, part.labels)
            (share * (loss + penalty)).backward()
            means = mean_logits(real_logits, fake_logits)
            add_share(measured, share, {"discriminator_loss": loss, **means, **each})
        measured = context.update("discriminator", measured)
        with without_gradients(context.networks["discriminator"]):
            for share, part in context.split(batch):
                fake, pairs = context.generate(part), None
                if context.compares_pairs:
                    pairs = context.judge(part.real, part.labels)
                loss = context.loss("generator", pairs, context.judge(fake, part.labels))
                drawn = context.call("student", part.latents, part.labels)
                away = (drawn - fake.detach()).abs().mean()
                (share * (loss + away)).backward()
                add_share(answered, share, {"generator_loss": loss, "student_loss": away})
        context.update("student", {})
        return measured | context.update("generator", answered)


@hookimpl
def artgan_updates():
    yield Update(
        name="student",
        summary="A small network learns to draw as the generator does.",
        build=Lesson,
        networks={"student": "generator"},
        build_networks=networks,
        draws="student",
    )
